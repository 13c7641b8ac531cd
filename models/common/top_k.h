// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace prism {

struct RankedBlock {
  std::uint32_t index;
  float score;
  bool operator==(const RankedBlock&) const = default;
};

/// The digital top-k: the best `k` (at most scores.size()) scores, best first; equal scores go to the lower
/// index first, and NaN ranks after every number.
std::vector<RankedBlock> select_best(std::span<const float> scores, std::uint32_t k);

}  // namespace prism
