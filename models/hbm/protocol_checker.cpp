// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/protocol_checker.h"

#include <algorithm>

namespace prism::hbm {

std::string describe(const Violation& violation) {
  const CommandRecord& r = violation.record;
  std::string text = std::to_string(r.time) + " ps: " + std::string(command_name(r.command)) + " channel " +
                     std::to_string(r.channel) + " pseudo-channel " + std::to_string(r.pseudo_channel) +
                     " bank " + std::to_string(r.bank) + " row " + std::to_string(r.row) + ": ";
  text += violation.rule;
  if (violation.earliest != kNever) text += ", legal from " + std::to_string(violation.earliest) + " ps";
  return text;
}

ProtocolChecker::ProtocolChecker(const HbmConfig& config)
    : t_(config.timing),
      controller_(config.controller),
      pseudo_channels_of_channel_(config.organization.pseudo_channels),
      group_banks_(config.organization.banks),
      stack_id_banks_(config.organization.banks * config.organization.bank_groups),
      act_extra_(std::max<Picoseconds>(0, t_.act_command - t_.tCK)),
      refresh_interval_(0) {
  const std::uint32_t banks = config.organization.banks_per_pseudo_channel();
  if (controller_.refresh == RefreshKind::kAllBank) refresh_interval_ = t_.tREFI;
  if (controller_.refresh == RefreshKind::kPerBank) {
    refresh_interval_ = t_.tREFIPB > 0 ? t_.tREFIPB : t_.tREFI / banks;
  }
  Channel channel;
  channel.pseudo_channels.resize(pseudo_channels_of_channel_);
  for (PseudoChannel& pc : channel.pseudo_channels) pc.banks.resize(banks);
  channels_.resize(std::size_t{config.organization.stacks} * config.organization.channels, channel);
}

void ProtocolChecker::require(const CommandRecord& record, std::string_view rule, Picoseconds earliest) {
  if (record.time < earliest) add({record, rule, earliest});
}

void ProtocolChecker::add(const Violation& violation) {
  ++violation_count_;
  if (violations_.size() < kKept) violations_.push_back(violation);
}

void ProtocolChecker::on_command(const CommandRecord& record) {
  ++commands_;
  Channel& channel = channels_.at(record.channel);
  PseudoChannel& pc = channel.pseudo_channels.at(record.pseudo_channel);
  check_buses(record, channel);
  check_refresh_due(record, pc);
  switch (record.command) {
    case Command::kActivate:
      activate(record, pc);
      break;
    case Command::kRead:
    case Command::kWrite:
    case Command::kReadAutoPrecharge:
    case Command::kWriteAutoPrecharge:
      column(record, pc);
      break;
    case Command::kPrecharge:
      require(record, "tPPD", pc.precharge_command + t_.tPPD);
      precharge(record, pc.banks.at(record.bank));
      pc.precharge_command = record.time;
      break;
    case Command::kPrechargeAll:
      require(record, "tPPD", pc.precharge_command + t_.tPPD);
      for (Bank& bank : pc.banks) precharge(record, bank);
      pc.precharge_command = record.time;
      break;
    case Command::kRefreshAll:
      refresh_all(record, pc);
      break;
    case Command::kRefreshBank:
      refresh_bank(record, pc);
      break;
  }
}

void ProtocolChecker::finish(Picoseconds end) {
  for (std::uint32_t c = 0; c < channels_.size(); ++c) {
    for (std::uint32_t p = 0; p < pseudo_channels_of_channel_; ++p) {
      check_refresh_due({end, Command::kRefreshAll, c, p, 0, 0}, channels_[c].pseudo_channels[p]);
    }
  }
}

void ProtocolChecker::check_buses(const CommandRecord& record, Channel& channel) {
  require(record, "order of time", channel.last);
  channel.last = record.time;
  if (record.time % t_.tCK != 0) add({record, "clock edge", (record.time / t_.tCK + 1) * t_.tCK});
  if (is_column_command(record.command)) {
    require(record, "column command bus", channel.column_bus_free);
    channel.column_bus_free = record.time + t_.column_command;
  } else {
    require(record, "row command bus", channel.row_bus_free);
    channel.row_bus_free =
        record.time + (record.command == Command::kActivate ? t_.act_command : t_.row_command);
  }
}

// The n-th refresh falls due in the n-th interval at the latest. Beyond what may be postponed, it may be late
// by the time it takes to finish what the banks are doing.
void ProtocolChecker::check_refresh_due(const CommandRecord& record, PseudoChannel& pc) {
  if (refresh_interval_ == 0) return;
  const Picoseconds finishing = t_.tRC + t_.tCWL + t_.tBURST + t_.tWR + t_.tRP + t_.tRFC;
  const auto intervals = static_cast<Picoseconds>(pc.refreshes + 1 + controller_.refresh_postpone);
  if (record.time <= intervals * refresh_interval_ + finishing) return;
  if (pc.overdue_reported == pc.refreshes + 1) return;
  pc.overdue_reported = pc.refreshes + 1;
  forbid(record, "refresh overdue");
}

void ProtocolChecker::activate(const CommandRecord& record, PseudoChannel& pc) {
  Bank& bank = pc.banks.at(record.bank);
  if (bank.open) forbid(record, "activate of an open bank");
  // Distances to an activate from other commands end at its last clock.
  require(record, "tRC", bank.activate + t_.tRC);
  require(record, "tRP", bank.precharge + t_.tRP - act_extra_);
  require(record, "tRFC", pc.refresh_all + t_.tRFC - act_extra_);
  require(record, "tRFCPB", bank.refresh + t_.tRFCPB - act_extra_);
  for (std::uint32_t other = 0; other < pc.banks.size(); ++other) {
    if (other == record.bank) continue;
    const Bank& state = pc.banks[other];
    if (same_group(other, record.bank)) {
      require(record, "tRRDL", state.activate + t_.tRRDL);
    } else {
      require(record, "tRRDS", state.activate + t_.tRRDS);
    }
    require(record, "tRREFD", state.refresh + t_.tRREFD - act_extra_);
  }
  check_window(record, pc, last_clock(record.time));
  bank.open = true;
  bank.row = record.row;
  bank.activate = record.time;
}

void ProtocolChecker::check_window(const CommandRecord& record, PseudoChannel& pc, Picoseconds last) {
  if (pc.window.size() == 4) {
    require(record, "tFAW", pc.window.front() + t_.tFAW - (last - record.time));
    pc.window.pop_front();
  }
  pc.window.push_back(last);
}

void ProtocolChecker::column(const CommandRecord& record, PseudoChannel& pc) {
  Bank& bank = pc.banks.at(record.bank);
  const bool read = is_read(record.command);
  if (!bank.open) {
    forbid(record, read ? "read from a closed bank" : "write to a closed bank");
  } else if (bank.row != record.row) {
    forbid(record, read ? "read from another row" : "write to another row");
  }
  if (read) {
    require(record, "tRCDRD", last_clock(bank.activate) + t_.tRCDRD);
  } else {
    require(record, "tRCDWR", last_clock(bank.activate) + t_.tRCDWR);
  }
  column_spacing(record, pc);
  data(record, pc);
  (read ? bank.read : bank.write) = record.time;
  if (record.command == Command::kReadAutoPrecharge || record.command == Command::kWriteAutoPrecharge) {
    bank.precharge = std::max({last_clock(bank.activate) + t_.tRAS, bank.read + t_.tRTP,
                               bank.write + t_.tCWL + t_.tBURST + t_.tWR});
    bank.open = false;
  }
}

void ProtocolChecker::column_spacing(const CommandRecord& record, const PseudoChannel& pc) {
  const bool read = is_read(record.command);
  for (std::uint32_t other = 0; other < pc.banks.size(); ++other) {
    const Bank& state = pc.banks[other];
    const Picoseconds same_direction = read ? state.read : state.write;
    if (same_group(other, record.bank)) {
      require(record, "tCCDL", same_direction + t_.tCCDL);
    } else if (same_stack_id(other, record.bank)) {
      require(record, "tCCDS", same_direction + t_.tCCDS);
    } else {
      require(record, "tCCDR", same_direction + t_.tCCDR);
    }
    if (!read) {
      require(record, "tRTW", state.read + t_.tRTW);
    } else if (same_group(other, record.bank)) {
      require(record, "tWTRL", state.write + t_.tCWL + t_.tBURST + t_.tWTRL);
    } else {
      require(record, "tWTRS", state.write + t_.tCWL + t_.tBURST + t_.tWTRS);
    }
  }
}

void ProtocolChecker::data(const CommandRecord& record, PseudoChannel& pc) {
  constexpr std::size_t kRemembered = 16;  // more bursts than can be on their way at once
  const Picoseconds latency = is_read(record.command) ? t_.tCL + t_.tDQSCK : t_.tCWL;
  const DataBurst burst{record.time + latency, record.time + latency + t_.tBURST};
  for (const DataBurst& other : pc.data) {
    if (burst.begin < other.end && other.begin < burst.end) {
      require(record, "data bus", other.end - latency);
    }
  }
  pc.data.push_back(burst);
  if (pc.data.size() > kRemembered) pc.data.pop_front();
}

void ProtocolChecker::precharge(const CommandRecord& record, Bank& bank) {
  if (!bank.open) return;  // allowed, without effect
  require(record, "tRAS", last_clock(bank.activate) + t_.tRAS);
  require(record, "tRTP", bank.read + t_.tRTP);
  require(record, "tWR", bank.write + t_.tCWL + t_.tBURST + t_.tWR);
  bank.precharge = record.time;
  bank.open = false;
}

void ProtocolChecker::idle_bank(const CommandRecord& record, const Bank& bank) {
  if (bank.open) forbid(record, "refresh of an open bank");
  require(record, "tRP", bank.precharge + t_.tRP);
  require(record, "tRC", last_clock(bank.activate) + t_.tRC);
  require(record, "tRFCPB", bank.refresh + t_.tRFCPB);
}

void ProtocolChecker::refresh_all(const CommandRecord& record, PseudoChannel& pc) {
  require(record, "tRFC", pc.refresh_all + t_.tRFC);
  for (const Bank& bank : pc.banks) idle_bank(record, bank);
  pc.refresh_all = record.time;
  if (controller_.refresh == RefreshKind::kAllBank) ++pc.refreshes;
}

void ProtocolChecker::refresh_bank(const CommandRecord& record, PseudoChannel& pc) {
  Bank& bank = pc.banks.at(record.bank);
  require(record, "tRFC", pc.refresh_all + t_.tRFC);
  idle_bank(record, bank);
  for (std::uint32_t other = 0; other < pc.banks.size(); ++other) {
    if (other == record.bank) continue;
    const Bank& state = pc.banks[other];
    if (same_group(other, record.bank)) {
      require(record, "tRRDL", last_clock(state.activate) + t_.tRRDL);
    } else {
      require(record, "tRRDS", last_clock(state.activate) + t_.tRRDS);
    }
    require(record, "tRREFD", state.refresh + t_.tRREFD);
  }
  check_window(record, pc, record.time);
  for (const Bank& other : pc.banks) {
    if (other.refreshes < bank.refreshes) {
      forbid(record, "bank refreshed again before all others");
      break;
    }
  }
  ++bank.refreshes;
  bank.refresh = record.time;
  if (controller_.refresh == RefreshKind::kPerBank) ++pc.refreshes;
}

}  // namespace prism::hbm
