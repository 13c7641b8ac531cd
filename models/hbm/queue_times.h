// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "models/common/units.h"

namespace prism::hbm {

/// When bursts enter a bounded queue that they leave in order: each one when the one `depth` ahead of it
/// leaves. The times are kept as a few groups of evenly spaced bursts: a new one begins when the last has a
/// third of the depth. Small, as there is one for each bank: the depth is not kept.
class QueueTimes {
 public:
  /// `bursts` more leave, `spacing` apart, the last of them at `last`; returns when that one has entered, or
  /// 0 if the queue has never been full. `depth` is the same each time.
  Picoseconds leave(std::uint32_t depth, std::uint32_t bursts, Picoseconds last, Picoseconds spacing) {
    add({last, static_cast<std::uint32_t>(spacing), bursts}, (depth + 2) / 3);
    Picoseconds entered = 0;
    for (inside_ += bursts; inside_ > depth;) {
      Group& group = groups_[oldest_];
      const std::uint32_t out = std::min(group.bursts, inside_ - depth);
      group.bursts -= out;
      inside_ -= out;
      entered = group.last - Picoseconds{group.bursts} * group.spacing;
      if (group.bursts == 0) oldest_ = next(oldest_);
    }
    return entered;
  }

 private:
  static constexpr std::uint8_t kGroups =
      4;  // of which at most three are in the queue before another is added
  struct Group {
    Picoseconds last = 0;
    std::uint32_t spacing = 0;
    std::uint32_t bursts = 0;
  };

  static std::uint8_t next(std::uint8_t group) { return static_cast<std::uint8_t>((group + 1) % kGroups); }

  void add(const Group& more, std::uint32_t enough) {
    Group& newest = groups_[newest_];
    if (newest.bursts == 0 || newest.bursts >= enough) {
      if (newest.bursts > 0) newest_ = next(newest_);
      if (inside_ == 0) oldest_ = newest_;
      groups_[newest_] = more;
      return;
    }
    constexpr Picoseconds kLongest = 0xFFFF'FFFF;  // 4 ms
    const std::uint32_t bursts = newest.bursts + more.bursts;
    const Picoseconds first = newest.last - Picoseconds{newest.bursts - 1} * newest.spacing;
    const auto span = static_cast<std::uint32_t>(std::min(more.last - first, kLongest));
    newest = {more.last, span / (bursts - 1), bursts};
  }

  std::array<Group, kGroups> groups_{};  // a ring
  std::uint32_t inside_ = 0;             // bursts, of the last `depth`
  std::uint8_t newest_ = 0, oldest_ = 0;
};

}  // namespace prism::hbm
