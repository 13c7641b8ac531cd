// SPDX-License-Identifier: Apache-2.0
// One channel of the DMA engine: its registers, its ring, its halt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <systemc>

#include "models/common/activity.h"
#include "models/common/burst_port.h"
#include "models/common/register_bank.h"
#include "models/dma/busy_clock.h"
#include "models/dma/descriptor_ring.h"
#include "models/dma/dma_config.h"
#include "models/dma/move_pipeline.h"

namespace prism::dma {

/// Executes its descriptors in order, one at a time: fetch, decode, move, completion record, consumer,
/// interrupt. Ring registers are read anew for every descriptor. Any error halts the channel at the failed
/// descriptor, with the record in its registers and, when the descriptor could be read, in a completion
/// record. RESUME with a ring error, which has no failed descriptor, just tries again. RESET of a busy
/// channel and RESUME of one that is not halted are refused. Does not model prefetch of descriptors.
class Channel {
 public:
  enum class Event : std::uint8_t { kCompleted, kHalted };

  /// `on_event` runs for completions that ask for an interrupt, and for halts.
  Channel(std::string name, std::uint32_t index, const DmaConfig& config, RegisterBank& bank, BurstPort& port,
          BusyClock& busy, std::function<void(Event)> on_event);

  /// The channel's life. The body of an SC_THREAD.
  void run();

  std::uint64_t descriptors() const { return descriptors_; }
  std::uint64_t errors() const { return errors_; }
  /// `observer` is told of every descriptor that has been executed, whichever way.
  void on_activity(ActivityObserver observer) { on_activity_ = std::move(observer); }

 private:
  bool ready() const;
  DescriptorRing ring() const;
  void write_control(std::uint32_t value);
  void leave_halt();
  void execute_next();
  void tell(const Operation& operation, Picoseconds begun) const;
  const TransferBatch& transfer(std::uint64_t address, std::span<std::byte> data, bool is_write);
  /// The outcome to report: a record that could not be written is an error, unless there was one before.
  Outcome write_completion(const DescriptorRing& ring, std::uint32_t tag, const Outcome& outcome);
  void halt(std::uint64_t descriptor, const Outcome& outcome);

  std::string name_;
  Picoseconds descriptor_time_;
  BurstPort& port_;
  BusyClock& busy_;
  std::function<void(Event)> on_event_;
  MovePipeline pipeline_;
  std::optional<TransferBatch> transfer_;  // of a descriptor or record

  Register& ring_address_;
  Register& ring_entries_;
  Register& control_;
  Register& producer_;
  Register& consumer_;
  Register& completion_address_;
  Register& error_;
  Register& error_descriptor_;
  Register& error_address_;
  Register& error_bytes_;

  bool working_ = false;
  bool halted_ = false;
  sc_core::sc_event doorbell_;
  std::uint64_t descriptors_ = 0;
  std::uint64_t errors_ = 0;
  ActivityObserver on_activity_;
};

}  // namespace prism::dma
