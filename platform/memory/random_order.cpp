// SPDX-License-Identifier: Apache-2.0
#include "platform/memory/random_order.h"

#include <bit>
#include <cassert>

namespace prism::memory_study {

RandomOrder::RandomOrder(std::uint64_t count, const CounterRandom& random)
    : count_(count), half_bits_((static_cast<unsigned>(std::bit_width(count - 1)) + 1) / 2), random_(random) {
  assert(count > 0);
}

std::uint64_t RandomOrder::at(std::uint64_t index) const {
  if (count_ == 1) return 0;
  const auto permutation = static_cast<std::uint32_t>(index / count_);
  std::uint64_t value = index % count_;
  do {
    value = permute(value, permutation);
  } while (value >= count_);
  return value;
}

std::uint64_t RandomOrder::permute(std::uint64_t value, std::uint32_t permutation) const {
  constexpr std::uint32_t kRounds = 4;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_, right = value & mask;
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    const std::uint64_t mixed =
        left ^ (random_.words(static_cast<std::uint32_t>(right), round, permutation)[0] & mask);
    left = right;
    right = mixed;
  }
  return left << half_bits_ | right;
}

}  // namespace prism::memory_study
