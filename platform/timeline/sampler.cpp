// SPDX-License-Identifier: Apache-2.0
#include "platform/timeline/sampler.h"

#include <fmt/format.h>

#include <algorithm>

namespace prism::timeline {

void Sampler::sample(Picoseconds now) {
  samples_.push_back({now, look_(), deepest_});
  deepest_ = 0;
  if (samples_.size() > kStretches) {
    width_ *= 2;
    std::vector<Sample> kept = {samples_.front()};
    for (std::size_t i = 2; i < samples_.size(); i += 2) {
      kept.push_back(std::move(samples_[i]));
      kept.back().deepest = std::max(kept.back().deepest, samples_[i - 1].deepest);
    }
    if (samples_.size() % 2 == 0) kept.push_back(std::move(samples_.back()));
    samples_ = std::move(kept);
  }
  next_ = (now / width_ + 1) * width_;
}

void Sampler::finish(Picoseconds now, double channel_peak_gbps, TraceLog& log) {
  if (now > samples_.back().at) sample(now);
  if (samples_.size() < 2) return;
  samples_.front().seen.channel_bytes.resize(samples_.back().seen.channel_bytes.size());
  write_counters(log);
  for (std::size_t channel = 0; channel < samples_.back().seen.channel_bytes.size(); ++channel)
    write_channel(channel, channel_peak_gbps, log);
}

void Sampler::write_counters(TraceLog& log) const {
  const TraceLog::Track hbm = log.track("hbm", "traffic");
  const TraceLog::Track power = log.track("power", "counters");
  for (std::size_t i = 1; i < samples_.size(); ++i) {
    const Sample& before = samples_[i - 1];
    const Sample& after = samples_[i];
    const Picoseconds time = after.at - before.at;
    log.counter(hbm, "bandwidth_gbps", before.at,
                gbps_of(after.seen.hbm_bytes - before.seen.hbm_bytes, time));
    log.counter(hbm, "queue_depth_requests", before.at, static_cast<double>(after.deepest));
    for (std::size_t j = 0; j < after.seen.energy_pj.size(); ++j) {
      const auto& [device, energy] = after.seen.energy_pj[j];
      const double earlier = before.seen.energy_pj.empty() ? 0.0 : before.seen.energy_pj[j].second;
      // pJ/ps is W
      log.counter(power, device + "_power_w", before.at, (energy - earlier) / static_cast<double>(time));
    }
    for (const auto& [place, celsius] : after.seen.temperature_c)
      log.counter(power, place + "_temperature_c", before.at, celsius);
    log.counter(power, "photonic_off_set_point_mk", before.at, after.seen.photonic_off_set_point_mk);
    for (const Snapshot::Queue& queue : after.seen.queues)
      log.counter(log.track(queue.device, "commands"), queue.counter, before.at,
                  static_cast<double>(queue.depth));
  }
}

/// Stretches with about the same use become one slice.
void Sampler::write_channel(std::size_t channel, double peak_gbps, TraceLog& log) const {
  const TraceLog::Track track = log.track("hbm channels", fmt::format("channel {:03}", channel));
  constexpr int kSteps = 10;
  int level = -1;
  std::size_t first = 0;
  const auto bytes_until = [&](std::size_t last) {
    return samples_[last].seen.channel_bytes[channel] - samples_[first].seen.channel_bytes[channel];
  };
  const auto flush = [&](std::size_t last) {
    if (level < 0) return;
    log.slice(track, fmt::format("use {} to {} %", level * kSteps, (level + 1) * kSteps), samples_[first].at,
              samples_[last].at, {bytes_until(last), 0});
  };
  for (std::size_t i = 1; i < samples_.size(); ++i) {
    const std::uint64_t bytes =
        samples_[i].seen.channel_bytes[channel] - samples_[i - 1].seen.channel_bytes[channel];
    const double use = gbps_of(bytes, samples_[i].at - samples_[i - 1].at) / peak_gbps;
    const int now = bytes == 0 ? -1 : std::clamp(static_cast<int>(use * kSteps), 0, kSteps - 1);
    if (now == level) continue;
    flush(i - 1);
    level = now;
    first = i - 1;
  }
  flush(samples_.size() - 1);
}

}  // namespace prism::timeline
