#include "histogram.h"

#include <cstring>

namespace singscope {
namespace {

constexpr int kShift = 22;
// Neighbouring values mostly share a bin; counting each into a table of its own keeps the
// processor from waiting for the count that it has just written.
constexpr int kTables = 4;

}  // namespace

void computeHistogram(const float* values, size_t count, int32_t* counts) {
  int32_t tables[kTables][kHistogramBins] = {};
  size_t i = 0;
  for (; i + kTables <= count; i += kTables) {
    uint32_t bits[kTables];
    std::memcpy(bits, values + i, sizeof(bits));
    for (int k = 0; k < kTables; ++k) ++tables[k][bits[k] >> kShift];
  }
  for (; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof(bits));
    ++tables[0][bits >> kShift];
  }
  for (int bin = 0; bin < kHistogramBins; ++bin) {
    counts[bin] = (tables[0][bin] + tables[1][bin]) + (tables[2][bin] + tables[3][bin]);
  }
}

}  // namespace singscope
