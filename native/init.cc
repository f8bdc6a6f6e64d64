#include <node_api.h>

#include <cstdint>
#include <string>

#include "opKernel.h"

namespace {

// What JavaScript must know to call the ops (src/worker/nativeOps.ts has the same number): it rises
// with every change of an op's name, inputs, outputs or numbers.
constexpr int32_t kInterface = 3;

std::string registerAll() {
  for (const auto registerOne :
       {singscope::registerMomentsOp, singscope::registerHistogramOp, singscope::registerSingOp,
        singscope::registerStateOp, singscope::registerUpdateOp}) {
    const std::string error = registerOne();
    if (!error.empty()) return error;
  }
  return "";
}

}  // namespace

// TensorFlow ends the process when an op is registered twice, and Node runs this once in every
// thread that requires the module.
NAPI_MODULE_INIT() {
  static const std::string error = registerAll();
  napi_value interface;
  napi_create_int32(env, kInterface, &interface);
  napi_set_named_property(env, exports, "interface", interface);
  napi_value registered;
  napi_get_boolean(env, error.empty(), &registered);
  napi_set_named_property(env, exports, "registered", registered);
  if (!error.empty()) {
    napi_value text;
    napi_create_string_utf8(env, error.c_str(), error.size(), &text);
    napi_set_named_property(env, exports, "error", text);
  }
  return exports;
}
