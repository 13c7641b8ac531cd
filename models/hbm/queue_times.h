// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/common/units.h"

namespace prism::hbm {

/// When bursts enter a bounded queue that they leave in order: each one when the one `depth` ahead of it
/// leaves.
class QueueTimes {
 public:
  explicit QueueTimes(std::uint32_t depth) : depth_(depth), groups_(depth + 1) {}

  /// `bursts` more leave, `spacing` apart, the last of them at `last`; returns when that one has entered, or
  /// 0 if the queue has never been full.
  Picoseconds leave(std::uint32_t bursts, Picoseconds last, Picoseconds spacing) {
    groups_[newest_] = {last, static_cast<std::uint32_t>(spacing), bursts};
    newest_ = next(newest_);
    Picoseconds entered = 0;
    for (inside_ += bursts; inside_ > depth_;) {
      Group& group = groups_[oldest_];
      const std::uint32_t out = std::min(group.bursts, inside_ - depth_);
      group.bursts -= out;
      inside_ -= out;
      entered = group.last - Picoseconds{group.bursts} * group.spacing;
      if (group.bursts == 0) oldest_ = next(oldest_);
    }
    return entered;
  }

 private:
  struct Group {
    Picoseconds last;
    std::uint32_t spacing;
    std::uint32_t bursts;
  };

  std::uint32_t next(std::uint32_t index) const { return index == depth_ ? 0 : index + 1; }

  std::uint32_t depth_;
  std::uint32_t inside_ = 0;  // bursts, of the last `depth`
  std::uint32_t newest_ = 0, oldest_ = 0;
  std::vector<Group> groups_;  // a ring, by time
};

}  // namespace prism::hbm
