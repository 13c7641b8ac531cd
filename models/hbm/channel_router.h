// SPDX-License-Identifier: Apache-2.0
// Where the bursts of an address range go, without walking all of them for every channel.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/hbm/address_map.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

struct BurstLocation {
  std::uint32_t channel;         // stack-major
  std::uint32_t pseudo_channel;  // of the channel
  std::uint32_t bank;            // of the pseudo-channel: (stack id, bank group, bank)
  std::uint32_t row;
};

/// Built from the address map, every bit of which is an exclusive or of address bits: a location is then the
/// exclusive or of table entries, one for each byte of the burst number; and within each aligned block of
/// addresses the parts ("granules") of a channel lie at offsets known beforehand.
class ChannelRouter {
 public:
  ChannelRouter(const Organization& organization, const AddressMap& map);

  std::uint32_t channels() const { return channels_; }
  BurstLocation locate(std::uint64_t address) const;
  /// Address of the first burst of `channel` at or after `address` (aligned to a burst) and before `end`;
  /// else `end`.
  std::uint64_t next_in_channel(std::uint32_t channel, std::uint64_t address, std::uint64_t end) const;
  /// Appends each channel that has a burst in [first, end) once.
  void channels_of(std::uint64_t first, std::uint64_t end, std::vector<std::uint32_t>& channels) const;

 private:
  static constexpr std::uint32_t kTables = 5;  // bytes of the burst number: 2^40 bursts

  std::uint64_t packed(std::uint64_t address) const;
  static std::uint32_t channel_of(std::uint64_t packed) { return static_cast<std::uint32_t>(packed >> 48); }

  std::uint32_t channels_;
  std::uint32_t burst_shift_;
  std::uint32_t granule_shift_;  // a granule is the longest aligned part that one channel holds
  std::uint32_t
      block_shift_;  // a block holds granules of as many channels as its address bits can tell apart
  std::array<std::array<std::uint64_t, 256>, kTables> tables_{};
  std::vector<std::vector<std::uint64_t>> granules_;  // of each channel in block 0: offsets, ascending
};

}  // namespace prism::hbm
