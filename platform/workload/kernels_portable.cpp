// SPDX-License-Identifier: Apache-2.0
#include <Random123/philox.h>

#include "platform/workload/kernels_body.h"

namespace prism::workload {
namespace {

void add_noise(const NoiseStream& stream, std::size_t rows, std::size_t dimension, float scale,
               const float* offset, Bfloat16* out) {
  std::uint32_t counter = stream.first;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < dimension; i += kNoiseGroup, out += kNoiseGroup) {
      const auto words = r123::Philox4x32_R<kNoiseRounds>{}({{counter++, stream.b, stream.c, stream.d}},
                                                            {{stream.key[0], stream.key[1]}});
      for (std::size_t e = 0; e < kNoiseGroup; ++e) {
        const std::uint32_t half = words[e / 2] >> (16 * (e % 2));
        const int sum = static_cast<int>(half & 0xFFu) + static_cast<int>((half >> 8) & 0xFFu) - 255;
        out[e] = bf16_from_float(scale * static_cast<float>(sum) + offset[i + e]);
      }
    }
  }
}

}  // namespace

const Kernels& portable_kernels() {
  static constexpr Kernels kKernels = {"portable", add_noise, multiply_add, exponentials};
  return kKernels;
}

}  // namespace prism::workload
