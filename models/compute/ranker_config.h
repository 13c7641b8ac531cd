// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::compute {

/// An on-chip SRAM that holds the signatures of every (sequence, layer, KV head).
struct SignatureSramConfig {
  std::uint64_t capacity_bytes = 0;  // 0: none
  std::uint32_t port_bytes = 64;     // > 0; read in one clock
  double clock_mhz = 1000.0;         // > 0
  Picoseconds latency_ps = 2000;     // to the first word
  double access_pj_per_byte = 1.0;
  double leakage_mw_per_mib = 10.0;
  double area_mm2_per_mib = 0.45;
};

/// A scoring unit in the base die of the HBM, which reads the stacks without their interface to the chip.
struct NearMemoryConfig {
  double gbps = 800.0;                 // > 0; of all stacks together
  Picoseconds latency_ps = 100000;     // a command to the base die and back, and the first row activations
  std::uint32_t macs_per_clock = 512;  // > 0
  double clock_mhz = 1000.0;           // > 0
  double access_pj_per_byte = 16.0;
};

/// The scoring and top-k unit of RANK and BOUNDS commands.
struct RankerConfig {
  std::uint32_t macs_per_clock = 2048;      // > 0; of the scoring unit on the chip
  double clock_mhz = 1000.0;                // > 0
  std::uint32_t top_k_rows_per_clock = 64;  // > 0; scores that the top-k takes
  Picoseconds top_k_ps = 5000;              // from the last score to the list
  double mac_pj = -1.0;                     // negative: unknown
  SignatureSramConfig sram;
  NearMemoryConfig near_memory;
};

}  // namespace prism::compute
