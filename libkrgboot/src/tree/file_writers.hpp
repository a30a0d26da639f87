#pragma once

#include "krgboot/tree/digest.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "buffer_pool.hpp"
#include "builder.hpp"
#include "workers.hpp"

namespace krgboot {

/// Files being unpacked. One thread brings their bytes, which are put together to batches: of many small
/// files, or a part of a large one. Workers write them, take digests on the way, and finish the files.
class FileWriters {
 public:
  explicit FileWriters(unsigned threads);

  /// The next file. `sha256`: what its bytes are expected to have; empty: no digest is taken.
  void begin(std::unique_ptr<NewFile> file, std::string sha256);
  /// Bytes of it, ascending by offset. Throws what a worker has thrown.
  void add(std::uint64_t offset, std::string_view bytes);
  void end();
  /// Until all files are finished. Throws likewise.
  void wait();
  /// After `wait`: was every digest as expected? False also where one was too long to take: a file with a
  /// large hole.
  bool as_expected() const noexcept { return as_expected_; }

 private:
  /// A file of which several threads may hold a part. The parts take their turn in the digest, and the last
  /// one finishes the file.
  struct Unpacking {
    std::unique_ptr<NewFile> file;
    std::string expected;
    std::mutex mutex;
    std::condition_variable turned;
    std::size_t turn = 0;
    bool failed = false;
    std::optional<Sha256> digest;
    std::uint64_t hashed = 0;
  };
  struct Part {
    std::shared_ptr<Unpacking> unpacking;
    std::size_t number = 0;
    std::uint64_t offset = 0;  ///< in the file
    std::size_t start = 0;     ///< in the batch
    std::size_t size = 0;
    bool last = false;
  };
  struct Batch {
    BufferPool::Buffer buffer;
    std::size_t used = 0;
    std::vector<Part> parts;
  };

  void open_part(std::uint64_t offset);
  void send();
  void write(const Batch& batch);
  void write(const Part& part, std::string_view bytes);
  void hash(Unpacking& unpacking, std::uint64_t offset, std::string_view bytes);

  std::atomic<bool> as_expected_ = true;
  BufferPool buffers_;
  std::shared_ptr<Batch> batch_;
  std::shared_ptr<Unpacking> unpacking_;
  std::size_t parts_ = 0;  ///< of that file so far
  Workers workers_;
};

}  // namespace krgboot
