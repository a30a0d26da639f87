#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/base/visible.hpp"

#include <vector>

#include "catch.hpp"

using namespace krgboot;
using namespace std::string_view_literals;

namespace {

struct Row {
  std::string_view text;
  std::string_view one;   ///< as one line
  std::string_view many;  ///< as lines
};

// Characters that control a terminal, invisible characters, and characters that stay unchanged.
const std::vector<Row> rows{
    {"", "", ""},
    {"node1 (10.20.0.1)", "node1 (10.20.0.1)", "node1 (10.20.0.1)"},
    {"a\nb\tc", "a\\nb\\tc", "a\nb\tc"},
    {"\r\n", "\\x0d\\n", "\\x0d\n"},
    {"\0"sv, "\\x00", "\\x00"},
    {"\x1b]0;EVIL\a", "\\x1b]0;EVIL\\x07", "\\x1b]0;EVIL\\x07"},
    {"\x1b[31m\x7f", "\\x1b[31m\\x7f", "\\x1b[31m\\x7f"},
    {"\b\v\f", "\\x08\\x0b\\x0c", "\\x08\\x0b\\x0c"},
    {"\xc2\x80\xc2\x9bm\xc2\x9f", "\\u0080\\u009bm\\u009f", "\\u0080\\u009bm\\u009f"},  // C1, CSI among them
    {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"},                                               // a blank is visible
    {"\xc2\xad", "\\u00ad", "\\u00ad"},
    {"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\u061c\\u200e\\u200f", "\\u061c\\u200e\\u200f"},
    {"\xe2\x80\xaa\xe2\x80\xae", "\\u202a\\u202e", "\\u202a\\u202e"},
    {"\xe2\x81\xa6\xe2\x81\xa9", "\\u2066\\u2069", "\\u2066\\u2069"},
    {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029", "\\u2028\\u2029"},
    {"\xe2\x80\x8b\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf", "\\u200b\\u200d\\u2060\\ufeff",
     "\\u200b\\u200d\\u2060\\ufeff"},
    {"\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\x9f",  // their neighbours: blanks, a hyphen, a
                                                                      // dot
     "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\x9f",
     "\xe2\x80\x8a\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\x9f"},
    {"\xef\xb8\x8f\xe3\x85\xa4", "\\ufe0f\\u3164", "\\ufe0f\\u3164"},
    {"\xef\xbf\xbe\xef\xbf\xbf\xef\xb7\x90", "\\ufffe\\uffff\\ufdd0", "\\ufffe\\uffff\\ufdd0"},
    {"\xf3\xa0\x81\x81", "\\U000e0041", "\\U000e0041"},
    {"\xf4\x8f\xbf\xbf", "\\U0010ffff", "\\U0010ffff"},
    {"gr\xc3\xbc\xc3\x9f"
     "e \xf0\x9f\x96\xa5 \xd7\xa9 \xef\xbf\xbd",
     "gr\xc3\xbc\xc3\x9f"
     "e \xf0\x9f\x96\xa5 \xd7\xa9 \xef\xbf\xbd",
     "gr\xc3\xbc\xc3\x9f"
     "e \xf0\x9f\x96\xa5 \xd7\xa9 \xef\xbf\xbd"},
    // Not UTF-8: alone, cut short, not the shortest form, a surrogate.
    {"\xff\x9b", "\\xff\\x9b", "\\xff\\x9b"},
    {"\xe2\x82"
     "a",
     "\\xe2\\x82a", "\\xe2\\x82a"},
    {"\xc0\x80", "\\xc0\\x80", "\\xc0\\x80"},
    {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\\xed\\xa0\\x80"},
    // Backslashes.
    {"/mnt/a\\040b\\", "/mnt/a\\040b\\", "/mnt/a\\040b\\"},
    {"\\x1b", "\\\\x1b", "\\\\x1b"},
    {"\\u202e \\U0001", "\\\\u202e \\\\U0001", "\\\\u202e \\\\U0001"},
    {"\\n\\t", "\\\\n\\\\t", "\\n\\t"},
    {"\\\\x", "\\\\\\\\x", "\\\\\\\\x"},
    {"\\\\ ", "\\\\ ", "\\\\ "},
    {"\\\x1b", "\\\\\\x1b", "\\\\\\x1b"},
    {"\\\xff", "\\\\\\xff", "\\\\\\xff"},
    {"\\\n", "\\\\\\n", "\\\n"},
};

}  // namespace

TEST_CASE("what acts on a terminal or hides there is shown, and all else stays") {
  for (const auto& [text, one, many] : rows) {
    INFO(one);
    CHECK(visible(text) == one);
    CHECK(visible(text, LineCount::many) == many);
  }
}

TEST_CASE("no two texts are shown alike") {
  for (const auto& first : rows)
    for (const auto& second : rows)
      if (first.text != second.text) {
        INFO(first.one << " and " << second.one);
        CHECK(visible(first.text) != visible(second.text));
        CHECK(visible(first.text, LineCount::many) != visible(second.text, LineCount::many));
      }
}

TEST_CASE("what is visible is harmless, and what is harmless stays so") {
  for (const auto& [text, one, many] : rows) {
    INFO(one);
    CHECK(harmless(one, LineCount::one) == one);
    CHECK(harmless(many) == many);
    CHECK(harmless(harmless(text)) == harmless(text));
    CHECK(harmless(in_quotes(text), LineCount::one) == in_quotes(text));
  }
  CHECK(harmless("a\\x1b\x1b\n") == "a\\x1b\\x1b\n");
  CHECK(harmless("a\n", LineCount::one) == "a\\n");
}

TEST_CASE("quotes tell where a text begins and ends") {
  CHECK(in_quotes("") == "\"\"");
  CHECK(in_quotes("a\"b\\c") == R"("a\"b\\c")");
  CHECK(in_quotes("a\nb\tc\rd") == R"("a\nb\tc\x0dd")");
  CHECK(in_quotes("\0"sv) == R"("\x00")");
  CHECK(in_quotes("\xe2\x80\xae\xff") == R"("\u202e\xff")");
  CHECK(in_quotes("gr\xc3\xbc\xc3\x9f") == "\"gr\xc3\xbc\xc3\x9f\"");
}

TEST_CASE("errors and diagnostics can be given to a terminal as they are") {
  const std::string evil = "a\x1b]0;EVIL\a\xc2\x9b\xe2\x80\xae\xff";
  const std::string shown = "a\\x1b]0;EVIL\\x07\\u009b\\u202e\\xff";
  Diagnostic finding{Severity::error, "code", "message " + evil + "\nerror: forged", evil, evil,
                     {evil, {1, 2}}};
  CHECK(finding.to_string() ==
        shown + ":1:2: error: message " + shown + "\\nerror: forged (" + shown + ") [code]");
  CHECK(to_string(Diagnostics{finding, finding}) == finding.to_string() + '\n' + finding.to_string());
  CHECK(to_json(Diagnostics{finding}).find_first_of("\x1b\a\x9b\xff") == std::string::npos);
  CHECK(std::string(ArgumentError("code", evil, "no " + evil).what()) == "no " + shown);
  CHECK(std::string(ConflictError("code", evil, evil).what()) == shown);
  CHECK(std::string(ArchiveError("code", evil, evil, evil).what()) == shown);
  CHECK(std::string(InternalError(evil).what()) == shown);
  CHECK(std::string(IoError("open", evil + "\nerror: forged", ENOENT).what()) ==
        "cannot open " + shown + "\\nerror: forged: No such file or directory");
  CHECK(std::string(CommandError("code", {"ls", evil}, 1, evil).what()) ==
        "ls " + shown + " failed with status 1: " + shown);
  CHECK(std::string(ConfigError(Diagnostics{finding}).what()) == finding.to_string());
  CHECK(std::string(ValidationError(Diagnostics{finding}).what()) == finding.to_string());
  // path() returns the original path.
  CHECK(IoError("open", evil, ENOENT).path() == evil);
}

TEST_CASE("a long text is quoted in part, never within a character") {
  CHECK(in_quotes("abc", 3) == "\"abc\"");
  CHECK(in_quotes("abcd", 3) == "\"abc\"...");
  CHECK(in_quotes("ab\u20acd", 3) == "\"ab\"...");
  CHECK(in_quotes("ab\u20acd", 5) == "\"ab\u20ac\"...");
  CHECK(in_quotes("\x80\x80\x80\x80\x80\x80", 5) == "\"\\x80\\x80\"...");
}
