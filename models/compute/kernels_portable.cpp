// SPDX-License-Identifier: Apache-2.0
#include "models/compute/kernels_body.h"

namespace prism::compute {

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels = {"portable",   widen, widen_transposed, multiply_add, maximum,
                                       exponentials, scale, add_rows};
  return kKernels;
}

}  // namespace prism::compute
