#ifndef SINGSCOPE_DENORMALS_H_
#define SINGSCOPE_DENORMALS_H_

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace singscope {

// TensorFlow runs kernels with subnormal numbers flushed to zero. Statistics must see the
// numbers that are there, so the mode of the thread is set aside while a core function runs.
class KeepDenormals {
 public:
#if defined(__SSE2__)
  KeepDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ & ~kFlushBits); }
  ~KeepDenormals() { _mm_setcsr(saved_); }

 private:
  static constexpr unsigned kFlushBits = 0x8040;  // FTZ and DAZ of MXCSR
  const unsigned saved_;
#else
  KeepDenormals() {}
#endif
  KeepDenormals(const KeepDenormals&) = delete;
  KeepDenormals& operator=(const KeepDenormals&) = delete;
};

// How the thread that makes it treats subnormal numbers; another takes the same mode.
class FlushMode {
 public:
#if defined(__SSE2__)
  FlushMode() : mode_(_mm_getcsr()) {}
  void take() const { _mm_setcsr(mode_); }

 private:
  unsigned mode_;
#else
  void take() const {}
#endif
};

}  // namespace singscope

#endif
