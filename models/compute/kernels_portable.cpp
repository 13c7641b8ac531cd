// SPDX-License-Identifier: Apache-2.0
#include "models/compute/kernels_body.h"

namespace prism::compute {

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels = {
      kElementKernels<Bf16>, "portable", kElementKernels<Fp16>, multiply_add, maximum, exponentials, scale};
  return kKernels;
}

}  // namespace prism::compute
