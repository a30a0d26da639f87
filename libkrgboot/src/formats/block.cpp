#include "krgboot/formats/block.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace krgboot {

namespace {

constexpr std::string_view begin_marker = "# BEGIN krgboot:";
constexpr std::string_view end_marker = "# END krgboot:";

enum class MarkerKind { begin, end };

struct Marker {
  MarkerKind kind;
  std::string_view name;  // as written, without blanks at the ends
};

std::optional<Marker> parse_marker(std::string_view line) noexcept {
  for (auto [text, kind] : {std::pair{begin_marker, MarkerKind::begin}, {end_marker, MarkerKind::end}}) {
    if (line.substr(0, text.size()) == text) return Marker{kind, trim(line.substr(text.size()))};
  }
  return std::nullopt;
}

void require_name(std::string_view name) {
  if (name.empty() || has_control(name) || trim(name) != name) {
    throw ArgumentError("block.name", std::string(name),
                        fmt::format("{} cannot name a block: expected one line of printable characters "
                                    "without blanks at its ends",
                                    in_quotes(name)));
  }
}

void require_body(std::string_view body) {
  auto fail = [](std::string_view line, std::string_view what) {
    throw ArgumentError("block.body", std::string(line),
                        fmt::format("the line {} cannot stand in a block: {}", in_quotes(line), what));
  };
  for (auto line : split_lines(body)) {
    if (line.find('\r') != std::string_view::npos) fail(line, "it has a carriage return");
    if (line.find('\0') != std::string_view::npos) fail(line, "it has a NUL byte");
    if (parse_marker(line)) fail(line, "it is the marker of a block itself");
  }
}

/// Lines of the file, and the indexes of the marker lines of one block: lines[begin] and lines[end].
struct Found {
  std::vector<std::string_view> lines;
  bool exists = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Finds the only block of that name. Throws if the markers leave the end of the block unclear.
class Finder {
 public:
  Finder(std::string_view text, std::string_view name, std::string_view file)
      : name_(name), file_(file), found_{split_lines(text)} {}

  Found result() {
    std::optional<std::size_t> open;
    for (std::size_t i = 0; i < found_.lines.size(); ++i) {
      auto marker = parse_marker(found_.lines[i]);
      if (!marker) continue;
      if (marker->name != name_) {
        if (open) fail("block.nested", i, "stands inside it");
      } else if (marker->kind == MarkerKind::begin) {
        if (open) fail("block.unterminated", i, "begins it a second time before it has ended");
        if (found_.exists) fail("block.doubled", i, "begins it a second time");
        open = i;
      } else {
        if (!open) fail("block.unopened", i, "ends it, but no line begins it");
        found_.exists = true;
        found_.begin = *open;
        found_.end = i;
        open.reset();
      }
    }
    if (open) fail("block.unterminated", *open, "begins it, but no line ends it");
    return std::move(found_);
  }

 private:
  [[noreturn]] void fail(const char* code, std::size_t line, std::string_view what) const {
    Location where{std::string(file_), {static_cast<std::uint32_t>(line + 1), 1}};
    throw ConflictError(
        code, std::string(file_),
        fmt::format("{}: the block {} of krgboot is damaged: the line {} {}; put its markers "
                    "right, or remove it by hand",
                    where.to_string(), in_quotes(name_), in_quotes(trim(found_.lines[line])), what));
  }

  std::string_view name_;
  std::string_view file_;
  Found found_;
};

/// Line end of the first line. A first line that ends in a carriage return without a newline counts as CRLF.
std::string_view line_end_of(const std::vector<std::string_view>& lines) noexcept {
  auto first = lines.empty() ? std::string_view() : lines.front();
  if (!first.empty() && first.back() == '\n') first.remove_suffix(1);
  return !first.empty() && first.back() == '\r' ? "\r\n" : "\n";
}

std::string_view without_line_end(std::string_view line) noexcept {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Position position_of(std::size_t line) noexcept {
  return {static_cast<std::uint32_t>(line + 1), 1};
}

void append(std::string& result, const std::vector<std::string_view>& lines, std::size_t first,
            std::size_t last) {
  for (auto i = first; i < last; ++i) result += lines[i];
}

}  // namespace

std::optional<FoundBlock> find_block(std::string_view text, std::string_view name, std::string_view file) {
  require_name(name);
  auto found = Finder(text, name, file).result();
  if (!found.exists) return std::nullopt;
  FoundBlock block{"", position_of(found.begin), position_of(found.end)};
  for (auto i = found.begin + 1; i < found.end; ++i) {
    block.body += without_line_end(found.lines[i]);
    block.body += '\n';
  }
  return block;
}

std::string set_block(std::string_view text, std::string_view name, std::string_view body,
                      std::string_view file) {
  require_name(name);
  require_body(body);
  auto found = Finder(text, name, file).result();
  auto line_end = line_end_of(found.lines);

  std::string result;
  result.reserve(text.size() + body.size() + 2 * (begin_marker.size() + name.size() + 4));
  append(result, found.lines, 0, found.exists ? found.begin : found.lines.size());
  if (!result.empty() && result.back() != '\n') result += result.back() == '\r' ? "\n" : line_end;
  result += fmt::format("{} {}{}", begin_marker, name, line_end);
  for (auto line : split_lines(body)) {
    result += without_line_end(line);
    result += line_end;
  }
  result += fmt::format("{} {}", end_marker, name);
  // If the existing END line ends the file without a newline, it gets one.
  result += line_end;
  if (found.exists) append(result, found.lines, found.end + 1, found.lines.size());
  return result;
}

std::string remove_block(std::string_view text, std::string_view name, std::string_view file) {
  require_name(name);
  auto found = Finder(text, name, file).result();
  if (!found.exists) return std::string(text);
  std::string result;
  append(result, found.lines, 0, found.begin);
  append(result, found.lines, found.end + 1, found.lines.size());
  return result;
}

}  // namespace krgboot
