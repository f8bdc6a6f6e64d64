#ifndef SINGSCOPE_UPDATE_H_
#define SINGSCOPE_UPDATE_H_

#include <cstddef>

#include "sing.h"

namespace singscope {

enum class Rule { kSgd, kMomentum, kAdam };

// Arrays of the parameter's size that a rule remembers.
constexpr size_t stateArrays(Rule rule) { return rule == Rule::kSgd ? 0 : rule == Rule::kMomentum ? 1 : 2; }

// What holds for all parameters of a step.
struct StepNumbers {
  Rule rule;
  bool nesterov;
  double learningRate;
  double momentum;  // or beta1
  double beta2;
  double epsilon;
  double softplus;  // beta of the denominator softplus(sqrt(v), beta); 0: sqrt(v) + epsilon
  double weightDecay;
  double mergeAlpha;  // LookAhead's; NaN where this step does not merge
};

// One parameter. State and slow weights are written in place; `updated` is new memory.
struct ParameterStep {
  const float* gradient;
  const float* weights;
  float* state[2];
  float* slow;  // null without LookAhead
  float* updated;
  size_t rows;
  size_t columns;
  Centralize centralize;
  Normalize normalize;
  double normEpsilon;
  bool decays;
  double correction1;  // 1 - beta1^t
  double correction2;  // 1 - beta2^t
};

constexpr size_t kMomentBlocks = 4;

// One step of one parameter: SING's transform, then the rule (SGD, momentum and Adam as TensorFlow.js
// has them, decoupled decay and softplus as in the authors' SING), then LookAhead's merge. Returns the
// L2 norm of the gradient after the transform. `moments` gets kMomentColumns doubles for each of `blocks`, which is 0, 1 or
// kMomentBlocks: of the gradient; of the transformed gradient, of the old weights, of new less old weights.
double updateParameter(const ParameterStep& parameter, const StepNumbers& step, double* moments, size_t blocks, Beside& beside);

bool allFinite(const float* values, size_t count);

}  // namespace singscope

#endif
