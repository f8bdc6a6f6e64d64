#include "update.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "moments.h"
#include "simd.h"

namespace singscope {
namespace {

// All arrays of a tile stay in the first cache while they are transformed, applied and summed.
constexpr size_t kTile = 2048;

struct AdamNumbers {
  float beta1, rest1, beta2, rest2;
  float slope;  // beta / sqrt(1 - beta2^t), or 1 / sqrt(1 - beta2^t)
  float epsilon;
  float rate;
  float kept;  // 1 - learningRate * weightDecay
};

SINGSCOPE_CLONES void sgdTile(const float* __restrict gradient, const float* __restrict weights,
                              float* __restrict updated, size_t count, float rate) {
  for (size_t i = 0; i < count; ++i) updated[i] = weights[i] - rate * gradient[i];
}

SINGSCOPE_CLONES void momentumTile(const float* __restrict gradient, const float* __restrict weights,
                                   float* __restrict velocity, float* __restrict updated, size_t count, float rate,
                                   float momentum) {
  for (size_t i = 0; i < count; ++i) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    updated[i] = weights[i] - rate * velocity[i];
  }
}

SINGSCOPE_CLONES void nesterovTile(const float* __restrict gradient, const float* __restrict weights,
                                   float* __restrict velocity, float* __restrict updated, size_t count, float rate,
                                   float momentum) {
  for (size_t i = 0; i < count; ++i) {
    velocity[i] = momentum * velocity[i] + gradient[i];
    updated[i] = weights[i] - rate * (gradient[i] + momentum * velocity[i]);
  }
}

SINGSCOPE_CLONES void adamTile(const float* __restrict gradient, const float* __restrict weights,
                               float* __restrict first, float* __restrict second, float* __restrict updated,
                               size_t count, const AdamNumbers& n) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    first[i] = n.beta1 * first[i] + n.rest1 * g;
    second[i] = n.beta2 * second[i] + n.rest2 * (g * g);
    const float denominator = std::sqrt(second[i]) * n.slope + n.epsilon;
    updated[i] = n.kept * weights[i] - n.rate * (first[i] / denominator);
  }
}

// log(1 + exp(y)) for y >= 0, linear above 20 as in PyTorch; NaN stays NaN. exp(-y) by Cody and
// Waite's reduction, log(1 + z) = 2 atanh(z / (2 + z)), whose argument is at most 1/3; both by
// polynomials of least greatest relative error (1e-8).
SINGSCOPE_INLINE void softplusOf(Floats& y) {
  const Ints below = y <= 20.0f;
  const Floats x = below ? y : Floats{} + 20.0f;
  const Ints n = __builtin_convertvector(-1.44269504f * x - 0.5f, Ints);
  const Floats whole = __builtin_convertvector(n, Floats);
  const Floats r = (-x - whole * 0.693359375f) + whole * 2.12194440e-4f;
  Floats e = Floats{} + 0.0013808848f;
  for (const float term : {0.008371496f, 0.04166867f, 0.16666497f, 0.4999999f, 1.0f, 1.0f}) e = e * r + term;
  const Ints bits = (n + 127) << 23;
  Floats power;
  std::memcpy(&power, &bits, sizeof(power));
  const Floats z = e * power;
  const Floats s = z / (2.0f + z);
  const Floats q = s * s;
  Floats series = Floats{} + 0.1401223f;
  for (const float term : {0.13999571f, 0.2001085f, 0.33333206f}) series = series * q + term;
  const Floats soft = x + 2.0f * (s + s * q * series);
  y = below ? soft : y;
}

SINGSCOPE_CLONES void softplusTile(const float* __restrict gradient, const float* __restrict weights,
                                   float* __restrict first, float* __restrict second, float* __restrict updated,
                                   size_t count, const AdamNumbers& n) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    first[i] = n.beta1 * first[i] + n.rest1 * g;
    second[i] = n.beta2 * second[i] + n.rest2 * (g * g);
    updated[i] = std::sqrt(second[i]) * n.slope;
  }
  Floats y;
  size_t i = 0;
  // Two at a time: each is one long chain of operations that wait for another.
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    Floats next;
    load(updated + i, y);
    load(updated + i + kLanes, next);
    softplusOf(y);
    softplusOf(next);
    store(y, updated + i);
    store(next, updated + i + kLanes);
  }
  for (; i + kLanes <= count; i += kLanes) {
    load(updated + i, y);
    softplusOf(y);
    store(y, updated + i);
  }
  y = Floats{};
  if (i < count) std::memcpy(&y, updated + i, (count - i) * sizeof(float));
  softplusOf(y);
  if (i < count) std::memcpy(updated + i, &y, (count - i) * sizeof(float));
  for (i = 0; i < count; ++i) updated[i] = n.kept * weights[i] - n.rate * (first[i] / updated[i]);
}

SINGSCOPE_CLONES void mergeTile(float* __restrict updated, float* __restrict slow, size_t count, float alpha,
                                float rest) {
  for (size_t i = 0; i < count; ++i) {
    updated[i] = alpha * updated[i] + rest * slow[i];
    slow[i] = updated[i];
  }
}

SINGSCOPE_CLONES void differences(const float* __restrict a, const float* __restrict b, float* __restrict out,
                                  size_t count) {
  for (size_t i = 0; i < count; ++i) out[i] = a[i] - b[i];
}

AdamNumbers adamNumbers(const ParameterStep& parameter, const StepNumbers& step) {
  // softplus(x, beta) = log(1 + exp(beta x)) / beta: the division moves into the rate.
  const double beta = step.softplus > 0 ? step.softplus : 1;
  const auto narrow = [](double value) { return static_cast<float>(value); };
  return {narrow(step.momentum), narrow(1 - step.momentum), narrow(step.beta2), narrow(1 - step.beta2),
          narrow(beta / std::sqrt(parameter.correction2)), narrow(step.epsilon),
          narrow(step.learningRate / parameter.correction1 * beta),
          narrow(parameter.decays ? 1 - step.learningRate * step.weightDecay : 1)};
}

struct StepTotals {
  MomentTotals before, after, weights, updates;

  void join(const StepTotals& part) {
    joinMoments(part.before, before);
    joinMoments(part.after, after);
    joinMoments(part.weights, weights);
    joinMoments(part.updates, updates);
  }
};

// Elements `from` to `to`; as many blocks of moments as are wanted are added to `totals`. Each costs a pass over the tile.
void updateSpan(const ParameterStep& parameter, const StepNumbers& step, const Transform& transform, size_t from,
                size_t to, size_t blocks, StepTotals& totals) {
  const AdamNumbers adam = step.rule == Rule::kAdam ? adamNumbers(parameter, step) : AdamNumbers{};
  const float rate = static_cast<float>(step.learningRate), momentum = static_cast<float>(step.momentum);
  const bool wantsAll = blocks == kMomentBlocks;
  const bool merges = parameter.slow != nullptr && step.mergeAlpha == step.mergeAlpha;
  alignas(64) float scratch[kTile];
  for (size_t at = from; at < to; at += kTile) {
    const size_t count = std::min(kTile, to - at);
    const float* gradient = parameter.gradient + at;
    if (blocks > 0) addMoments(gradient, count, totals.before);
    if (!transform.changesNothing()) {
      writeTransformed(transform, parameter.gradient, at, count, scratch);
      gradient = scratch;
    }
    if (wantsAll) addMoments(gradient, count, totals.after);
    const float* const old = parameter.weights + at;
    float* const updated = parameter.updated + at;
    switch (step.rule) {
      case Rule::kSgd:
        sgdTile(gradient, old, updated, count, rate);
        break;
      case Rule::kMomentum:
        (step.nesterov ? nesterovTile : momentumTile)(gradient, old, parameter.state[0] + at, updated, count, rate, momentum);
        break;
      case Rule::kAdam:
        (step.softplus > 0 ? softplusTile : adamTile)(gradient, old, parameter.state[0] + at, parameter.state[1] + at, updated, count, adam);
        break;
    }
    if (merges) {
      mergeTile(updated, parameter.slow + at, count, static_cast<float>(step.mergeAlpha),
                static_cast<float>(1 - step.mergeAlpha));
    }
    if (wantsAll) {
      addMoments(old, count, totals.weights);
      differences(updated, old, scratch, count);
      addMoments(scratch, count, totals.updates);
    }
  }
}

}  // namespace

double updateParameter(const ParameterStep& parameter, const StepNumbers& step, double* moments, size_t blocks, Beside& beside) {
  const size_t total = parameter.rows * parameter.columns;
  const Transform transform = planTransform(parameter.gradient, parameter.rows, parameter.columns,
                                            parameter.centralize, parameter.normalize, parameter.normEpsilon, beside);
  const size_t parts = partsFor(total);
  std::vector<StepTotals> totals(parts);
  beside.inParts(parts, [&](size_t part) {
    updateSpan(parameter, step, transform, partStart(total, kTile, parts, part),
               partStart(total, kTile, parts, part + 1), blocks, totals[part]);
  });
  for (size_t part = 1; part < parts; ++part) totals[0].join(totals[part]);
  const MomentTotals* const all[kMomentBlocks] = {&totals[0].before, &totals[0].after, &totals[0].weights, &totals[0].updates};
  for (size_t block = 0; block < blocks; ++block) writeMoments(*all[block], moments + block * kMomentColumns);
  return transform.norm;
}

bool allFinite(const float* values, size_t count) {
  int32_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits;
    std::memcpy(&bits, values + i, sizeof(bits));
    found |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return found == 0;
}

}  // namespace singscope
