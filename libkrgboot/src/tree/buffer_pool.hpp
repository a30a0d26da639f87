#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace krgboot {

/// Reusable large buffers of one size. New memory is slow, because the kernel must find and clear each page.
/// The content of a buffer is undefined at first. Thread-safe; must outlive its buffers.
class BufferPool {
 public:
  explicit BufferPool(std::size_t size) : size_(size) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool(BufferPool&&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  BufferPool& operator=(BufferPool&&) = delete;
  ~BufferPool() = default;

  struct GiveBack {
    BufferPool* pool = nullptr;
    void operator()(char* bytes) const {
      std::lock_guard lock(pool->mutex_);
      pool->free_.emplace_back(bytes);
    }
  };
  using Buffer = std::unique_ptr<char[], GiveBack>;

  Buffer take() {
    std::lock_guard lock(mutex_);
    // Reserve here the space for the return of the buffer, because giving it back must not fail.
    if (free_.empty()) {
      free_.reserve(++made_);
      return {new char[size_], GiveBack{this}};
    }
    auto* bytes = free_.back().release();
    free_.pop_back();
    return {bytes, GiveBack{this}};
  }
  std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_;
  std::mutex mutex_;
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<char[]>> free_;
};

}  // namespace krgboot
