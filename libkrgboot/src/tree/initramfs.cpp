#include "krgboot/tree/initramfs.hpp"

#include "krgboot/base/error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <unistd.h>

#include "system/reading.hpp"
#include "system/system_call.hpp"

namespace krgboot {

namespace {

constexpr std::size_t most_entries = 500'000;
constexpr std::size_t longest_name = 4096;
constexpr std::size_t most_name_bytes = std::size_t{64} << 20U;
constexpr std::string_view trailer = "TRAILER!!!";

/// Reads up to `size` bytes; returns 0 at the end.
using ReadSome = std::function<std::size_t(char* buffer, std::size_t size)>;

/// A stream of bytes with look-ahead.
class Stream {
 public:
  explicit Stream(ReadSome read_some) : read_some_(std::move(read_some)) {}

  /// The next `size` bytes, fewer if the stream ends before.
  std::string_view peek(std::size_t size) {
    while (held() < size && fill()) {
    }
    return std::string_view(buffer_).substr(at_, size);
  }

  std::size_t take(char* buffer, std::size_t size) {
    if (held() == 0 && !fill()) return 0;
    auto taken = std::min(size, held());
    std::memcpy(buffer, buffer_.data() + at_, taken);
    at_ += taken;
    return taken;
  }

  /// False if the stream ends before.
  bool skip(std::uint64_t size) {
    while (size > 0) {
      if (held() == 0 && !fill()) return false;
      auto skipped = std::min<std::uint64_t>(size, held());
      at_ += static_cast<std::size_t>(skipped);
      size -= skipped;
    }
    return true;
  }

  void skip_zeros() {
    do {
      at_ = std::min(buffer_.find_first_not_of('\0', at_), buffer_.size());
    } while (held() == 0 && fill());
  }

 private:
  std::size_t held() const noexcept { return buffer_.size() - at_; }

  bool fill() {
    buffer_.erase(0, at_);
    at_ = 0;
    std::array<char, 65536> piece{};
    auto got = read_some_(piece.data(), piece.size());
    buffer_.append(piece.data(), got);
    return got > 0;
  }

  ReadSome read_some_;
  std::string buffer_;
  std::size_t at_ = 0;
};

class Lister {
 public:
  explicit Lister(std::string host_path) : host_path_(std::move(host_path)) {}

  std::vector<std::string> run(const OpenedFile& opened) {
    if (opened.status.size > largest_boot_file) too_large();
    Stream file(counted([&](char* buffer, std::size_t size) {
      auto got = system_call::retried([&] { return ::read(opened.descriptor.get(), buffer, size); });
      if (got < 0) throw IoError("read", host_path_, errno);
      return static_cast<std::size_t>(got);
    }));
    if (archives(file)) compressed(file);
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return std::move(names_);
  }

 private:
  [[noreturn]] void damaged(const std::string& why) const {
    throw ArchiveError("initramfs.damaged", host_path_, last_, fmt::format("{} {}", host_path_, why));
  }
  [[noreturn]] void too_large() const {
    throw ArchiveError(
        "initramfs.too_large", host_path_, last_,
        fmt::format("{} holds more than 4 GiB, {} entries or 64 MiB of names", host_path_, most_entries));
  }

  /// Counts all bytes against the limit, packed or unpacked, also zeros between archives: a sparse file can
  /// have any number of them.
  ReadSome counted(ReadSome read_some) {
    return [this, read_some = std::move(read_some)](char* buffer, std::size_t size) {
      auto got = read_some(buffer, size);
      read_ += got;
      if (read_ > largest_boot_file) too_large();
      return got;
    };
  }

  /// Reads one cpio archive after another. True if other data follow.
  bool archives(Stream& stream) {
    for (;;) {
      stream.skip_zeros();
      auto magic = stream.peek(6);
      if (magic.empty()) {
        if (names_.empty()) damaged("holds no archive");
        return false;
      }
      if (magic != "070701" && magic != "070702") return true;
      while (entry(stream)) {
      }
    }
  }

  /// Reads an entry of cpio(5), "New ASCII Format": the magic number, thirteen numbers of eight hex digits,
  /// the name, the content; name and content are each padded to a multiple of four. False at the trailer.
  bool entry(Stream& stream) {
    constexpr std::size_t head_size = 110;
    auto head = stream.peek(head_size);
    if (head.size() < head_size) damaged("ends within an archive");
    if (head.substr(0, 6) != "070701" && head.substr(0, 6) != "070702") damaged("is no cpio archive");
    auto number = [&](std::size_t index) {
      std::uint64_t value = 0;
      const auto* begin = head.data() + 6 + index * 8;
      auto [end, error] = std::from_chars(begin, begin + 8, value, 16);
      if (error != std::errc() || end != begin + 8) damaged("has a header that is no number");
      return value;
    };
    auto size = number(6);
    auto name_size = static_cast<std::size_t>(number(11));
    if (name_size == 0 || name_size > longest_name) damaged("has a name that is too long");
    auto padded = [](std::uint64_t length) { return (length + 3) / 4 * 4; };
    auto whole = static_cast<std::size_t>(padded(head_size + name_size));
    auto with_name = stream.peek(whole);
    if (with_name.size() < whole) damaged("ends within a name");
    std::string name(with_name.substr(head_size, name_size - 1));
    if (read_ + size > largest_boot_file) too_large();
    if (!stream.skip(whole)) damaged("ends within a name");
    if (name == trailer) return false;
    last_ = name;
    if (!stream.skip(padded(size))) damaged(fmt::format("ends within {}", name));
    if (name.rfind("./", 0) == 0) name.erase(0, 2);
    name_bytes_ += name.size();
    if (names_.size() == most_entries || name_bytes_ > most_name_bytes) too_large();
    names_.push_back(std::move(name));
    return true;
  }

  void compressed(Stream& file) {
    std::unique_ptr<::archive, int (*)(::archive*)> reader(archive_read_new(), archive_read_free);
    if (!reader) throw InternalError("libarchive gives no reader");
    // Not "all": for some filters libarchive starts external programs.
    for (auto* support : {archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                          archive_read_support_filter_lzma, archive_read_support_filter_xz,
                          archive_read_support_filter_lz4, archive_read_support_filter_zstd}) {
      support(reader.get());
    }
    archive_read_support_format_raw(reader.get());
    Source source{&file, {}, {}};
    archive_read_set_read_callback(reader.get(), read_callback);
    archive_read_set_callback_data(reader.get(), &source);
    auto check = [&](la_ssize_t result) {
      if (source.failure) std::rethrow_exception(source.failure);
      if (result < ARCHIVE_WARN) {
        const auto* why = archive_error_string(reader.get());
        damaged(fmt::format("cannot be unpacked: {}", why != nullptr ? why : "no reason given"));
      }
    };
    check(archive_read_open1(reader.get()));
    archive_entry* found = nullptr;
    check(archive_read_next_header(reader.get(), &found));
    if (archive_filter_count(reader.get()) < 2) damaged("is neither a cpio archive nor a compressed one");
    if (archive_filter_count(reader.get()) > 2) damaged("is compressed twice");  // no kernel unpacks that
    Stream unpacked(counted([&](char* buffer, std::size_t size) {
      auto got = archive_read_data(reader.get(), buffer, size);
      check(got);
      return got > 0 ? static_cast<std::size_t>(got) : 0;
    }));
    if (archives(unpacked)) damaged("holds unknown data after its archives");
  }

  struct Source {
    Stream* stream;
    std::array<char, 65536> piece;
    std::exception_ptr failure;  // an exception must not pass through a C library
  };
  static la_ssize_t read_callback(::archive* reader, void* data, const void** buffer) {
    auto& source = *static_cast<Source*>(data);
    try {
      *buffer = source.piece.data();
      return static_cast<la_ssize_t>(source.stream->take(source.piece.data(), source.piece.size()));
    } catch (...) {
      source.failure = std::current_exception();
      archive_set_error(reader, EIO, "cannot be read");
      return -1;
    }
  }

  std::string host_path_;
  std::vector<std::string> names_;
  std::string last_;
  std::uint64_t read_ = 0;
  std::size_t name_bytes_ = 0;
};

}  // namespace

std::vector<std::string> list_initramfs(const Root& image, const std::string& path) {
  auto host_path = image.describe(path);
  auto opened = open_regular(image, path, LastLink::follow);
  if (!opened) throw IoError("read", host_path, ENOENT);
  return Lister(host_path).run(*opened);
}

}  // namespace krgboot
