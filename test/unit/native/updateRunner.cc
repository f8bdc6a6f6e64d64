// Runs the update of one parameter on requests from standard input; results go to standard output, both
// binary. A request is eight int64 (rule, nesterov, rows, columns, centralize, normalize, decays, whether
// there are slow weights), ten doubles (rate, momentum, beta2, epsilon, softplus, decay, alpha, epsilon of
// the norm, the two corrections) and gradient, weights, two states and slow weights of rows * columns floats.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "moments.h"
#include "update.h"

namespace {

using Floats = std::unique_ptr<float[]>;

template <typename T>
void write(const T* values, size_t count) {
  if (std::fwrite(values, sizeof(T), count, stdout) != count) std::exit(3);
}

// Allocated to the byte, so that the sanitizer sees a read or write of one element too many.
Floats read(size_t count) {
  Floats values(new float[count]);
  if (std::fread(values.get(), sizeof(float), count, stdin) != count) std::exit(2);
  return values;
}

}  // namespace

int main() {
#if defined(__SSE2__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // subnormals flushed to zero, as in TensorFlow's threads
#endif
  using namespace singscope;
  int64_t head[8];
  double numbers[10];
  while (std::fread(head, sizeof(head), 1, stdin) == 1) {
    if (std::fread(numbers, sizeof(numbers), 1, stdin) != 1) return 2;
    const size_t rows = static_cast<size_t>(head[2]), columns = static_cast<size_t>(head[3]);
    const size_t count = rows * columns;
    const Floats gradient = read(count), weights = read(count), first = read(count), second = read(count), slow = read(count);
    const Floats updated(new float[count]);
    const StepNumbers step = {static_cast<Rule>(head[0]), head[1] != 0, numbers[0], numbers[1], numbers[2],
                              numbers[3], numbers[4], numbers[5], numbers[6]};
    const ParameterStep parameter = {gradient.get(), weights.get(), {first.get(), second.get()},
                                     head[7] != 0 ? slow.get() : nullptr, updated.get(), rows, columns,
                                     static_cast<Centralize>(head[4]), static_cast<Normalize>(head[5]), numbers[7],
                                     head[6] != 0, numbers[8], numbers[9]};
    double moments[4 * kMomentColumns];
    Beside beside;
    const double norm = updateParameter(parameter, step, moments, 4, beside);
    const double finite = allFinite(gradient.get(), count) ? 1 : 0;
    write(&norm, 1);
    write(&finite, 1);
    write(moments, 4 * kMomentColumns);
    for (const Floats* values : {&updated, &first, &second, &slow}) write(values->get(), count);
  }
  return 0;
}
