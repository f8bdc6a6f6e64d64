#include "gradientLayout.h"
#include "opKernel.h"

namespace singscope {
namespace {

struct Settings {
  std::vector<int32_t> axes;
  Normalize normalize;
  double epsilon;
};

void* create(TF_OpKernelConstruction* construction) {
  const Status status = newStatus();
  auto settings = std::make_unique<Settings>();
  int32_t length = 0, total = 0, normalize = 0;
  float epsilon = 0;
  TF_OpKernelConstruction_GetAttrSize(construction, "axes", &length, &total, status.get());
  if (isOk(status)) {
    settings->axes.resize(static_cast<size_t>(length));
    TF_OpKernelConstruction_GetAttrInt32List(construction, "axes", settings->axes.data(), length, status.get());
  }
  if (isOk(status)) TF_OpKernelConstruction_GetAttrInt32(construction, "normalize", &normalize, status.get());
  if (isOk(status)) TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", &epsilon, status.get());
  if (isOk(status) && (normalize < 0 || normalize > 2)) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "normalize must be 0 (nothing), 1 (L2 norm) or 2 (std)");
  }
  if (!isOk(status)) {
    TF_OpKernelConstruction_Failure(construction, status.get());
    return nullptr;
  }
  settings->normalize = static_cast<Normalize>(normalize);
  settings->epsilon = epsilon;
  return settings.release();
}

void destroy(void* kernel) { delete static_cast<Settings*>(kernel); }

void transformInput(TF_OpKernelContext* context, const Settings& settings, int index, double* norm, Beside& beside,
                    const Status& status) {
  const Tensor input = inputAt(context, index, status);
  if (!isOk(status)) return;
  const std::vector<int64_t> shape = shapeOf(input);
  const int32_t axes = settings.axes[static_cast<size_t>(index)];
  if (!fitsAxes(axes, shape.size())) {
    const std::string message = "axes " + std::to_string(axes) + " does not fit input " + std::to_string(index) +
                                " of rank " + std::to_string(shape.size());
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, message.c_str());
    return;
  }
  const Tensor output = allocate(context, index, TF_FLOAT, shape, status);
  if (!isOk(status)) return;
  const GradientLayout layout = layoutOf(shape, axes);
  *norm = transformGradient(static_cast<const float*>(TF_TensorData(input.get())),
                            static_cast<float*>(TF_TensorData(output.get())), layout.rows, layout.columns,
                            layout.centralize, settings.normalize, settings.epsilon, beside);
}

void compute(void* kernel, TF_OpKernelContext* context) {
  const Settings& settings = *static_cast<const Settings*>(kernel);
  const Status status = newStatus();
  const int count = TF_NumInputs(context);
  if (settings.axes.size() != static_cast<size_t>(count)) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "axes must have one value for each input");
  }
  // The binding reads no doubles, so a norm travels as a pair of int32.
  Tensor norms;
  if (isOk(status)) norms = allocate(context, count, TF_INT32, {count, 2}, status);
  Beside beside;
  for (int i = 0; isOk(status) && i < count; ++i) {
    transformInput(context, settings, i, static_cast<double*>(TF_TensorData(norms.get())) + i, beside, status);
  }
  if (!isOk(status)) TF_OpKernelContext_Failure(context, status.get());
}

}  // namespace

std::string registerSingOp() {
  return registerOp({"SingscopeSing",
                     {"N: int >= 1", "axes: list(int)", "normalize: int", "epsilon: float"},
                     {"gradients: N * float"},
                     {"outputs: N * float", "norms: int32"},
                     create,
                     compute,
                     destroy});
}

}  // namespace singscope
