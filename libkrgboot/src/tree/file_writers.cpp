#include "file_writers.hpp"

#include <algorithm>
#include <cstring>

namespace krgboot {

namespace {

constexpr std::size_t batch_size = std::size_t{1} << 20U;
/// Limits the open files: every file of a batch is open.
constexpr std::size_t batch_parts = 32;
constexpr std::size_t waiting_batches = 8;
/// A longer hole is not hashed here, because that cannot be cancelled.
constexpr std::uint64_t longest_hole = std::uint64_t{64} << 20U;

}  // namespace

FileWriters::FileWriters(unsigned threads) : buffers_(batch_size), workers_(threads, waiting_batches) {}

void FileWriters::begin(std::unique_ptr<NewFile> file, std::string sha256) {
  unpacking_ = std::make_shared<Unpacking>();
  unpacking_->file = std::move(file);
  unpacking_->expected = std::move(sha256);
  parts_ = 0;
}

void FileWriters::open_part(std::uint64_t offset) {
  if (!batch_) {
    batch_ = std::make_shared<Batch>();
    batch_->buffer = buffers_.take();
    batch_->parts.reserve(batch_parts);
  }
  Part part;
  part.unpacking = unpacking_;
  part.number = parts_++;
  part.offset = offset;
  part.start = batch_->used;
  batch_->parts.push_back(std::move(part));
}

void FileWriters::add(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    auto goes_on = [&] {
      if (!batch_ || batch_->parts.empty()) return false;
      const auto& part = batch_->parts.back();
      return part.unpacking == unpacking_ && part.offset + part.size == offset;
    };
    if (batch_ && (batch_->used == batch_size || (!goes_on() && batch_->parts.size() == batch_parts))) send();
    if (!goes_on()) open_part(offset);
    auto piece = bytes.substr(0, std::min(bytes.size(), batch_size - batch_->used));
    std::memcpy(batch_->buffer.get() + batch_->used, piece.data(), piece.size());
    batch_->used += piece.size();
    batch_->parts.back().size += piece.size();
    offset += piece.size();
    bytes.remove_prefix(piece.size());
  }
}

void FileWriters::end() {
  bool has_part = batch_ && !batch_->parts.empty() && batch_->parts.back().unpacking == unpacking_;
  if (!has_part) {
    if (batch_ && batch_->parts.size() == batch_parts) send();
    open_part(unpacking_->file->entry().size);
  }
  batch_->parts.back().last = true;
  unpacking_.reset();
  if (batch_->parts.size() == batch_parts) send();
}

void FileWriters::send() {
  auto batch = std::move(batch_);
  batch_.reset();
  workers_.submit([this, batch] { write(*batch); }, 1);
}

void FileWriters::wait() {
  if (batch_) send();
  workers_.wait();
}

void FileWriters::write(const Batch& batch) {
  try {
    for (const auto& part : batch.parts) write(part, {batch.buffer.get() + part.start, part.size});
  } catch (...) {
    for (const auto& part : batch.parts) {
      {
        std::lock_guard lock(part.unpacking->mutex);
        part.unpacking->failed = true;
      }
      part.unpacking->turned.notify_all();
    }
    throw;
  }
}

void FileWriters::write(const Part& part, std::string_view bytes) {
  auto& unpacking = *part.unpacking;
  auto& file = *unpacking.file;
  if (part.number == 0 && part.last && bytes.size() == file.entry().size) {  // the whole file
    file.write_at(0, bytes);
    if (!unpacking.expected.empty() && sha256_of(bytes) != unpacking.expected) as_expected_ = false;
    file.finish();
    return;
  }
  file.write_at(part.offset, bytes);
  {
    std::unique_lock lock(unpacking.mutex);
    // The thread that has the part before this one is working on it, or has failed.
    unpacking.turned.wait(lock, [&] { return unpacking.failed || unpacking.turn == part.number; });
    if (unpacking.failed) return;
    hash(unpacking, part.offset, bytes);
    if (part.last) {
      hash(unpacking, file.entry().size, {});
      if (unpacking.digest && unpacking.digest->finish() != unpacking.expected) as_expected_ = false;
      file.finish();
    }
    ++unpacking.turn;
  }
  unpacking.turned.notify_all();
}

void FileWriters::hash(Unpacking& unpacking, std::uint64_t offset, std::string_view bytes) {
  static const std::string zeros(65536, '\0');
  if (unpacking.expected.empty()) return;
  if (offset - unpacking.hashed > longest_hole) {
    as_expected_ = false;
    unpacking.expected.clear();
    unpacking.digest.reset();
    return;
  }
  if (!unpacking.digest) unpacking.digest.emplace();
  while (unpacking.hashed < offset) {
    auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(offset - unpacking.hashed, zeros.size()));
    unpacking.digest->add({zeros.data(), piece});
    unpacking.hashed += piece;
  }
  unpacking.digest->add(bytes);
  unpacking.hashed += bytes.size();
}

}  // namespace krgboot
