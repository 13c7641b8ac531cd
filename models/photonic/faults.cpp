// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/faults.h"

#include <cmath>
#include <numeric>
#include <string>

#include "models/photonic/check.h"

namespace prism::photonic {

RowMap::RowMap(std::uint32_t rows, std::uint32_t spare_rows)
    : physical_rows_(rows + spare_rows), physical_(rows) {
  require(rows > 0, "rows", rows, "at least 1");
  std::iota(physical_.begin(), physical_.end(), 0u);
}

FaultMap::FaultMap(std::uint32_t physical_rows, std::uint32_t rings)
    : rings_(rings), dead_(physical_rows), broken_(physical_rows) {}

void FaultMap::add(const Fault& fault) {
  require(fault.row < dead_.size(), "faults.row", fault.row,
          "a physical row below " + std::to_string(dead_.size()));
  if (fault.kind == FaultKind::kDeadRow) {
    dead_[fault.row] = true;
  } else {
    require(fault.ring < rings_, "faults.ring", fault.ring, "a ring below " + std::to_string(rings_));
    require(std::abs(fault.weight) <= 1.0, "faults.weight", fault.weight, "a weight in [-1, 1]");
    std::vector<Fault>& rings = broken_[fault.row];
    std::erase_if(rings, [&](const Fault& earlier) { return earlier.ring == fault.ring; });
    rings.push_back(fault);
    if (fault.kind == FaultKind::kDeadRing) rings.back().weight = 1.0;
  }
  any_ = true;
}

void FaultMap::clear() {
  dead_.assign(dead_.size(), false);
  broken_.assign(broken_.size(), {});
  any_ = false;
}

}  // namespace prism::photonic
