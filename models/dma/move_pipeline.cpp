// SPDX-License-Identifier: Apache-2.0
#include "models/dma/move_pipeline.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace prism::dma {

MovePipeline::MovePipeline(BurstPort& port, const DmaConfig& config)
    : port_(port),
      slot_bytes_(config.buffer_bytes / config.buffer_slots),
      buffer_(slot_bytes_ * config.buffer_slots),
      slots_(config.buffer_slots),
      indices_(config.list_entries) {
  assert(slot_bytes_ > 0 && config.list_entries > 0);
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].data = buffer_.data() + i * slot_bytes_;
}

Outcome MovePipeline::run(const Operation& operation) {
  MoveSequence moves(operation);
  filled_ = written_ = freed_ = 0;
  outcome_ = {};
  bool good = true;
  while (good && (!moves.done() || written_ < filled_)) {
    while (good && freed_ < written_ && slot(freed_).writes->outstanding() == 0) good = free_slot();
    if (!good) break;
    const bool can_fill = !moves.done() && filled_ - freed_ < slots_.size();
    const bool has_filled = written_ < filled_;
    const bool has_read = has_filled && slot(written_).reads->outstanding() == 0;
    if (has_read || (has_filled && !can_fill)) {
      good = write_slot(operation.purpose);
    } else {
      good = can_fill ? fill_slot(moves, operation.purpose) : free_slot();
    }
  }
  drain();
  return outcome_;
}

bool MovePipeline::fetch_indices(MoveSequence& moves) {
  const std::size_t count = std::min<std::size_t>(indices_.size(), moves.indices_left());
  const auto chunk = std::span(indices_).first(count);
  const auto data = std::as_writable_bytes(chunk);
  list_.emplace();
  port_.run({moves.list_position(), data.size(), data.data(), false, Purpose::kDescriptors}, *list_);
  if (!list_->ok()) return false;
  list_.reset();
  moves.supply(chunk);
  return true;
}

bool MovePipeline::fill_slot(MoveSequence& moves, Purpose purpose) {
  Slot& target = slot(filled_++);
  target.bytes = 0;
  target.reads.emplace();
  target.writes.reset();
  while (target.bytes < slot_bytes_ && !moves.done()) {
    if (moves.needs_indices() && !fetch_indices(moves)) return false;
    const Move move = moves.next(slot_bytes_ - target.bytes);
    if (target.bytes == 0) target.destination = move.destination;
    port_.submit({move.source, move.bytes, target.data + target.bytes, false, purpose}, *target.reads);
    target.bytes += move.bytes;
  }
  return true;
}

bool MovePipeline::write_slot(Purpose purpose) {
  Slot& oldest = slot(written_);
  port_.wait(*oldest.reads);
  if (!oldest.reads->ok()) return false;
  ++written_;
  oldest.writes.emplace();
  port_.submit({oldest.destination, oldest.bytes, oldest.data, true, purpose}, *oldest.writes);
  return true;
}

bool MovePipeline::free_slot() {
  TransferBatch& writes = *slot(freed_).writes;
  port_.wait(writes);
  if (!writes.ok()) return false;
  outcome_.bytes += writes.bytes_done();
  ++freed_;
  return true;
}

void MovePipeline::drain() {
  for (; freed_ < filled_; ++freed_) {
    Slot& oldest = slot(freed_);
    TransferBatch& last = oldest.writes ? *oldest.writes : *oldest.reads;
    port_.wait(last);
    if (oldest.writes) outcome_.bytes += last.bytes_done();
    note(last);
  }
  if (list_) note(*list_);
  list_.reset();
}

void MovePipeline::note(const TransferBatch& batch) {
  if (batch.ok() || !outcome_.ok()) return;
  outcome_.error = DMA_ERROR_BUS;
  outcome_.fault_address = batch.fault_address();
}

}  // namespace prism::dma
