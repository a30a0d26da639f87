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

/// Writes files that are being unpacked. One thread supplies their bytes, collected into batches: many small
/// files, or a part of a large one. Worker threads write them, compute digests on the way, and finish the
/// files.
class FileWriters {
 public:
  explicit FileWriters(unsigned threads);

  /// Begins the next file. `sha256`: its expected digest; empty: compute none.
  void begin(std::unique_ptr<NewFile> file, std::string sha256);
  /// Adds bytes of the file, by ascending offset. Throws the error of a worker.
  void add(std::uint64_t offset, std::string_view bytes);
  void end();
  /// Waits until all files are finished. Throws the error of a worker.
  void wait();
  /// After `wait`: did all digests match? Also false if one was skipped: for a file with a large hole.
  bool as_expected() const noexcept { return as_expected_; }

 private:
  /// A file of which several threads may hold a part. They hash their parts in order, and the last one
  /// finishes the file.
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
    std::uint64_t offset = 0;  ///< within the file
    std::size_t start = 0;     ///< within the batch
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
  std::size_t parts_ = 0;  ///< number of parts of that file so far
  Workers workers_;
};

}  // namespace krgboot
