// SPDX-License-Identifier: Apache-2.0
#include "models/dma/descriptor.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

namespace prism::dma {

static_assert(sizeof(dma_descriptor) == 64 && sizeof(dma_completion) == 16);

namespace {

bool wraps(std::uint64_t address, std::uint64_t bytes) {
  return address > std::numeric_limits<std::uint64_t>::max() - (bytes - 1);
}

std::uint32_t check(const dma_descriptor& descriptor) {
  const bool is_gather = descriptor.opcode == DMA_OP_GATHER;
  if (!is_gather && descriptor.opcode != DMA_OP_COPY) return DMA_ERROR_OPCODE;
  if ((descriptor.flags & ~DMA_FLAG_INTERRUPT) != 0) return DMA_ERROR_OPCODE;
  if (!purpose_from_index(descriptor.purpose)) return DMA_ERROR_OPCODE;

  const std::uint64_t elements = is_gather ? descriptor.count : 1;
  if (descriptor.bytes == 0 || elements == 0) return DMA_ERROR_LENGTH;
  if (descriptor.bytes > DMA_MAX_BYTES / elements) return DMA_ERROR_LENGTH;
  if (wraps(descriptor.destination, descriptor.bytes * elements)) return DMA_ERROR_LENGTH;
  if (!is_gather) return wraps(descriptor.source, descriptor.bytes) ? DMA_ERROR_LENGTH : DMA_ERROR_NONE;

  if (descriptor.list_address % sizeof(std::uint32_t) != 0) return DMA_ERROR_ALIGNMENT;
  if (wraps(descriptor.list_address, elements * sizeof(std::uint32_t))) return DMA_ERROR_LENGTH;
  return DMA_ERROR_NONE;
}

}  // namespace

DecodedDescriptor decode(std::span<const std::byte, sizeof(dma_descriptor)> raw) {
  dma_descriptor descriptor;
  std::memcpy(&descriptor, raw.data(), sizeof descriptor);
  DecodedDescriptor decoded{
      check(descriptor), descriptor.tag, (descriptor.flags & DMA_FLAG_INTERRUPT) != 0, {}};
  if (decoded.error != DMA_ERROR_NONE) return decoded;
  const bool is_gather = descriptor.opcode == DMA_OP_GATHER;
  decoded.operation = {descriptor.source,
                       descriptor.destination,
                       descriptor.bytes,
                       descriptor.stride,
                       descriptor.list_address,
                       is_gather ? descriptor.count : 1,
                       is_gather,
                       *purpose_from_index(descriptor.purpose)};
  return decoded;
}

void MoveSequence::supply(std::span<const std::uint32_t> indices) {
  assert(needs_indices() && !indices.empty() && indices.size() <= indices_left());
  indices_ = indices;
  supplied_ += static_cast<std::uint32_t>(indices.size());
}

std::uint64_t MoveSequence::source_position() const {
  const std::uint64_t index = operation_.has_list ? indices_.front() : 0;
  return operation_.source + index * operation_.stride + element_offset_;
}

Move MoveSequence::next(std::uint64_t room) {
  assert(room > 0 && !done() && !needs_indices());
  Move move{source_position(), operation_.destination + produced_, 0};
  do {
    const std::uint64_t bytes = std::min(operation_.element_bytes - element_offset_, room - move.bytes);
    move.bytes += bytes;
    produced_ += bytes;
    element_offset_ += bytes;
    if (element_offset_ == operation_.element_bytes) {
      element_offset_ = 0;
      if (operation_.has_list) indices_ = indices_.subspan(1);
    }
  } while (move.bytes < room && !done() && !needs_indices() && source_position() == move.source + move.bytes);
  return move;
}

}  // namespace prism::dma
