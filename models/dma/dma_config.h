// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/units.h"

namespace prism::dma {

struct DmaConfig {
  std::uint32_t channels = 4;              // 1 to 16
  Picoseconds descriptor_ps = 10000;       // decode and set-up of one descriptor
  Picoseconds signature_ps = 50000;        // SIGNATURE: mean and projection, after the last key has arrived
  std::uint32_t prefetch_descriptors = 8;  // > 0; fetched at a time
  std::uint64_t buffer_bytes = 1 << 20;    // data between its read and its write, of one channel
  std::uint32_t buffer_slots = 16;         // parts of the buffer: one is written while others are read
  std::uint32_t list_entries = 4096;       // indices fetched at a time
  Picoseconds register_access_ps = 5000;   // one register access, after the bus (assumed)
  BurstPortConfig port;

  /// What a channel's registers hold at reset; firmware may change them.
  struct Channel {
    std::uint32_t priority = 0;
    std::uint32_t weight = 1;
    std::uint32_t bandwidth_mbps = 0;  // 0: no limit
    std::uint32_t outstanding = 0;     // 0: the port's limit
    std::uint32_t coalesce_count = 1;
    std::uint32_t coalesce_ns = 0;
  };
  Channel channel_defaults;
  std::vector<Channel> channel_settings;  // of the first channels; the others have the defaults

  const Channel& channel(std::uint32_t index) const {
    return index < channel_settings.size() ? channel_settings[index] : channel_defaults;
  }
};

}  // namespace prism::dma
