// SPDX-License-Identifier: Apache-2.0
// Descriptors of the DMA engine: checked once, then turned into moves of contiguous bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/common/purpose.h"
#include "prism/hw/dma.h"

namespace prism::dma {

/// Elements from anywhere to a dense destination. A copy is one element without a list.
struct Operation {
  std::uint64_t source = 0;
  std::uint64_t destination = 0;
  std::uint64_t element_bytes = 0;
  std::uint64_t stride = 0;
  std::uint64_t list_address = 0;
  std::uint32_t elements = 0;
  bool has_list = false;
  Purpose purpose = Purpose::kOther;

  std::uint64_t total_bytes() const { return element_bytes * elements; }
};

struct DecodedDescriptor {
  std::uint32_t
      error;  // DMA_ERROR_NONE, _OPCODE, _LENGTH or _ALIGNMENT; the operation counts only without one
  std::uint32_t tag;
  bool interrupt;
  Operation operation;
};

/// Checks everything that can be checked without memory. A copy's source, a list or a destination that runs
/// past the top of the 64-bit address space is DMA_ERROR_LENGTH; addresses of gathered elements are taken
/// modulo 2^64.
DecodedDescriptor decode(std::span<const std::byte, sizeof(dma_descriptor)> raw);

struct Move {
  std::uint64_t source;
  std::uint64_t destination;
  std::uint64_t bytes;
  bool operator==(const Move&) const = default;
};

/// The moves of an operation, one after another, made when asked for. Their destinations follow each other
/// without gaps. Elements that are neighbours at the source as well become one move.
class MoveSequence {
 public:
  explicit MoveSequence(const Operation& operation) : operation_(operation) {}

  bool done() const { return produced_ == operation_.total_bytes(); }

  /// True while next() needs indices first: supply() at least one from list_position(), at most
  /// indices_left().
  bool needs_indices() const { return operation_.has_list && indices_.empty() && !done(); }
  std::uint64_t list_position() const { return operation_.list_address + std::uint64_t{supplied_} * 4; }
  std::uint32_t indices_left() const { return operation_.elements - supplied_; }
  /// The indices must stay valid until they are used up.
  void supply(std::span<const std::uint32_t> indices);

  /// The next move, at most `room` (> 0) bytes.
  Move next(std::uint64_t room);

 private:
  std::uint64_t source_position() const;

  Operation operation_;
  std::span<const std::uint32_t> indices_;  // supplied and not used up; the first is the current element's
  std::uint32_t supplied_ = 0;
  std::uint64_t element_offset_ = 0;
  std::uint64_t produced_ = 0;
};

}  // namespace prism::dma
