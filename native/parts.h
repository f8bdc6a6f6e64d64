#ifndef SINGSCOPE_PARTS_H_
#define SINGSCOPE_PARTS_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>

#include "denormals.h"

namespace singscope {

constexpr size_t kMostParts = 2;

// How many parts so many elements are worth. The size alone decides, so that every machine adds up
// the same sums in the same order.
inline size_t partsFor(size_t elements) {
  constexpr size_t kLeastElements = 65536;
  return std::clamp<size_t>(elements / kLeastElements, 1, kMostParts);
}

// Where part `part` of `parts` begins, in whole units: the last part ends at `count`.
inline size_t partStart(size_t count, size_t unit, size_t parts, size_t part) {
  const size_t units = (count + unit - 1) / unit;
  return std::min(count, units * part / parts * unit);
}

// A second thread for all that one call has to do in parts: starting one costs 20 to 100 us. It begins with the first work
// that has a second part, and ends with this object, so that nothing has to be stopped when a program forks, ends or unloads.
class Beside {
 public:
  Beside() = default;
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (!thread_.joinable()) return;
    state_.store(kEnd, std::memory_order_release);
    thread_.join();
  }

  // Calls work(part) for one or two parts. The first thread waits for the second only where that has begun its part:
  // what it has not come to, or where no second thread is allowed, is done here.
  template <typename Work>
  void inParts(size_t parts, const Work& work) {
    if (parts < kMostParts) {
      work(0);
      return;
    }
    job_ = {[](const void* of) { (*static_cast<const Work*>(of))(1); }, &work, FlushMode()};
    state_.store(kOffered, std::memory_order_release);
    start();
    work(0);
    int offered = kOffered;
    if (state_.compare_exchange_strong(offered, kIdle, std::memory_order_acq_rel)) {
      work(1);
      return;
    }
    while (state_.load(std::memory_order_acquire) != kIdle) std::this_thread::yield();
  }

 private:
  enum State { kIdle, kOffered, kTaken, kEnd };
  struct Job {
    void (*call)(const void*) = nullptr;
    const void* work = nullptr;
    FlushMode mode;
  };

  void start() {
    if (started_) return;
    started_ = true;
    try {
      thread_ = std::thread([this] { serve(); });
    } catch (const std::system_error&) {
      // No more threads are allowed.
    }
  }

  void serve() {
    for (;;) {
      int state = kOffered;
      if (state_.compare_exchange_weak(state, kTaken, std::memory_order_acq_rel)) {
        job_.mode.take();
        job_.call(job_.work);
        state_.store(kIdle, std::memory_order_release);
      } else if (state == kEnd) {
        return;
      } else {
        std::this_thread::yield();
      }
    }
  }

  std::atomic<int> state_{kIdle};
  Job job_;
  bool started_ = false;
  std::thread thread_;
};

}  // namespace singscope

#endif
