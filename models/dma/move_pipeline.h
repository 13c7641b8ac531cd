// SPDX-License-Identifier: Apache-2.0
// Carries out one operation at a time through a bounded buffer, with reads and writes under way together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/common/burst_port.h"
#include "models/dma/descriptor.h"
#include "models/dma/dma_config.h"

namespace prism::dma {

/// How an operation or descriptor ended.
struct Outcome {
  std::uint32_t error = DMA_ERROR_NONE;
  std::uint64_t fault_address = 0;
  std::uint64_t bytes = 0;  // written to the destination

  bool ok() const { return error == DMA_ERROR_NONE; }
};

/// The buffer is a ring of slots. Slots are filled by reads in the order of the destination; a slot whose
/// reads have all ended is written as one stretch, while the slots behind it are being read. Source and
/// destination must not overlap. After a fault nothing further is issued; what is under way ends, and the
/// fault of the earliest slot is reported with its lowest address. A slot with a failed read is not written
/// at all.
class MovePipeline {
 public:
  MovePipeline(BurstPort& port, const DmaConfig& config);

  /// Returns when every burst has ended. Call from an SC_THREAD.
  Outcome run(const Operation& operation);

 private:
  struct Slot {
    std::byte* data;
    std::uint64_t destination;
    std::uint64_t bytes;
    std::optional<TransferBatch> reads;
    std::optional<TransferBatch> writes;
  };

  Slot& slot(std::uint64_t number) { return slots_[number % slots_.size()]; }
  bool fetch_indices(MoveSequence& moves);
  bool fill_slot(MoveSequence& moves, Purpose purpose);
  bool write_slot(Purpose purpose);
  bool free_slot();
  void drain();
  void note(const TransferBatch& batch);

  BurstPort& port_;
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
};

}  // namespace prism::dma
