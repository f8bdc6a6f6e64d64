#include "moments.h"
#include "opKernel.h"

namespace singscope {
namespace {

// The binding reads no doubles, so a row travels as pairs of int32.
constexpr int64_t kIntsPerRow = kMomentColumns * 2;

void compute(void*, TF_OpKernelContext* context) {
  const Status status = newStatus();
  const int count = TF_NumInputs(context);
  const Tensor output = allocate(context, 0, TF_INT32, {count, kIntsPerRow}, status);
  for (int i = 0; isOk(status) && i < count; ++i) {
    const Tensor input = inputAt(context, i, status);
    if (!isOk(status)) break;
    computeMoments(static_cast<const float*>(TF_TensorData(input.get())),
                   static_cast<size_t>(TF_TensorElementCount(input.get())),
                   static_cast<double*>(TF_TensorData(output.get())) + i * kMomentColumns);
  }
  if (!isOk(status)) TF_OpKernelContext_Failure(context, status.get());
}

}  // namespace

std::string registerMomentsOp() {
  return registerOp({"SingscopeMoments", {"N: int >= 1"}, {"gradients: N * float"}, {"moments: int32"}, nullptr, compute, nullptr});
}

}  // namespace singscope
