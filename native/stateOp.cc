#include <cstring>

#include "opKernel.h"

namespace singscope {
namespace {

// An array that an optimizer keeps. As the output of an op it has memory of its own, which the update
// may write in place: a tensor that is only a copy in name shares the memory of another.
void* create(TF_OpKernelConstruction* construction) {
  const Status status = newStatus();
  int32_t copy = 0;
  TF_OpKernelConstruction_GetAttrInt32(construction, "copy", &copy, status.get());
  if (!isOk(status)) TF_OpKernelConstruction_Failure(construction, status.get());
  return new bool(copy != 0);
}

void destroy(void* kernel) { delete static_cast<bool*>(kernel); }

void compute(void* kernel, TF_OpKernelContext* context) {
  const Status status = newStatus();
  const Tensor input = inputAt(context, 0, status);
  Tensor output;
  if (isOk(status)) output = allocate(context, 0, TF_FLOAT, shapeOf(input), status);
  if (!isOk(status)) {
    TF_OpKernelContext_Failure(context, status.get());
    return;
  }
  const size_t bytes = TF_TensorByteSize(output.get());
  if (bytes == 0) return;
  if (*static_cast<const bool*>(kernel)) std::memcpy(TF_TensorData(output.get()), TF_TensorData(input.get()), bytes);
  else std::memset(TF_TensorData(output.get()), 0, bytes);
}

}  // namespace

std::string registerStateOp() {
  return registerOp({"SingscopeState", {"copy: int"}, {"like: float"}, {"state: float"}, create, compute, destroy});
}

}  // namespace singscope
