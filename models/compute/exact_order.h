// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace prism::compute {

/// The exact order of blocks, which no device could know without reading every key: the bound that a
/// selection can reach. The workload supplies it.
class ExactOrder {
 public:
  virtual ~ExactOrder() = default;

  /// The best `k` of blocks first .. first + count - 1 at `step`, relative to `first`, best first. `head`
  /// counts [sequence][layer][KV head]. Arguments come from the guest: every value must be accepted; fewer
  /// than k blocks mean that the head or the blocks do not exist.
  virtual std::vector<std::uint32_t> best(std::uint64_t head, std::uint32_t step, std::uint32_t first,
                                          std::uint32_t count, std::uint32_t k) const = 0;
};

}  // namespace prism::compute
