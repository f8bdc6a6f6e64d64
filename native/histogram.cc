#include "histogram.h"

#include <cstring>

namespace singscope {
namespace {

constexpr int kShift = 22;
// Neighbouring values mostly share a bin; counting each into a table of its own keeps the
// processor from waiting for the count that it has just written.
constexpr int kTables = 4;

// The first bit of the mantissa does not tell the smallest subnormal numbers from zero, nor a
// signalling NaN from infinity: what lies just above either counts in the next bin.
inline uint32_t binOf(uint32_t bits) {
  constexpr uint32_t kBelow = 0x3fffff;
  constexpr uint32_t kInfinity = 0x7f800000;
  const uint32_t magnitude = bits & 0x7fffffff;
  return (bits >> kShift) + ((magnitude - 1) < kBelow) + ((magnitude - kInfinity - 1) < kBelow);
}

}  // namespace

void computeHistogram(const float* values, size_t count, int32_t* counts) {
  int32_t tables[kTables][kHistogramBins] = {};
  size_t i = 0;
  for (; i + kTables <= count; i += kTables) {
    uint32_t bits[kTables];
    std::memcpy(bits, values + i, sizeof(bits));
    for (int k = 0; k < kTables; ++k) ++tables[k][binOf(bits[k])];
  }
  for (; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof(bits));
    ++tables[0][binOf(bits)];
  }
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    counts[bin] = (tables[0][bin] + tables[1][bin]) + (tables[2][bin] + tables[3][bin]);
  }
}

}  // namespace singscope
