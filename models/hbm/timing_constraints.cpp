// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/timing_constraints.h"

#include <bit>
#include <stdexcept>

namespace prism::hbm {

namespace {

constexpr Picoseconds kLongAgo = -(Picoseconds{1} << 60);

void raise(Picoseconds& earliest, Picoseconds time) {
  earliest = std::max(earliest, time);
}

}  // namespace

CommandGaps::CommandGaps(const Timing& t) {
  act_length = std::max<Picoseconds>(0, t.act_command - t.tCK);
  act_read = t.tRCDRD + act_length;
  act_write = t.tRCDWR + act_length;
  act_precharge = t.tRAS + act_length;
  act_refresh = t.tRC + act_length;
  act_act_bank = t.tRC;
  act_act_group = t.tRRDL;
  act_act = t.tRRDS;
  act_window = t.tFAW;
  act_refresh_bank_group = t.tRRDL + act_length;
  act_refresh_bank = t.tRRDS + act_length;
  act_window_refresh_bank = t.tFAW + act_length;
  precharge_act = t.tRP - act_length;
  precharge_refresh = t.tRP;
  precharge_precharge = t.tPPD;
  // The data bus carries one burst at a time, whatever the command spacing says.
  column_group = std::max(t.tCCDL, t.tBURST);
  column = std::max(t.tCCDS, t.tBURST);
  column_stack_id = std::max(t.tCCDR, t.tBURST);
  read_write = std::max(t.tRTW, t.tCL + t.tDQSCK + t.tBURST - t.tCWL);
  write_read_group = t.tCWL + t.tBURST + t.tWTRL;
  write_read = t.tCWL + t.tBURST + t.tWTRS;
  read_precharge = t.tRTP;
  write_precharge = t.tCWL + t.tBURST + t.tWR;
  refresh_act = t.tRFC - act_length;
  refresh_refresh = t.tRFC;
  refresh_bank_act = t.tRFCPB - act_length;
  refresh_bank_refresh = t.tRFCPB;
  refresh_bank_act_other = t.tRREFD - act_length;
  refresh_bank_refresh_other = t.tRREFD;
}

TimingConstraints::TimingConstraints(const Organization& organization, const Timing& timing)
    : gaps_(timing),
      bank_count_(organization.banks_per_pseudo_channel()),
      stack_id_count_(organization.stack_ids) {
  if (bank_count_ == 0 || bank_count_ > kMaxBanks || stack_id_count_ > kMaxStackIds) {
    throw std::invalid_argument("HBM: a pseudo-channel has 1 to 64 banks in at most 8 stack ids");
  }
  for (std::uint32_t bank = 0; bank < bank_count_; ++bank) {
    group_of_[bank] = static_cast<std::uint8_t>(bank / organization.banks);
    stack_id_of_[bank] = static_cast<std::uint8_t>(bank / (organization.banks * organization.bank_groups));
  }
  window_.fill(kLongAgo);
}

Picoseconds TimingConstraints::earliest(Command command, std::uint32_t bank) const {
  switch (command) {
    case Command::kActivate:
      return earliest_activate(bank);
    case Command::kPrecharge:
      return earliest_precharge(bank);
    case Command::kPrechargeAll: {
      Picoseconds time = precharge_;
      for (std::uint64_t open = open_; open != 0; open &= open - 1) {
        raise(time, banks_[static_cast<std::uint32_t>(std::countr_zero(open))].precharge);
      }
      return time;
    }
    case Command::kRead:
    case Command::kReadAutoPrecharge:
      return earliest_read(bank);
    case Command::kWrite:
    case Command::kWriteAutoPrecharge:
      return earliest_write(bank);
    case Command::kRefreshAll:
      return refresh_;
    case Command::kRefreshBank:
      return std::max({banks_[bank].refresh, groups_[group_of(bank)].refresh, refresh_bank_});
  }
  return kNever;
}

void TimingConstraints::record(Command command, std::uint32_t bank, Picoseconds time) {
  switch (command) {
    case Command::kActivate:
      record_activate(bank, time);
      break;
    case Command::kPrecharge:
      close(bank, time);
      precharge_ = time + gaps_.precharge_precharge;
      break;
    case Command::kPrechargeAll:
      for (std::uint64_t open = open_; open != 0; open &= open - 1) {
        close(static_cast<std::uint32_t>(std::countr_zero(open)), time);
      }
      precharge_ = time + gaps_.precharge_precharge;
      break;
    case Command::kRead:
    case Command::kWrite:
      record_column(command, bank, time);
      break;
    case Command::kReadAutoPrecharge:
    case Command::kWriteAutoPrecharge:
      record_column(command, bank, time);
      close(bank, banks_[bank].precharge);
      break;
    case Command::kRefreshAll:
      raise(activate_, time + gaps_.refresh_act);
      raise(refresh_, time + gaps_.refresh_refresh);
      raise(refresh_bank_, time + gaps_.refresh_refresh);
      break;
    case Command::kRefreshBank:
      record_refresh_bank(bank, time);
      break;
  }
}

void TimingConstraints::record_activate(std::uint32_t bank, Picoseconds time) {
  Bank& state = banks_[bank];
  state.read = time + gaps_.act_read;
  state.write = time + gaps_.act_write;
  state.precharge = time + gaps_.act_precharge;
  state.activate = time + gaps_.act_act_bank;
  state.refresh = time + gaps_.act_refresh;
  Group& group = groups_[group_of(bank)];
  group.activate = time + gaps_.act_act_group;
  raise(group.refresh, time + gaps_.act_refresh_bank_group);
  raise(activate_, time + gaps_.act_act);
  raise(refresh_bank_, time + gaps_.act_refresh_bank);
  raise(refresh_, state.refresh);
  enter_window(time);
  open_ |= std::uint64_t{1} << bank;
}

void TimingConstraints::record_column(Command command, std::uint32_t bank, Picoseconds time) {
  Group& group = groups_[group_of(bank)];
  const std::uint32_t own = stack_id_of(bank);
  if (is_read(command)) {
    raise(banks_[bank].precharge, time + gaps_.read_precharge);
    raise(group.read, time + gaps_.column_group);
    for (std::uint32_t id = 0; id < stack_id_count_; ++id) {
      raise(stack_ids_[id].read, time + (id == own ? gaps_.column : gaps_.column_stack_id));
      raise(stack_ids_[id].write, time + gaps_.read_write);
    }
  } else {
    raise(banks_[bank].precharge, time + gaps_.write_precharge);
    raise(group.write, time + gaps_.column_group);
    raise(group.read, time + gaps_.write_read_group);
    for (std::uint32_t id = 0; id < stack_id_count_; ++id) {
      raise(stack_ids_[id].write, time + (id == own ? gaps_.column : gaps_.column_stack_id));
      raise(stack_ids_[id].read, time + gaps_.write_read);
    }
  }
}

void TimingConstraints::record_refresh_bank(std::uint32_t bank, Picoseconds time) {
  raise(banks_[bank].activate, time + gaps_.refresh_bank_act);
  raise(banks_[bank].refresh, time + gaps_.refresh_bank_refresh);
  raise(activate_, time + gaps_.refresh_bank_act_other);
  raise(refresh_bank_, time + gaps_.refresh_bank_refresh_other);
  raise(refresh_, time + gaps_.refresh_bank_refresh);
  // A per-bank refresh activates a row: it counts in the activate window, as an activate whose last clock is
  // now.
  enter_window(time - gaps_.act_length);
}

void TimingConstraints::close(std::uint32_t bank, Picoseconds time) {
  Bank& state = banks_[bank];
  raise(state.activate, time + gaps_.precharge_act);
  raise(state.refresh, time + gaps_.precharge_refresh);
  raise(refresh_, state.refresh);
  open_ &= ~(std::uint64_t{1} << bank);
}

void TimingConstraints::enter_window(Picoseconds time) {
  window_[window_next_] = time;
  window_next_ = (window_next_ + 1) % window_.size();
  raise(activate_, window_[window_next_] + gaps_.act_window);
  raise(refresh_bank_, window_[window_next_] + gaps_.act_window_refresh_bank);
}

Picoseconds TimingConstraints::read_floor() const {
  Picoseconds floor = stack_ids_[0].read;
  for (std::uint32_t id = 1; id < stack_id_count_; ++id) floor = std::min(floor, stack_ids_[id].read);
  return floor;
}

Picoseconds TimingConstraints::write_floor() const {
  Picoseconds floor = stack_ids_[0].write;
  for (std::uint32_t id = 1; id < stack_id_count_; ++id) floor = std::min(floor, stack_ids_[id].write);
  return floor;
}

}  // namespace prism::hbm
