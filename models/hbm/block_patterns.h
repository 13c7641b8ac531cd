// SPDX-License-Identifier: Apache-2.0
// Which pseudo-channels and banks an aligned block of bursts touches, and how often. The address map is
// linear over XOR, so a block of a given size always touches the same places relative to its first burst:
// they are worked out once.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/address_map.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

/// What an address means to the fast engine; the XOR of two places is the place of the XOR of their
/// addresses.
struct Place {
  std::uint32_t row = 0;
  std::uint16_t pseudo_channel = 0;  // of the system
  std::uint16_t bank = 0;            // of the pseudo-channel

  friend Place operator^(const Place& a, const Place& b) {
    return {a.row ^ b.row, static_cast<std::uint16_t>(a.pseudo_channel ^ b.pseudo_channel),
            static_cast<std::uint16_t>(a.bank ^ b.bank)};
  }
};

struct BankUse {
  std::uint32_t bank;    // relative to the first
  std::uint32_t before;  // bursts of the pseudo-channel before the bank's first
  std::uint32_t after;   // after the bank's last
};

/// An aligned block of 2^n bursts, relative to the place of its first burst.
struct BlockPattern {
  std::vector<Place> pseudo_channels{Place{}};  // in address order, each with its first bank
  std::vector<BankUse> banks{
      BankUse{0, 0, 0}};        // of each pseudo-channel, in address order, relative to that bank
  std::uint32_t columns = 1;    // bursts of each bank
  std::uint32_t groups = 1;     // bank groups among the banks
  std::uint32_t group_run = 1;  // successive bursts of a pseudo-channel in one bank group

  std::uint32_t bursts() const {
    return static_cast<std::uint32_t>(banks.size()) * columns;
  }  // of a pseudo-channel
};

class BlockPatterns {
 public:
  BlockPatterns(const AddressMap& map, const Organization& organization);

  Place place_of(std::uint64_t address) const {
    Place place;
    for (const auto& byte : places_) {
      place = place ^ byte[address & 0xFF];
      address >>= 8;
    }
    return place;
  }

  /// Blocks of 2^0, 2^1, ... bursts. The largest stays within one row of every bank that it touches.
  const std::vector<BlockPattern>& patterns() const { return patterns_; }

 private:
  static BlockPattern make_pattern(const std::vector<Place>& burst_bits, std::uint32_t banks_per_group);

  std::vector<std::array<Place, 256>> places_;  // by byte of the address
  std::vector<BlockPattern> patterns_;
};

}  // namespace prism::hbm
