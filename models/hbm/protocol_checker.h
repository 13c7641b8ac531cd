// SPDX-License-Identifier: Apache-2.0
// Replays a command log and reports every violation of the DRAM protocol. Shares no code with the scheduler:
// it looks back at what was issued, where the scheduler computes ahead what may be issued.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

struct Violation {
  CommandRecord record;
  std::string_view rule;  // the parameter ("tRCDRD") or the state ("read from a closed bank") violated
  Picoseconds earliest;   // when the command would have been legal; kNever: in this state never
};

std::string describe(const Violation& violation);

/// Checks states (which bank is open, with which row), every timing parameter, both command buses, the data
/// bus, and that no refresh is overdue. Commands of one channel must come in order of time.
class ProtocolChecker final : public CommandObserver {
 public:
  explicit ProtocolChecker(const HbmConfig& config);

  void on_command(const CommandRecord& record) override;
  /// The log ends at `end`: refreshes missing before it are reported.
  void finish(Picoseconds end);

  std::uint64_t commands() const { return commands_; }
  std::uint64_t violation_count() const { return violation_count_; }
  /// The first kKept of them.
  const std::vector<Violation>& violations() const { return violations_; }

  static constexpr std::size_t kKept = 100;

 private:
  static constexpr Picoseconds kLongAgo = -(Picoseconds{1} << 60);

  struct Bank {
    bool open = false;
    std::uint32_t row = 0;
    // Starts of the last commands; an auto-precharge counts as a precharge when it begins inside the device.
    Picoseconds activate = kLongAgo, read = kLongAgo, write = kLongAgo, precharge = kLongAgo,
                refresh = kLongAgo;
    std::uint64_t refreshes = 0;
  };
  struct DataBurst {
    Picoseconds begin, end;
  };
  struct PseudoChannel {
    std::vector<Bank> banks;
    Picoseconds precharge_command = kLongAgo, refresh_all = kLongAgo;
    std::deque<Picoseconds> window;  // last clocks of the last four activates and per-bank refreshes
    std::deque<DataBurst> data;
    std::uint64_t refreshes = 0;
    std::uint64_t overdue_reported = 0;  // number of the last refresh reported overdue
  };
  struct Channel {
    Picoseconds last = kLongAgo, row_bus_free = kLongAgo, column_bus_free = kLongAgo;
    std::vector<PseudoChannel> pseudo_channels;
  };

  void require(const CommandRecord& record, std::string_view rule, Picoseconds earliest);
  void forbid(const CommandRecord& record, std::string_view rule) { add({record, rule, kNever}); }
  void add(const Violation& violation);

  void check_buses(const CommandRecord& record, Channel& channel);
  void check_refresh_due(const CommandRecord& record, PseudoChannel& pc);
  void activate(const CommandRecord& record, PseudoChannel& pc);
  void column(const CommandRecord& record, PseudoChannel& pc);
  void column_spacing(const CommandRecord& record, const PseudoChannel& pc);
  void data(const CommandRecord& record, PseudoChannel& pc);
  void precharge(const CommandRecord& record, Bank& bank);
  void refresh_all(const CommandRecord& record, PseudoChannel& pc);
  void refresh_bank(const CommandRecord& record, PseudoChannel& pc);
  void idle_bank(const CommandRecord& record, const Bank& bank);
  void check_window(const CommandRecord& record, PseudoChannel& pc, Picoseconds last_clock);

  bool same_group(std::uint32_t a, std::uint32_t b) const { return a / group_banks_ == b / group_banks_; }
  bool same_stack_id(std::uint32_t a, std::uint32_t b) const {
    return a / stack_id_banks_ == b / stack_id_banks_;
  }
  Picoseconds last_clock(Picoseconds activate) const { return activate + act_extra_; }

  Timing t_;
  ControllerConfig controller_;
  std::uint32_t pseudo_channels_of_channel_;
  std::uint32_t group_banks_, stack_id_banks_;
  Picoseconds act_extra_;  // from the first to the last clock of an activate
  Picoseconds refresh_interval_;
  std::vector<Channel> channels_;
  std::uint64_t commands_ = 0;
  std::uint64_t violation_count_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace prism::hbm
