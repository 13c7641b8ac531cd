// SPDX-License-Identifier: Apache-2.0
// Configurations and helpers for the tests of the detailed engine. The numbers are written out here, apart
// from the presets, so that a wrong preset cannot hide a wrong engine.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "models/hbm/command.h"
#include "models/hbm/detailed_engine.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"

namespace prism::hbm {

inline constexpr Picoseconds kNs = 1000;

/// DRAMSys 5.5 HBM2: 2 Gb/s, one channel of two pseudo-channels, two stack ids. One clock of front end.
inline HbmConfig dramsys_hbm2() {
  HbmConfig config;
  config.preset = "dramsys_hbm2";
  Organization& o = config.organization;
  o = {.stacks = 1,
       .channels = 1,
       .pseudo_channels = 2,
       .stack_ids = 2,
       .bank_groups = 4,
       .banks = 4,
       .rows = 32768,
       .columns = 32,
       .burst_bytes = 32,
       .burst_length = 4,
       .pseudo_channel_bits = 64,
       .data_rate_gbps_per_pin = 2.0};
  Timing& t = config.timing;
  t.tCK = kNs, t.tBURST = 2 * kNs, t.tCL = 17 * kNs, t.tDQSCK = kNs, t.tCWL = 7 * kNs;
  t.tRCDRD = 12 * kNs, t.tRCDWR = 6 * kNs, t.tRP = 14 * kNs, t.tRAS = 28 * kNs, t.tRC = 42 * kNs;
  t.tCCDS = 2 * kNs, t.tCCDL = 3 * kNs, t.tCCDR = 2 * kNs;
  t.tRRDS = 4 * kNs, t.tRRDL = 6 * kNs, t.tFAW = 16 * kNs;
  t.tWR = 14 * kNs, t.tWTRS = 4 * kNs, t.tWTRL = 9 * kNs, t.tRTP = 5 * kNs, t.tRTW = 18 * kNs;
  t.tREFI = 3900 * kNs, t.tRFC = 220 * kNs, t.tREFIPB = 244 * kNs, t.tRFCPB = 96 * kNs, t.tRREFD = 8 * kNs;
  t.act_command = 2 * kNs, t.row_command = kNs, t.column_command = kNs;
  config.controller.address_map =
      "row[*] column[*] stackid[*] bank[*] bankgroup[*] pseudochannel[*] burst[*]";
  config.controller.frontend_ps = kNs;
  return config;
}

/// Ramulator 2.1 HBM3 at 6.4 Gb/s, two stack ids, with DRAMSys's order of address bits; one channel.
inline HbmConfig ramulator_hbm3() {
  HbmConfig config = dramsys_hbm2();
  config.preset = "ramulator_hbm3";
  Organization& o = config.organization;
  o.rows = 16384, o.burst_length = 8, o.pseudo_channel_bits = 32, o.data_rate_gbps_per_pin = 6.4;
  const auto clocks = [](double n) { return static_cast<Picoseconds>(std::llround(n * 625.0)); };
  Timing& t = config.timing;
  t.tCK = clocks(1), t.tBURST = clocks(2), t.tCL = clocks(20), t.tDQSCK = 0, t.tCWL = clocks(10);
  t.tRCDRD = clocks(31), t.tRCDWR = clocks(15), t.tRP = clocks(26), t.tRAS = clocks(45), t.tRC = clocks(72);
  t.tCCDS = clocks(2), t.tCCDL = clocks(4), t.tCCDR = clocks(3);
  t.tRRDS = clocks(4), t.tRRDL = clocks(5), t.tFAW = clocks(24);
  t.tWR = clocks(33), t.tWTRS = clocks(7), t.tWTRL = clocks(10), t.tRTP = clocks(9), t.tRTW = clocks(20);
  t.tREFI = 3900 * kNs, t.tRFC = 350 * kNs, t.tREFIPB = 121'875, t.tRFCPB = 200 * kNs, t.tRREFD = 8 * kNs;
  t.tPPD = clocks(2);
  t.act_command = clocks(1.5), t.row_command = clocks(0.5), t.column_command = clocks(1);
  config.controller.frontend_ps = 0;
  return config;
}

/// Keeps every command.
class CommandLog final : public CommandObserver {
 public:
  void on_command(const CommandRecord& record) override { records.push_back(record); }
  std::vector<CommandRecord> records;
};

inline bool operator==(const CommandRecord& a, const CommandRecord& b) {
  return a.time == b.time && a.command == b.command && a.channel == b.channel &&
         a.pseudo_channel == b.pseudo_channel && a.bank == b.bank && a.row == b.row;
}

/// Drives an engine and keeps what comes back.
class Driver {
 public:
  explicit Driver(TimingEngine& engine) : engine_(engine) {}

  /// As soon as back-pressure lets it. Returns its id.
  std::uint64_t push(std::uint64_t address, std::uint64_t bytes, bool is_write = false) {
    const std::uint64_t id = next_id_++;
    while (!engine_.push({id, address, bytes, is_write, now_})) advance(kNever);
    return id;
  }
  void advance(Picoseconds limit) {
    found_.clear();
    now_ = engine_.advance(limit, found_);
    for (const Completion& completion : found_) {
      ++completions_[completion.id];
      done_[completion.id] = completion.time;
      last_ = std::max(last_, completion.time);
    }
  }
  void advance_to(Picoseconds time) {
    while (now_ < time) advance(time);
  }
  void drain() {
    while (!engine_.idle()) advance(kNever);
  }
  Picoseconds now() const { return now_; }
  Picoseconds last() const { return last_; }
  Picoseconds done(std::uint64_t id) const { return done_.at(id); }
  std::uint64_t pushed() const { return next_id_; }
  const std::map<std::uint64_t, int>& completions() const { return completions_; }

 private:
  TimingEngine& engine_;
  std::vector<Completion> found_;
  std::map<std::uint64_t, int> completions_;
  std::map<std::uint64_t, Picoseconds> done_;
  std::uint64_t next_id_ = 0;
  Picoseconds now_ = 0;
  Picoseconds last_ = 0;
};

/// GB/s of `count` reads of one burst, pushed as fast as back-pressure lets them.
inline double read_bandwidth(const HbmConfig& config, std::uint64_t count,
                             const std::function<std::uint64_t(std::uint64_t)>& address) {
  DetailedEngine engine(config);
  std::vector<Completion> found;
  Picoseconds now = 0, last = 0;
  const auto advance = [&] {
    found.clear();
    now = engine.advance(kNever, found);
    for (const Completion& completion : found) last = std::max(last, completion.time);
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    while (!engine.push({i, address(i), config.organization.burst_bytes, false, now})) advance();
  }
  while (!engine.idle()) advance();
  return gbps_of(count * config.organization.burst_bytes, last);
}

}  // namespace prism::hbm
