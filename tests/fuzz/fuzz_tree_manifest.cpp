// The manifest of a tree, which comes with an untrusted archive: it is refused, or has the form that krgboot
// writes.
#include "krgboot/base/error.hpp"
#include "krgboot/tree/manifest.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

/// As `parse_tree_manifest`, but reads the text in pieces.
std::vector<TreeEntry> in_pieces(std::string_view text, std::size_t size) {
  TreeManifestReader reader(
      [&] {
        auto piece = std::string(text.substr(0, size));
        text.remove_prefix(piece.size());
        return piece;
      },
      "m");
  std::vector<TreeEntry> entries;
  while (auto entry = reader.next()) entries.push_back(std::move(*entry));
  return entries;
}

void check_refused(std::string_view text) {
  try {
    (void)parse_tree_manifest(text, "m");
    require(false, "what is read at all is read the same in pieces");
  } catch (const ArchiveError& error) {
    require(error.code() == "manifest.syntax" || error.code() == "manifest.truncated", "a known code");
    require(error.subject() == "m" && error.entry().rfind("line ", 0) == 0, "file and line are named");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto entries = fuzz::unless<ArchiveError>([&] { return in_pieces(text, 7); });
  if (!entries) {
    check_refused(text);
    return 0;
  }
  require(parse_tree_manifest(text) == *entries, "a manifest is the same in one piece");
  require(to_tree_manifest(*entries) == text, "only what would be written is read");
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const auto& entry = (*entries)[i];
    require(is_tree_path(entry.path), "no entry leads elsewhere");
    require(entry.hard_link.empty() || is_tree_path(entry.hard_link), "nor does a hard link");
    require(i == 0 || compare_tree_paths((*entries)[i - 1].path, entry.path) < 0, "entries are in order");
  }
  return 0;
}
