#ifndef SINGSCOPE_OP_KERNEL_H_
#define SINGSCOPE_OP_KERNEL_H_

#include <memory>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace singscope {

struct DeleteStatus {
  void operator()(TF_Status* status) const { TF_DeleteStatus(status); }
};
struct DeleteTensor {
  void operator()(TF_Tensor* tensor) const { TF_DeleteTensor(tensor); }
};
using Status = std::unique_ptr<TF_Status, DeleteStatus>;
using Tensor = std::unique_ptr<TF_Tensor, DeleteTensor>;

inline Status newStatus() { return Status(TF_NewStatus()); }
inline bool isOk(const Status& status) { return TF_GetCode(status.get()) == TF_OK; }

inline std::vector<int64_t> shapeOf(const Tensor& tensor) {
  std::vector<int64_t> shape(static_cast<size_t>(TF_NumDims(tensor.get())));
  for (size_t i = 0; i < shape.size(); ++i) shape[i] = TF_Dim(tensor.get(), static_cast<int>(i));
  return shape;
}

// Input `index` of the op, or null with the reason in `status`.
inline Tensor inputAt(TF_OpKernelContext* context, int index, const Status& status) {
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status.get());
  return Tensor(tensor);
}

inline Tensor allocate(TF_OpKernelContext* context, int index, TF_DataType type, const std::vector<int64_t>& shape,
                       const Status& status) {
  size_t bytes = TF_DataTypeSize(type);
  for (const int64_t size : shape) bytes *= static_cast<size_t>(size);
  return Tensor(TF_AllocateOutput(context, index, type, shape.data(), static_cast<int>(shape.size()), bytes,
                                  status.get()));
}

// What an op is to TensorFlow. `create` and `destroy` may be null for a kernel without state.
struct OpDefinition {
  const char* name;
  std::vector<const char*> attributes;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

// Registers the op and its kernel for the CPU. Returns what went wrong, empty when nothing did.
inline std::string registerOp(const OpDefinition& op) {
  const Status status = newStatus();
  TF_OpDefinitionBuilder* const definition = TF_NewOpDefinitionBuilder(op.name);
  for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_RegisterOpDefinition(definition, status.get());
  if (!isOk(status)) return std::string(op.name) + ": " + TF_Message(status.get());
  TF_KernelBuilder* const kernel = TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.destroy);
  TF_RegisterKernelBuilder(op.name, kernel, status.get());
  if (!isOk(status)) return std::string(op.name) + ": " + TF_Message(status.get());
  return "";
}

// One function an op, each in the file of its op.
std::string registerMomentsOp();
std::string registerHistogramOp();
std::string registerSingOp();
std::string registerStateOp();
std::string registerUpdateOp();

}  // namespace singscope

#endif
