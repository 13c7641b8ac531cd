// SPDX-License-Identifier: Apache-2.0
// Which KV-cache blocks a decode step attends to.
#pragma once

#include <cstdint>

namespace prism::config {

enum class PolicyName : std::uint8_t { kDense, kPrism };

/// Who starts a piece of work: the CPU, or the engines by semaphores once a layer has been queued.
enum class Dispatch : std::uint8_t { kCpuDriven, kChained };

struct PolicyConfig {
  PolicyName name = PolicyName::kPrism;
  std::uint32_t k = 32;  // blocks to select; the firmware caps it at the blocks that can be ranked
  std::uint32_t block_tokens = 128;
  std::uint32_t window_tokens = 0;  // most recent tokens that are always attended
  std::uint32_t signature_dimension = 32;
  std::uint32_t chunk_blocks = 16;  // blocks in a scratchpad buffer
  Dispatch dispatch = Dispatch::kCpuDriven;
  std::uint32_t fetch_channels = 3;  // chained: DMA channels that fetch blocks
};

}  // namespace prism::config
