// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/fast_pseudo_channel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace prism::hbm {

namespace {

constexpr Picoseconds kLongAgo = -(kNever / 4);

Picoseconds round_up(Picoseconds time, Picoseconds step) {
  return (time + step - 1) / step * step;
}

const Timing& checked(const Timing& timing) {
  if (timing.tCK <= 0) throw std::invalid_argument("HBM: found tCK <= 0, expected the clock's period");
  if (timing.tBURST <= 0) throw std::invalid_argument("HBM: found tBURST <= 0, expected the time of a burst");
  return timing;
}

CommandGaps on_clock_edges(const Timing& timing) {
  CommandGaps gaps(timing);
  for (Picoseconds* gap : {&gaps.act_read,
                           &gaps.act_write,
                           &gaps.act_precharge,
                           &gaps.act_act_bank,
                           &gaps.act_act_group,
                           &gaps.act_act,
                           &gaps.act_window,
                           &gaps.act_refresh_bank_group,
                           &gaps.precharge_act,
                           &gaps.precharge_refresh,
                           &gaps.column_group,
                           &gaps.column,
                           &gaps.column_stack_id,
                           &gaps.read_write,
                           &gaps.write_read_group,
                           &gaps.write_read,
                           &gaps.read_precharge,
                           &gaps.write_precharge,
                           &gaps.refresh_act,
                           &gaps.refresh_bank_act,
                           &gaps.refresh_bank_act_other}) {
    *gap = round_up(*gap, timing.tCK);
  }
  return gaps;
}

/// Bursts written between two turnarounds under load. The fullest bank starts a drain, from the high to the
/// low watermark; the average one has received fewer writes by then, by a standard deviation or so.
std::uint32_t write_batch_of(const ControllerConfig& config, std::uint32_t banks) {
  const double fullest =
      std::max(0.0, config.write_high_watermark - config.write_low_watermark) * config.queue_depth;
  const double root = (std::sqrt(1.0 + 4.0 * fullest) - 1.0) / 2.0;  // average + sqrt(average) = fullest
  return std::max(1u, static_cast<std::uint32_t>(root * root * banks));
}

Picoseconds row_kept_by(const ControllerConfig& config) {
  switch (config.page_policy) {
    case PagePolicyKind::kClosed:
      return 0;
    case PagePolicyKind::kTimeout:
      return config.page_timeout_ps;
    case PagePolicyKind::kOpen:
      break;
  }
  return kNever / 4;
}

}  // namespace

FastTiming::FastTiming(const HbmConfig& config)
    : clock(config.timing.tCK),
      gaps(on_clock_edges(checked(config.timing))),
      burst(config.timing.tBURST),
      read_latency(config.timing.tCL + config.timing.tDQSCK),
      write_latency(config.timing.tCWL),
      row_to_data(std::min(gaps.act_read + read_latency, gaps.act_write + write_latency)),
      activate_bus(round_up(config.timing.act_command, config.timing.tCK)),
      precharge_bus(round_up(config.timing.row_command, config.timing.tCK)),
      out_of_turn(2 * (gaps.column_group - gaps.column)),
      row_kept(row_kept_by(config.controller)),
      refresh(config.controller.refresh),
      nominal_interval(config.timing.tREFI),
      banks(config.organization.banks_per_pseudo_channel()),
      queue_depth(std::max(1u, config.controller.queue_depth)),
      group_shift(static_cast<std::uint32_t>(std::countr_zero(config.organization.banks))),
      stack_id_shift(static_cast<std::uint32_t>(std::countr_zero(config.organization.bank_groups))) {
  if (refresh != RefreshKind::kNone && nominal_interval <= 0) {
    throw std::invalid_argument("HBM: found tREFI <= 0, expected a refresh interval");
  }
  nominal_turn = config.timing.tREFIPB > 0 ? config.timing.tREFIPB : config.timing.tREFI / Picoseconds{banks};
  set_refresh_rate(1);
  write_batch = write_batch_of(config.controller, banks);
  // The other pseudo-channels use the row command bus only as fast as their activates may follow one another.
  activate_pace = std::max({gaps.act_act, gaps.act_window / 4, activate_bus});
  // An activate that meets another pseudo-channel's on the row command bus waits for half of it on average;
  // the one that follows it by tFAW comes as much later.
  const Picoseconds meeting = (config.organization.pseudo_channels - 1) * activate_bus * activate_bus;
  activate_window = gaps.act_window + meeting / (2 * activate_pace);
  const Picoseconds others = (config.organization.pseudo_channels - 1) * (activate_bus + precharge_bus);
  row_bus_idle_share = std::max(0.0, 1.0 - static_cast<double>(others) / static_cast<double>(activate_pace));
}

void FastTiming::set_refresh_rate(std::uint32_t times) {
  refresh_interval = nominal_interval / times;
  bank_refresh_turn = nominal_turn / times;
  bank_refresh_interval = bank_refresh_turn * banks;
}

Block::Block(const BlockPattern& shape, const FastTiming& timing, std::uint32_t channel_shift)
    : pattern(shape) {
  sharers = static_cast<std::uint32_t>(
      std::count_if(pattern.pseudo_channels.begin(), pattern.pseudo_channels.end(),
                    [&](const Place& place) { return place.pseudo_channel >> channel_shift == 0; }));
  const auto banks = static_cast<std::uint32_t>(pattern.banks.size());
  // A scheduler overlaps bank groups as far as its queues reach; a longer run in one group is paced by tCCDL.
  const std::uint32_t reordered = std::min(pattern.group_run, timing.queue_depth);
  const Picoseconds run =
      reordered * timing.burst + (pattern.group_run - reordered) * timing.gaps.column_group;
  column_hold = banks * run / pattern.group_run;
  bank_hold = pattern.columns * run / pattern.group_run;
  group_bursts = banks / pattern.groups;
  channel_bursts = std::uint64_t{sharers} * pattern.bursts();
  bursts = pattern.pseudo_channels.size() * pattern.bursts();
  accept_spacing = sharers * timing.clock;
  accept_time = static_cast<Picoseconds>(channel_bursts) * timing.clock;
}

FastPseudoChannel::FastPseudoChannel(const FastTiming& timing, const Organization& organization,
                                     std::uint32_t index)
    : timing_(&timing),
      banks_(organization.banks_per_pseudo_channel()),
      writes_(banks_.size()),
      groups_(std::size_t{organization.stack_ids} * organization.bank_groups) {
  window_.fill(kLongAgo);
  // As in the detailed engine: the pseudo-channels of a channel are staggered, banks take turns over the
  // groups.
  const bool per_bank = timing.refresh == RefreshKind::kPerBank;
  const Picoseconds interval = per_bank ? timing.bank_refresh_turn : timing.refresh_interval;
  const Picoseconds first = interval * (index + 1) / organization.pseudo_channels;
  if (timing.refresh == RefreshKind::kAllBank) refresh_due_ = first;
  const auto groups = static_cast<std::uint32_t>(groups_.size());
  for (std::uint32_t bank = 0; bank < banks_.size(); ++bank) {
    const std::uint32_t turn = bank % organization.banks * groups + bank / organization.banks;
    if (per_bank) banks_[bank].refresh_due = first + turn * timing.bank_refresh_turn;
    banks_[bank].activated = kLongAgo;
    banks_[bank].activate_floor = 2 * kLongAgo;  // no refresh has held it up
  }
}

DataSpan FastPseudoChannel::serve(const Block& block, const Place& first, bool is_write, FastChannel& channel,
                                  EngineCounters& counters) {
  const FastTiming& t = *timing_;
  const Picoseconds to_data = latency(is_write);
  const Picoseconds soonest = channel.queued + to_data;
  const auto banks = static_cast<std::uint32_t>(block.pattern.banks.size());
  bursts_ += block.pattern.bursts();
  row_bus_free_ = channel.row_bus_free;
  if (is_write) {
    writes_to_turn_ += block.pattern.bursts();
  } else if (writes_to_turn_ > 0) {  // their share of a batch, which begins and ends with a turn
    waste_activates((t.gaps.act_read + t.gaps.act_write) * std::min(writes_to_turn_, t.write_batch) /
                    t.write_batch);
    writes_to_turn_ = 0;
  }
  DataSpan data{kNever, 0};
  bool refreshed = false;
  for (std::uint32_t columns = block.pattern.columns; columns > 0;) {
    if (const Picoseconds next = std::max(soonest, bus_free_) - to_data; next >= refresh_due_) {
      refresh(next, channel, counters);
    }
    const Opening opening = open_rows(block, first, columns, is_write, channel, counters);
    const Picoseconds ready = std::max({channel.queued, opening.rows, opening.group_load}) + to_data;
    const std::uint32_t prompt = banks - late_count_;
    const Picoseconds column_hold = prompt == banks ? block.column_hold : block.column_hold * prompt / banks;
    const std::uint32_t group = first.bank >> t.group_shift;
    Picoseconds hold = columns * column_hold;
    Picoseconds filled = idle_ > 0 ? std::min(hold, usable_idle(ready, soonest)) : 0;
    Picoseconds start = std::max(idle_begin_, ready);
    const Picoseconds idle_before = idle_;
    Picoseconds bus_end = 0;
    std::uint32_t served = columns;
    if (filled < hold) {
      const Picoseconds floor = std::max(bus_floor(group, is_write, soonest), soonest);
      start = std::max({ready, floor, opening.groups + to_data});
      const Picoseconds until_refresh = refresh_due_ - (start - to_data);
      if (until_refresh <= 0 && !refreshed) {
        refresh(start - to_data, channel, counters);
        refreshed = true;
        continue;
      }
      if (until_refresh < hold) {  // the bursts until it falls due, then the refresh, then the others
        const Picoseconds room = (until_refresh + column_hold - 1) / column_hold;
        served = static_cast<std::uint32_t>(std::clamp<Picoseconds>(room, 1, columns));
        hold = served * column_hold;
      }
      filled = std::min(filled, hold);
      take_idle(ready, filled);
      book(floor, start, hold - filled, is_write);
      bus_end = bus_free_;
      last_group_ = (first.bank ^ block.pattern.banks.back().bank) >> t.group_shift;
    } else {
      bus_end = take_idle(ready, filled);
    }
    const Picoseconds left = std::max<Picoseconds>(0, idle_before - filled);
    if (is_write) writes_in_batch_ += banks * served;
    counters.row_misses += opening.misses;
    counters.row_hits += std::uint64_t{banks} * served - opening.misses;

    const Picoseconds paced =
        start + (Picoseconds{block.group_bursts} * served - 1) * t.gaps.column_group + t.burst;
    const Picoseconds end = std::max(bus_end, paced);
    data = {std::min(data.first, start + t.burst), std::max(data.last, end)};
    const Picoseconds bank_hold =
        served == block.pattern.columns ? block.bank_hold : block.bank_hold * served / block.pattern.columns;
    const Picoseconds own_idle = idle_ - left;  // before the block's first data: no use to its other banks
    for (std::uint32_t i = 0; i < late_count_; ++i) {
      const std::uint32_t bank = first.bank ^ block.pattern.banks[late_[i].place].bank;
      late_[i].end = serve_late(late_[i].ready + to_data, soonest, bank_hold + late_[i].out_of_turn, own_idle,
                                bank >> t.group_shift, is_write);
      data.last = std::max(data.last, late_[i].end);
    }
    close_block(block, first, served, end - to_data - t.burst, is_write, channel);
    columns -= served;
    refreshed = false;
  }
  channel.row_bus_next = std::max(channel.row_bus_next, row_bus_free_);
  return data;
}

FastPseudoChannel::Opening FastPseudoChannel::open_rows(const Block& block, const Place& first,
                                                        std::uint32_t columns, bool is_write,
                                                        FastChannel& channel, EngineCounters& counters) {
  const FastTiming& t = *timing_;
  const Picoseconds to_column = is_write ? t.gaps.act_write : t.gaps.act_read;
  const Picoseconds bus = idle_ > 0 ? idle_begin_ : bus_free_;
  const Picoseconds next = std::max(channel.queued, bus - latency(is_write));
  const bool whole = columns == block.pattern.columns;
  const Picoseconds bank_hold = whole ? block.bank_hold : block.bank_hold * columns / block.pattern.columns;
  Opening opening;
  Picoseconds before = 0;  // bus time of the banks served first
  late_count_ = 0;
  for (std::uint32_t place = 0; place < block.pattern.banks.size(); ++place) {
    const BankUse& use = block.pattern.banks[place];
    const std::uint32_t index = first.bank ^ use.bank;
    const Picoseconds queued = channel.queued + use.before * block.accept_spacing;
    Bank& bank = banks_[index];
    if (next >= bank.refresh_due) refresh_bank(bank, next, counters);
    const bool hit =
        bank.epoch == epoch_ && bank.row == first.row && queued <= bank.last_command + t.row_kept;
    const bool behind = !hit && bank.activated == bank.activate_floor;  // its last row waited for a refresh
    if (!hit) {
      activate(index, first.row, block.sharers, queued, counters);
      ++opening.misses;
    }
    const Picoseconds column = bank.activated + to_column;
    const Group& group = groups_[index >> t.group_shift];
    if (column > next + before) {
      keep_late({place, column, behind ? t.out_of_turn : 0, 0});
      continue;
    }
    opening.groups = std::max(opening.groups, group.column_ready - before);
    opening.group_load = std::max(opening.group_load, group.columns_served - before);
    before += bank_hold;
  }
  if (late_count_ == block.pattern.banks.size()) {  // the first of them begins
    opening.rows = late_[0].ready;
    std::copy(late_.begin() + 1, late_.begin() + late_count_, late_.begin());
    --late_count_;
  }
  return opening;
}

void FastPseudoChannel::keep_late(const LateBank& bank) {
  std::uint32_t i = late_count_++;
  for (; i > 0 && late_[i - 1].ready > bank.ready; --i) late_[i] = late_[i - 1];
  late_[i] = bank;
}

Picoseconds FastPseudoChannel::serve_late(Picoseconds ready, Picoseconds soonest, Picoseconds hold,
                                          Picoseconds own_idle, std::uint32_t group, bool is_write) {
  const Picoseconds usable = idle_ > own_idle ? std::min(usable_idle(ready, soonest), idle_ - own_idle) : 0;
  const Picoseconds filled = std::clamp<Picoseconds>(usable, 0, hold);
  const Picoseconds fill_end = take_idle(ready, filled);
  if (filled == hold) return fill_end;
  const Picoseconds floor = std::max(bus_floor(group, is_write, soonest), soonest);
  book(floor, std::max(ready, floor), hold - filled, is_write);
  last_group_ = group;
  return bus_free_;
}

Picoseconds FastPseudoChannel::take_idle(Picoseconds ready, Picoseconds time) {
  if (time <= 0) return std::max(idle_begin_, ready);
  const Picoseconds begin = std::max(idle_begin_, ready);
  const Picoseconds end = begin + (bus_free_ - idle_begin_) * time / idle_;
  idle_ -= time;
  if (ready <= idle_begin_) idle_begin_ = end;
  return end;
}

void FastPseudoChannel::activate(std::uint32_t index, std::uint32_t row, std::uint32_t sharers,
                                 Picoseconds queued, EngineCounters& counters) {
  const FastTiming& t = *timing_;
  Bank& bank = banks_[index];
  Group& group = groups_[index >> t.group_shift];
  Picoseconds bank_ready = std::max(bank.activated + t.gaps.act_act_bank, bank.activate_floor);
  Picoseconds row_bus_time = t.activate_bus;
  if (bank.epoch == epoch_) {
    const Picoseconds kept_until = bank.last_command + t.row_kept;
    const Picoseconds precharge = std::max(bank.precharge_ready, std::min(queued, kept_until));
    bank_ready = std::max(bank_ready, precharge + t.gaps.precharge_act);
    row_bus_time += t.precharge_bus;
    ++counters.precharges;
    --open_banks_;
  }
  // Its turn on what activates share; a bank that is not ready does not keep others from theirs.
  const Picoseconds turn = take_activate_turn(
      std::max({queued, refresh_floor_, group.activate_ready, row_bus_free_}), t.gaps.act_act);
  group.activate_ready = turn + t.gaps.act_act_group;
  row_bus_free_ = std::max(row_bus_free_, queued) + sharers * row_bus_time;

  bank.activated = std::max(turn, bank_ready);
  bank.row = row;
  bank.epoch = epoch_;
  ++open_banks_;
  ++counters.activates;
}

Picoseconds FastPseudoChannel::take_activate_turn(Picoseconds soonest, Picoseconds distance) {
  const Picoseconds turn = std::max({soonest, activate_ready_, window_[window_next_]});
  activate_ready_ = turn + distance;
  window_[window_next_] = turn + timing_->activate_window;
  window_next_ = (window_next_ + 1) % window_.size();
  return turn;
}

void FastPseudoChannel::waste_activates(Picoseconds time) {
  const FastTiming& t = *timing_;
  for (wasted_ += time; wasted_ >= t.activate_pace; wasted_ -= t.activate_pace) {
    take_activate_turn(activate_ready_, t.gaps.act_act);
    row_bus_free_ += t.activate_bus + t.precharge_bus;
  }
}

Picoseconds FastPseudoChannel::bus_floor(std::uint32_t group, bool is_write, Picoseconds soonest) const {
  const FastTiming& t = *timing_;
  if (is_write_ == is_write) {
    const bool same_stack_id = last_group_ >> t.stack_id_shift == group >> t.stack_id_shift;
    return same_stack_id ? bus_free_ : bus_free_ + t.gaps.column_stack_id - t.gaps.column;
  }
  // From the end of the last data to the begin of the next.
  const Picoseconds to_write = t.gaps.read_write + t.write_latency - t.read_latency - t.burst;
  const Picoseconds gap = last_group_ == group ? t.gaps.write_read_group : t.gaps.write_read;
  const Picoseconds to_read = gap + t.read_latency - t.write_latency - t.burst;
  if (bus_free_ <= soonest) return bus_free_ + (is_write ? to_write : to_read);
  // Under load a scheduler collects writes: both turnarounds are charged when a batch ends, by its share.
  if (is_write) return bus_free_;
  return bus_free_ + (to_write + to_read) * std::min(writes_in_batch_, t.write_batch) / t.write_batch;
}

Picoseconds FastPseudoChannel::usable_idle(Picoseconds ready, Picoseconds soonest) {
  // Idle time is taken as spread evenly from idle_begin_ to bus_free_.
  const auto share_after = [&](Picoseconds time) {
    if (time >= bus_free_) return Picoseconds{0};
    if (time <= idle_begin_) return idle_;
    return idle_ * (bus_free_ - time) / (bus_free_ - idle_begin_);
  };
  if (soonest > idle_begin_) {
    idle_ = share_after(soonest);
    idle_begin_ = soonest;
  }
  return share_after(ready);
}

void FastPseudoChannel::book(Picoseconds soonest, Picoseconds start, Picoseconds hold, bool is_write) {
  if (is_write_ != is_write) {
    if (is_write) writes_in_batch_ = 0;
    is_write_ = is_write;
  }
  if (start > soonest) {
    if (idle_ == 0) idle_begin_ = soonest;
    idle_ += start - soonest;
  }
  bus_free_ = start + hold;
}

void FastPseudoChannel::close_block(const Block& block, const Place& first, std::uint32_t columns,
                                    Picoseconds last_command, bool is_write, FastChannel& channel) {
  const FastTiming& t = *timing_;
  const Picoseconds to_column = is_write ? t.gaps.act_write : t.gaps.act_read;
  const Picoseconds to_precharge = is_write ? t.gaps.write_precharge : t.gaps.read_precharge;
  const bool whole = columns == block.pattern.columns;
  const Picoseconds to_data = latency(is_write);
  std::uint64_t late = 0;  // by place
  std::array<Picoseconds, TimingConstraints::kMaxBanks> late_ends;
  for (std::uint32_t i = 0; i < late_count_; ++i) {
    late |= std::uint64_t{1} << late_[i].place;
    late_ends[late_[i].place] = late_[i].end;
  }
  for (std::uint32_t place = 0; place < block.pattern.banks.size(); ++place) {
    const BankUse& use = block.pattern.banks[place];
    const std::uint32_t index = first.bank ^ use.bank;
    Bank& bank = banks_[index];
    const std::uint32_t after = whole ? use.after : use.after * columns / block.pattern.columns;
    const Picoseconds last =
        (late >> place & 1) != 0 ? late_ends[place] - to_data - t.burst : last_command - after * t.burst;
    bank.last_command = std::max(last, bank.activated + to_column);
    QueueTimes& queue = is_write ? writes_[index] : bank.reads;
    channel.queued_next = std::max(channel.queued_next,
                                   queue.leave(t.queue_depth, columns, bank.last_command, block.column_hold));
    bank.precharge_ready = std::max(bank.activated + t.gaps.act_precharge, bank.last_command + to_precharge);
    precharge_ready_ = std::max(precharge_ready_, bank.precharge_ready);
    Group& group = groups_[index >> t.group_shift];
    group.column_ready = std::max(group.column_ready, bank.last_command + t.gaps.column_group);
    group.columns_served = std::max(group.columns_served, channel.queued) + columns * t.gaps.column_group;
  }
}

void FastPseudoChannel::refresh(Picoseconds until, FastChannel& channel, EngineCounters& counters) {
  const FastTiming& t = *timing_;
  const Picoseconds more = (until - refresh_due_) / t.refresh_interval;  // while the pseudo-channel was idle
  Picoseconds begin = refresh_due_ + more * t.refresh_interval;
  if (more == 0 && open_banks_ > 0) begin = std::max(begin, precharge_ready_) + t.gaps.precharge_refresh;
  counters.refreshes_all_bank += static_cast<std::uint64_t>(more) + 1;
  counters.precharges += open_banks_;
  refresh_due_ += (more + 1) * t.refresh_interval;
  refresh_floor_ = begin + t.gaps.refresh_act;
  if (row_bus_free_ > channel.queued) {
    row_bus_free_ += static_cast<Picoseconds>(t.row_bus_idle_share * static_cast<double>(t.gaps.refresh_act));
  }
  // No data until a row is open again, and none of that time can be filled.
  bus_free_ = std::max(bus_free_, refresh_floor_ + t.row_to_data);
  idle_ = 0;
  open_banks_ = 0;
  ++epoch_;
}

void FastPseudoChannel::refresh_until(Picoseconds time, FastChannel& channel, EngineCounters& counters) {
  if (time >= refresh_due_) refresh(time, channel, counters);
  for (Bank& bank : banks_) {
    if (time >= bank.refresh_due) refresh_bank(bank, time, counters);
  }
}

void FastPseudoChannel::space_bank_refreshes() {
  if (timing_->refresh != RefreshKind::kPerBank) return;
  std::vector<Bank*> order;
  for (Bank& bank : banks_) order.push_back(&bank);
  std::sort(order.begin(), order.end(),
            [](const Bank* a, const Bank* b) { return a->refresh_due < b->refresh_due; });
  Picoseconds due = order.front()->refresh_due;
  for (Bank* bank : order) {
    bank->refresh_due = due;
    due += timing_->bank_refresh_turn;
  }
}

void FastPseudoChannel::refresh_bank(Bank& bank, Picoseconds until, EngineCounters& counters) {
  const FastTiming& t = *timing_;
  const Picoseconds more = (until - bank.refresh_due) / t.bank_refresh_interval;
  Picoseconds begin = bank.refresh_due + more * t.bank_refresh_interval;
  row_bus_free_ += t.precharge_bus;
  if (bank.epoch == epoch_) {
    if (more == 0) begin = std::max(begin, bank.precharge_ready) + t.gaps.precharge_refresh;
    row_bus_free_ += t.precharge_bus;
    ++counters.precharges;
    --open_banks_;
    bank.epoch = 0;
  }
  counters.refreshes_per_bank += static_cast<std::uint64_t>(more) + 1;
  bank.refresh_due += (more + 1) * t.bank_refresh_interval;
  bank.activate_floor = begin + t.gaps.refresh_bank_act;
  // It counts as an activate of the pseudo-channel and keeps the others at a distance, from half a turn, on
  // average, before its bank lets it start. Where among them it comes makes no difference; without load, the
  // turn that it takes has passed before the next activate.
  take_activate_turn(activate_ready_ - t.gaps.act_act / 2 + t.gaps.act_refresh_bank_group,
                     t.gaps.refresh_bank_act_other);
  waste_activates(t.gaps.act_read / t.banks);
}

}  // namespace prism::hbm
