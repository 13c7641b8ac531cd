// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/burst_port.h"
#include "models/common/units.h"

namespace prism::dma {

struct DmaConfig {
  std::uint32_t channels = 4;             // 1 to 16
  Picoseconds descriptor_ps = 10000;      // decode and set-up of one descriptor
  std::uint64_t buffer_bytes = 1 << 20;   // data between its read and its write, of one channel
  std::uint32_t buffer_slots = 16;        // parts of the buffer: one is written while others are read
  std::uint32_t list_entries = 4096;      // indices fetched at a time
  Picoseconds register_access_ps = 5000;  // one register access, after the bus (assumed)
  BurstPortConfig port;
};

}  // namespace prism::dma
