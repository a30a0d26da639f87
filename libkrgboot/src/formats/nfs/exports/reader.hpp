#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot::exports {

/// One word of an exports file, as read by nfs-utils.
struct Word {
  enum class Kind { none, word, too_long };
  Kind kind = Kind::none;
  std::string text;       ///< decoded; cut off at the first NUL, where nfs-utils' string ends
  std::size_t begin = 0;  ///< offsets in the source; for an empty word (two quotes) begin < end too
  std::size_t end = 0;
  bool has_nul = false;
  bool open_quote = false;  ///< the file ended inside quotes

  bool is_word() const noexcept { return kind == Kind::word; }
};

/// Splits an exports file into words exactly as nfs-utils 2.6.2 does (support/nfs/xio.c and the first half of
/// exports.c). Words end at white space. A '"' toggles quoting at any place and is dropped. A backslash and a
/// newline, with the blanks after them, form one blank, also inside quotes. Three octal digits after a
/// backslash are decoded, even if the backslash is itself decoded. A '#' begins a comment where a word can
/// begin; a comment always ends at its newline, even after a backslash.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  /// The first word of the next line that has one. Only blanks, tabs, newlines and comments are skipped. A
  /// carriage return or form feed in place of a path gives Kind::none before the end of the file; exportfs
  /// stops there.
  Word path();
  /// The next word on this line; Kind::none at the end of the line, or for two quotes with nothing between
  /// them.
  Word client();

 private:
  static constexpr int end_of_file = -1;
  int get() noexcept;
  void skip(std::string_view blanks) noexcept;
  Word word(std::size_t limit);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace krgboot::exports
