// SPDX-License-Identifier: Apache-2.0
// One pseudo-channel of the detailed engine: its banks' queues and open rows, and the commands it could
// issue.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/page_policy.h"
#include "models/hbm/refresh_policy.h"
#include "models/hbm/scheduler.h"
#include "models/hbm/timing_constraints.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

/// A command that may start now, and its claim on the bus: smallest rank first, then oldest burst.
struct Candidate {
  bool valid = false;
  Command command = Command::kActivate;
  std::uint32_t bank = 0;
  std::uint32_t rank = 0;
  std::uint64_t order = 0;

  bool precedes(const Candidate& other) const {
    return valid && (!other.valid || (rank != other.rank ? rank < other.rank : order < other.order));
  }
};

/// The channel asks for the best row and the best column command that may start now, and issues those that
/// win the shared buses. next_row() and next_column() are lower bounds of the time from which there is
/// something to issue, so that the channel skips idle clocks.
class PseudoChannel {
 public:
  PseudoChannel(const HbmConfig& config, std::uint32_t index);

  bool has_space(std::uint32_t bank, bool is_write) const { return !queue_for(bank, is_write).full(); }
  void enqueue(std::uint32_t bank, const Burst& burst);

  Picoseconds next_row() const { return next_row_; }
  Picoseconds next_column() const { return next_column_; }
  Picoseconds next_refresh() const { return next_refresh_; }

  void set_refresh_rate(std::uint32_t times);
  /// Starts the refresh that is due, when its banks are idle or it can wait no longer.
  void start_refresh(Picoseconds now);
  Candidate best_row(Picoseconds now);
  Candidate best_column(Picoseconds now);
  /// Returns the row concerned.
  std::uint32_t issue_row(const Candidate& candidate, Picoseconds now, EngineCounters& counters);
  /// Sets the final command of `candidate` (auto-precharge or not) and returns the burst served.
  Burst issue_column(Candidate& candidate, Picoseconds now, EngineCounters& counters);

 private:
  static constexpr std::uint64_t bit(std::uint32_t bank) { return std::uint64_t{1} << bank; }
  std::uint32_t queue_index(std::uint32_t bank, bool is_write) const {
    return 2 * bank + (is_write && drain_.enabled() ? 1 : 0);
  }
  const BankQueue& queue_for(std::uint32_t bank, bool is_write) const {
    return queues_[queue_index(bank, is_write)];
  }
  BankQueue& queue_for(std::uint32_t bank, bool is_write) { return queues_[queue_index(bank, is_write)]; }
  /// Decides what the bank does next: puts it into the list of the command it needs, or into none.
  void select(std::uint32_t bank);
  void select_all(std::uint64_t banks);
  void leave_list(std::uint32_t bank);
  void count_write(std::uint32_t bank, bool grown);
  void finish_refresh(EngineCounters& counters);
  Command refresh_step() const;
  Picoseconds earliest_column(std::uint32_t bank) const {
    return (to_write_ & bit(bank)) != 0 ? timing_.earliest_write(bank) : timing_.earliest_read(bank);
  }

  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<PagePolicy> page_policy_;
  std::unique_ptr<RefreshPolicy> refresh_;
  Picoseconds idle_limit_;
  Picoseconds activate_guard_;  // how far an activate puts off a per-bank refresh
  TimingConstraints timing_;
  WriteDrain drain_;
  std::vector<BankQueue> queues_;  // of each bank: reads (or all, without write draining), writes
  std::uint32_t reads_waiting_ = 0;
  std::uint32_t writes_waiting_ = 0;

  // What the banks need next for the burst chosen; a bank is in at most one list.
  enum Need : std::uint8_t { kActivate, kPrecharge, kColumn, kNothing };
  std::array<BankList, 3> lists_;
  std::array<Need, TimingConstraints::kMaxBanks> need_;
  BankList::Orders order_{};     // of the burst chosen
  std::uint64_t to_write_ = 0;   // which of the column commands are writes
  std::uint64_t idle_open_ = 0;  // banks whose open row may time out
  std::uint64_t waiting_ = 0;    // banks with bursts queued
  std::uint64_t blocked_ = 0;    // banks held by a refresh that has started
  std::uint64_t untouched_ = 0;  // banks activated, without a column command since
  std::array<std::uint32_t, TimingConstraints::kMaxBanks> chosen_{};  // its place in the queue
  std::array<std::uint32_t, std::size_t{2} * TimingConstraints::kMaxBanks>
      passed_{};  // overtook the oldest of a queue
  std::array<std::uint32_t, TimingConstraints::kMaxBanks> open_row_{};
  std::array<Picoseconds, TimingConstraints::kMaxBanks> time_out_{};

  Picoseconds next_row_ = kNever;
  Picoseconds next_column_ = kNever;
  Picoseconds next_refresh_;
};

}  // namespace prism::hbm
