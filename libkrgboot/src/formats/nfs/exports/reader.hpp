#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace krgboot::exports {

/// One word of an exports file, as nfs-utils' reader sees it.
struct Word {
  enum class Kind { none, word, too_long };
  Kind kind = Kind::none;
  std::string text;       ///< decoded; cut at the first NUL, where nfs-utils' string ends
  std::size_t begin = 0;  ///< offsets in the source; of an empty word (two quotes) begin < end too
  std::size_t end = 0;
  bool has_nul = false;
  bool open_quote = false;  ///< the file ended inside quotes

  bool is_word() const noexcept { return kind == Kind::word; }
};

/// Cuts an exports file into words, to the byte as nfs-utils 2.6.2 does (support/nfs/xio.c and the first half
/// of exports.c): words end at white space; '"' toggles quoting wherever it stands and is dropped; backslash
/// and newline, with the blanks that follow, are one blank, in quotes too; three octal digits after a
/// backslash are decoded, whether the backslash was written or is itself decoded; '#' begins a comment where
/// a word could begin, and a comment ends at its newline whatever stands before that.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  /// The first word of the next line that has one. Only blanks, tabs, newlines and comments are skipped: a
  /// carriage return or form feed where a path should begin gives Kind::none short of the end, and there
  /// exportfs stops.
  Word path();
  /// The next word on this line; Kind::none at its end, or for a pair of quotes with nothing in it.
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
