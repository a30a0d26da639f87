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

/// Threads that process submitted work in any order. The total cost of waiting work is limited.
class Workers {
 public:
  /// `limit`: maximum total cost of waiting work.
  Workers(unsigned threads, std::size_t limit);
  Workers(const Workers&) = delete;
  Workers(Workers&&) = delete;
  Workers& operator=(const Workers&) = delete;
  Workers& operator=(Workers&&) = delete;
  /// Drops work that has not begun.
  ~Workers();

  /// Waits while the waiting work exceeds the limit. Throws the error of a piece of work; after an error no
  /// more work begins.
  void submit(std::function<void()> work, std::size_t cost);
  /// Waits until all work is done. Throws the error of a piece of work.
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
  std::size_t waiting_ = 0;  ///< cost of waiting and running work
  std::size_t busy_ = 0;
  std::exception_ptr failure_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace krgboot
