#ifndef SINGSCOPE_SIMD_H_
#define SINGSCOPE_SIMD_H_

#include <cstdint>
#include <cstring>

// The same source compiled for the instruction sets that matter; the loader picks one. All of
// them use the same lanes in the same order and no fused multiply-add, so that every machine
// computes the same bits.
#ifndef SINGSCOPE_CLONES
#if defined(__x86_64__) && defined(__gnu_linux__)
#define SINGSCOPE_CLONES __attribute__((target_clones("default", "avx2", "avx512f")))
#else
#define SINGSCOPE_CLONES
#endif
#endif
#define SINGSCOPE_INLINE inline __attribute__((always_inline))

namespace singscope {

constexpr int kLanes = 8;

typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));
typedef double Doubles __attribute__((vector_size(32)));

// Vectors travel by reference: passing them by value would tie the calling convention to the
// instruction set.
template <typename Vector>
SINGSCOPE_INLINE void load(const void* from, Vector& to) {
  std::memcpy(&to, from, sizeof(Vector));
}

template <typename Vector>
SINGSCOPE_INLINE void store(const Vector& from, void* to) {
  std::memcpy(to, &from, sizeof(Vector));
}

// Asks for what a loop will read in some hundred cycles. Processors fetch ahead by themselves, but not beyond a page of 4 KB, and
// gradients come from afar. Nothing is read: it may lie beyond the end.
SINGSCOPE_INLINE void fetchAhead(const float* from) {
  constexpr int kAhead = 1536;
  __builtin_prefetch(from + kAhead);
}

// Widens four floats. (GCC turns this form, not __builtin_convertvector, into one instruction.)
SINGSCOPE_INLINE void loadDoubles(const float* from, Doubles& to) {
  to = Doubles{from[0], from[1], from[2], from[3]};
}

// Narrows four doubles.
SINGSCOPE_INLINE void storeFloats(const Doubles& from, float* to) {
  for (int lane = 0; lane < 4; ++lane) to[lane] = static_cast<float>(from[lane]);
}

SINGSCOPE_INLINE double sumOf(const Doubles& v) { return (v[0] + v[1]) + (v[2] + v[3]); }

}  // namespace singscope

#endif
