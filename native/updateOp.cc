#include <algorithm>
#include <cmath>
#include <cstring>

#include "gradientLayout.h"
#include "moments.h"
#include "opKernel.h"
#include "update.h"

namespace singscope {
namespace {

// The numbers of a step, doubles in pairs of int32: these, then kParameterNumbers for each parameter.
// They are no attributes: TensorFlow keeps a kernel for every value that an attribute ever had.
enum StepNumber {
  kRule, kNesterov, kLearningRate, kMomentum, kBeta2, kEpsilon, kSoftplus, kWeightDecay, kMergeAlpha,
  kNormalize, kNormEpsilon, kSkipNonFinite, kMomentBlocksWanted, kHasSlow, kStepNumbers
};
enum ParameterNumber { kTransforms, kAxesNumber, kDecays, kCorrection1, kCorrection2, kParameterNumbers };

struct Inputs {
  std::vector<Tensor> gradients, weights, state, slow;
  std::vector<double> numbers;

  size_t count() const { return gradients.size(); }
  double step(StepNumber which) const { return numbers[which]; }
  double of(size_t parameter, ParameterNumber which) const {
    return numbers[kStepNumbers + parameter * kParameterNumbers + which];
  }
};

float* floatsOf(const Tensor& tensor) { return static_cast<float*>(TF_TensorData(tensor.get())); }
size_t sizeOf(const Tensor& tensor) { return static_cast<size_t>(TF_TensorElementCount(tensor.get())); }

void refuse(const Status& status, const std::string& message) {
  TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, message.c_str());
}

std::vector<double> doublesOf(const Tensor& tensor) {
  std::vector<double> numbers(sizeOf(tensor) / 2);
  if (!numbers.empty()) std::memcpy(numbers.data(), TF_TensorData(tensor.get()), numbers.size() * sizeof(double));
  return numbers;
}

size_t stateArraysOf(const Inputs& inputs) { return stateArrays(static_cast<Rule>(static_cast<int>(inputs.step(kRule)))); }

Inputs readInputs(TF_OpKernelContext* context, const Status& status) {
  Inputs inputs;
  const int total = TF_NumInputs(context);
  const Tensor numbers = inputAt(context, total - 1, status);
  if (!isOk(status)) return inputs;
  inputs.numbers = doublesOf(numbers);
  const bool whole = inputs.numbers.size() > kStepNumbers && inputs.step(kRule) >= 0 && inputs.step(kRule) <= 2 &&
                     inputs.step(kNormalize) >= 0 && inputs.step(kNormalize) <= 2;
  const size_t count = whole ? (inputs.numbers.size() - kStepNumbers) / kParameterNumbers : 0;
  const size_t arrays = whole ? stateArraysOf(inputs) : 0;
  const size_t slow = whole && inputs.step(kHasSlow) != 0 ? count : 0;
  if (count == 0 || static_cast<size_t>(total) != 2 * count + arrays * count + slow + 1) {
    refuse(status, "the numbers of the step do not fit its tensors");
    return inputs;
  }
  int next = 0;
  for (auto [list, size] : {std::pair{&inputs.gradients, count}, {&inputs.weights, count}, {&inputs.state, arrays * count}, {&inputs.slow, slow}}) {
    for (size_t i = 0; i < size && isOk(status); ++i) list->push_back(inputAt(context, next++, status));
  }
  return inputs;
}

// Everything is looked at before anything is written.
void check(const Inputs& inputs, const Status& status) {
  const size_t arrays = stateArraysOf(inputs);
  for (size_t i = 0; i < inputs.count(); ++i) {
    const size_t size = sizeOf(inputs.gradients[i]);
    bool fits = sizeOf(inputs.weights[i]) == size && (inputs.slow.empty() || sizeOf(inputs.slow[i]) == size);
    for (size_t k = 0; k < arrays; ++k) fits = fits && sizeOf(inputs.state[i * arrays + k]) == size;
    if (!fits) return refuse(status, "gradient, weights and state of parameter " + std::to_string(i) + " differ in size");
    const int32_t axes = static_cast<int32_t>(inputs.of(i, kAxesNumber));
    const size_t rank = static_cast<size_t>(TF_NumDims(inputs.gradients[i].get()));
    if (!fitsAxes(axes, rank)) {
      return refuse(status, "axes " + std::to_string(axes) + " does not fit parameter " + std::to_string(i) + " of rank " + std::to_string(rank));
    }
  }
}

StepNumbers stepNumbers(const Inputs& inputs) {
  return {static_cast<Rule>(static_cast<int>(inputs.step(kRule))), inputs.step(kNesterov) != 0, inputs.step(kLearningRate),
          inputs.step(kMomentum), inputs.step(kBeta2), inputs.step(kEpsilon), inputs.step(kSoftplus),
          inputs.step(kWeightDecay), inputs.step(kMergeAlpha)};
}

ParameterStep parameterStep(const Inputs& inputs, size_t i, float* updated) {
  const bool transforms = inputs.of(i, kTransforms) != 0;
  const int32_t axes = transforms ? static_cast<int32_t>(inputs.of(i, kAxesNumber)) : kNoAxes;
  const GradientLayout layout = layoutOf(shapeOf(inputs.gradients[i]), axes);
  const size_t arrays = stateArraysOf(inputs);
  ParameterStep step = {};
  step.gradient = floatsOf(inputs.gradients[i]);
  step.weights = floatsOf(inputs.weights[i]);
  for (size_t k = 0; k < arrays; ++k) step.state[k] = floatsOf(inputs.state[i * arrays + k]);
  step.slow = inputs.slow.empty() ? nullptr : floatsOf(inputs.slow[i]);
  step.updated = updated;
  step.rows = layout.rows;
  step.columns = layout.columns;
  step.centralize = layout.centralize;
  step.normalize = transforms ? static_cast<Normalize>(static_cast<int>(inputs.step(kNormalize))) : Normalize::kNone;
  step.normEpsilon = inputs.step(kNormEpsilon);
  step.decays = inputs.of(i, kDecays) != 0;
  step.correction1 = inputs.of(i, kCorrection1);
  step.correction2 = inputs.of(i, kCorrection2);
  return step;
}

bool hasNonFinite(const Inputs& inputs) {
  for (const Tensor& gradient : inputs.gradients) {
    if (!allFinite(floatsOf(gradient), sizeOf(gradient))) return true;
  }
  return false;
}

void compute(void*, TF_OpKernelContext* context) {
  const Status status = newStatus();
  const Inputs inputs = readInputs(context, status);
  if (isOk(status)) check(inputs, status);
  if (!isOk(status)) {
    TF_OpKernelContext_Failure(context, status.get());
    return;
  }
  const size_t count = inputs.count();
  const bool skips = inputs.step(kSkipNonFinite) != 0 && hasNonFinite(inputs);
  const size_t blocks = static_cast<size_t>(inputs.step(kMomentBlocksWanted));
  const size_t width = blocks * kMomentColumns;
  // The binding reads no doubles, so they travel as pairs of int32: skipped, the norms, the moments.
  const int64_t numbers = static_cast<int64_t>(1 + count + width * count);
  const Tensor report = allocate(context, static_cast<int>(count), TF_INT32, {numbers, 2}, status);
  std::vector<Tensor> updated;
  for (size_t i = 0; i < count && isOk(status); ++i) {
    // A skipped step has no new weights.
    const std::vector<int64_t> shape = skips ? std::vector<int64_t>{0} : shapeOf(inputs.weights[i]);
    updated.push_back(allocate(context, static_cast<int>(i), TF_FLOAT, shape, status));
  }
  if (!isOk(status)) {
    TF_OpKernelContext_Failure(context, status.get());
    return;
  }
  double* const out = static_cast<double*>(TF_TensorData(report.get()));
  out[0] = skips;
  const StepNumbers step = stepNumbers(inputs);
  Beside beside;
  for (size_t i = 0; i < count; ++i) {
    double* const moments = out + 1 + count + i * width;
    if (!skips) {
      out[1 + i] = updateParameter(parameterStep(inputs, i, floatsOf(updated[i])), step, moments, blocks, beside);
      continue;
    }
    out[1 + i] = std::nan("");
    if (blocks == 0) continue;
    std::fill(moments, moments + width, std::nan(""));
    computeMoments(floatsOf(inputs.gradients[i]), sizeOf(inputs.gradients[i]), moments);
  }
}

}  // namespace

std::string registerUpdateOp() {
  return registerOp({"SingscopeUpdate",
                     {"N: int >= 1", "M: int >= 0"},
                     {"gradients: N * float", "weights: N * float", "state: M * float", "numbers: int32"},
                     {"updated: N * float", "report: int32"},
                     nullptr,
                     compute,
                     nullptr});
}

}  // namespace singscope
