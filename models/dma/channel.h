// SPDX-License-Identifier: Apache-2.0
// One channel of the DMA engine: its registers, its ring, its halt.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "models/common/activity.h"
#include "models/common/burst_port.h"
#include "models/common/register_bank.h"
#include "models/common/semaphore_client.h"
#include "models/dma/busy_clock.h"
#include "models/dma/channel_port.h"
#include "models/dma/descriptor_ring.h"
#include "models/dma/dma_config.h"
#include "models/dma/interrupt_coalescer.h"
#include "models/dma/move_pipeline.h"
#include "models/dma/signature_unit.h"

namespace prism::dma {

/// Executes its descriptors in order, one at a time: fetch, decode, semaphore, move, completion record,
/// semaphore, consumer, interrupt. Up to prefetch_descriptors are fetched together, and used until the
/// channel halts, is reset or runs out of work: firmware must not change one after the doorbell. The rest of
/// the ring's registers is read anew for every descriptor. Any error halts the channel at the failed
/// descriptor, with the record in its registers and, when the descriptor could be read, in a completion
/// record. RESUME with a ring error, which has no failed descriptor, just tries again. RESET of a busy
/// channel and RESUME of one that is not halted are refused; ABORT halts a busy one.
class Channel {
 public:
  enum class Event : std::uint8_t { kCompleted, kHalted };

  /// Time and bytes of the whole engine.
  struct Clocks {
    BusyClock busy;     // a channel executes, other than waiting for a semaphore
    BusyClock kv_read;  // a channel moves bytes for Purpose::kKvRead
    std::uint64_t kv_read_bytes = 0;
    Picoseconds waiting = 0;  // for semaphores, of all channels together
  };

  struct Surroundings {
    RegisterBank& bank;
    BurstPort& port;
    PortArbiter& arbiter;
    SemaphoreClient& semaphores;
    Clocks& clocks;
  };

  /// `on_event` runs for completions that ask for an interrupt, coalesced, and for halts.
  Channel(std::string name, std::uint32_t index, const DmaConfig& config, const Surroundings& surroundings,
          std::function<void(Event)> on_event);

  /// The channel's life. The body of an SC_THREAD.
  void run();

  std::uint64_t descriptors() const { return descriptors_; }
  std::uint64_t errors() const { return errors_; }
  /// Descriptors in the ring that have not ended.
  std::uint32_t queue_depth() const { return producer_.value32() - consumer_.value32(); }
  /// `observer` is told of every descriptor that has been executed, whichever way.
  void on_activity(ActivityObserver observer) { on_activity_ = std::move(observer); }

 private:
  using RawDescriptor = std::array<std::byte, sizeof(dma_descriptor)>;

  void add_settings(std::uint32_t index);
  bool ready() const;
  DescriptorRing ring() const;
  void write_control(std::uint32_t value);
  void leave_halt();
  void execute_next();
  void tell(const Operation& operation, Picoseconds begun) const;
  const RawDescriptor* fetch(const DescriptorRing& ring, Outcome& outcome);
  /// The descriptor as it is in that lap of the ring.
  RawDescriptor in_lap(const RawDescriptor& raw, std::uint64_t lap) const;
  Outcome execute(const DecodedDescriptor& descriptor);
  bool wait_for_semaphore(std::uint32_t operand);
  Outcome move(const Operation& operation);
  const TransferBatch& transfer(std::uint64_t address, std::span<std::byte> data, bool is_write);
  /// The outcome to report: a record that could not be written is an error, unless there was one before.
  Outcome write_completion(const DescriptorRing& ring, std::uint32_t tag, const Outcome& outcome);
  void halt(std::uint64_t descriptor, const Outcome& outcome);

  std::string name_;
  Picoseconds descriptor_time_;
  DmaConfig::Channel settings_;
  RegisterBank& bank_;
  SemaphoreClient& semaphores_;
  Clocks& clocks_;
  std::function<void(Event)> on_event_;
  InterruptCoalescer coalescer_;
  ChannelPort port_;
  MovePipeline pipeline_;
  SignatureUnit signatures_;
  std::optional<TransferBatch> transfer_;  // of descriptors or a record
  std::vector<RawDescriptor> fetched_;     // the first is that of entry fetched_first_
  std::size_t fetched_count_ = 0;
  std::uint32_t fetched_first_ = 0;

  Register& ring_address_;
  Register& ring_entries_;
  Register& control_;
  Register& producer_;
  Register& consumer_;
  Register& completion_address_;
  Register& laps_;
  Register& lap_source_;
  Register& lap_destination_;
  Register& error_;
  Register& error_descriptor_;
  Register& error_address_;
  Register& error_bytes_;

  bool working_ = false;
  bool halted_ = false;
  bool waiting_ = false;  // for a semaphore
  bool aborting_ = false;
  sc_core::sc_event doorbell_;
  sc_core::sc_event abort_;
  std::uint64_t descriptors_ = 0;
  std::uint64_t errors_ = 0;
  ActivityObserver on_activity_;
};

}  // namespace prism::dma
