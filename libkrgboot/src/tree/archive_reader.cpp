#include "archive_reader.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <map>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/limits.h>

#include "attributes.hpp"
#include "base/nanoseconds.hpp"
#include "pax.hpp"
#include "posix_acl.hpp"
#include "system/path.hpp"
#include "walk.hpp"

namespace krgboot {

namespace {

/// Archives are padded to whole records, usually of 10 KiB, at most of about a MiB.
constexpr std::size_t most_behind_the_end = std::size_t{16} << 20U;

/// libarchive converts names to the thread's locale. In this locale it converts nothing, and names that are
/// not UTF-8 stay unchanged.
class Utf8Locale {
 public:
  Utf8Locale() : before_(locale() == nullptr ? nullptr : uselocale(locale())) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale(Utf8Locale&&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  Utf8Locale& operator=(Utf8Locale&&) = delete;
  ~Utf8Locale() {
    if (locale() != nullptr) uselocale(before_);
  }

 private:
  /// Made only once, because it is read from files.
  static locale_t locale() {
    static const locale_t made = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }
  locale_t before_;
};

/// Does libarchive read "-4.5" as -4 s plus half a second, as 3.6 does? Tested at run time, because later
/// versions may not.
bool adds_fraction_before_1970() {
  static const bool answer = [] {
    TreeEntry entry;
    entry.path = "x";
    entry.mtime_ns = -4'500'000'000;
    auto bytes = pax_header(entry) + pax_end();
    auto* archive = archive_read_new();
    archive_read_support_format_tar(archive);
    struct archive_entry* header = nullptr;
    bool read = archive_read_open_memory(archive, bytes.data(), bytes.size()) == ARCHIVE_OK &&
                archive_read_next_header(archive, &header) == ARCHIVE_OK;
    bool adds = read && archive_entry_mtime(header) == -4;
    archive_read_free(archive);
    return adds;
  }();
  return answer;
}

std::string text_of(const char* text) {
  return text == nullptr ? "no reason given" : visible(text);
}

std::optional<AclEntry::Tag> tag_of(int tag) noexcept {
  switch (tag) {
    case ARCHIVE_ENTRY_ACL_USER_OBJ:
      return AclEntry::Tag::user_object;
    case ARCHIVE_ENTRY_ACL_USER:
      return AclEntry::Tag::user;
    case ARCHIVE_ENTRY_ACL_GROUP_OBJ:
      return AclEntry::Tag::group_object;
    case ARCHIVE_ENTRY_ACL_GROUP:
      return AclEntry::Tag::group;
    case ARCHIVE_ENTRY_ACL_MASK:
      return AclEntry::Tag::mask;
    case ARCHIVE_ENTRY_ACL_OTHER:
      return AclEntry::Tag::other;
    default:
      return std::nullopt;
  }
}

}  // namespace

ArchiveReader::ArchiveReader(const std::string& file, Diagnostics& warnings)
    : file_(file), warnings_(warnings), stream_(file), archive_(archive_read_new()) {
  if (archive_ == nullptr) throw InternalError("libarchive gives no archive");
  auto free_it = [](struct archive* archive) { archive_read_free(archive); };
  std::unique_ptr<struct archive, decltype(free_it)> guard(archive_, free_it);
  archive_read_support_format_tar(archive_);
  archive_read_set_read_callback(archive_, read_more);
  archive_read_set_callback_data(archive_, this);
  auto opened = archive_read_open1(archive_);
  if (failure_) std::rethrow_exception(failure_);
  if (opened != ARCHIVE_OK)
    throw ArchiveError(
        "archive.format", file_, "",
        fmt::format("{} is no tar archive: {}", visible(file_), text_of(archive_error_string(archive_))));
  (void)guard.release();
}

ArchiveReader::~ArchiveReader() {
  archive_read_free(archive_);
}

long ArchiveReader::read_more(struct archive* archive, void* self, const void** bytes) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  try {
    auto more = reader.stream_.next();
    *bytes = more.data();
    return static_cast<long>(more.size());
  } catch (...) {
    reader.failure_ = std::current_exception();  // an exception must not pass through a C library
    archive_set_error(archive, EIO, "it cannot be unpacked");
    return -1;
  }
}

void ArchiveReader::rethrow(const std::string& entry) const {
  try {
    std::rethrow_exception(failure_);
  } catch (const ArchiveError& error) {
    refuse(error.code().c_str(), entry, fmt::format("at this entry or after it: {}", error.what()));
  }
}

void ArchiveReader::refuse(const char* code, const std::string& entry, std::string_view why) const {
  auto message = entry.empty() ? fmt::format("{}: {}", visible(file_), why)
                               : fmt::format("{}: {}: {}", visible(file_), in_quotes(entry), why);
  throw ArchiveError(code, file_, entry, message);
}

void ArchiveReader::check(int result, const std::string& entry) {
  if (failure_) rethrow(entry);
  if (result == ARCHIVE_OK || result == ARCHIVE_EOF) return;
  auto reason = text_of(archive_error_string(archive_));
  if (result == ARCHIVE_WARN) {
    warn(warnings_, "archive.warning", entry,
         fmt::format("{}: {}: {}", visible(file_), in_quotes(entry), reason));
    return;
  }
  bool truncated = says_truncated(reason);
  if (!any_ && archive_format(archive_) == 0) refuse("archive.format", "", "no tar archive: " + reason);
  refuse(truncated ? "archive.truncated" : "archive.damaged", entry,
         entry.empty() ? reason : fmt::format("at this entry or after it: {}", reason));
}

std::string ArchiveReader::tree_path(const char* path, const char* what, const char* code,
                                     const std::string& entry) const {
  if (path == nullptr || *path == '\0') refuse(code, entry, fmt::format("{} is empty", what));
  if (std::strlen(path) >= PATH_MAX)
    refuse(code, entry, fmt::format("{} is longer than any that a program can open", what));
  std::string_view rest(path);
  if (rest.front() == '/') refuse(code, entry, fmt::format("{} {} is absolute", what, in_quotes(path)));
  std::string result;
  for (auto component : split(rest, '/')) {
    if (component.empty() || component == ".") continue;
    if (component == "..") refuse(code, entry, fmt::format("{} {} leads upwards", what, in_quotes(path)));
    if (!result.empty()) result += '/';
    result += component;
  }
  return result.empty() ? "." : result;
}

std::optional<TreeEntry> ArchiveReader::next() {
  Utf8Locale locale;
  struct archive_entry* header = nullptr;
  auto consumed = archive_filter_bytes(archive_, 0);
  auto result = archive_read_next_header(archive_, &header);
  if (failure_) rethrow(path_);
  if (result == ARCHIVE_EOF) {
    // A tar archive ends with blocks of zeros. Without them it was truncated between two entries.
    if (archive_filter_bytes(archive_, 0) - consumed < 512)
      refuse("archive.truncated", path_, "the archive ends after this entry without the mark of its end");
    // Read to the very end, because compressors store a checksum there. The data after the end mark are not
    // part of the archive.
    try {
      std::size_t followed = 0;
      while (followed < most_behind_the_end) {
        auto more = stream_.next().size();
        if (more == 0) break;
        followed += more;
      }
    } catch (const ArchiveError&) {
      failure_ = std::current_exception();
      rethrow(path_);
    }
    return std::nullopt;
  }
  const char* path = header == nullptr ? nullptr : archive_entry_pathname(header);
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) check(result, path_);
  if (path == nullptr && header != nullptr) path = archive_entry_pathname_utf8(header);
  // Cut overlong paths, which would fill messages and warnings; they are refused below.
  std::string raw = path == nullptr ? "" : std::string(path, strnlen(path, PATH_MAX));
  check(result, raw);
  any_ = true;
  TreeEntry entry;
  entry.path = tree_path(path, "its path", "archive.path", raw);
  path_ = entry.path;
  switch (archive_entry_filetype(header)) {
    case AE_IFREG:
      entry.type = EntryType::file;
      break;
    case AE_IFDIR:
      entry.type = EntryType::directory;
      break;
    case AE_IFLNK:
      entry.type = EntryType::symlink;
      break;
    case AE_IFIFO:
      entry.type = EntryType::fifo;
      break;
    case AE_IFCHR:
      entry.type = EntryType::character_device;
      break;
    case AE_IFBLK:
      entry.type = EntryType::block_device;
      break;
    default:
      // libarchive sets no type for a hard link.
      if (archive_entry_hardlink(header) == nullptr)
        refuse("archive.type", raw, "its type is not allowed in an image");
  }
  if (entry.path == "." && entry.type != EntryType::directory)
    refuse("archive.path", raw, "it would take the place of the tree itself");
  entry.mode = archive_entry_perm(header) & 07777U;
  auto uid = archive_entry_uid(header);
  auto gid = archive_entry_gid(header);
  // In chown(2) the last number means "unchanged".
  if (uid < 0 || uid >= 0xffffffff || gid < 0 || gid >= 0xffffffff)
    refuse("archive.damaged", raw, fmt::format("its owner {}:{} is out of range", uid, gid));
  entry.uid = static_cast<uid_t>(uid);
  entry.gid = static_cast<gid_t>(gid);
  auto seconds = static_cast<std::int64_t>(archive_entry_mtime(header));
  if (seconds > 9'000'000'000 || seconds < -9'000'000'000)
    refuse("archive.damaged", raw, fmt::format("its time, {} seconds since 1970, is out of range", seconds));
  auto fraction = static_cast<std::int64_t>(archive_entry_mtime_nsec(header));
  entry.mtime_ns =
      seconds * nanoseconds_per_second + (seconds < 0 && adds_fraction_before_1970() ? -fraction : fraction);
  if (const auto* link = archive_entry_hardlink(header)) {
    entry.hard_link = tree_path(link, "its hard link to", "archive.hard_link", raw);
    if (entry.hard_link == ".") refuse("archive.hard_link", raw, "it is a hard link to the tree itself");
    // The type is that of the entry for the first name; for a hard link any type may be given.
    entry.type = EntryType::file;
    return entry;
  }
  if (entry.type == EntryType::file) {
    auto size = archive_entry_size(header);
    if (size < 0) refuse("archive.damaged", raw, fmt::format("its size is {}", size));
    entry.size = static_cast<std::uint64_t>(size);
  }
  if (entry.type == EntryType::character_device || entry.type == EntryType::block_device) {
    entry.device_major = static_cast<std::uint32_t>(archive_entry_rdevmajor(header));
    entry.device_minor = static_cast<std::uint32_t>(archive_entry_rdevminor(header));
  }
  if (entry.type == EntryType::symlink) {
    const auto* target = archive_entry_symlink(header);
    if (target == nullptr || *target == '\0') refuse("archive.damaged", raw, "it is a symlink to nothing");
    entry.link_target = target;
  }
  size_ = entry.size;
  end_ = 0;
  read_attributes(header, entry);
  return entry;
}

void ArchiveReader::read_attributes(struct archive_entry* header, TreeEntry& entry) {
  std::map<std::string, std::string> attributes;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  archive_entry_xattr_reset(header);
  while (archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK) {
    if (is_kept_attribute(name)) {
      attributes[name] = std::string(static_cast<const char*>(value), size);
    } else {
      warn(warnings_, "archive.attribute", entry.path,
           fmt::format("{}: {}: the extended attribute {} belongs to another system and is left out",
                       visible(file_), in_quotes(entry.path),
                       in_quotes(std::string_view(name).substr(0, XATTR_NAME_MAX))));
    }
  }
  for (auto& [key, bytes] : attributes) entry.attributes.push_back({key, bytes});
  if ((archive_entry_acl_types(header) & ARCHIVE_ENTRY_ACL_TYPE_NFS4) != 0)
    refuse("archive.acl", entry.path, "it has an NFSv4 access list, which Linux cannot keep");
  read_acl(header, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, entry);
  if (entry.type == EntryType::directory) read_acl(header, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, entry);
  std::sort(entry.attributes.begin(), entry.attributes.end());
}

void ArchiveReader::read_acl(struct archive_entry* header, int type, TreeEntry& entry) const {
  bool access = type == ARCHIVE_ENTRY_ACL_TYPE_ACCESS;
  // The three entries that libarchive derives from the mode are no ACL.
  if (archive_entry_acl_reset(header, type) <= (access ? 3 : 0)) return;
  std::vector<AclEntry> entries;
  int found = 0;
  int permissions = 0;
  int tag = 0;
  int id = 0;
  const char* name = nullptr;
  while (archive_entry_acl_next(header, type, &found, &permissions, &tag, &id, &name) == ARCHIVE_OK) {
    AclEntry one;
    auto known = tag_of(tag);
    if (!known) refuse("archive.acl", entry.path, "its access list has an entry of an unknown kind");
    one.tag = *known;
    one.permissions = static_cast<std::uint16_t>(static_cast<unsigned>(permissions) & 7U);
    if (one.tag == AclEntry::Tag::user || one.tag == AclEntry::Tag::group) {
      if (id < 0)
        refuse(
            "archive.acl", entry.path,
            fmt::format("its access list names {} without a number", in_quotes(name == nullptr ? "" : name)));
      one.id = static_cast<std::uint32_t>(id);
    }
    // With an ACL, the group bits of stat(2) show the mask.
    if (access && one.tag == AclEntry::Tag::mask)
      entry.mode = (entry.mode & ~mode_t{070}) | static_cast<mode_t>(one.permissions << 3U);
    entries.push_back(one);
  }
  auto attribute = std::string(access ? access_acl : default_acl);
  auto same = std::find_if(entry.attributes.begin(), entry.attributes.end(),
                           [&](const auto& other) { return other.name == attribute; });
  if (same != entry.attributes.end()) entry.attributes.erase(same);
  entry.attributes.push_back({attribute, to_acl_attribute(std::move(entries))});
}

std::optional<ArchiveReader::Block> ArchiveReader::block() {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  do {
    auto result = archive_read_data_block(archive_, &bytes, &size, &offset);
    if (result == ARCHIVE_EOF) return std::nullopt;
    if (result != ARCHIVE_OK) check(result == ARCHIVE_WARN ? ARCHIVE_FAILED : result, path_);
  } while (size == 0);
  Block block;
  block.offset = static_cast<std::uint64_t>(offset);
  block.bytes = {static_cast<const char*>(bytes), size};
  if (offset < 0 || block.offset > size_ || size > size_ - block.offset)
    refuse("archive.damaged", path_, "it has more data than its header says");
  if (block.offset < end_) refuse("archive.damaged", path_, "its pieces overlap or go back");
  end_ = block.offset + size;
  return block;
}

}  // namespace krgboot
