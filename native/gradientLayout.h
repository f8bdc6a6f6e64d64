#ifndef SINGSCOPE_GRADIENT_LAYOUT_H_
#define SINGSCOPE_GRADIENT_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sing.h"

namespace singscope {

// Over which axes the mean of a gradient is taken, as the ops are told.
enum Axes { kNoAxes = 0, kAllButLast = 1, kAllButLastTwo = 2, kLast = 3 };

inline bool fitsAxes(int32_t axes, size_t rank) {
  const size_t leastRank = axes == kNoAxes ? 0 : axes == kAllButLastTwo ? 3 : 1;
  return axes >= kNoAxes && axes <= kLast && rank >= leastRank;
}

// A gradient seen as a matrix.
struct GradientLayout {
  size_t rows;
  size_t columns;
  Centralize centralize;
};

inline GradientLayout layoutOf(const std::vector<int64_t>& shape, int32_t axes) {
  const size_t rank = shape.size();
  size_t inner = rank;  // first axis of the matrix's columns
  if (axes == kAllButLastTwo) inner = rank - 2;
  else if (axes != kNoAxes) inner = rank - 1;
  GradientLayout layout = {1, 1, Centralize::kNone};
  for (size_t i = 0; i < rank; ++i) (i < inner ? layout.rows : layout.columns) *= static_cast<size_t>(shape[i]);
  if (axes == kLast) layout.centralize = Centralize::kRows;
  else if (axes != kNoAxes) layout.centralize = Centralize::kColumns;
  return layout;
}

}  // namespace singscope

#endif
