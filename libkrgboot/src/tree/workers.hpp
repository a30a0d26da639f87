#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace krgboot {

/// Threads that work off what they are given, in any order. What waits is bounded by its cost.
class Workers {
 public:
  /// `limit`: cost of all that may wait at once.
  Workers(unsigned threads, std::size_t limit);
  Workers(const Workers&) = delete;
  Workers(Workers&&) = delete;
  Workers& operator=(const Workers&) = delete;
  Workers& operator=(Workers&&) = delete;
  /// What has not begun is dropped.
  ~Workers();

  /// Waits while too much is waiting. Throws what a piece of work has thrown; after that nothing more begins.
  void submit(std::function<void()> work, std::size_t cost);
  /// Until all is done. Throws likewise.
  void wait();

 private:
  struct Item {
    std::function<void()> work;
    std::size_t cost = 0;
  };
  void run();

  std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable todo_;
  std::condition_variable done_;
  std::deque<Item> items_;
  std::size_t waiting_ = 0;  ///< cost of what waits or is being done
  std::size_t busy_ = 0;
  std::exception_ptr failure_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace krgboot
