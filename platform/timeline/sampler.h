// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "models/common/units.h"
#include "platform/timeline/trace_log.h"

namespace prism::timeline {

/// Totals since the start, and values of the moment.
struct Snapshot {
  std::uint64_t hbm_bytes = 0;
  std::vector<std::uint64_t> channel_bytes;                   // of each HBM channel
  std::vector<std::pair<std::string, double>> energy_pj;      // by device
  std::vector<std::pair<std::string, double>> temperature_c;  // by place
  struct Queue {
    std::string device;
    std::string counter;
    std::uint64_t depth;
  };
  std::vector<Queue> queues;
  double photonic_off_set_point_mk = 0;
};

/// Looks at the system in equal stretches of time, in bounded memory: when the stretches no longer reach,
/// they are merged in pairs. Takes part in nothing: it looks when something else happens.
class Sampler {
 public:
  static constexpr std::size_t kStretches = 512;

  explicit Sampler(std::function<Snapshot()> look) : look_(std::move(look)) {
    samples_.push_back({0, {}, 0});
  }

  /// Something happens at `now`, with so many requests under way.
  void at(Picoseconds now, std::uint64_t under_way) {
    if (now >= next_) sample(now);
    deepest_ = std::max(deepest_, under_way);
  }
  /// Ends the last stretch, and writes counters and the phases of the channels.
  void finish(Picoseconds now, double channel_peak_gbps, TraceLog& log);

 private:
  struct Sample {
    Picoseconds at;
    Snapshot seen;
    std::uint64_t deepest;  // queue since the sample before
  };

  void sample(Picoseconds now);
  void write_counters(TraceLog& log) const;
  void write_channel(std::size_t channel, double peak_gbps, TraceLog& log) const;

  std::function<Snapshot()> look_;
  std::vector<Sample> samples_;
  Picoseconds width_ = 100 * kPicosecondsPerNanosecond;
  Picoseconds next_ = width_;
  std::uint64_t deepest_ = 0;
};

}  // namespace prism::timeline
