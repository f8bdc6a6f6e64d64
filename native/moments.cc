#include "moments.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "denormals.h"
#include "simd.h"

namespace singscope {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int kAbsMask = 0x7fffffff;
constexpr int kInfinityBits = 0x7f800000;

// Sums are taken of the distance to one element of the block, not of the values: no element of a
// block of n lies further than std * sqrt(n - 1) from its mean, so one pass loses at most log2(n)
// of the 53 bits to cancellation, whatever the data.
constexpr size_t kBlock = 4096;
constexpr int kStride = 2 * kLanes;

struct Sums {
  double shift = 0;
  double sum = 0;      // of (x - shift)
  double squares = 0;  // of (x - shift)^2
  float min = kInfinity;
  float max = -kInfinity;
  long long finite = 0;
  long long zeros = 0;
  long long nan = 0;
  long long negInf = 0;
  long long posInf = 0;
};

SINGSCOPE_INLINE void addScalar(float x, Sums& sums) {
  if (x - x == 0) {
    const double distance = static_cast<double>(x) - sums.shift;
    sums.sum += distance;
    sums.squares += distance * distance;
    sums.min = std::min(sums.min, x);
    sums.max = std::max(sums.max, x);
    sums.finite += 1;
    sums.zeros += x == 0;
  } else {
    sums.nan += x != x;
    sums.negInf += x == -kInfinity;
    sums.posInf += x == kInfinity;
  }
}

// A true lane of a comparison is -1.
SINGSCOPE_INLINE long long trueLanes(const Ints& v) {
  long long total = 0;
  for (int lane = 0; lane < kLanes; ++lane) total -= v[lane];
  return total;
}

SINGSCOPE_INLINE void foldLanes(const Floats& low, const Floats& high, Sums& sums) {
  for (int lane = 0; lane < kLanes; ++lane) {
    sums.min = std::min(sums.min, low[lane]);
    sums.max = std::max(sums.max, high[lane]);
  }
}

// A block taken to be finite. If it isn't, `squares` isn't either: a float squared can't overflow
// a double. That saves looking at every element.
SINGSCOPE_CLONES void sumFinite(const float* values, size_t count, Sums& sums) {
  sums.shift = values[0];
  const Doubles shift = {sums.shift, sums.shift, sums.shift, sums.shift};
  Doubles sum[4] = {};
  Doubles squares[4] = {};
  Floats low[2], high[2];
  Ints zeros[2] = {};
  for (int k = 0; k < 2; ++k) {
    low[k] = Floats{} + kInfinity;
    high[k] = Floats{} - kInfinity;
  }
  size_t i = 0;
  for (; i + kStride <= count; i += kStride) {
    fetchAhead(values + i);
    for (int k = 0; k < 2; ++k) {
      Floats x;
      load(values + i + k * kLanes, x);
      low[k] = x < low[k] ? x : low[k];
      high[k] = x > high[k] ? x : high[k];
      zeros[k] += x == 0.0f;
    }
    for (int k = 0; k < 4; ++k) {
      Doubles distance;
      loadDoubles(values + i + 4 * k, distance);
      distance -= shift;
      sum[k] += distance;
      squares[k] += distance * distance;
    }
  }
  sums.sum = sumOf((sum[0] + sum[1]) + (sum[2] + sum[3]));
  sums.squares = sumOf((squares[0] + squares[1]) + (squares[2] + squares[3]));
  sums.zeros = trueLanes(zeros[0] + zeros[1]);
  sums.finite = static_cast<long long>(i);
  for (int k = 0; k < 2; ++k) foldLanes(low[k], high[k], sums);
  for (; i < count; ++i) addScalar(values[i], sums);
}

// The same where some elements aren't finite; a run that has gone to NaN passes here at every step.
SINGSCOPE_CLONES void sumMasked(const float* values, size_t count, Sums& sums) {
  size_t first = 0;
  while (first < count && values[first] - values[first] != 0) ++first;
  sums.shift = first < count ? values[first] : 0;
  const Floats shiftOfLanes = Floats{} + static_cast<float>(sums.shift);
  const Doubles shift = {sums.shift, sums.shift, sums.shift, sums.shift};
  Doubles sum[2] = {};
  Doubles squares[2] = {};
  Floats low = Floats{} + kInfinity;
  Floats high = Floats{} - kInfinity;
  Ints finite = {}, zeros = {}, nan = {}, negInf = {}, posInf = {};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Floats x;
    Ints bits;
    load(values + i, x);
    load(values + i, bits);
    const Ints isFinite = (bits & kAbsMask) < kInfinityBits;
    finite += isFinite;
    zeros += x == 0.0f;
    nan += (bits & kAbsMask) > kInfinityBits;
    negInf += x == -kInfinity;
    posInf += x == kInfinity;
    // What isn't finite takes the place of the shift: its distance is zero.
    const Floats kept = isFinite ? x : shiftOfLanes;
    const Floats lowest = isFinite ? x : Floats{} + kInfinity;
    const Floats highest = isFinite ? x : Floats{} - kInfinity;
    low = lowest < low ? lowest : low;
    high = highest > high ? highest : high;
    float narrow[kLanes];
    store(kept, narrow);
    for (int k = 0; k < 2; ++k) {
      Doubles distance;
      loadDoubles(narrow + 4 * k, distance);
      distance -= shift;
      sum[k] += distance;
      squares[k] += distance * distance;
    }
  }
  sums.sum = sumOf(sum[0] + sum[1]);
  sums.squares = sumOf(squares[0] + squares[1]);
  sums.finite = trueLanes(finite);
  sums.zeros = trueLanes(zeros);
  sums.nan = trueLanes(nan);
  sums.negInf = trueLanes(negInf);
  sums.posInf = trueLanes(posInf);
  foldLanes(low, high, sums);
  for (; i < count; ++i) addScalar(values[i], sums);
}

MomentTotals totalsOf(const Sums& block) {
  MomentTotals totals;
  totals.zeros = block.zeros;
  totals.nan = block.nan;
  totals.negInf = block.negInf;
  totals.posInf = block.posInf;
  if (block.finite == 0) return totals;
  const double size = static_cast<double>(block.finite);
  const double offset = block.sum / size;
  totals.finite = size;
  totals.mean = block.shift + offset;
  totals.deviations = std::max(0.0, block.squares - block.sum * offset);
  totals.squares = totals.deviations + totals.mean * totals.mean * size;
  totals.min = block.min;
  totals.max = block.max;
  return totals;
}

}  // namespace

void addMoments(const float* values, size_t count, MomentTotals& totals) {
  const KeepDenormals keep;
  for (size_t at = 0; at < count; at += kBlock) {
    const size_t size = std::min(kBlock, count - at);
    Sums sums;
    sumFinite(values + at, size, sums);
    if (!std::isfinite(sums.squares)) {
      sums = Sums();
      sumMasked(values + at, size, sums);
    }
    joinMoments(totalsOf(sums), totals);
  }
  totals.count += static_cast<double>(count);
}

// Chan, Golub and LeVeque (1979): joins two parts without cancellation.
void joinMoments(const MomentTotals& part, MomentTotals& totals) {
  const KeepDenormals keep;
  totals.count += part.count;
  totals.zeros += part.zeros;
  totals.nan += part.nan;
  totals.negInf += part.negInf;
  totals.posInf += part.posInf;
  if (part.finite == 0) return;
  const double joint = totals.finite + part.finite;
  const double gap = part.mean - totals.mean;
  totals.deviations += part.deviations + gap * gap * (totals.finite / joint) * part.finite;
  totals.squares += part.squares;
  totals.mean += gap * (part.finite / joint);
  totals.finite = joint;
  totals.min = std::min(totals.min, part.min);
  totals.max = std::max(totals.max, part.max);
}

void writeMoments(const MomentTotals& totals, double* out) {
  const KeepDenormals keep;
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  const bool any = totals.finite > 0;
  out[0] = totals.count;
  out[1] = totals.finite;
  out[2] = any ? totals.mean : nothing;
  out[3] = any ? std::sqrt(totals.deviations / totals.finite) : nothing;
  out[4] = any ? totals.min : nothing;
  out[5] = any ? totals.max : nothing;
  out[6] = std::sqrt(totals.squares);
  out[7] = static_cast<double>(totals.zeros);
  out[8] = static_cast<double>(totals.nan);
  out[9] = static_cast<double>(totals.negInf);
  out[10] = static_cast<double>(totals.posInf);
  out[11] = any ? std::max(-static_cast<double>(totals.min), static_cast<double>(totals.max)) : nothing;
}

void computeMoments(const float* values, size_t count, double* out) {
  MomentTotals totals;
  addMoments(values, count, totals);
  writeMoments(totals, out);
}

}  // namespace singscope
