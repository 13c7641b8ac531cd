// SPDX-License-Identifier: Apache-2.0
// Decodes bus addresses. Each range belongs to one target port; a target may own several ranges.
#pragma once

#include <cstdint>
#include <vector>

#include "models/interconnect/bus_config.h"

namespace prism::interconnect {

class AddressMap {
 public:
  /// Throws std::invalid_argument, naming the ranges, when one is empty or runs past the 64-bit address
  /// space, or when two overlap.
  explicit AddressMap(std::vector<TargetRange> ranges);

  /// The range that holds all of [address, address + bytes), or nullptr. A zero-length access needs its
  /// address mapped.
  const TargetRange* find(std::uint64_t address, std::uint64_t bytes = 1) const;

  /// Sorted by base; find() points into it.
  const std::vector<TargetRange>& ranges() const { return ranges_; }

 private:
  std::vector<TargetRange> ranges_;
};

}  // namespace prism::interconnect
