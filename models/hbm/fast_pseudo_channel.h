// SPDX-License-Identifier: Apache-2.0
// One pseudo-channel of the fast engine: bank and bus state, advanced a block at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/block_patterns.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/queue_times.h"
#include "models/hbm/timing_constraints.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// What all pseudo-channels have in common.
struct FastTiming {
  /// Throws std::invalid_argument on a timing that cannot be simulated.
  explicit FastTiming(const HbmConfig& config);
  /// Divides the refresh intervals of the configuration by `times`.
  void set_refresh_rate(std::uint32_t times);

  Picoseconds clock;
  CommandGaps gaps;  // rounded up to whole clocks, as commands start at clock edges
  Picoseconds burst;
  Picoseconds read_latency, write_latency;  // command to data
  Picoseconds row_to_data;                  // least time from an activate to data
  Picoseconds activate_bus, precharge_bus;  // row command bus time
  Picoseconds activate_window;              // tFAW, and the wait for the row command bus
  Picoseconds activate_pace;                // of many activates of a pseudo-channel
  Picoseconds out_of_turn;  // bus time lost with a row that a refresh has delayed: where it is
                            // missed and where it comes, its bank group cannot take turns
  Picoseconds row_kept;     // after a bank's last column command, by the page policy
  RefreshKind refresh;
  Picoseconds nominal_interval, nominal_turn;  // of refreshes, by the configuration
  Picoseconds refresh_interval;                // of all banks at once
  Picoseconds bank_refresh_turn;               // between per-bank refreshes of successive banks
  Picoseconds bank_refresh_interval;           // of one bank
  std::uint32_t banks;                         // of a pseudo-channel
  double row_bus_idle_share;  // of the time in which one pseudo-channel of a channel refreshes
  std::uint32_t queue_depth;
  std::uint32_t write_batch;  // bursts written between two turnarounds under load
  std::uint32_t group_shift,
      stack_id_shift;  // from bank to bank group (of all stack ids), from that to stack id
};

/// A pattern with the times of this configuration.
struct Block {
  Block(const BlockPattern& shape, const FastTiming& timing, std::uint32_t channel_shift);

  BlockPattern pattern;
  Picoseconds bank_hold;         // data-bus time of one bank's bursts
  Picoseconds column_hold;       // data-bus time of one column of every bank
  std::uint32_t sharers;         // pseudo-channels of a channel that the block touches
  std::uint32_t group_bursts;    // bursts of each bank group, for one column of every bank
  std::uint64_t bursts;          // of all its pseudo-channels
  std::uint64_t channel_bursts;  // of each channel
  Picoseconds accept_spacing;    // between bursts of a pseudo-channel
  Picoseconds accept_time;       // for a channel to take its bursts, one a clock
};

/// When the data of the first burst and of the last have been on the bus.
struct DataSpan {
  Picoseconds first, last;
};

/// What the pseudo-channels of a channel share.
struct FastChannel {
  static constexpr std::uint64_t kFrontRequests = 64;  // as in the detailed engine

  Picoseconds queued = 0;        // bursts enter the banks' queues in order: when the last one did
  Picoseconds queued_next = 0;   // the same, with the block being served
  Picoseconds row_bus_free = 0;  // row command bus
  Picoseconds row_bus_next = 0;  // the same, with the block being served
  std::array<Picoseconds, kFrontRequests> front{};  // when the last ones had entered, oldest at front_next
  std::size_t front_next = 0;

  /// The block being served, of so many requests, has entered. Returns until when the front end is full.
  Picoseconds enter(std::uint64_t requests) {
    if (queued_next >
        queued) {  // else it has been counted: its other pseudo-channels are in this channel too
      const Picoseconds spacing = (queued_next - queued) / static_cast<Picoseconds>(requests);
      queued = queued_next;
      for (auto later = static_cast<Picoseconds>(std::min(requests, kFrontRequests)); later-- > 0;) {
        front[front_next] = queued - later * spacing;
        front_next = (front_next + 1) % front.size();
      }
    }
    return front[front_next];
  }
};

class FastPseudoChannel {
 public:
  /// `index`: of the channel. `timing` must outlive this.
  FastPseudoChannel(const FastTiming& timing, const Organization& organization, std::uint32_t index);

  /// Times the part of a block that lies here.
  DataSpan serve(const Block& block, const Place& first, bool is_write, FastChannel& channel,
                 EngineCounters& counters);

  /// Does the refreshes that have fallen due by `time`.
  void refresh_until(Picoseconds time, FastChannel& channel, EngineCounters& counters);
  /// Sets the per-bank refreshes to come one turn apart, in their order, from the next on.
  void space_bank_refreshes();

  std::uint64_t bursts() const { return bursts_; }

 private:
  struct alignas(64) Bank {  // two cache lines
    std::uint32_t row = 0;
    std::uint32_t epoch = 0;  // a row is open only if this equals the pseudo-channel's
    Picoseconds activated;
    Picoseconds last_command = 0;  // column command
    Picoseconds precharge_ready = 0;
    Picoseconds activate_floor;        // after a per-bank refresh
    Picoseconds refresh_due = kNever;  // per-bank refresh
    QueueTimes reads;                  // their queue
  };
  struct Group {
    Picoseconds column_ready = 0;  // after the last column command
    Picoseconds columns_served =
        0;  // when all column commands given so far fit, tCCDL apart, however they are ordered
    Picoseconds activate_ready = 0;
  };
  /// When the first column command of a block may start so that no later one waits.
  struct Opening {
    Picoseconds rows = 0;
    Picoseconds groups = 0;
    Picoseconds group_load = 0;  // the same, if blocks may overtake one another
    std::uint32_t misses = 0;
  };

  /// A bank whose row is not ready when its turn comes: the others are served before it.
  struct LateBank {
    std::uint32_t place;      // in the block
    Picoseconds ready;        // for its first column command
    Picoseconds out_of_turn;  // bus time lost
    Picoseconds end;          // of its data
  };

  Picoseconds latency(bool is_write) const {
    return is_write ? timing_->write_latency : timing_->read_latency;
  }
  Opening open_rows(const Block& block, const Place& first, std::uint32_t columns, bool is_write,
                    FastChannel& channel, EngineCounters& counters);
  void keep_late(const LateBank& bank);
  /// Returns the end of its data.
  Picoseconds serve_late(Picoseconds ready, Picoseconds soonest, Picoseconds hold, Picoseconds own_idle,
                         std::uint32_t group, bool is_write);
  void activate(std::uint32_t index, std::uint32_t row, std::uint32_t sharers, Picoseconds queued,
                EngineCounters& counters);
  Picoseconds take_activate_turn(Picoseconds soonest, Picoseconds distance);
  /// Rows that have been opened, but not read or written, are closed again by a refresh, or by a scheduler
  /// that turns to the other direction. Their number is `time`, from an activate to its column command, over
  /// the pace of activates; matters only where activates are the bottleneck.
  void waste_activates(Picoseconds time);
  /// Earliest data on the bus after what is booked.
  Picoseconds bus_floor(std::uint32_t group, bool is_write, Picoseconds soonest) const;
  /// Idle bus time left behind that a block may use once its rows are ready; what has passed `soonest` is
  /// forgotten.
  Picoseconds usable_idle(Picoseconds ready, Picoseconds soonest);
  /// Uses so much of the idle bus time from `ready` on, the earliest first; returns when it is used up.
  Picoseconds take_idle(Picoseconds ready, Picoseconds time);
  void book(Picoseconds soonest, Picoseconds start, Picoseconds hold, bool is_write);
  void close_block(const Block& block, const Place& first, std::uint32_t columns, Picoseconds last_command,
                   bool is_write, FastChannel& channel);
  void refresh(Picoseconds until, FastChannel& channel, EngineCounters& counters);
  void refresh_bank(Bank& bank, Picoseconds until, EngineCounters& counters);

  const FastTiming* timing_;
  std::vector<Bank> banks_;
  std::vector<QueueTimes> writes_;  // the banks' queues of writes; apart, as most traffic reads
  std::vector<Group> groups_;       // of all stack ids
  Picoseconds bus_free_ = 0;
  Picoseconds idle_ = 0, idle_begin_ = 0;  // idle bus time from then to bus_free_ that later blocks may use
  Picoseconds refresh_due_ = kNever;       // of all banks
  Picoseconds refresh_floor_ = 0;          // activates wait for it
  Picoseconds precharge_ready_ = 0;        // of all banks
  Picoseconds activate_ready_ = 0;         // after the last activate
  Picoseconds wasted_ = 0;                 // time of activates that were in vain, not charged yet
  Picoseconds row_bus_free_ = 0;           // for this pseudo-channel, within a block
  std::array<Picoseconds, 4> window_;      // when tFAW of the last four activates ends
  std::uint32_t window_next_ = 0;
  std::uint32_t epoch_ = 1;  // advanced when a refresh closes every row
  std::uint32_t open_banks_ = 0;
  std::uint32_t last_group_ = 0;
  std::uint32_t writes_in_batch_ = 0;
  std::uint32_t writes_to_turn_ = 0;  // bursts written since the last read
  bool is_write_ = false;
  std::array<LateBank, TimingConstraints::kMaxBanks> late_;  // of the block being served, in order
  std::uint32_t late_count_ = 0;
  std::uint64_t bursts_ = 0;
};

}  // namespace prism::hbm
