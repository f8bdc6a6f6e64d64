#ifndef SINGSCOPE_MOMENTS_H_
#define SINGSCOPE_MOMENTS_H_

#include <cstddef>

namespace singscope {

constexpr int kMomentColumns = 12;

// Writes kMomentColumns doubles to `out`: count, finite, mean, std (population), min, max, L2 norm,
// zeros, NaN, -Inf, +Inf, max |x|. Mean to norm and max |x| are over the finite elements only;
// without one they are NaN, and the norm is 0.
void computeMoments(const float* values, size_t count, double* out);

}  // namespace singscope

#endif
