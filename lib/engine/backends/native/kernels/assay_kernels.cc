/**
 * TensorFlow kernels of our own, compiled into the binding and called by name like any other op.
 *
 * AssayConvPool       (images [n,h,w,c], kernel [k,k,c,f], bias [f]) → values, winner [n,ph,pw,f]
 * AssayConvPoolGrad   (images, values, winner, gradient [n,ph,pw,f], kernel) → kernel gradient, bias gradient
 * AssayDropout        (values, key int32) → values × mask; its own gradient
 *
 * A convolution with the max pooling behind it, computed together: the full-size activations are never written, and the
 * gradient touches only the winner of each window. TensorFlow's own MaxPoolGrad alone takes longer than all of this.
 */
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "parallel.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace assay {

struct ConvPoolShape {
  int n, height, width, channels, side, filters, pool, out_height, out_width;
};

namespace base {
#include "conv_pool.inl"
}  // namespace base

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("arch=haswell")
namespace haswell {
#include "conv_pool.inl"
}  // namespace haswell
#pragma GCC pop_options
#endif

struct Functions {
  decltype(&base::ConvPoolImage) forward = base::ConvPoolImage;
  decltype(&base::ConvPoolGradImage) backward = base::ConvPoolGradImage;
  decltype(&base::DropoutRange) dropout = base::DropoutRange;
};

static Functions Choose() {
  Functions chosen;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
    chosen.forward = haswell::ConvPoolImage;
    chosen.backward = haswell::ConvPoolGradImage;
    chosen.dropout = haswell::DropoutRange;
  }
#endif
  return chosen;
}

static const Functions kFunctions = Choose();

/** Sums over images are made in this many parts whatever the number of threads, so that it does not change them. */
constexpr int kParts = 16;

/** Inputs, outputs and the status of one call, freed at its end. */
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }

  TF_Tensor* Input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    if (tensor) tensors_.push_back(tensor);
    return tensor;
  }

  template <typename T>
  T* Output(int index, TF_DataType type, const std::vector<int64_t>& dims) {
    size_t bytes = sizeof(T);
    for (int64_t side : dims) bytes *= static_cast<size_t>(side);
    TF_Tensor* tensor =
        TF_AllocateOutput(context_, index, type, dims.data(), static_cast<int>(dims.size()), bytes, status_);
    if (!tensor) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

  bool Ok() const { return TF_GetCode(status_) == TF_OK; }
  void Fail(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

template <typename T>
static const T* Data(TF_Tensor* tensor) {
  return static_cast<const T*>(TF_TensorData(tensor));
}

static std::vector<int64_t> Dims(TF_Tensor* tensor) {
  std::vector<int64_t> dims;
  for (int i = 0; i < TF_NumDims(tensor); i++) dims.push_back(TF_Dim(tensor, i));
  return dims;
}

static int64_t Count(const std::vector<int64_t>& dims) {
  int64_t count = 1;
  for (int64_t side : dims) count *= side;
  return count;
}

struct ConvPoolAttrs {
  int pool = 1;
};

static void* CreateConvPool(TF_OpKernelConstruction* construction) {
  auto* attrs = new ConvPoolAttrs;
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrInt32(construction, "pool", &attrs->pool, status);
  if (TF_GetCode(status) == TF_OK && (attrs->pool < 1 || attrs->pool > 4)) {
    TF_SetStatus(status, TF_INVALID_ARGUMENT, "pool must be 1..4");
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return attrs;
}

static bool ShapeOf(Call& call, TF_Tensor* images, TF_Tensor* kernel, int pool, ConvPoolShape* shape) {
  if (!call.Ok()) return false;
  const auto x = Dims(images);
  const auto k = Dims(kernel);
  if (x.size() != 4 || k.size() != 4 || k[0] != k[1] || k[2] != x[3]) {
    call.Fail("expected images [n, h, w, c] and a kernel [k, k, c, f]");
    return false;
  }
  const auto as_int = [](int64_t value) { return static_cast<int>(value); };
  *shape = {as_int(x[0]), as_int(x[1]), as_int(x[2]), as_int(x[3]), as_int(k[0]), as_int(k[3]), pool, 0, 0};
  shape->out_height = (shape->height - shape->side + 1) / pool;
  shape->out_width = (shape->width - shape->side + 1) / pool;
  if (shape->out_height < 1 || shape->out_width < 1) {
    call.Fail("the image is smaller than kernel and window");
    return false;
  }
  return true;
}

static void ComputeConvPool(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* images = call.Input(0);
  TF_Tensor* kernel = call.Input(1);
  TF_Tensor* bias = call.Input(2);
  ConvPoolShape s;
  if (!ShapeOf(call, images, kernel, static_cast<ConvPoolAttrs*>(state)->pool, &s)) return;
  if (Count(Dims(bias)) != s.filters) return call.Fail("expected one bias per filter");
  const std::vector<int64_t> dims = {s.n, s.out_height, s.out_width, s.filters};
  float* values = call.Output<float>(0, TF_FLOAT, dims);
  uint8_t* winner = call.Output<uint8_t>(1, TF_UINT8, dims);
  if (!call.Ok()) return;
  const int64_t in = int64_t{s.height} * s.width * s.channels;
  const int64_t out = int64_t{s.out_height} * s.out_width * s.filters;
  ParallelFor(s.n, [&](int i) {
    kFunctions.forward(Data<float>(images) + i * in, Data<float>(kernel), Data<float>(bias), s, values + i * out,
                       winner + i * out);
  });
}

static void ComputeConvPoolGrad(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* images = call.Input(0);
  TF_Tensor* values = call.Input(1);
  TF_Tensor* winner = call.Input(2);
  TF_Tensor* gradient = call.Input(3);
  TF_Tensor* kernel = call.Input(4);
  ConvPoolShape s;
  if (!ShapeOf(call, images, kernel, static_cast<ConvPoolAttrs*>(state)->pool, &s)) return;
  const int64_t in = int64_t{s.height} * s.width * s.channels;
  const int64_t out = int64_t{s.out_height} * s.out_width * s.filters;
  for (TF_Tensor* tensor : {values, winner, gradient}) {
    if (Count(Dims(tensor)) != s.n * out) return call.Fail("values, winner and gradient must be of the pooled size");
  }
  const int64_t size = Count(Dims(kernel));
  float* kernel_gradient = call.Output<float>(0, TF_FLOAT, Dims(kernel));
  float* bias_gradient = call.Output<float>(1, TF_FLOAT, {s.filters});
  if (!call.Ok()) return;

  const int parts = s.n < kParts ? s.n : kParts;
  std::vector<std::vector<float>> sums(static_cast<size_t>(parts));
  ParallelFor(parts, [&](int part) {
    auto& mine = sums[static_cast<size_t>(part)];
    mine.assign(static_cast<size_t>(size + s.filters), 0.0f);
    const int64_t end = int64_t{s.n} * (part + 1) / parts;
    for (int64_t i = int64_t{s.n} * part / parts; i < end; i++) {
      kFunctions.backward(Data<float>(images) + i * in, Data<float>(values) + i * out, Data<uint8_t>(winner) + i * out,
                          Data<float>(gradient) + i * out, s, mine.data(), mine.data() + size);
    }
  });
  std::memset(kernel_gradient, 0, sizeof(float) * static_cast<size_t>(size));
  std::memset(bias_gradient, 0, sizeof(float) * static_cast<size_t>(s.filters));
  for (const auto& part : sums) {
    for (int64_t i = 0; i < size; i++) kernel_gradient[i] += part[static_cast<size_t>(i)];
    for (int f = 0; f < s.filters; f++) bias_gradient[f] += part[static_cast<size_t>(size + f)];
  }
}

struct DropoutAttrs {
  float rate = 0.0f;
};

static void* CreateDropout(TF_OpKernelConstruction* construction) {
  auto* attrs = new DropoutAttrs;
  TF_Status* status = TF_NewStatus();
  TF_OpKernelConstruction_GetAttrFloat(construction, "rate", &attrs->rate, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return attrs;
}

static void ComputeDropout(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* input = call.Input(0);
  TF_Tensor* key = call.Input(1);
  if (!call.Ok()) return;
  const double rate = static_cast<DropoutAttrs*>(state)->rate;
  const auto dims = Dims(input);
  float* output = call.Output<float>(0, TF_FLOAT, dims);
  if (!call.Ok()) return;
  const auto bits = static_cast<unsigned>(*Data<int32_t>(key));
  const auto threshold = static_cast<unsigned>(rate * 65536 + 0.5);
  const auto kept = static_cast<float>(1 / (1 - rate));
  const int64_t count = Count(dims);
  constexpr int64_t kPiece = 1 << 16;
  ParallelFor(static_cast<int>((count + kPiece - 1) / kPiece), [&](int piece) {
    const int64_t from = piece * kPiece;
    const int64_t to = from + kPiece < count ? from + kPiece : count;
    kFunctions.dropout(Data<float>(input), output, from, to, bits, threshold, kept);
  });
}

template <typename Attrs>
static void Delete(void* state) {
  delete static_cast<Attrs*>(state);
}

static void UnknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

static void Register(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs,
                     const char* attr, void* (*create)(TF_OpKernelConstruction*),
                     void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderAddAttr(op, attr);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &UnknownShape);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create, compute, destroy), status);
  }
  if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "%s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
}

/** Runs when the binding is loaded. */
__attribute__((constructor)) static void RegisterAll() {
  Register("AssayConvPool", {"images: float", "kernel: float", "bias: float"}, {"values: float", "winner: uint8"},
           "pool: int", CreateConvPool, ComputeConvPool, Delete<ConvPoolAttrs>);
  Register("AssayConvPoolGrad",
           {"images: float", "values: float", "winner: uint8", "gradient: float", "kernel: float"},
           {"kernel_gradient: float", "bias_gradient: float"}, "pool: int", CreateConvPool, ComputeConvPoolGrad,
           Delete<ConvPoolAttrs>);
  Register("AssayDropout", {"values: float", "key: int32"}, {"output: float"}, "rate: float", CreateDropout,
           ComputeDropout, Delete<DropoutAttrs>);
}

}  // namespace assay
