#ifndef SINGSCOPE_MOMENTS_H_
#define SINGSCOPE_MOMENTS_H_

#include <cstddef>
#include <limits>

namespace singscope {

constexpr int kMomentColumns = 12;

// Writes kMomentColumns doubles to `out`: count, finite, mean, std (population), min, max, L2 norm,
// zeros, NaN, -Inf, +Inf, max |x|. Mean to norm and max |x| are over the finite elements only;
// without one they are NaN, and the norm is 0.
void computeMoments(const float* values, size_t count, double* out);

// Moments of numbers that come in parts.
struct MomentTotals {
  double count = 0;
  double finite = 0;
  double mean = 0;
  double deviations = 0;  // sum of (x - mean)^2
  double squares = 0;     // sum of x^2
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  long long zeros = 0;
  long long nan = 0;
  long long negInf = 0;
  long long posInf = 0;
};

void addMoments(const float* values, size_t count, MomentTotals& totals);

// Joins the moments of further parts to `totals`.
void joinMoments(const MomentTotals& part, MomentTotals& totals);

// Writes kMomentColumns doubles, as computeMoments does.
void writeMoments(const MomentTotals& totals, double* out);

}  // namespace singscope

#endif
