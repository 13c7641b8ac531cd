// SPDX-License-Identifier: Apache-2.0
#include "models/dma/move_sequence.h"

#include <algorithm>
#include <cassert>
#include <numeric>

namespace prism::dma {

void MoveSequence::supply(std::span<const std::uint32_t> indices) {
  assert(needs_indices() && !indices.empty() && indices.size() <= indices_left());
  indices_ = indices;
  first_ = supplied_;
  supplied_ += indices.size();
  next_same_.clear();
  repeats_.clear();
  if (operation_.list == ListUse::kSource) link_duplicates();
}

void MoveSequence::link_duplicates() {
  std::vector<std::uint32_t> order(indices_.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [this](std::uint32_t a, std::uint32_t b) { return indices_[a] < indices_[b]; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (indices_[order[i - 1]] != indices_[order[i]]) continue;
    if (repeats_.empty()) {
      next_same_.assign(indices_.size(), kLast);
      repeats_.assign(indices_.size(), false);
    }
    next_same_[order[i - 1]] = order[i];
    repeats_[order[i]] = true;
  }
}

std::uint64_t MoveSequence::address(const Operation::Pattern& pattern, std::uint64_t element,
                                    bool listed) const {
  const std::uint64_t position =
      listed ? indices_[static_cast<std::size_t>(element - first_)] : element % operation_.elements;
  return pattern.base + element / operation_.elements * pattern.plane + position * pattern.stride + offset_;
}

std::uint64_t MoveSequence::source() const {
  return address(operation_.source, element_, operation_.list == ListUse::kSource);
}

std::uint64_t MoveSequence::destination_of(std::uint64_t element) const {
  return address(operation_.destination, element, operation_.list == ListUse::kDestination);
}

std::uint32_t MoveSequence::next_same() const {
  return next_same_.empty() ? kLast : next_same_[static_cast<std::size_t>(element_ - first_)];
}

void MoveSequence::finish_element() {
  offset_ = 0;
  do {
    ++element_;
  } while (element_ < supplied_ && !repeats_.empty() &&
           repeats_[static_cast<std::size_t>(element_ - first_)]);
}

Move MoveSequence::next(std::uint64_t room) {
  assert(room > 0 && !done() && !needs_indices());
  Move move{source(), destination_of(element_), 0};
  copies_.clear();
  for (std::uint32_t same = next_same(); same != kLast; same = next_same_[same]) {
    copies_.push_back(destination_of(first_ + same));
  }
  do {
    const std::uint64_t bytes = std::min(operation_.element_bytes - offset_, room - move.bytes);
    move.bytes += bytes;
    offset_ += bytes;
    if (offset_ == operation_.element_bytes) finish_element();
  } while (move.bytes < room && !done() && !needs_indices() && copies_.empty() && next_same() == kLast &&
           source() == move.source + move.bytes && destination_of(element_) == move.destination + move.bytes);
  return move;
}

}  // namespace prism::dma
