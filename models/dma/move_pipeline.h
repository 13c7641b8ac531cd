// SPDX-License-Identifier: Apache-2.0
// Carries out one operation at a time through a bounded buffer, with reads and writes under way together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "models/dma/channel_port.h"
#include "models/dma/dma_config.h"
#include "models/dma/move_sequence.h"
#include "models/dma/outcome.h"

namespace prism::dma {

/// The buffer is a ring of slots. Slots are filled by reads, or with a pattern, in the order of the elements;
/// a slot whose reads have all ended is written, while the slots behind it are being read. Source and
/// destination must not overlap. After a fault nothing further is issued; what is under way ends, and the
/// fault of the earliest slot is reported with its lowest address. A slot with a failed read is not written
/// at all. Elements before a list entry that cannot be read, or is out of range, are moved.
class MovePipeline {
 public:
  MovePipeline(ChannelPort& port, const DmaConfig& config);

  /// Returns when every burst has ended; early, with DMA_ERROR_ABORTED, when `aborted` becomes true. Call
  /// from an SC_THREAD.
  Outcome run(const Operation& operation, const std::function<bool()>& aborted);

 private:
  struct Stretch {
    std::uint64_t destination;
    std::uint64_t offset;  // in the slot
    std::uint64_t bytes;
  };
  struct Slot {
    std::byte* data;
    std::uint64_t bytes;
    std::vector<Stretch> stretches;
    std::optional<TransferBatch> reads;
    std::optional<TransferBatch> writes;

    void add(const Stretch& stretch);
  };

  Slot& slot(std::uint64_t number) { return slots_[number % slots_.size()]; }
  void fetch_indices(MoveSequence& moves, const Operation& operation);
  void fill_slot(MoveSequence& moves, const Operation& operation);
  bool write_slot(const Operation& operation);
  bool free_slot();
  void drain();

  ChannelPort& port_;
  std::uint64_t slot_bytes_;
  std::vector<std::byte> buffer_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> indices_;
  std::optional<TransferBatch> list_;
  // Slots counted over one operation: freed_ <= written_ <= filled_ <= freed_ + slots_.size().
  std::uint64_t filled_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t freed_ = 0;
  Outcome outcome_;
  Outcome end_;  // why the moves ended early: holds unless one of those before it fails
};

}  // namespace prism::dma
