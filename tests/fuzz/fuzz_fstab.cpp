// fstab(5): every byte is kept, and a mount reads back as it was written.
#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/root_tree/fstab_table.hpp"

#include <string>

#include "fuzz.hpp"

using namespace krgboot;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::text_of(data, size);
  auto table = fstab::FstabTable::parse(text, "fstab");
  require(table.to_string() == text, "the text is kept to the byte");
  auto lines = split_lines(text).size();
  require(table.list().size() <= lines, "one mount a line at most");

  std::string written;
  std::vector<fstab::Mount> mounts;
  for (const auto& found : table.list()) {
    const auto& mount = found.mount;
    require(found.where.position.line >= 1 && found.where.position.line <= lines,
            "a mount's line is in the text");
    require(table.find(mount.file) != nullptr || mount.file.size() > 1, "a mount is found by its directory");
    (void)mount.remote();
    auto line = fuzz::unless<ArgumentError>([&] { return mount.to_string(); });
    if (!line) continue;
    written += *line + '\n';
    mounts.push_back(mount);
  }
  auto again = fstab::FstabTable::parse(written);
  require(again.list().size() == mounts.size(), "every line that was written is read");
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    require(again.list()[i].mount == mounts[i], "a mount reads back as the same");
  }
  require(fstab::unescape(fstab::escape(text)) == text, "an escaped field comes back");
  for (auto release : {ReleaseName::lenny, ReleaseName::bookworm, ReleaseName::trixie}) {
    (void)fstab::check(table, krgboot::release(release));
  }
  return 0;
}
