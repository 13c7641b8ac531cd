// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/detailed_engine.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace prism::hbm {

namespace {

const HbmConfig& checked(const HbmConfig& config) {
  const Timing& t = config.timing;
  if (t.tCK <= 0 || t.tBURST <= 0) throw std::invalid_argument("HBM: tCK and tBURST must be positive");
  if (t.act_command <= 0 || t.row_command <= 0 || t.column_command <= 0) {
    throw std::invalid_argument("HBM: commands must occupy their bus for a positive time");
  }
  return config;
}

}  // namespace

DetailedEngine::DetailedEngine(const HbmConfig& config)
    : organization_(checked(config).organization),
      map_(config.controller.address_map, organization_),
      router_(organization_, map_) {
  channels_.reserve(router_.channels());
  for (std::uint32_t index = 0; index < router_.channels(); ++index) {
    channels_.emplace_back(config, index, router_, requests_);
    next_event_.push_back(channels_.back().next_event());
  }
}

bool DetailedEngine::push(const Request& request) {
  assert(request.bytes > 0 && request.address + request.bytes <= organization_.capacity_bytes());
  assert(request.arrival >= now_);
  const std::uint64_t burst = organization_.burst_bytes;
  const std::uint64_t first = request.address / burst * burst;
  const std::uint64_t end = (request.address + request.bytes + burst - 1) / burst * burst;
  push_channels_.clear();
  router_.channels_of(first, end, push_channels_);
  for (const std::uint32_t channel : push_channels_) {
    if (channels_[channel].full()) return false;
  }
  const std::uint32_t slot =
      requests_.add({request.id, first, end, (end - first) / burst, request.arrival, 0, request.is_write});
  for (const std::uint32_t channel : push_channels_) {
    channels_[channel].offer(slot);
    next_event_[channel] = channels_[channel].next_event();
  }
  return true;
}

Picoseconds DetailedEngine::advance(Picoseconds limit, std::vector<Completion>& completions) {
  const std::size_t known = completions.size();
  // Without an end, an idle engine has nothing but refreshes to run ahead with.
  while (completions.size() == known && !(limit == kNever && idle())) {
    const Picoseconds next = *std::min_element(next_event_.begin(), next_event_.end());
    if (next > limit) {
      now_ = std::max(now_, limit);
      break;
    }
    now_ = std::max(now_, next);
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
      if (next_event_[channel] > now_) continue;
      channels_[channel].step(now_, completions);
      next_event_[channel] = channels_[channel].next_event();
    }
  }
  return now_;
}

void DetailedEngine::set_refresh_rate(std::uint32_t times) {
  for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
    channels_[channel].set_refresh_rate(times, now_);
    next_event_[channel] = channels_[channel].next_event();
  }
}

EngineCounters DetailedEngine::counters() const {
  EngineCounters sum;
  for (const Channel& channel : channels_) {
    const EngineCounters& c = channel.counters();
    sum.reads += c.reads;
    sum.writes += c.writes;
    sum.row_hits += c.row_hits;
    sum.row_misses += c.row_misses;
    sum.activates += c.activates;
    sum.precharges += c.precharges;
    sum.refreshes_all_bank += c.refreshes_all_bank;
    sum.refreshes_per_bank += c.refreshes_per_bank;
    sum.data_bus_busy += c.data_bus_busy;
  }
  return sum;
}

std::vector<std::uint64_t> DetailedEngine::bytes_per_channel() const {
  std::vector<std::uint64_t> bytes;
  for (const Channel& channel : channels_) {
    bytes.push_back((channel.counters().reads + channel.counters().writes) * organization_.burst_bytes);
  }
  return bytes;
}

void DetailedEngine::observe(CommandObserver* observer) {
  for (Channel& channel : channels_) channel.observe(observer);
}

}  // namespace prism::hbm
