#pragma once

#include "krgboot/tree/progress.hpp"

#include <chrono>

namespace krgboot {

/// Thrown internally when a ProgressCallback returns false; every public function turns it into `cancelled`
/// of its report.
struct Cancelled {};

/// Counts progress, and calls the callback at intervals.
class Ticker {
 public:
  explicit Ticker(const ProgressCallback& callback) : callback_(callback) {}

  void entry(const std::string& path) {
    ++progress_.entries;
    tick(path, 0);
  }
  /// Throws Cancelled.
  void tick(const std::string& path, std::uint64_t bytes) {
    progress_.bytes += bytes;
    if (!callback_) return;
    auto now = Clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(50);
    progress_.path = path;
    if (!callback_(progress_)) throw Cancelled{};
  }
  const Progress& progress() const noexcept { return progress_; }

 private:
  using Clock = std::chrono::steady_clock;
  const ProgressCallback& callback_;
  Progress progress_;
  Clock::time_point next_ = Clock::time_point::min();
};

}  // namespace krgboot
