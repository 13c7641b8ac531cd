// SPDX-License-Identifier: Apache-2.0
// One channel of the detailed engine: its front end, its two command buses, its pseudo-channels.
#pragma once

#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/channel_pseudo.h"
#include "models/hbm/channel_router.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// A request from push() to the moment at which its completion is known. Its slot is reused afterwards.
struct ActiveRequest {
  std::uint64_t id;
  std::uint64_t first;  // address of its first burst
  std::uint64_t end;    // past its last burst
  std::uint64_t bursts_left;
  Picoseconds arrival;
  Picoseconds last_data;
  bool is_write;
};

/// The slots of all active requests of an engine.
class RequestTable {
 public:
  std::uint32_t add(const ActiveRequest& request);
  void remove(std::uint32_t slot) { free_.push_back(slot); }
  ActiveRequest& operator[](std::uint32_t slot) { return slots_[slot]; }
  std::size_t active() const { return slots_.size() - free_.size(); }

 private:
  std::vector<ActiveRequest> slots_;
  std::vector<std::uint32_t> free_;
};

/// Requests wait in a bounded queue, of which one burst a clock moves, in order, into the queue of its bank;
/// a full bank queue holds up all behind it. Row and column commands go over two buses that the
/// pseudo-channels share. Commands start at clock edges (multiples of tCK). Keeps its own time: next_event()
/// is the next instant at which step() has something to do.
class Channel {
 public:
  static constexpr std::size_t kFrontRequests = 64;

  Channel(const HbmConfig& config, std::uint32_t index, const ChannelRouter& router, RequestTable& requests);

  bool full() const { return front_.size() - front_head_ >= kFrontRequests; }
  /// The request, which has at least one burst for this channel, arrives.
  void offer(std::uint32_t slot);

  Picoseconds next_event() const { return next_event_; }
  /// Accepts and issues what can start at `now` (>= any earlier `now`), and appends the completions found.
  void step(Picoseconds now, std::vector<Completion>& completions);

  void set_refresh_rate(std::uint32_t times, Picoseconds now);
  void observe(CommandObserver* observer) { observer_ = observer; }
  const EngineCounters& counters() const { return counters_; }

 private:
  Picoseconds edge(Picoseconds time) const;  // the first clock edge not before `time`
  void load_front();
  void accept(Picoseconds now);
  void issue_row(Picoseconds now);
  void issue_column(Picoseconds now, std::vector<Completion>& completions);
  void report(const Candidate& candidate, std::uint32_t pseudo_channel, std::uint32_t row,
              Picoseconds now) const;
  void schedule(Picoseconds now);

  const Timing timing_;
  const Picoseconds frontend_ps_;
  const std::uint32_t index_;
  const std::uint32_t burst_bytes_;
  const ChannelRouter& router_;
  RequestTable& requests_;
  CommandObserver* observer_ = nullptr;
  std::vector<PseudoChannel> pseudo_channels_;

  std::vector<std::uint32_t> front_;  // slots, from front_head_
  std::size_t front_head_ = 0;
  std::uint64_t front_address_ = 0;  // the burst to accept next
  BurstLocation front_burst_{};
  bool front_blocked_ = false;      // by a full bank queue
  Picoseconds accept_at_ = kNever;  // when the front's burst may be accepted
  Picoseconds last_accept_;
  std::uint64_t accepted_ = 0;

  Picoseconds row_bus_free_ = 0;
  Picoseconds column_bus_free_ = 0;
  Picoseconds next_event_ = 0;
  EngineCounters counters_;
};

}  // namespace prism::hbm
