// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/common/units.h"

namespace prism::interconnect {

/// One direction of a bus port: moves `width_bytes` a clock, one transaction at a time, in the order of the
/// calls.
class Channel {
 public:
  Channel(std::uint32_t width_bytes, double clock_mhz)
      : width_bytes_(width_bytes), period_(period_ps(clock_mhz)) {}

  Picoseconds period() const { return period_; }
  /// Time to move `bytes`, in whole clocks.
  Picoseconds duration(std::uint64_t bytes) const {
    return static_cast<Picoseconds>((bytes + width_bytes_ - 1) / width_bytes_) * period_;
  }
  Picoseconds free_at() const { return free_at_; }
  Picoseconds busy() const { return busy_; }

  /// Takes the channel for `duration` from the first free moment at or after `earliest`; returns the end.
  Picoseconds reserve(Picoseconds earliest, Picoseconds duration) {
    free_at_ = std::max(free_at_, earliest) + duration;
    busy_ += duration;
    return free_at_;
  }

  /// Cut-through of data that a neighbour delivers between `first` and `last`: the channel is taken for
  /// `duration` and ends no sooner than its neighbour. Returns the end.
  Picoseconds pass_through(Picoseconds first, Picoseconds last, Picoseconds duration) {
    return reserve(std::max(first, last - duration), duration);
  }

  /// Not free before `time`, without being busy: the neighbour holds it.
  void hold_until(Picoseconds time) { free_at_ = std::max(free_at_, time); }

 private:
  std::uint32_t width_bytes_;
  Picoseconds period_;
  Picoseconds free_at_ = 0;
  Picoseconds busy_ = 0;
};

}  // namespace prism::interconnect
