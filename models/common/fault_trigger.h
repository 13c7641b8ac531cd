// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace prism {

/// Which of a row of events are hit by an injected fault.
struct FaultTrigger {
  std::uint64_t after = 0;  // events that pass first
  std::uint64_t count = 1;  // events then hit; 0: all

  /// Another event: whether it is hit.
  bool hit() {
    if (done_) return false;
    if (after > 0) {
      --after;
      return false;
    }
    ++hits_;
    done_ = hits_ == count;
    return true;
  }
  std::uint64_t hits() const { return hits_; }

 private:
  std::uint64_t hits_ = 0;
  bool done_ = false;
};

}  // namespace prism
