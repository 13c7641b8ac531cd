// SPDX-License-Identifier: Apache-2.0
#include "models/common/top_k.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <functional>

namespace prism {

namespace {

/// A number that is larger for a better block: the score's bits made monotonic, then the lower index.
std::uint64_t selection_key(float score, std::uint32_t index) {
  std::uint32_t order = 0;  // NaN
  if (!std::isnan(score)) {
    const auto bits = std::bit_cast<std::uint32_t>(score + 0.0f);  // -0 becomes +0
    order = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
  }
  return (static_cast<std::uint64_t>(order) << 32) | ~index;
}

}  // namespace

std::vector<RankedBlock> select_best(std::span<const float> scores, std::uint32_t k) {
  assert(k <= scores.size());
  std::vector<std::uint64_t> keys(scores.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) keys[i] = selection_key(scores[i], i);
  const auto end = keys.begin() + k;
  if (end != keys.end()) std::nth_element(keys.begin(), end, keys.end(), std::greater<>());
  std::sort(keys.begin(), end, std::greater<>());
  std::vector<RankedBlock> best(k);
  std::transform(keys.begin(), end, best.begin(), [&scores](std::uint64_t key) {
    const std::uint32_t index = ~static_cast<std::uint32_t>(key);
    return RankedBlock{index, scores[index]};
  });
  return best;
}

}  // namespace prism
