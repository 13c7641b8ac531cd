// SPDX-License-Identifier: Apache-2.0
#include "models/dma/move_pipeline.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace prism::dma {

namespace {

/// The 8 bytes of `pattern` again and again; the first byte written is number `phase` of the whole.
void write_pattern(std::span<std::byte> to, std::uint64_t pattern, std::uint64_t phase) {
  for (std::byte& byte : to) byte = static_cast<std::byte>(pattern >> (8 * (phase++ % 8)));
}

}  // namespace

MovePipeline::MovePipeline(ChannelPort& port, const DmaConfig& config)
    : port_(port),
      slot_bytes_(config.buffer_bytes / config.buffer_slots),
      buffer_(slot_bytes_ * config.buffer_slots),
      slots_(config.buffer_slots),
      indices_(config.list_entries) {
  assert(slot_bytes_ > 0 && config.list_entries > 0);
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].data = buffer_.data() + i * slot_bytes_;
}

Outcome MovePipeline::run(const Operation& operation, const std::function<bool()>& aborted) {
  MoveSequence moves(operation);
  filled_ = written_ = freed_ = 0;
  outcome_ = end_ = {};
  bool good = true;
  while (good && (!moves.done() || written_ < filled_)) {
    while (good && freed_ < written_ && slot(freed_).writes->outstanding() == 0) good = free_slot();
    if (!good) break;
    if (aborted()) {
      end_.error = DMA_ERROR_ABORTED;
      break;
    }
    const bool can_fill = !moves.done() && filled_ - freed_ < slots_.size();
    const bool has_filled = written_ < filled_;
    const bool has_read = has_filled && slot(written_).reads->outstanding() == 0;
    if (has_read || (has_filled && !can_fill)) {
      good = write_slot(operation);
    } else if (can_fill) {
      fill_slot(moves, operation);
    } else {
      good = free_slot();
    }
  }
  drain();
  if (outcome_.ok()) {
    outcome_.error = end_.error;
    outcome_.fault_address = end_.fault_address;
  }
  return outcome_;
}

void MovePipeline::fetch_indices(MoveSequence& moves, const Operation& operation) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(indices_.size(), moves.indices_left()));
  const std::uint64_t position = moves.list_position();
  auto chunk = std::span(indices_).first(count);
  const auto data = std::as_writable_bytes(chunk);
  TransferBatch& batch = port_.renew(list_);
  port_.run({position, data.size(), data.data(), false, Purpose::kDescriptors}, batch);
  end_.note(batch);
  if (operation.index_limit != 0 && end_.ok()) {
    const auto bad = std::find_if(chunk.begin(), chunk.end(),
                                  [&](std::uint32_t index) { return index >= operation.index_limit; });
    if (bad != chunk.end()) {
      const auto good = static_cast<std::size_t>(bad - chunk.begin());
      end_ = {.error = DMA_ERROR_INDEX, .fault_address = position + good * sizeof(std::uint32_t)};
      chunk = chunk.first(good);
    }
  }
  if (end_.error == DMA_ERROR_UNMAPPED || end_.error == DMA_ERROR_BUS) chunk = {};
  if (!chunk.empty()) moves.supply(chunk);
  if (!end_.ok()) moves.stop_after_supplied();
}

void MovePipeline::Slot::add(const Stretch& stretch) {
  if (!stretches.empty()) {
    Stretch& last = stretches.back();
    if (last.destination + last.bytes == stretch.destination && last.offset + last.bytes == stretch.offset) {
      last.bytes += stretch.bytes;
      return;
    }
  }
  stretches.push_back(stretch);
}

void MovePipeline::fill_slot(MoveSequence& moves, const Operation& operation) {
  Slot& target = slot(filled_++);
  target.bytes = 0;
  target.stretches.clear();
  target.writes.reset();
  TransferBatch& reads = port_.renew(target.reads);
  while (target.bytes < slot_bytes_ && !moves.done()) {
    if (moves.needs_indices()) {
      fetch_indices(moves, operation);
      continue;
    }
    const Move move = moves.next(slot_bytes_ - target.bytes);
    target.add({move.destination, target.bytes, move.bytes});
    for (const std::uint64_t copy : moves.copies()) target.add({copy, target.bytes, move.bytes});
    std::byte* place = target.data + target.bytes;
    if (operation.kind == OperationKind::kFill) {
      write_pattern({place, move.bytes}, operation.source.base,
                    move.destination - operation.destination.base);
    } else {
      port_.submit({move.source, move.bytes, place, false, operation.purpose}, reads);
    }
    target.bytes += move.bytes;
  }
}

bool MovePipeline::write_slot(const Operation& operation) {
  Slot& oldest = slot(written_);
  port_.wait(*oldest.reads);
  if (!oldest.reads->ok()) return false;
  ++written_;
  outcome_.bytes_read += oldest.reads->bytes_done();
  TransferBatch& writes = port_.renew(oldest.writes);
  for (const Stretch& stretch : oldest.stretches) {
    port_.submit({stretch.destination, stretch.bytes, oldest.data + stretch.offset, true, operation.purpose},
                 writes, operation.kind != OperationKind::kFill);
  }
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
    outcome_.note(last);
  }
}

}  // namespace prism::dma
