// SPDX-License-Identifier: Apache-2.0
// Why a byte moves. Every transaction carries one purpose, so the report can say where bandwidth went.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prism {

enum class Purpose : std::uint8_t {
  kWeights,         // model weights streamed by the compute engine
  kKvRead,          // keys and values fetched for attention
  kKvAppend,        // the new token's key and value
  kSignatureScan,   // signatures read by an electronic ranking
  kSignatureWrite,  // a closed block's keys read and its signature stored
  kBankReload,      // signatures loaded into the photonic core
  kDescriptors,     // descriptor rings, index lists, completion records
  kFirmware,        // the host CPU's code and data
  kOther,
};

inline constexpr std::size_t kPurposeCount = 9;

/// The name used in reports: "weights", "kv_read", ...
std::string_view purpose_name(Purpose purpose);

/// The purpose with index `value` (as firmware writes it into a descriptor), or nothing when out of range.
std::optional<Purpose> purpose_from_index(std::uint32_t value);

/// Bytes (or events) counted by purpose.
class PurposeCounters {
 public:
  void add(Purpose purpose, std::uint64_t amount) { counts_[static_cast<std::size_t>(purpose)] += amount; }
  std::uint64_t operator[](Purpose purpose) const { return counts_[static_cast<std::size_t>(purpose)]; }
  std::uint64_t total() const;
  PurposeCounters& operator+=(const PurposeCounters& other);
  bool operator==(const PurposeCounters& other) const = default;

 private:
  std::array<std::uint64_t, kPurposeCount> counts_{};
};

}  // namespace prism
