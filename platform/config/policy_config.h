// SPDX-License-Identifier: Apache-2.0
// Which KV-cache blocks a decode step attends to.
#pragma once

#include <cstdint>

#include "platform/workload/memory_layout.h"

namespace prism::config {

enum class PolicyName : std::uint8_t {
  kDense,
  kStreaming,
  kOracle,
  kQuest,
  kMeanKey,
  kSram,
  kNearMemory,
  kPrism,
};

/// Who starts a piece of work: the CPU, or the engines by semaphores once a layer has been queued.
enum class Dispatch : std::uint8_t { kCpuDriven, kChained };

enum class Granularity : std::uint8_t { kKvHead, kQueryHead };
enum class QueryPooling : std::uint8_t { kMean, kMax };
enum class SignatureMethod : std::uint8_t { kRandom, kPca, kIdentity };

/// With quest the block is a page: block_tokens, k and chunk_blocks are those of pages.
struct PolicyConfig {
  PolicyName name = PolicyName::kPrism;
  std::uint32_t k = 32;  // blocks to select; the firmware caps it at the blocks that can be ranked
  std::uint32_t block_tokens = 128;
  std::uint32_t window_tokens = 0;  // most recent tokens that are always attended
  std::uint32_t sink_tokens = 0;    // first tokens that are always attended
  std::uint32_t signature_dimension = 32;
  SignatureMethod signature_method = SignatureMethod::kRandom;
  Granularity granularity = Granularity::kKvHead;
  QueryPooling pooling = QueryPooling::kMean;
  std::uint32_t dense_layers = 0;   // first layers that attend to every block
  std::uint32_t chunk_blocks = 16;  // blocks in a scratchpad buffer
  Dispatch dispatch = Dispatch::kCpuDriven;
  std::uint32_t fetch_channels = 3;  // chained: DMA channels that fetch blocks

  /// Window or sinks, in whole blocks.
  std::uint32_t blocks_of(std::uint32_t tokens) const { return (tokens + block_tokens - 1) / block_tokens; }
  bool ranks_signatures() const {
    return name == PolicyName::kMeanKey || name == PolicyName::kSram || name == PolicyName::kNearMemory ||
           name == PolicyName::kPrism;
  }
};

/// What HBM holds of a block for the policy's ranking.
inline workload::SignatureForm signature_form(const PolicyConfig& policy) {
  return policy.name == PolicyName::kQuest ? workload::SignatureForm::kBounds
                                           : workload::SignatureForm::kMean;
}

}  // namespace prism::config
