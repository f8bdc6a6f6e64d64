// Runs the numeric core on requests from standard input; results go to standard output, both binary.
// A request is five int64 (operation, rows, columns, centralize, normalize), a double (epsilon) and
// rows * columns floats.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "histogram.h"
#include "moments.h"
#include "sing.h"

namespace {

template <typename T>
void write(const T* values, size_t count) {
  if (std::fwrite(values, sizeof(T), count, stdout) != count) std::exit(3);
}

}  // namespace

int main() {
#if defined(__SSE2__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // subnormals flushed to zero, as in TensorFlow's threads
#endif
  int64_t head[5];
  double epsilon;
  while (std::fread(head, sizeof(head), 1, stdin) == 1) {
    if (std::fread(&epsilon, sizeof(epsilon), 1, stdin) != 1) return 2;
    const size_t rows = static_cast<size_t>(head[1]), columns = static_cast<size_t>(head[2]);
    const size_t count = rows * columns;
    // Allocated to the byte, so that the sanitizer sees a read of one element too many.
    const std::unique_ptr<float[]> values(new float[count]);
    if (std::fread(values.get(), sizeof(float), count, stdin) != count) return 2;
    if (head[0] == 0) {
      double moments[singscope::kMomentColumns];
      singscope::computeMoments(values.get(), count, moments);
      write(moments, singscope::kMomentColumns);
    } else if (head[0] == 1) {
      std::vector<int32_t> counts(singscope::kHistogramBins);
      singscope::computeHistogram(values.get(), count, counts.data());
      write(counts.data(), counts.size());
    } else {
      const std::unique_ptr<float[]> result(new float[count]);
      singscope::Beside beside;
      const double norm = singscope::transformGradient(
          values.get(), result.get(), rows, columns, static_cast<singscope::Centralize>(head[3]),
          static_cast<singscope::Normalize>(head[4]), epsilon, beside);
      write(&norm, 1);
      write(result.get(), count);
    }
  }
  return 0;
}
