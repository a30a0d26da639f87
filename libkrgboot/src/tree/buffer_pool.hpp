#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace krgboot {

/// Large buffers, of one size, that are used again and again: fresh memory is dear, since the kernel has to
/// find and to clear it page by page. What is in a buffer at first is not defined. By any thread; must
/// outlive its buffers.
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
    // Room to give it back is made here, where it may fail.
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
