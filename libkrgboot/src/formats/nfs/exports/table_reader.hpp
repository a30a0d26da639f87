#pragma once

#include "krgboot/formats/nfs/exports/table.hpp"

#include <optional>
#include <string>
#include <vector>

#include "reader.hpp"

namespace krgboot::exports {

/// Reads the text of a table into entries, line by line and client by client, as exportfs does.
class TableReader {
 public:
  explicit TableReader(ExportsTable& table) : table_(table), reader_(table.text_), text_(table.text_) {}
  void read();

 private:
  enum class Next { entry, end };
  Next begin_line(Word& client);
  bool take_defaults(Word& client);
  bool take_entry(const Word& client);
  bool apply(Options& options, std::string_view text, const Location& where);
  void stop(const Word& at, std::string code, const std::string& message, std::string hint = "");
  void stop_silently(std::size_t offset);
  void say(Severity severity, const Location& where, std::string code, std::string message, std::string hint);
  Location location(std::size_t offset) const;

  ExportsTable& table_;
  Reader reader_;
  std::string_view text_;
  std::vector<std::size_t> newlines_;

  // The current line.
  Word path_;
  std::optional<Options> defaults_;
  std::string default_text_;
  std::size_t statement_ = 0;
  std::size_t last_word_end_ = 0;
  std::size_t clients_end_ = 0;
};

}  // namespace krgboot::exports
