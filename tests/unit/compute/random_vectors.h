// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/random.h"

namespace prism::compute::test {

/// Normal numbers times `deviation`, rounded to bf16.
inline std::vector<Bfloat16> random_vectors(std::uint64_t seed, std::size_t count, double deviation = 1.0) {
  const CounterRandom random(seed, 1);
  std::vector<Bfloat16> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto words = random.words(static_cast<std::uint32_t>(i));
    out[i] = bf16_from_float(static_cast<float>(deviation * CounterRandom::normal(words[0], words[1])[0]));
  }
  return out;
}

}  // namespace prism::compute::test
