// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/channel.h"

#include <algorithm>

namespace prism::hbm {

std::uint32_t RequestTable::add(const ActiveRequest& request) {
  if (free_.empty()) {
    slots_.push_back(request);
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = request;
  return slot;
}

Channel::Channel(const HbmConfig& config, std::uint32_t index, const ChannelRouter& router,
                 RequestTable& requests)
    : timing_(config.timing),
      frontend_ps_(config.controller.frontend_ps),
      index_(index),
      burst_bytes_(config.organization.burst_bytes),
      router_(router),
      requests_(requests),
      last_accept_(-config.timing.tCK) {
  for (std::uint32_t i = 0; i < config.organization.pseudo_channels; ++i)
    pseudo_channels_.emplace_back(config, i);
  schedule(0);
}

Picoseconds Channel::edge(Picoseconds time) const {
  return (time + timing_.tCK - 1) / timing_.tCK * timing_.tCK;
}

void Channel::offer(std::uint32_t slot) {
  front_.push_back(slot);
  if (front_.size() - front_head_ > 1) return;
  const ActiveRequest& request = requests_[slot];
  front_address_ = router_.next_in_channel(index_, request.first, request.end);
  load_front();
  next_event_ = std::min(next_event_, accept_at_);
}

void Channel::load_front() {
  front_burst_ = router_.locate(front_address_);
  front_blocked_ = false;
  accept_at_ = std::max(last_accept_ + timing_.tCK, edge(requests_[front_[front_head_]].arrival));
}

void Channel::accept(Picoseconds now) {
  const std::uint32_t slot = front_[front_head_];
  const ActiveRequest& request = requests_[slot];
  PseudoChannel& target = pseudo_channels_[front_burst_.pseudo_channel];
  if (!target.has_space(front_burst_.bank, request.is_write)) {
    front_blocked_ = true;
    accept_at_ = kNever;
    return;
  }
  target.enqueue(front_burst_.bank, Burst{accepted_++, slot, front_burst_.row, request.is_write});
  last_accept_ = now;
  front_address_ = router_.next_in_channel(index_, front_address_ + burst_bytes_, request.end);
  if (front_address_ == request.end) {
    if (++front_head_ == front_.size()) {
      front_.clear();
      front_head_ = 0;
      accept_at_ = kNever;
      return;
    }
    if (front_head_ == kFrontRequests) {
      front_.erase(front_.begin(), front_.begin() + kFrontRequests);
      front_head_ = 0;
    }
    const ActiveRequest& next = requests_[front_[front_head_]];
    front_address_ = router_.next_in_channel(index_, next.first, next.end);
  }
  load_front();
}

void Channel::step(Picoseconds now, std::vector<Completion>& completions) {
  if (accept_at_ <= now) accept(now);
  for (PseudoChannel& pseudo_channel : pseudo_channels_) {
    if (pseudo_channel.next_refresh() <= now) pseudo_channel.start_refresh(now);
  }
  if (row_bus_free_ <= now) issue_row(now);
  if (column_bus_free_ <= now) issue_column(now, completions);
  schedule(now);
}

void Channel::issue_row(Picoseconds now) {
  Candidate best;
  std::uint32_t winner = 0;
  for (std::uint32_t i = 0; i < pseudo_channels_.size(); ++i) {
    const Candidate candidate = pseudo_channels_[i].best_row(now);
    if (!candidate.precedes(best)) continue;
    best = candidate;
    winner = i;
  }
  if (!best.valid) return;
  const std::uint32_t row = pseudo_channels_[winner].issue_row(best, now, counters_);
  row_bus_free_ = now + (best.command == Command::kActivate ? timing_.act_command : timing_.row_command);
  report(best, winner, row, now);
}

void Channel::issue_column(Picoseconds now, std::vector<Completion>& completions) {
  Candidate best;
  std::uint32_t winner = 0;
  for (std::uint32_t i = 0; i < pseudo_channels_.size(); ++i) {
    const Candidate candidate = pseudo_channels_[i].best_column(now);
    if (!candidate.precedes(best)) continue;
    best = candidate;
    winner = i;
  }
  if (!best.valid) return;
  const Burst burst = pseudo_channels_[winner].issue_column(best, now, counters_);
  column_bus_free_ = now + timing_.column_command;
  counters_.data_bus_busy += timing_.tBURST;
  report(best, winner, burst.row, now);
  if (front_blocked_ && pseudo_channels_[front_burst_.pseudo_channel].has_space(
                            front_burst_.bank, requests_[front_[front_head_]].is_write)) {
    front_blocked_ = false;
    accept_at_ = std::max(last_accept_ + timing_.tCK, now);
  }
  ActiveRequest& request = requests_[burst.request];
  const Picoseconds latency = burst.is_write ? timing_.tCWL : timing_.tCL + timing_.tDQSCK;
  request.last_data = std::max(request.last_data, now + latency + timing_.tBURST);
  if (--request.bursts_left == 0) {
    completions.push_back({request.id, request.last_data + frontend_ps_});
    requests_.remove(burst.request);
  }
}

void Channel::set_refresh_rate(std::uint32_t times, Picoseconds now) {
  for (PseudoChannel& pseudo_channel : pseudo_channels_) {
    pseudo_channel.set_refresh_rate(times);
    const Picoseconds next = pseudo_channel.next_refresh();
    if (next != kNever) next_event_ = std::min(next_event_, edge(std::max(next, now)));
  }
}

void Channel::report(const Candidate& candidate, std::uint32_t pseudo_channel, std::uint32_t row,
                     Picoseconds now) const {
  if (observer_ == nullptr) return;
  observer_->on_command({now, candidate.command, index_, pseudo_channel, candidate.bank, row});
}

void Channel::schedule(Picoseconds now) {
  Picoseconds row = kNever, column = kNever, other = accept_at_;
  for (const PseudoChannel& pseudo_channel : pseudo_channels_) {
    row = std::min(row, pseudo_channel.next_row());
    column = std::min(column, pseudo_channel.next_column());
    other = std::min(other, pseudo_channel.next_refresh());
  }
  Picoseconds next = other;
  if (row != kNever) next = std::min(next, std::max(row, row_bus_free_));
  if (column != kNever) next = std::min(next, std::max(column, column_bus_free_));
  if (next == kNever) {
    next_event_ = kNever;
  } else {
    next_event_ = next <= now ? now : edge(next);
  }
}

}  // namespace prism::hbm
