// SPDX-License-Identifier: Apache-2.0
#include "models/compute/command.h"

#include <algorithm>

#include "models/common/bfloat16.h"

namespace prism::compute {

namespace {

constexpr std::uint64_t kElement = sizeof(Bfloat16);

bool wraps(std::uint64_t address, std::uint64_t bytes) {
  return bytes > 0 && address + (bytes - 1) < address;
}

/// Bytes from SOURCE to the end of the last block's values.
std::uint64_t kv_bytes(const Command& command) {
  const std::uint64_t blocks =
      (command.count + std::uint64_t{command.block_tokens} - 1) / command.block_tokens;
  const std::uint64_t vectors = command.has(COMPUTE_ATTEND_SHARED) ? 1 : 2;
  return vectors * blocks * command.block_tokens * command.dimension * kElement;
}

const char* gemv_error(const Command& command) {
  if (command.count == 0 || command.count > kMaxBatch) return "batch out of range";
  if (command.bytes > kMaxWeightBytes) return "weight bytes out of range";
  if (wraps(command.source, command.bytes)) return "source wraps around the address space";
  return nullptr;
}

const char* attend_error(const Command& command) {
  if (command.dimension == 0 || command.dimension > kMaxDimension) return "dimension out of range";
  if (command.heads == 0 || command.heads > kMaxHeads) return "heads out of range";
  const std::uint64_t vectors = std::uint64_t{command.heads} * command.dimension * kElement;
  if (command.has(COMPUTE_FLAG_FIRST) && wraps(command.query, vectors)) return "query wraps around";
  if (command.has(COMPUTE_FLAG_LAST) && wraps(command.destination, vectors))
    return "destination wraps around";
  if (command.count == 0)
    return command.has(COMPUTE_FLAG_LAST) ? nullptr : "no tokens, and not the last command";
  if (command.count > kMaxTokens) return "tokens out of range";
  if (command.block_tokens == 0 || command.block_tokens > kMaxTokens) return "block tokens out of range";
  if (wraps(command.source, kv_bytes(command))) return "source wraps around the address space";
  return nullptr;
}

const char* sketch_error(const Command& command) {
  if (command.dimension == 0 || command.dimension > kMaxDimension) return "dimension out of range";
  if (command.output_dimension == 0 || command.output_dimension > kMaxOutputDimension) {
    return "output dimension out of range";
  }
  const std::uint64_t row = command.dimension * kElement;
  const std::uint64_t groups = command.groups();
  const std::uint64_t result = command.output_dimension * kElement;
  if (groups > kMaxHeads) return "groups out of range";
  if (command.count == 0 || command.count > kMaxSketchBytes / row / groups) {
    return "vectors to average out of range";
  }
  if (groups > 1 && (command.bytes < result || command.bytes > kMaxSketchBytes)) {
    return "distance of results out of range";
  }
  const bool to_sram = command.has(COMPUTE_SKETCH_TO_SRAM);
  if (to_sram && groups > 1) return "groups out of range";
  if (to_sram && (command.destination > ~std::uint32_t{0} || command.bytes > kMaxRows)) {
    return "head or row out of range";
  }
  if (wraps(command.source, groups * command.count * row) ||
      wraps(command.query, command.output_dimension * row) ||
      (!to_sram && wraps(command.destination, (groups - 1) * command.bytes + result))) {
    return "an address range wraps around the address space";
  }
  return nullptr;
}

const char* rank_error(const Command& command) {
  if (command.count > kMaxRows || command.output_dimension > command.count) return "rows or k out of range";
  const bool is_stored = command.has(COMPUTE_RANK_SRAM) || command.has(COMPUTE_RANK_EXACT);
  if (is_stored && (command.source > ~std::uint32_t{0} || command.bytes > kMaxRows)) {
    return "head or first row out of range";
  }
  if (wraps(command.destination, std::uint64_t{command.output_dimension} * sizeof(std::uint32_t))) {
    return "destination wraps around the address space";
  }
  if (command.has(COMPUTE_RANK_EXACT)) return nullptr;
  if (command.dimension == 0 || command.dimension > kMaxDimension) return "dimension out of range";
  if (command.heads == 0 || command.heads > kMaxHeads) return "heads out of range";
  const std::uint64_t row = command.dimension * kElement * (command.has(COMPUTE_RANK_BOUNDS) ? 2 : 1);
  if (command.count * row > kMaxRowBytes) return "rows out of range";
  const std::uint64_t queries = std::uint64_t{command.heads} * command.dimension * kElement;
  if (wraps(command.query, queries)) return "query wraps around the address space";
  if (!is_stored && wraps(command.source, command.count * row))
    return "source wraps around the address space";
  return nullptr;
}

const char* bounds_error(const Command& command) {
  if (command.dimension == 0 || command.dimension > kMaxDimension) return "dimension out of range";
  const std::uint64_t row = command.dimension * kElement;
  if (command.count == 0 || command.count > kMaxSketchBytes / row) return "vectors out of range";
  if (wraps(command.source, command.count * row) || wraps(command.destination, 2 * row)) {
    return "an address range wraps around the address space";
  }
  return nullptr;
}

}  // namespace

Command command_from(const prism_compute_command& entry, std::uint32_t lap) {
  return {.number = 0,
          .opcode = entry.opcode,
          .flags = entry.flags,
          .source = entry.source + lap * entry.lap_source,
          .query = entry.query,
          .destination = entry.destination,
          .bytes = entry.bytes,
          .count = entry.count,
          .dimension = entry.dimension,
          .heads = entry.heads,
          .output_dimension = entry.output_dimension,
          .block_tokens = entry.block_tokens,
          .layer = entry.layer + lap * entry.lap_layer,
          .step = entry.step,
          .purpose = entry.purpose,
          .wait = entry.wait,
          .signal = entry.signal};
}

const char* argument_error(const Command& command) {
  if (!purpose_from_index(command.purpose)) return "purpose out of range";
  if (command.opcode == COMPUTE_OP_NOP) return nullptr;
  if (command.opcode == COMPUTE_OP_ATTEND) return attend_error(command);
  if (command.opcode == COMPUTE_OP_SKETCH) return sketch_error(command);
  if (command.opcode == COMPUTE_OP_RANK) return rank_error(command);
  if (command.opcode == COMPUTE_OP_BOUNDS) return bounds_error(command);
  return gemv_error(command);
}

std::uint64_t kv_tiles(const Command& command, std::uint32_t tile_tokens) {
  if (command.count == 0) return 1;
  const auto pieces = [tile_tokens](std::uint64_t tokens) {
    return (tokens + tile_tokens - 1) / tile_tokens;
  };
  return std::uint64_t{command.count / command.block_tokens} * pieces(command.block_tokens) +
         pieces(command.count % command.block_tokens);
}

KvTile kv_tile(const Command& command, std::uint32_t tile_tokens, std::uint64_t index) {
  if (command.count == 0) return {command.source, command.source, 0};
  const std::uint64_t tiles_per_block = (std::uint64_t{command.block_tokens} + tile_tokens - 1) / tile_tokens;
  const std::uint64_t block = index / tiles_per_block;
  const std::uint64_t first = index % tiles_per_block * tile_tokens;
  const std::uint64_t left =
      std::min(command.block_tokens - first, command.count - block * command.block_tokens - first);
  const std::uint64_t row = command.dimension * kElement;
  const bool is_shared = command.has(COMPUTE_ATTEND_SHARED);
  const std::uint64_t keys =
      command.source + (block * (is_shared ? 1 : 2) * command.block_tokens + first) * row;
  return {keys, is_shared ? keys : keys + command.block_tokens * row,
          static_cast<std::uint32_t>(std::min<std::uint64_t>(left, tile_tokens))};
}

}  // namespace prism::compute
