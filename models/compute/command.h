// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/purpose.h"
#include "models/compute/kernels.h"
#include "prism/hw/compute.h"

namespace prism::compute {

/// The argument registers as they were when the doorbell rang; firmware/include/prism/hw/compute.h defines
/// them.
struct Command {
  std::uint32_t number = 0;  // what COMPLETED reads when this command has finished, if all before it succeed
  std::uint32_t opcode = 0;
  std::uint32_t flags = 0;
  std::uint64_t source = 0;
  std::uint64_t query = 0;
  std::uint64_t destination = 0;
  std::uint64_t bytes = 0;
  std::uint32_t count = 0;
  std::uint32_t dimension = 0;
  std::uint32_t heads = 0;
  std::uint32_t output_dimension = 0;
  std::uint32_t block_tokens = 0;
  std::uint32_t layer = 0;
  std::uint32_t step = 0;
  std::uint32_t purpose = 0;
  std::uint32_t wait = 0;
  std::uint32_t signal = 0;

  bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
  ElementFormat format() const {
    return has(COMPUTE_FLAG_FP16) ? ElementFormat::kFp16 : ElementFormat::kBf16;
  }
  /// Of a SKETCH.
  std::uint32_t groups() const { return heads == 0 ? 1 : heads; }
  /// After argument_error() has accepted the command.
  Purpose traffic() const { return static_cast<Purpose>(purpose); }
};

/// As it lies in a ring, in that lap of it. The number is not in there.
Command command_from(const prism_compute_command& entry, std::uint32_t lap);

/// Limits on what a guest may ask, so that neither host memory nor an address computation can overflow.
inline constexpr std::uint32_t kMaxDimension = 1024;
inline constexpr std::uint32_t kMaxHeads = 256;
inline constexpr std::uint32_t kMaxOutputDimension = 1024;
inline constexpr std::uint32_t kMaxTokens = 1u << 20;  // ATTEND: COUNT and BLOCK_TOKENS
inline constexpr std::uint32_t kMaxBatch = 1u << 16;   // GEMV, PROJECT_QKV: COUNT
inline constexpr std::uint64_t kMaxWeightBytes = 1ull << 40;
inline constexpr std::uint64_t kMaxSketchBytes = 64ull << 20;  // SKETCH: COUNT x DIMENSION x 2

inline constexpr std::uint32_t kMaxRows = 1u << 24;        // RANK: COUNT
inline constexpr std::uint64_t kMaxRowBytes = 4ull << 30;  // RANK: COUNT x row

/// What is wrong with the command's arguments, or nullptr. The opcode must be a known one. What depends on
/// the engine's state (a running softmax) is not checked here.
const char* argument_error(const Command& command);

/// Where the tokens [first, first + tokens) of an ATTEND command lie: consecutive tokens of one block.
struct KvTile {
  std::uint64_t keys;
  std::uint64_t values;
  std::uint32_t tokens;
};

/// Pieces of at most `tile_tokens` (> 0) that the command's blocks are cut into; without tokens, one
/// empty piece.
std::uint64_t kv_tiles(const Command& command, std::uint32_t tile_tokens);
KvTile kv_tile(const Command& command, std::uint32_t tile_tokens, std::uint64_t index);

}  // namespace prism::compute
