#ifndef SINGSCOPE_HISTOGRAM_H_
#define SINGSCOPE_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>

namespace singscope {

constexpr int kHistogramBins = 1024;

// Counts the values by the top ten bits of their float32 form (sign, exponent, first bit of the
// mantissa) into `counts`, kHistogramBins long. All subnormal numbers count beside zero, all NaN
// beside infinity, so that the bins of zero and of infinity hold nothing else.
void computeHistogram(const float* values, size_t count, int32_t* counts);

}  // namespace singscope

#endif
