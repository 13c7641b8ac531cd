// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/channel_router.h"

#include <algorithm>
#include <bit>

namespace prism::hbm {

namespace {

constexpr std::uint32_t kMaxBlockGranules = 4096;

// A packed location: channel 16 bits, pseudo-channel 8, bank 8, row 32.
std::uint64_t pack(const AddressMap& map, const Location& location) {
  return std::uint64_t{map.channel_index(location)} << 48 | std::uint64_t{location.pseudo_channel} << 40 |
         std::uint64_t{map.bank_index(location)} << 32 | location.row;
}

}  // namespace

ChannelRouter::ChannelRouter(const Organization& organization, const AddressMap& map)
    : channels_(organization.stacks * organization.channels), burst_shift_(map.burst_bits()) {
  const std::uint32_t address_bits = map.address_bits();
  for (std::uint32_t position = 0; position < address_bits - burst_shift_; ++position) {
    const std::uint64_t location = pack(map, map.decode(std::uint64_t{1} << (position + burst_shift_)));
    std::array<std::uint64_t, 256>& table = tables_[position / 8];
    const std::uint32_t bit = 1u << (position % 8);
    for (std::uint32_t value = bit; value < 256; ++value) {
      if ((value & bit) != 0) table[value] ^= location;
    }
  }

  granule_shift_ = burst_shift_;
  while (granule_shift_ < address_bits && channel_of(packed(std::uint64_t{1} << granule_shift_)) == 0) {
    ++granule_shift_;
  }
  // Grow the block until its address bits tell all channels apart, or it has too many granules to list.
  granules_.resize(std::bit_ceil(channels_));
  granules_[0].push_back(0);
  std::size_t distinct = 1;
  block_shift_ = granule_shift_;
  for (std::uint64_t count = 1;
       distinct < channels_ && block_shift_ < address_bits && count < kMaxBlockGranules;
       count *= 2, ++block_shift_) {
    for (std::uint64_t granule = count; granule < 2 * count; ++granule) {
      const std::uint64_t offset = granule << granule_shift_;
      std::vector<std::uint64_t>& offsets = granules_[channel_of(packed(offset))];
      if (offsets.empty()) ++distinct;
      offsets.push_back(offset);
    }
  }
}

std::uint64_t ChannelRouter::packed(std::uint64_t address) const {
  std::uint64_t burst = address >> burst_shift_;
  std::uint64_t location = 0;
  for (const auto& table : tables_) {
    location ^= table[burst & 0xFF];
    burst >>= 8;
  }
  return location;
}

BurstLocation ChannelRouter::locate(std::uint64_t address) const {
  const std::uint64_t location = packed(address);
  return {channel_of(location), static_cast<std::uint32_t>(location >> 40 & 0xFF),
          static_cast<std::uint32_t>(location >> 32 & 0xFF), static_cast<std::uint32_t>(location)};
}

std::uint64_t ChannelRouter::next_in_channel(std::uint32_t channel, std::uint64_t address,
                                             std::uint64_t end) const {
  if (channels_ == 1) return std::min(address, end);
  while (address < end) {
    const std::uint64_t block = address >> block_shift_ << block_shift_;
    const std::uint64_t granule = (address - block) >> granule_shift_ << granule_shift_;
    for (const std::uint64_t offset : granules_[channel ^ channel_of(packed(block))]) {
      if (offset == granule) return address;
      if (offset > granule) return std::min(end, block + offset);
    }
    address = block + (std::uint64_t{1} << block_shift_);
  }
  return end;
}

void ChannelRouter::channels_of(std::uint64_t first, std::uint64_t end,
                                std::vector<std::uint32_t>& channels) const {
  const std::size_t before = channels.size();
  const std::uint64_t granule_bytes = std::uint64_t{1} << granule_shift_;
  for (std::uint64_t address = first; address < end && channels.size() - before < channels_;
       address = (address / granule_bytes + 1) * granule_bytes) {
    const std::uint32_t channel = channel_of(packed(address));
    if (std::find(channels.begin() + static_cast<std::ptrdiff_t>(before), channels.end(), channel) ==
        channels.end()) {
      channels.push_back(channel);
    }
  }
}

}  // namespace prism::hbm
