// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::memory {

/// RAM or ROM behind one port.
struct MemoryConfig {
  std::uint64_t bytes = 0;
  Picoseconds access_ps = 0;    // of every access, before its data
  double bandwidth_gbps = 8.0;  // of the data
};

/// On-chip SRAM of independent banks, interleaved by `interleave_bytes`.
struct ScratchpadConfig {
  std::uint64_t bytes = 0;
  std::uint32_t banks = 16;
  std::uint32_t bank_width_bytes = 64;  // a bank moves this much each clock, one access at a time
  std::uint32_t interleave_bytes = 256;
  double clock_mhz = 1000.0;
  Picoseconds access_ps = 0;
};

}  // namespace prism::memory
