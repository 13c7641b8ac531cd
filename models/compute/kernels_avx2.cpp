// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2 where the target is x86: nothing here may run before avx2_kernels() has asked the
// processor.
#include "models/compute/kernels_body.h"

namespace prism::compute {

const Kernels* avx2_kernels() {
#ifdef __AVX2__
  static constexpr Kernels kKernels = {
      kElementKernels<Bf16>, "avx2", kElementKernels<Fp16>, multiply_add, maximum, exponentials, scale};
  return __builtin_cpu_supports("avx2") ? &kKernels : nullptr;
#else
  return nullptr;
#endif
}

const Kernels& best_kernels() {
  const Kernels* avx2 = avx2_kernels();
  return avx2 != nullptr ? *avx2 : portable_kernels();
}

}  // namespace prism::compute
