#include "krgboot/base/text.hpp"
#include "krgboot/formats/pxelinux_menu.hpp"

#include <utility>

#include <fmt/format.h>

namespace krgboot::pxelinux {

namespace {

// doc/syslinux.txt: "up to 16 levels deep".
constexpr unsigned max_depth = 16;
// A file that includes itself twice would be read 2^16 times.
constexpr unsigned max_files = 1000;

class Includer {
 public:
  Includer(const ReadFile& read_file, Diagnostics& diagnostics)
      : read_file_(read_file), diagnostics_(diagnostics) {}

  // `file` is only for messages. Included text ends in a newline, so that it ends its last line.
  std::string expanded(std::string_view text, const std::string& file, unsigned depth) {
    std::string result;
    auto menu = Menu::parse(text);
    for (const auto& line : menu.lines()) {
      if (line.keyword != "INCLUDE" && line.keyword != "MENU INCLUDE") {
        result += line.text;
        continue;
      }
      auto name = line.argument.substr(0, line.argument.find_first_of(" \t"));
      result += content(name, {file, line.at}, depth + 1);
      if (!result.empty() && result.back() != '\n') result += '\n';
    }
    return result;
  }

 private:
  std::string content(const std::string& name, const Location& where, unsigned depth) {
    if (depth > max_depth) {
      return skipped("pxelinux.include_depth", where,
                     fmt::format("{} is included more than {} levels deep", in_quotes(name), max_depth));
    }
    if (files_ == max_files) {
      if (std::exchange(full_, true)) return "";
      return skipped("pxelinux.include_count", where,
                     fmt::format("more than {} files are included; {} and what follows is passed over",
                                 max_files, in_quotes(name)));
    }
    ++files_;
    auto text = read_file_(name);
    if (!text) {
      return skipped("pxelinux.include_missing", where,
                     fmt::format("the included file {} cannot be read and is passed over", in_quotes(name)));
    }
    return expanded(*text, name, depth);
  }

  std::string skipped(const char* code, const Location& where, std::string message) {
    diagnostics_.push_back({Severity::warning, code, std::move(message), "", "", where});
    return "";
  }

  const ReadFile& read_file_;
  Diagnostics& diagnostics_;
  unsigned files_ = 0;
  bool full_ = false;
};

}  // namespace

std::string with_includes(std::string_view text, const ReadFile& read_file, Diagnostics& diagnostics) {
  return Includer(read_file, diagnostics).expanded(text, "", 0);
}

}  // namespace krgboot::pxelinux
