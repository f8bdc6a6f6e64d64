#ifndef SINGSCOPE_SING_H_
#define SINGSCOPE_SING_H_

#include <cstddef>

namespace singscope {

// Over what the mean is taken that is subtracted from a gradient seen as [rows, columns].
enum class Centralize { kNone, kColumns, kRows };

// By what a gradient is divided: nothing, its L2 norm, or the norm over the root of its size.
enum class Normalize { kNone, kNorm, kStd };

// SING's transform of one gradient (Courtois et al., 2023, arXiv 2305.15997): subtract the mean of
// each column (or row), then divide by the norm plus epsilon. Sums and norm are in double, so that
// no gradient of finite floats overflows. Returns the L2 norm of the result.
double transformGradient(const float* from, float* to, size_t rows, size_t columns, Centralize centralize,
                         Normalize normalize, double epsilon);

}  // namespace singscope

#endif
