#ifndef SINGSCOPE_PARTS_H_
#define SINGSCOPE_PARTS_H_

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include "denormals.h"

namespace singscope {

// How many parts so many elements are worth. The size alone decides, so that every machine adds up
// the same sums in the same order.
inline size_t partsFor(size_t elements) {
  constexpr size_t kLeastElements = 65536, kMostParts = 2;
  return std::clamp<size_t>(elements / kLeastElements, 1, kMostParts);
}

// Where part `part` of `parts` begins, in whole units: the last part ends at `count`.
inline size_t partStart(size_t count, size_t unit, size_t parts, size_t part) {
  const size_t units = (count + unit - 1) / unit;
  return std::min(count, units * part / parts * unit);
}

// Calls work(part) for every part, the first in this thread, all in its mode for subnormals. Threads end with the call: starting
// one costs some 20 us, and nothing has to be stopped when a program forks, ends or unloads.
template <typename Work>
void inParts(size_t parts, const Work& work) {
  const FlushMode mode;
  const auto beside = [&work, mode](size_t part) {
    mode.take();
    work(part);
  };
  std::vector<std::thread> threads;
  threads.reserve(parts - 1);
  size_t started = 1;
  try {
    for (; started < parts; ++started) threads.emplace_back(beside, started);
  } catch (const std::system_error&) {
    // No more threads are allowed: the rest is done here.
  }
  work(0);
  for (size_t part = started; part < parts; ++part) work(part);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace singscope

#endif
