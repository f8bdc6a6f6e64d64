#ifndef SINGSCOPE_SING_H_
#define SINGSCOPE_SING_H_

#include <cstddef>
#include <vector>

#include "parts.h"

namespace singscope {

// Over what the mean is taken that is subtracted from a gradient seen as [rows, columns].
enum class Centralize { kNone, kColumns, kRows };

// By what a gradient is divided: nothing, its L2 norm, or the norm over the root of its size.
enum class Normalize { kNone, kNorm, kStd };

// What SING's transform of one gradient comes to (Courtois et al., 2023, arXiv 2305.15997): the mean
// of each column (or row) is subtracted, the rest multiplied by `scale`. Sums and norm are in double,
// so that no gradient of finite floats overflows.
struct Transform {
  Centralize centralize;
  size_t columns;
  std::vector<double> means;  // of columns: repeated until they are worth a loop; of rows: one each
  double scale;
  double norm;  // L2 norm of the result

  bool changesNothing() const { return centralize == Centralize::kNone && scale == 1; }
};

// `epsilon` is added to what is divided by. A gradient of zeros stays one, also with an epsilon of 0.
Transform planTransform(const float* gradient, size_t rows, size_t columns, Centralize centralize, Normalize normalize,
                        double epsilon, Beside& beside);

// Writes elements `at` to `at + count` of the transformed gradient to `to`.
void writeTransformed(const Transform& transform, const float* gradient, size_t at, size_t count, float* to);

// The whole gradient. Returns the L2 norm of the result.
double transformGradient(const float* from, float* to, size_t rows, size_t columns, Centralize centralize,
                         Normalize normalize, double epsilon, Beside& beside);

}  // namespace singscope

#endif
