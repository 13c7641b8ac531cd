// SPDX-License-Identifier: Apache-2.0
// The fast timing core: times whole contiguous requests, not bursts.
//
// A request is cut into aligned power-of-two blocks of bursts (see block_patterns.h). A block costs one step
// a pseudo-channel and a short one a bank, however many bursts it has.
//
// Modelled, with the gaps of timing_constraints.h: open rows, tRC, tRCD, tRP, tRAS, tRTP, tWR; the rate of
// activates (tRRD, tFAW, the row command bus that pseudo-channels share); data bus, tCCDS/L/R, latencies,
// turnarounds; all-bank and per-bank refresh; page policies; the front end, one burst a clock, and bounded
// bank queues that are filled in order, so that a full one holds up the others. Not modelled: single
// commands. The scheduler (FR-FCFS) appears as its effect: rows are opened ahead while older data keep the
// bus busy, bank groups interleave, banks of a block are served in the order in which their rows are ready, a
// late row leaves idle bus time that later blocks fill, and under load a drained batch of writes shares the
// cost of its turnarounds. FCFS and postponed refreshes are timed the same.
#pragma once

#include <cstdint>
#include <vector>

#include "models/hbm/block_patterns.h"
#include "models/hbm/fast_pseudo_channel.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

class FastEngine final : public TimingEngine {
 public:
  /// Throws std::invalid_argument when the address map or the timing does not fit the organization.
  explicit FastEngine(const HbmConfig& config);
  FastEngine(const FastEngine&) = delete;
  FastEngine& operator=(const FastEngine&) = delete;

  /// False while the front end of a channel is full of bursts that wait to enter a bank's queue.
  bool push(const Request& request) override;
  /// One aligned block of the stream. None if a request is no aligned power of two of bursts, or more than a
  /// block.
  StreamStep push_stream(const Stream& stream) override;
  /// Completions are known as soon as a request is pushed; the time moves only when there are none.
  Picoseconds advance(Picoseconds limit, std::vector<Completion>& completions) override;
  void set_refresh_rate(std::uint32_t times) override;
  bool idle() const override { return completions_.empty(); }
  EngineCounters counters() const override { return counters_; }
  std::vector<std::uint64_t> bytes_per_channel() const override;

 private:
  /// The largest aligned block at `burst` that ends by `end`.
  const Block& block_at(std::uint64_t burst, std::uint64_t end) const;
  /// `request_bursts`: of the requests that the block consists of, or is a part of.
  DataSpan serve(const Block& block, std::uint64_t burst, bool is_write, std::uint64_t request_bursts);

  Organization organization_;
  BlockPatterns patterns_;  // first: it checks the organization
  FastTiming timing_;
  Picoseconds frontend_;
  unsigned burst_bits_;
  unsigned channel_shift_;     // from pseudo-channel to channel
  std::vector<Block> blocks_;  // by log2 of the bursts
  std::vector<FastChannel> channels_;
  std::vector<FastPseudoChannel> pseudo_channels_;

  Picoseconds time_ = 0;
  Picoseconds front_full_until_ = 0;  // of the channel whose front end is the fullest
  bool refused_ = false;
  std::vector<Completion> completions_;
  EngineCounters counters_;
};

}  // namespace prism::hbm
