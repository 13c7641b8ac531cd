// SPDX-License-Identifier: Apache-2.0
#include "models/common/purpose.h"

#include <numeric>

namespace prism {

namespace {
constexpr std::array<std::string_view, kPurposeCount> kNames = {
    "weights",     "kv_read",     "kv_append", "signature_scan", "signature_write",
    "bank_reload", "descriptors", "firmware",  "other"};
}  // namespace

std::string_view purpose_name(Purpose purpose) {
  return kNames[static_cast<std::size_t>(purpose)];
}

std::optional<Purpose> purpose_from_index(std::uint32_t value) {
  if (value >= kPurposeCount) return std::nullopt;
  return static_cast<Purpose>(value);
}

std::uint64_t PurposeCounters::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

PurposeCounters& PurposeCounters::operator+=(const PurposeCounters& other) {
  for (std::size_t i = 0; i < kPurposeCount; ++i) counts_[i] += other.counts_[i];
  return *this;
}

}  // namespace prism
