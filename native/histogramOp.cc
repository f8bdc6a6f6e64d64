#include "histogram.h"
#include "opKernel.h"

namespace singscope {
namespace {

void compute(void*, TF_OpKernelContext* context) {
  const Status status = newStatus();
  const int count = TF_NumInputs(context);
  const Tensor output = allocate(context, 0, TF_INT32, {count, kHistogramBins}, status);
  for (int i = 0; isOk(status) && i < count; ++i) {
    const Tensor input = inputAt(context, i, status);
    if (!isOk(status)) break;
    computeHistogram(static_cast<const float*>(TF_TensorData(input.get())),
                     static_cast<size_t>(TF_TensorElementCount(input.get())),
                     static_cast<int32_t*>(TF_TensorData(output.get())) + i * kHistogramBins);
  }
  if (!isOk(status)) TF_OpKernelContext_Failure(context, status.get());
}

}  // namespace

std::string registerHistogramOp() {
  return registerOp({"SingscopeHistogram", {"N: int >= 1"}, {"gradients: N * float"}, {"counts: int32"}, nullptr, compute, nullptr});
}

}  // namespace singscope
