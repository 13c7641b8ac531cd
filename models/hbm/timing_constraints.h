// SPDX-License-Identifier: Apache-2.0
// When a command becomes legal on a pseudo-channel, given the commands issued before it (JESD235, JESD238).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "models/common/units.h"
#include "models/hbm/command.h"
#include "models/hbm/hbm_config.h"

namespace prism::hbm {

/// Least distances between the first clock edges of two commands. An activate takes more than one clock and
/// its parameters count from its last one, so distances from ACT grow, and distances to ACT shrink, by
/// act_command - tCK.
struct CommandGaps {
  explicit CommandGaps(const Timing& timing);

  Picoseconds act_read, act_write, act_precharge, act_refresh;
  Picoseconds act_act_bank, act_act_group, act_act, act_window;  // tRC, tRRDL, tRRDS, tFAW
  Picoseconds act_refresh_bank_group, act_refresh_bank, act_window_refresh_bank;
  Picoseconds precharge_act, precharge_refresh, precharge_precharge;
  Picoseconds column_group, column, column_stack_id;  // read to read, write to write: tCCDL, tCCDS, tCCDR
  Picoseconds read_write, write_read_group, write_read;
  Picoseconds read_precharge, write_precharge;
  Picoseconds refresh_act, refresh_refresh;                        // after an all-bank refresh
  Picoseconds refresh_bank_act, refresh_bank_refresh;              // the same bank
  Picoseconds refresh_bank_act_other, refresh_bank_refresh_other;  // another bank: tRREFD
  Picoseconds act_length;                                          // the extra clocks of ACT
};

/// The constraints of one pseudo-channel, kept as the earliest legal time of each kind of command at each
/// level (bank, bank group, stack id, pseudo-channel). Banks are numbered (stack id, bank group, bank), at
/// most 64. Also tracks which banks are open. Does not know the command buses, which two pseudo-channels
/// share (see Channel).
class TimingConstraints {
 public:
  static constexpr std::uint32_t kMaxBanks = 64;
  static constexpr std::uint32_t kMaxStackIds = 8;

  TimingConstraints(const Organization& organization, const Timing& timing);

  /// Earliest legal start. `bank` is ignored by all-bank commands.
  Picoseconds earliest(Command command, std::uint32_t bank) const;
  /// `command` starts at `time`, not before earliest().
  void record(Command command, std::uint32_t bank, Picoseconds time);

  Picoseconds earliest_read(std::uint32_t bank) const {
    return std::max({banks_[bank].read, groups_[group_of(bank)].read, stack_ids_[stack_id_of(bank)].read});
  }
  Picoseconds earliest_write(std::uint32_t bank) const {
    return std::max({banks_[bank].write, groups_[group_of(bank)].write, stack_ids_[stack_id_of(bank)].write});
  }
  Picoseconds earliest_activate(std::uint32_t bank) const {
    return std::max({banks_[bank].activate, groups_[group_of(bank)].activate, activate_});
  }
  Picoseconds earliest_precharge(std::uint32_t bank) const {
    return std::max(banks_[bank].precharge, precharge_);
  }

  /// Lower bounds over all banks.
  Picoseconds read_floor() const;
  Picoseconds write_floor() const;
  Picoseconds activate_floor() const { return activate_; }

  std::uint64_t open_banks() const { return open_; }
  bool is_open(std::uint32_t bank) const { return (open_ >> bank & 1) != 0; }

 private:
  struct Bank {
    Picoseconds read = 0, write = 0, activate = 0, precharge = 0, refresh = 0;
  };
  struct Group {
    Picoseconds read = 0, write = 0, activate = 0, refresh = 0;
  };
  struct StackId {
    Picoseconds read = 0, write = 0;
  };

  std::uint32_t group_of(std::uint32_t bank) const { return group_of_[bank]; }
  std::uint32_t stack_id_of(std::uint32_t bank) const { return stack_id_of_[bank]; }
  void record_activate(std::uint32_t bank, Picoseconds time);
  void record_column(Command command, std::uint32_t bank, Picoseconds time);
  void record_refresh_bank(std::uint32_t bank, Picoseconds time);
  void close(std::uint32_t bank, Picoseconds time);  // precharge starts at `time`
  void enter_window(Picoseconds time);

  CommandGaps gaps_;
  std::uint32_t bank_count_;
  std::uint32_t stack_id_count_;
  std::array<std::uint8_t, kMaxBanks> group_of_{};
  std::array<std::uint8_t, kMaxBanks> stack_id_of_{};
  std::array<Bank, kMaxBanks> banks_{};
  std::array<Group, kMaxBanks> groups_{};
  std::array<StackId, kMaxStackIds> stack_ids_{};
  Picoseconds activate_ = 0, precharge_ = 0, refresh_ = 0, refresh_bank_ = 0;  // of the pseudo-channel
  std::array<Picoseconds, 4> window_;  // the last four activates (tFAW), oldest at window_next_
  std::uint32_t window_next_ = 0;
  std::uint64_t open_ = 0;
};

}  // namespace prism::hbm
