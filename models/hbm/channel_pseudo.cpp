// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/channel_pseudo.h"

#include <algorithm>
#include <bit>

namespace prism::hbm {

namespace {

// Shorter row commands go first, as they free the row bus sooner; a refresh that has started before all.
constexpr std::uint32_t kRankRefresh = 0;
constexpr std::uint32_t kRankPrecharge = 1;
constexpr std::uint32_t kRankActivate = 2;
constexpr std::uint64_t kNoBurst = ~std::uint64_t{0};

std::uint32_t lowest(std::uint64_t mask) {
  return static_cast<std::uint32_t>(std::countr_zero(mask));
}

}  // namespace

PseudoChannel::PseudoChannel(const HbmConfig& config, std::uint32_t index)
    : scheduler_(make_scheduler(config.controller)),
      page_policy_(make_page_policy(config.controller)),
      refresh_(make_refresh_policy(config, index)),
      idle_limit_(page_policy_->idle_limit()),
      activate_guard_(CommandGaps(config.timing).act_refresh_bank_group),
      timing_(config.organization, config.timing),
      drain_(config.controller),
      queues_(std::size_t{2} * config.organization.banks_per_pseudo_channel(),
              BankQueue(config.controller.queue_depth)),
      next_refresh_(refresh_->due()) {
  need_.fill(kNothing);
}

void PseudoChannel::enqueue(std::uint32_t bank, const Burst& burst) {
  queue_for(bank, burst.is_write).push(burst);
  waiting_ |= bit(bank);
  if (burst.is_write) {
    ++writes_waiting_;
    count_write(bank, true);
  } else {
    ++reads_waiting_;
  }
  if (drain_.enabled() && drain_.update(reads_waiting_, writes_waiting_)) {
    select_all(waiting_);
  } else if (need_[bank] == kNothing || need_[bank] == kPrecharge) {
    select(bank);
  }
}

void PseudoChannel::count_write(std::uint32_t bank, bool grown) {
  if (!drain_.enabled()) return;
  const std::uint32_t size = queue_for(bank, true).size();
  if (grown) {
    drain_.grown(size);
  } else {
    drain_.shrunk(size);
  }
}

void PseudoChannel::select_all(std::uint64_t banks) {
  for (; banks != 0; banks &= banks - 1) select(lowest(banks));
}

void PseudoChannel::leave_list(std::uint32_t bank) {
  if (need_[bank] != kNothing) lists_[need_[bank]].erase(bank);
  need_[bank] = kNothing;
  idle_open_ &= ~bit(bank);
}

void PseudoChannel::select(std::uint32_t bank) {
  leave_list(bank);
  if ((blocked_ & bit(bank)) != 0) return;
  const bool open = timing_.is_open(bank);
  const std::uint32_t queue_place = queue_index(bank, drain_.writing());
  const BankQueue& queue = queues_[queue_place];
  if (queue.empty()) {
    if (open && idle_limit_ != kNever) {
      idle_open_ |= bit(bank);
      next_row_ = std::min(next_row_, std::max(time_out_[bank], timing_.earliest_precharge(bank)));
    }
    return;
  }
  const std::uint32_t index = scheduler_->choose(queue, open, open_row_[bank], passed_[queue_place]);
  const Burst& burst = queue[index];
  chosen_[bank] = index;
  order_[bank] = burst.order;
  if (!open) {
    need_[bank] = kActivate;
    next_row_ = std::min(next_row_, timing_.earliest_activate(bank));
  } else if (burst.row != open_row_[bank]) {
    need_[bank] = kPrecharge;
    next_row_ = std::min(next_row_, timing_.earliest_precharge(bank));
  } else {
    need_[bank] = kColumn;
    to_write_ = burst.is_write ? to_write_ | bit(bank) : to_write_ & ~bit(bank);
    next_column_ = std::min(next_column_, earliest_column(bank));
  }
  lists_[need_[bank]].insert(bank, order_);
}

void PseudoChannel::set_refresh_rate(std::uint32_t times) {
  refresh_->set_rate(times);
  if (blocked_ == 0) next_refresh_ = refresh_->due();  // its deadline may be nearer now
}

void PseudoChannel::start_refresh(Picoseconds now) {
  const Picoseconds due = refresh_->due();
  if (blocked_ != 0 || now < due) {
    next_refresh_ = blocked_ != 0 ? kNever : due;
    return;
  }
  const std::uint64_t banks = refresh_->banks();
  const Picoseconds deadline = refresh_->deadline();
  if ((waiting_ & banks) != 0 && now < deadline) {
    next_refresh_ = deadline;  // or when the banks fall idle: see issue_column
    return;
  }
  blocked_ = banks;
  next_refresh_ = kNever;
  select_all(banks);
  next_row_ = std::min(next_row_, timing_.earliest(refresh_step(), refresh_->bank()));
}

Command PseudoChannel::refresh_step() const {
  if ((timing_.open_banks() & blocked_) == 0) return refresh_->command();
  return refresh_->command() == Command::kRefreshAll ? Command::kPrechargeAll : Command::kPrecharge;
}

Candidate PseudoChannel::best_row(Picoseconds now) {
  if (next_row_ > now) return {};
  Picoseconds soonest = kNever;
  const auto ready = [&](Picoseconds time) {
    if (time > now) soonest = std::min(soonest, time);
    return time <= now;
  };
  bool may_activate = true;
  if (blocked_ != 0) {
    const Command command = refresh_step();
    const Picoseconds time = timing_.earliest(command, refresh_->bank());
    if (ready(time)) return {true, command, refresh_->bank(), kRankRefresh, kNoBurst};
    // Activates of other banks are legal sooner than a per-bank refresh: they would put it off for ever.
    may_activate = command != Command::kRefreshBank || time > now + activate_guard_;
  }
  for (const std::uint32_t bank : lists_[kPrecharge]) {
    if (ready(timing_.earliest_precharge(bank))) {
      return {true, Command::kPrecharge, bank, kRankPrecharge, order_[bank]};
    }
  }
  for (std::uint64_t banks = idle_open_; banks != 0; banks &= banks - 1) {
    const std::uint32_t bank = lowest(banks);
    if (ready(std::max(time_out_[bank], timing_.earliest_precharge(bank)))) {
      return {true, Command::kPrecharge, bank, kRankPrecharge, kNoBurst};
    }
  }
  if (may_activate && !lists_[kActivate].empty() && ready(timing_.activate_floor())) {
    for (const std::uint32_t bank : lists_[kActivate]) {
      if (ready(timing_.earliest_activate(bank))) {
        return {true, Command::kActivate, bank, kRankActivate, order_[bank]};
      }
    }
  }
  next_row_ = soonest;
  return {};
}

Candidate PseudoChannel::best_column(Picoseconds now) {
  if (next_column_ > now) return {};
  Picoseconds soonest = kNever;
  for (const std::uint32_t bank : lists_[kColumn]) {
    const Picoseconds time = earliest_column(bank);
    if (time <= now) {
      return {true, (to_write_ & bit(bank)) != 0 ? Command::kWrite : Command::kRead, bank, 0, order_[bank]};
    }
    soonest = std::min(soonest, time);
  }
  next_column_ = soonest;
  return {};
}

std::uint32_t PseudoChannel::issue_row(const Candidate& candidate, Picoseconds now,
                                       EngineCounters& counters) {
  const std::uint32_t bank = candidate.bank;
  const std::uint64_t open_before = timing_.open_banks();
  timing_.record(candidate.command, bank, now);
  counters.precharges += static_cast<std::uint64_t>(std::popcount(open_before & ~timing_.open_banks()));
  std::uint32_t row = 0;
  switch (candidate.command) {
    case Command::kActivate:
      row = queue_for(bank, drain_.writing())[chosen_[bank]].row;
      open_row_[bank] = row;
      time_out_[bank] = idle_limit_ == kNever ? kNever : now + idle_limit_;
      untouched_ |= bit(bank);
      ++counters.activates;
      select(bank);
      break;
    case Command::kPrecharge:
      select(bank);
      break;
    case Command::kRefreshAll:
    case Command::kRefreshBank:
      finish_refresh(counters);
      break;
    default:  // an all-bank precharge leads to the refresh that has blocked the banks
      break;
  }
  // A lower bound: the next scan finds the exact time.
  if (!lists_[kPrecharge].empty() || (idle_open_ | blocked_) != 0) {
    next_row_ = now;
  } else {
    next_row_ = lists_[kActivate].empty() ? kNever : timing_.activate_floor();
  }
  return row;
}

void PseudoChannel::finish_refresh(EngineCounters& counters) {
  if (refresh_->command() == Command::kRefreshAll) {
    ++counters.refreshes_all_bank;
  } else {
    ++counters.refreshes_per_bank;
  }
  const std::uint64_t banks = blocked_;
  blocked_ = 0;
  refresh_->issued();
  next_refresh_ = refresh_->due();
  select_all(banks & waiting_);
}

Burst PseudoChannel::issue_column(Candidate& candidate, Picoseconds now, EngineCounters& counters) {
  const std::uint32_t bank = candidate.bank;
  const std::uint64_t mask = bit(bank);
  const std::uint32_t queue_place = queue_index(bank, drain_.writing());
  const Burst burst = queues_[queue_place].remove(chosen_[bank]);
  passed_[queue_place] = chosen_[bank] == 0 ? 0 : passed_[queue_place] + 1;
  if (page_policy_->auto_precharge(queues_[2 * bank], queues_[2 * bank + 1], burst.row)) {
    candidate.command = burst.is_write ? Command::kWriteAutoPrecharge : Command::kReadAutoPrecharge;
    ++counters.precharges;
  }
  timing_.record(candidate.command, bank, now);
  if (idle_limit_ != kNever) time_out_[bank] = now + idle_limit_;
  if ((untouched_ & mask) != 0) {
    untouched_ &= ~mask;
    ++counters.row_misses;
  } else {
    ++counters.row_hits;
  }
  if (queues_[2 * bank].empty() && queues_[2 * bank + 1].empty()) {
    waiting_ &= ~mask;
    if (now >= refresh_->due()) next_refresh_ = blocked_ != 0 ? kNever : now;
  }
  if (burst.is_write) {
    ++counters.writes;
    --writes_waiting_;
    count_write(bank, false);
  } else {
    ++counters.reads;
    --reads_waiting_;
  }
  next_column_ = kNever;
  if (drain_.enabled() && drain_.update(reads_waiting_, writes_waiting_)) {
    select_all(waiting_ | mask);
  } else {
    select(bank);
  }
  if (!lists_[kColumn].empty()) next_column_ = std::min(timing_.read_floor(), timing_.write_floor());
  return burst;
}

}  // namespace prism::hbm
