// SPDX-License-Identifier: Apache-2.0
// Random signatures and queries, as the paper's recall tables use them.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/bfloat16.h"

namespace prism::rank_study {

/// What a trial ranks: unit-norm vectors of independent Gaussian components, rounded to bf16.
struct RandomBank {
  std::vector<Bfloat16> signatures;  // [block][dimension]
  std::vector<Bfloat16> query;
};

/// A function of the arguments alone.
RandomBank make_random_bank(std::uint32_t blocks, std::uint32_t dimension, std::uint64_t seed,
                            std::uint64_t trial);

}  // namespace prism::rank_study
