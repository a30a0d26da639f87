#include "krgboot/base/text.hpp"
#include "krgboot/formats/loader/pxelinux/menu.hpp"

#include <utility>

#include <fmt/format.h>

namespace krgboot::pxelinux {

namespace {

// doc/syslinux.txt: "up to 16 levels deep".
constexpr unsigned max_depth = 16;
// Limits a file that includes itself twice, which would be read 2^16 times.
constexpr unsigned max_files = 1000;

class Includer {
 public:
  Includer(const ReadFile& read_file, Diagnostics& diagnostics)
      : read_file_(read_file), diagnostics_(diagnostics) {}

  void take(std::string_view text, const std::string& file, unsigned depth) {
    auto menu = Menu::parse(text);
    for (const auto& line : menu.lines()) {
      if (line.keyword != "INCLUDE" && line.keyword != "MENU INCLUDE") {
        append(line.text, {file, line.at});
        continue;
      }
      take_file(line.argument.substr(0, line.argument.find_first_of(" \t")), {file, line.at}, depth + 1);
      // The end of an included file also ends its last line.
      if (!whole_.text.empty() && whole_.text.back() != '\n') whole_.text += '\n';
    }
  }

  IncludedText result() { return std::move(whole_); }

 private:
  void append(std::string_view line, const Location& where) {
    if (whole_.text.empty() || whole_.text.back() == '\n') whole_.lines.push_back(where);
    whole_.text += line;
  }

  void take_file(const std::string& name, const Location& where, unsigned depth) {
    if (depth > max_depth) {
      return skip("pxelinux.include_depth", where,
                  fmt::format("{} is included more than {} levels deep", in_quotes(name), max_depth));
    }
    if (files_ == max_files) {
      if (std::exchange(full_, true)) return;
      return skip("pxelinux.include_count", where,
                  fmt::format("more than {} files are included; {} and what follows is passed over",
                              max_files, in_quotes(name)));
    }
    ++files_;
    auto text = read_file_(name);
    if (!text) {
      return skip("pxelinux.include_missing", where,
                  fmt::format("the included file {} cannot be read and is passed over", in_quotes(name)));
    }
    take(*text, name, depth);
  }

  void skip(const char* code, const Location& where, std::string message) {
    diagnostics_.push_back({Severity::warning, code, std::move(message), "", "", where});
  }

  const ReadFile& read_file_;
  Diagnostics& diagnostics_;
  IncludedText whole_;
  unsigned files_ = 0;
  bool full_ = false;
};

}  // namespace

Location IncludedText::origin(Position at) const {
  if (at.line == 0 || at.line > lines.size()) return {"", at};
  auto where = lines[at.line - 1];
  where.position.column = at.column;
  return where;
}

IncludedText with_includes(std::string_view text, const std::string& file, const ReadFile& read_file,
                           Diagnostics& diagnostics) {
  Includer includer(read_file, diagnostics);
  includer.take(text, file, 0);
  return includer.result();
}

}  // namespace krgboot::pxelinux
