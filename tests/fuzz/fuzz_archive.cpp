// Untrusted archives, unpacked as root: each is refused, or becomes a tree with the archive's content.
// Nothing else is touched, and a refused one leaves nothing behind. The first byte selects the treatment of
// the rest: 's' means a tar archive whose header checksums are corrected first, any other byte leaves it
// unchanged.
#include "krgboot/base/error.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/restore.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "fuzz_directory.hpp"

using namespace krgboot;
using fuzz::require;

namespace {

constexpr std::size_t block = 512;

/// Corrects the checksums. Otherwise hardly any input would be read beyond its first header.
void seal(std::string& bytes) {
  for (std::size_t at = 0; at + block <= bytes.size();) {
    auto header = bytes.substr(at, block);
    if (header.find_first_not_of('\0') != std::string::npos) {
      header.replace(148, 8, "        ");
      unsigned sum = 0;
      for (char c : header) sum += static_cast<unsigned char>(c);
      char text[8];
      std::snprintf(text, sizeof text, "%06o", sum);
      bytes.replace(at + 148, 7, text, 7);
      bytes[at + 155] = ' ';
    }
    auto size = std::strtoul(header.substr(124, 12).c_str(), nullptr, 8);
    at += block;
    if (std::strchr("123456", header[156]) == nullptr)
      at += (std::min(size, bytes.size()) + 511) / block * block;
  }
}

std::vector<std::string> names_in(const Root& root, const std::string& path) {
  return root.list_directory(path).value();
}

/// Checks the tree against the archive. Of several entries with one path the last counts, and a restored tree
/// also has the directories that the archive only implies.
void check_made(const std::string& archive, const std::string& tree) {
  VerifyOptions options;
  options.without_contents = {};
  options.threads = 1;
  auto report =
      diff_trees({TreeSource::Kind::archive, archive}, {TreeSource::Kind::directory, tree}, options);
  for (const auto& difference : report.differences) {
    require(difference.kind != TreeDifference::Kind::missing, "all of the archive is there");
    for (const auto& field : difference.fields) {
      bool content = field.field == "type" || field.field == "size" || field.field == "sha256" ||
                     field.field == "link" || field.field == "device";
      if (content) std::fprintf(stderr, "%s\n", to_string(difference).c_str());
      require(!content, "every entry has the content that the archive says");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Directory directory;
  static const Root root(directory.path());
  static const std::string file = directory.path() + "/input.tar";
  auto text = std::string(fuzz::text_of(data, size));
  bool sealed = !text.empty() && text.front() == 's';
  text.erase(0, 1);
  if (sealed) seal(text);
  directory.write("input.tar", text);
  directory.write("outside", "untouched");

  RestoreOptions options;
  options.max_entries = 200;
  options.max_bytes = 8U << 20U;
  options.durable = false;
  options.manifest = "";
  options.threads = 1;
  bool made = false;
  try {
    auto report = restore(file, root, "/tree", options);
    made = true;
    require(report.entries <= options.max_entries && report.bytes <= options.max_bytes, "limits are kept");
  } catch (const ArchiveError& error) {
    require(error.code().rfind("archive.", 0) == 0, "a known code");
    require(error.subject() == file, "the archive is named");
    require(std::strpbrk(error.what(), "\n\r\033") == nullptr, "the message is one line of plain text");
  } catch (const IoError& error) {
    // An entry that this file system cannot hold: a name that is too long, an unsupported attribute.
    require(error.path().rfind(directory.path() + "/tree", 0) == 0, "an error names what was to be made");
  }
  std::vector<std::string> expected = {"input.tar", "outside"};
  if (made) expected.emplace_back("tree");
  require(names_in(root, "/") == expected, "nothing else is made, nothing is left");
  require(root.read_file("/outside") == "untouched", "nothing else is written to");
  if (made) check_made(file, directory.path() + "/tree");
  std::error_code ignored;
  std::filesystem::remove_all(directory.path() + "/tree", ignored);
  return 0;
}
