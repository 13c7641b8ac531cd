// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/random.h"

namespace prism::memory_study {

/// Random permutations of 0 .. count - 1, one after the other, in constant memory: a Feistel network of four
/// rounds over the next even number of bits; what falls outside the range is permuted again until it is
/// inside.
class RandomOrder {
 public:
  /// `count` > 0.
  RandomOrder(std::uint64_t count, const CounterRandom& random);

  /// Element `index % count` of permutation `index / count`.
  std::uint64_t at(std::uint64_t index) const;

 private:
  std::uint64_t permute(std::uint64_t value, std::uint32_t permutation) const;

  std::uint64_t count_;
  unsigned half_bits_;
  CounterRandom random_;
};

}  // namespace prism::memory_study
