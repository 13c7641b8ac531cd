// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/address_map.h"

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace prism::interconnect {

namespace {

std::uint64_t last_address(const TargetRange& range) {
  return range.base + (range.bytes - 1);
}

std::string describe(const TargetRange& range) {
  std::ostringstream text;
  text << "'" << range.name << "' (base 0x" << std::hex << range.base << ", 0x" << range.bytes << " bytes)";
  return text.str();
}

void check_range(const TargetRange& range) {
  if (range.bytes == 0) throw std::invalid_argument("address map: range " + describe(range) + " is empty");
  if (range.bytes - 1 > std::numeric_limits<std::uint64_t>::max() - range.base) {
    throw std::invalid_argument("address map: range " + describe(range) +
                                " runs past the end of the 64-bit address space");
  }
}

}  // namespace

AddressMap::AddressMap(std::vector<TargetRange> ranges) : ranges_(std::move(ranges)) {
  for (const TargetRange& range : ranges_) check_range(range);
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const TargetRange& a, const TargetRange& b) { return a.base < b.base; });
  for (std::size_t i = 1; i < ranges_.size(); ++i) {
    if (ranges_[i].base <= last_address(ranges_[i - 1])) {
      throw std::invalid_argument("address map: ranges " + describe(ranges_[i - 1]) + " and " +
                                  describe(ranges_[i]) + " overlap");
    }
  }
}

const TargetRange* AddressMap::find(std::uint64_t address, std::uint64_t bytes) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), address,
                       [](std::uint64_t value, const TargetRange& range) { return value < range.base; });
  if (after == ranges_.begin()) return nullptr;
  const TargetRange& candidate = *std::prev(after);
  const std::uint64_t offset = address - candidate.base;
  if (offset >= candidate.bytes || bytes > candidate.bytes - offset) return nullptr;
  return &candidate;
}

}  // namespace prism::interconnect
