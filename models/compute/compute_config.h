// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/burst_port.h"
#include "models/common/units.h"
#include "models/compute/ranker_config.h"

namespace prism::compute {

struct ComputeConfig {
  std::uint32_t queue_depth = 16;              // > 0
  std::uint32_t macs_per_clock = 16384;        // > 0; multiply-accumulates of the array
  double clock_mhz = 1000.0;                   // > 0
  std::uint32_t exponentials_per_clock = 256;  // > 0; softmax unit
  Picoseconds command_ps = 10000;              // decode and pipeline fill of one command
  Picoseconds register_ps = 1000;              // a register access
  double mac_pj = -1.0;                        // negative: unknown
  std::uint64_t stream_chunk_bytes = 1 << 20;  // > 0; weights in flight at a time
  std::uint32_t tile_tokens = 128;             // > 0; ATTEND and SKETCH: vectors in one operand buffer
  std::uint32_t tile_buffers = 2;  // > 0; operand buffers, filled in turn while another is computed on
  RankerConfig ranker;
  BurstPortConfig port;
};

}  // namespace prism::compute
