#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

namespace krgboot::test {

namespace detail {

inline la_ssize_t append(struct archive*, void* data, const void* bytes, std::size_t size) {
  static_cast<std::string*>(data)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

inline void expect(int result) {
  if (result != ARCHIVE_OK) std::abort();
}

inline void add(struct archive* writer, const std::string& name, std::string_view content) {
  auto* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_mode(entry, S_IFREG | 0644);
  archive_entry_set_size(entry, static_cast<la_int64_t>(content.size()));
  expect(archive_write_header(writer, entry));
  if (archive_write_data(writer, content.data(), content.size()) != static_cast<la_ssize_t>(content.size()))
    std::abort();
  archive_entry_free(entry);
}

}  // namespace detail

/// A cpio archive in the "newc" form, made by libarchive, of small files with these names.
inline std::string cpio(const std::vector<std::string>& names, std::string_view content = "content") {
  std::string bytes;
  auto* writer = archive_write_new();
  detail::expect(archive_write_set_format_cpio_newc(writer));
  detail::expect(archive_write_set_bytes_in_last_block(writer, 1));
  detail::expect(archive_write_open2(writer, &bytes, nullptr, detail::append, nullptr, nullptr));
  for (const auto& name : names) detail::add(writer, name, content);
  detail::expect(archive_write_close(writer));
  archive_write_free(writer);
  return bytes;
}

/// The bytes compressed: "gzip", "bzip2", "lzma", "xz", "lz4", "zstd"; "" for no compression.
inline std::string packed(const std::string& content, const std::string& packing) {
  if (packing.empty()) return content;
  std::string bytes;
  auto* writer = archive_write_new();
  detail::expect(archive_write_set_format_raw(writer));
  detail::expect(archive_write_add_filter_by_name(writer, packing.c_str()));
  detail::expect(archive_write_set_bytes_in_last_block(writer, 1));
  detail::expect(archive_write_open2(writer, &bytes, nullptr, detail::append, nullptr, nullptr));
  detail::add(writer, "raw", content);
  detail::expect(archive_write_close(writer));
  archive_write_free(writer);
  return bytes;
}

}  // namespace krgboot::test
