// Marked blocks. The input has the block's name on its first line, the body up to a line "--", and the file.
#include "krgboot/base/error.hpp"
#include "krgboot/formats/block.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

std::string_view take_body(std::string_view& rest) {
  auto end = rest.find("--\n");
  if (end == std::string_view::npos) return {};
  auto body = rest.substr(0, end);
  rest.remove_prefix(end + 3);
  return body;
}

/// Is `ended` the same as `text`, apart from a newline added to the last line?
bool is_ended(std::string_view ended, std::string_view text) {
  auto rest = ended.substr(0, text.size()) == text ? ended.substr(text.size()) : std::string_view("?");
  return rest.empty() || rest == "\n" || rest == "\r\n";
}

/// Checks that the file outside of the block is unchanged.
void foreign_bytes(std::string_view before, std::string_view after, std::string_view name) {
  auto removed_before = remove_block(before, name);
  auto removed_after = remove_block(after, name);
  require(is_ended(removed_after, removed_before), "setting a block keeps every foreign byte");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto name = fuzz::take_line(text);
  auto body = take_body(text);
  try {
    auto found = find_block(text, name, "hosts");
    auto removed = remove_block(text, name, "hosts");
    require(!find_block(removed, name), "a removed block is gone");
    if (!found) require(removed == text, "nothing is removed where there is no block");

    auto set = set_block(text, name, body, "hosts");
    auto now = find_block(set, name, "hosts");
    auto wanted = std::string(body);
    if (!wanted.empty() && wanted.back() != '\n') wanted += '\n';
    require(now && now->body == wanted, "a block that was set is found");
    require(set_block(set, name, body) == set, "setting the same body again changes nothing");
    foreign_bytes(text, set, name);
    if (found) {
      // A body read from a file can be set again, unless it contains what set_block refuses.
      auto again = fuzz::unless<ArgumentError>([&] { return set_block(set, name, found->body); });
      if (again) require(find_block(*again, name)->body == found->body, "a body comes back");
    }
  } catch (const ArgumentError& error) {
    require(error.code() == "block.name" || error.code() == "block.body", "the documented codes");
  } catch (const ConflictError& error) {
    require(error.code() == "block.unterminated" || error.code() == "block.unopened" ||
                error.code() == "block.doubled" || error.code() == "block.nested",
            "the documented codes");
    require(error.subject() == "hosts", "the subject is the file");
  }
  return 0;
}
