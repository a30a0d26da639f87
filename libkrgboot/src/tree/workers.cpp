#include "workers.hpp"

#include <system_error>

namespace krgboot {

Workers::Workers(unsigned threads, std::size_t limit) : limit_(limit) {
  try {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  } catch (const std::system_error&) {
    // No more threads available; without any, submit does the work itself.
  }
}

Workers::~Workers() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
    items_.clear();
  }
  todo_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    todo_.wait(lock, [&] { return stop_ || !items_.empty(); });
    if (stop_) return;
    auto item = std::move(items_.front());
    items_.pop_front();
    ++busy_;
    bool skip = failure_ != nullptr;
    lock.unlock();
    std::exception_ptr failure;
    try {
      if (!skip) item.work();
      item.work = nullptr;
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    --busy_;
    waiting_ -= item.cost;
    if (failure && !failure_) failure_ = failure;
    done_.notify_all();
  }
}

void Workers::submit(std::function<void()> work, std::size_t cost) {
  if (threads_.empty()) {
    work();
    return;
  }
  {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return failure_ || waiting_ == 0 || waiting_ + cost <= limit_; });
    if (failure_) std::rethrow_exception(failure_);
    items_.push_back({std::move(work), cost});
    waiting_ += cost;
  }
  todo_.notify_one();
}

void Workers::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return items_.empty() && busy_ == 0; });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace krgboot
