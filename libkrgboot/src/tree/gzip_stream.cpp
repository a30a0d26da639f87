#include "gzip_stream.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include "system/system_call.hpp"

namespace krgboot {

namespace {

constexpr std::size_t gzip_piece = std::size_t{256} << 10U;
constexpr int gzip_only = 16 + MAX_WBITS;  // accept no other header (zlib.h, inflateInit2)
constexpr std::string_view gzip_magic = "\x1f\x8b";

Bytef* bytes_of(std::string& text) {
  return reinterpret_cast<Bytef*>(text.data());
}

}  // namespace

struct GzipStream::State {
  State() {
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw InternalError("zlib cannot be started");
  }
  State(const State&) = delete;
  State(State&&) = delete;
  State& operator=(const State&) = delete;
  State& operator=(State&&) = delete;
  ~State() { inflateEnd(&stream); }

  z_stream stream{};
};

bool GzipStream::is_gzip(std::string_view head) noexcept {
  return head.substr(0, gzip_magic.size()) == gzip_magic;
}

GzipStream::GzipStream(FileDescriptor descriptor, std::string file)
    : descriptor_(std::move(descriptor)),
      file_(std::move(file)),
      packed_(gzip_piece, '\0'),
      unpacked_(gzip_piece, '\0'),
      state_(std::make_unique<State>()) {}

GzipStream::~GzipStream() = default;

/// Moves unused input to the front and reads more after it. False at the end of the file.
bool GzipStream::fill() {
  auto& stream = state_->stream;
  if (stream.avail_in != 0) std::memmove(packed_.data(), stream.next_in, stream.avail_in);
  auto got = system_call::retried([&] {
    return ::read(descriptor_.get(), packed_.data() + stream.avail_in, packed_.size() - stream.avail_in);
  });
  if (got < 0) throw IoError("read", file_, errno);
  stream.next_in = bytes_of(packed_);
  stream.avail_in += static_cast<unsigned>(got);
  return got > 0;
}

/// After a member: does another one follow?
bool GzipStream::begin_member() {
  auto& stream = state_->stream;
  while (stream.avail_in < gzip_magic.size() && fill()) {
  }
  auto* next = reinterpret_cast<const char*>(stream.next_in);
  if (!is_gzip({next, stream.avail_in})) return false;
  return inflateReset(&stream) == Z_OK;
}

std::string_view GzipStream::next() {
  auto& stream = state_->stream;
  while (!at_end_) {
    if (!in_member_) {
      in_member_ = begin_member();
      at_end_ = !in_member_;
      continue;
    }
    auto more = stream.avail_in != 0 || fill();
    stream.next_out = bytes_of(unpacked_);
    stream.avail_out = static_cast<unsigned>(unpacked_.size());
    auto result = inflate(&stream, Z_NO_FLUSH);
    auto size = unpacked_.size() - stream.avail_out;
    if (result == Z_STREAM_END) in_member_ = false;
    if (result == Z_BUF_ERROR && !more) {
      throw ArchiveError("archive.truncated", file_, "",
                         fmt::format("{} cannot be unpacked: truncated gzip input", visible(file_)));
    }
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      throw ArchiveError("archive.damaged", file_, "",
                         fmt::format("{} cannot be unpacked: {}", visible(file_),
                                     stream.msg == nullptr ? "damaged gzip input" : stream.msg));
    }
    if (size != 0) return std::string_view(unpacked_).substr(0, size);
  }
  return {};
}

}  // namespace krgboot
