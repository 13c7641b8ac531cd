// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/block_patterns.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <set>

namespace prism::hbm {

namespace {

bool share_leading_bit(std::uint32_t a, std::uint32_t b) {
  return a != 0 && std::bit_width(a) == std::bit_width(b);
}

}  // namespace

BlockPatterns::BlockPatterns(const AddressMap& map, const Organization& organization) {
  const auto place = [&](std::uint64_t address) {
    const Location location = map.decode(address);
    return Place{location.row, static_cast<std::uint16_t>(map.pseudo_channel_index(location)),
                 static_cast<std::uint16_t>(map.bank_index(location))};
  };
  places_.resize((map.address_bits() + 7) / 8);
  for (std::size_t byte = 0; byte < places_.size(); ++byte) {
    for (std::uint64_t value = 0; value < 256; ++value) places_[byte][value] = place(value << (8 * byte));
  }

  // A block ends at the last column bit below the rows: beyond it, bits only repeat the pattern elsewhere.
  unsigned top = map.burst_bits();
  for (unsigned bit = map.burst_bits(); bit < map.address_bits(); ++bit) {
    const Location unit = map.decode(std::uint64_t{1} << bit);
    if (unit.row != 0) break;
    if (unit.column != 0) top = bit + 1;
  }
  std::vector<Place> bits;
  patterns_.push_back(make_pattern(bits, organization.banks));
  for (unsigned bit = map.burst_bits(); bit < top; ++bit) {
    bits.push_back(place(std::uint64_t{1} << bit));
    patterns_.push_back(make_pattern(bits, organization.banks));
  }
}

BlockPattern BlockPatterns::make_pattern(const std::vector<Place>& burst_bits,
                                         std::uint32_t banks_per_group) {
  BlockPattern pattern;
  std::vector<Place> spanning;  // bits that lead to new pseudo-channels
  std::vector<std::uint32_t>
      bank_bits;                    // and to new banks; both with distinct leading bits, the largest first
  std::uint32_t bursts = 1;         // in each pseudo-channel
  std::uint32_t column_bursts = 0;  // from the first to the last burst of a bank
  pattern.group_run = 0;
  for (const Place& original : burst_bits) {
    Place bit = original;
    for (const Place& known : spanning) {
      if (share_leading_bit(bit.pseudo_channel, known.pseudo_channel)) bit = bit ^ known;
    }
    if (bit.pseudo_channel != 0) {
      spanning.push_back(bit);
      std::sort(spanning.begin(), spanning.end(),
                [](const Place& a, const Place& b) { return a.pseudo_channel > b.pseudo_channel; });
      for (std::size_t i = 0, size = pattern.pseudo_channels.size(); i < size; ++i) {
        pattern.pseudo_channels.push_back(pattern.pseudo_channels[i] ^ original);
      }
      continue;
    }
    // The pseudo-channel stays: another bank, or another column.
    if (pattern.group_run == 0 && bit.bank / banks_per_group != 0) pattern.group_run = bursts;
    std::uint32_t bank = bit.bank;
    for (const std::uint32_t known : bank_bits) {
      if (share_leading_bit(bank, known)) bank ^= known;
    }
    if (bank != 0) {
      bank_bits.push_back(bank);
      std::sort(bank_bits.begin(), bank_bits.end(), std::greater<>());
      for (std::size_t i = 0, size = pattern.banks.size(); i < size; ++i) {
        pattern.banks.push_back({pattern.banks[i].bank ^ bit.bank, pattern.banks[i].before + bursts, 0});
      }
    } else {
      pattern.columns *= 2;
      column_bursts += bursts;
    }
    bursts *= 2;
  }
  if (pattern.group_run == 0) pattern.group_run = bursts;
  std::set<std::uint32_t> groups;
  for (BankUse& use : pattern.banks) {
    use.after = bursts - 1 - use.before - column_bursts;
    groups.insert(use.bank / banks_per_group);
  }
  pattern.groups = static_cast<std::uint32_t>(groups.size());
  return pattern;
}

}  // namespace prism::hbm
