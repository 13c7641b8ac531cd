// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/fast_engine.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace prism::hbm {

FastEngine::FastEngine(const HbmConfig& config)
    : organization_(config.organization),
      patterns_(AddressMap(config.controller.address_map, organization_), organization_),
      timing_(config),
      frontend_(config.controller.frontend_ps),
      burst_bits_(static_cast<unsigned>(std::countr_zero(organization_.burst_bytes))),
      channel_shift_(static_cast<unsigned>(std::countr_zero(organization_.pseudo_channels))),
      channels_(std::size_t{organization_.stacks} * organization_.channels) {
  for (const BlockPattern& pattern : patterns_.patterns())
    blocks_.emplace_back(pattern, timing_, channel_shift_);
  for (std::uint32_t index = 0; index < organization_.pseudo_channels_total(); ++index) {
    pseudo_channels_.emplace_back(timing_, organization_, index % organization_.pseudo_channels);
  }
}

bool FastEngine::push(const Request& request) {
  assert(request.bytes > 0 && request.address + request.bytes <= organization_.capacity_bytes());
  time_ = std::max(time_, request.arrival);
  if (front_full_until_ > time_) {
    refused_ = true;
    return false;
  }
  std::uint64_t burst = request.address >> burst_bits_;
  const std::uint64_t end = ((request.address + request.bytes - 1) >> burst_bits_) + 1;
  Picoseconds done = time_;
  while (burst < end) {
    const Block& block = block_at(burst, end);
    done = std::max(done, serve(block, burst, request.is_write, block.bursts).last);
    burst += block.bursts;
  }
  completions_.push_back({request.id, done + frontend_});
  return true;
}

StreamStep FastEngine::push_stream(const Stream& stream) {
  assert(stream.requests > 0 &&
         stream.address + stream.requests * stream.request_bytes <= organization_.capacity_bytes());
  if (!std::has_single_bit(stream.request_bytes) || stream.address % stream.request_bytes != 0) return {};
  const std::uint64_t request_bursts = stream.request_bytes >> burst_bits_;
  const std::uint64_t burst = stream.address >> burst_bits_;
  const Block& block = block_at(burst, burst + stream.requests * request_bursts);
  if (request_bursts == 0 || block.bursts < request_bursts) return {};

  time_ = std::max({time_, stream.arrival, front_full_until_});
  StreamStep step{block.bursts / request_bursts, time_, 0, 0, 0};
  const DataSpan data = serve(block, burst, stream.is_write, request_bursts);
  step.first_done = data.first + frontend_;
  step.last_done = data.last + frontend_;
  const Picoseconds next_taken = std::max(time_, front_full_until_);
  time_ = step.last_taken = next_taken - (next_taken - time_) / static_cast<Picoseconds>(step.requests);
  return step;
}

const Block& FastEngine::block_at(std::uint64_t burst, std::uint64_t end) const {
  const int aligned = std::countr_zero(burst | blocks_.back().bursts);
  const int fitting = static_cast<int>(std::bit_width(end - burst)) - 1;
  return blocks_[static_cast<std::size_t>(std::min(aligned, fitting))];
}

DataSpan FastEngine::serve(const Block& block, std::uint64_t burst, bool is_write,
                           std::uint64_t request_bursts) {
  (is_write ? counters_.writes : counters_.reads) += block.bursts;
  counters_.data_bus_busy += static_cast<Picoseconds>(block.bursts) * timing_.burst;
  const Place base = patterns_.place_of(burst << burst_bits_);
  DataSpan data{kNever, 0};
  for (const Place& relative : block.pattern.pseudo_channels) {
    const Place first = base ^ relative;
    FastChannel& channel = channels_[first.pseudo_channel >> channel_shift_];
    channel.queued = std::max(channel.queued, time_);
    channel.queued_next = std::max(channel.queued_next, channel.queued + block.accept_time);
    const DataSpan part =
        pseudo_channels_[first.pseudo_channel].serve(block, first, is_write, channel, counters_);
    data = {std::min(data.first, part.first), std::max(data.last, part.last)};
  }
  const std::uint64_t requests = std::max<std::uint64_t>(1, block.channel_bursts / request_bursts);
  for (const Place& relative : block.pattern.pseudo_channels) {
    FastChannel& channel = channels_[(base ^ relative).pseudo_channel >> channel_shift_];
    channel.row_bus_free = std::max(channel.row_bus_free, channel.row_bus_next);
    front_full_until_ = std::max(front_full_until_, channel.enter(requests));
  }
  return data;
}

Picoseconds FastEngine::advance(Picoseconds limit, std::vector<Completion>& completions) {
  if (!completions_.empty()) {
    completions.insert(completions.end(), completions_.begin(), completions_.end());
    completions_.clear();
  } else if (refused_) {
    refused_ = limit < front_full_until_;
    time_ = std::max(time_, std::min(limit, front_full_until_));
  } else if (limit != kNever) {
    time_ = std::max(time_, limit);
  }
  return time_;
}

void FastEngine::set_refresh_rate(std::uint32_t times) {
  for (std::size_t index = 0; index < pseudo_channels_.size(); ++index) {
    pseudo_channels_[index].refresh_until(time_, channels_[index >> channel_shift_], counters_);
  }
  timing_.set_refresh_rate(times);
  for (FastPseudoChannel& pseudo_channel : pseudo_channels_) pseudo_channel.space_bank_refreshes();
}

std::vector<std::uint64_t> FastEngine::bytes_per_channel() const {
  std::vector<std::uint64_t> bytes(channels_.size());
  for (std::size_t index = 0; index < pseudo_channels_.size(); ++index) {
    bytes[index >> channel_shift_] += pseudo_channels_[index].bursts() * organization_.burst_bytes;
  }
  return bytes;
}

}  // namespace prism::hbm
