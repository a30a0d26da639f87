#include "image_inputs.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/tree/digest.hpp"
#include "krgboot/tree/scan.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/opening.hpp"

namespace krgboot {

namespace {

/// The digest also records whether the file exists.
void add_file(Sha256& digest, const Root& image, const std::string& path) {
  auto content = image.read_through_links(path);
  digest.add(fmt::format("{}\n{}\n", path, content ? static_cast<long long>(content->bytes.size()) : -1));
  if (content) digest.add(content->bytes);
}

void add_tree(Sha256& digest, const Root& tree, bool contents) {
  ScanOptions options;
  options.digests = contents;
  options.when_changed = WhenChanged::warn;
  options.without_contents.clear();
  options.threads = contents ? 1 : 0;  // about ten small files
  scan(
      tree,
      [&](const TreeEntry& entry) {
        auto time = contents ? 0 : entry.mtime_ns;  // a reinstalled package has the same contents
        if (entry.type == EntryType::directory) time = 0;
        // A name may contain any byte, so its length comes first.
        digest.add(fmt::format("{} {} {} {:o} {} {} {}{}\n", entry.path.size(), entry.path,
                               to_string(entry.type), entry.mode, entry.size, time, entry.link_target,
                               entry.sha256));
      },
      options);
}

/// Throws for a tree far larger than any initramfs configuration, which would take hours to read.
void refuse_too_large(const Root& tree) {
  constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20U;
  std::uint64_t bytes = 0;
  ScanOptions options;
  options.digests = false;
  options.when_changed = WhenChanged::warn;
  options.without_contents.clear();
  options.threads = 1;
  scan(
      tree,
      [&](const TreeEntry& entry) {
        if (entry.type == EntryType::file) bytes += entry.size;
        if (bytes > most_bytes) throw IoError("read", tree.host_path() / entry.path, EFBIG);
      },
      options);
}

void add_directory(Sha256& digest, const Root& image, const std::string& path) {
  digest.add(path + '\n');
  auto status = image.status_through_links(path);
  if (!status || status->kind != FileKind::directory) return;
  auto tree = image.beneath(path);
  refuse_too_large(tree);
  add_tree(digest, tree, true);
}

std::string file_digest(const std::string& path) {
  auto file = open_at(AT_FDCWD, path.c_str(), O_RDONLY);
  if (!file) throw IoError("open", path, errno);
  Sha256 digest;
  std::string buffer(std::size_t{1} << 20U, '\0');
  for (;;) {
    auto got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw IoError("read", path, errno);
    if (got == 0) return digest.finish();
    digest.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
  }
}

}  // namespace

std::string initramfs_inputs(const Root& image, Initramfs generator, const std::string& version) {
  Sha256 digest;
  if (generator == Initramfs::dracut) {
    add_file(digest, image, "/etc/dracut.conf");
    add_directory(digest, image, "/etc/dracut.conf.d");
  } else {
    add_directory(digest, image, "/etc/initramfs-tools");
  }
  add_file(digest, image, "/etc/modules");
  add_directory(digest, image, "/etc/modprobe.d");
  add_file(digest, image, fmt::format("/lib/modules/{}/modules.dep", version));
  return digest.finish();
}

std::string locale_inputs(const Root& image) {
  Sha256 digest;
  add_file(digest, image, "/etc/locale.gen");
  return digest.finish();
}

std::string kerrighed_inputs(const std::string& source) {
  struct stat status {};
  if (stat(source.c_str(), &status) != 0) throw IoError("stat", source, errno);
  if (!S_ISDIR(status.st_mode)) return file_digest(source);
  Sha256 digest;
  add_tree(digest, Root(source), false);
  return digest.finish();
}

}  // namespace krgboot
