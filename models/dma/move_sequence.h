// SPDX-License-Identifier: Apache-2.0
// An operation as a sequence of moves of contiguous bytes, made when asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/dma/descriptor.h"

namespace prism::dma {

struct Move {
  std::uint64_t source;
  std::uint64_t destination;
  std::uint64_t bytes;
  bool operator==(const Move&) const = default;
};

/// Elements in order. Neighbours at both sides become one move. A gathered element that is listed again among
/// the supplied indices is moved once; copies() names the other places of the move's bytes.
class MoveSequence {
 public:
  explicit MoveSequence(const Operation& operation)
      : operation_(operation), total_(operation.total_elements()) {}

  bool done() const { return element_ == total_; }
  /// Ends the sequence with the elements whose index has been supplied.
  void stop_after_supplied() { total_ = supplied_; }

  /// True while next() needs indices first: supply() at least one from list_position(), at most
  /// indices_left().
  bool needs_indices() const { return operation_.list != ListUse::kNone && element_ == supplied_ && !done(); }
  std::uint64_t list_position() const { return operation_.list_address + supplied_ * sizeof(std::uint32_t); }
  std::uint64_t indices_left() const { return total_ - supplied_; }
  /// The indices must stay valid until they are used up.
  void supply(std::span<const std::uint32_t> indices);

  /// The next move, at most `room` (> 0) bytes.
  Move next(std::uint64_t room);
  /// Further destinations of the last move's bytes; valid until the next call of next().
  std::span<const std::uint64_t> copies() const { return copies_; }

 private:
  static constexpr std::uint32_t kLast = ~std::uint32_t{0};

  std::uint64_t address(const Operation::Pattern& pattern, std::uint64_t element, bool listed) const;
  std::uint64_t source() const;
  std::uint64_t destination_of(std::uint64_t element) const;
  void link_duplicates();
  std::uint32_t next_same() const;
  void finish_element();

  Operation operation_;
  std::uint64_t total_;  // elements
  std::uint64_t element_ = 0;
  std::uint64_t offset_ = 0;  // in the element
  std::span<const std::uint32_t> indices_;
  std::uint64_t first_ = 0;     // element of the first index
  std::uint64_t supplied_ = 0;  // elements whose index has been supplied
  // Of a gather with duplicates, for each index: the next one that equals it; whether an earlier one does.
  std::vector<std::uint32_t> next_same_;
  std::vector<bool> repeats_;
  std::vector<std::uint64_t> copies_;
};

}  // namespace prism::dma
