// SPDX-License-Identifier: Apache-2.0
#include "platform/timeline/call_stack.h"

#include <algorithm>

namespace prism::timeline {

void CallStack::step(const Function& function, std::uint64_t pc, Picoseconds at) {
  if (pc == function.first) {  // a loop back to the first instruction looks like recursion, and is none
    if (frames_.empty() || !(frames_.back().function == function)) frames_.push_back({function, at});
    return;
  }
  if (!frames_.empty() && frames_.back().function == function) return;
  const bool returned = std::any_of(frames_.begin(), frames_.end(),
                                    [&](const Frame& frame) { return frame.function == function; });
  if (!returned) {
    frames_.push_back({function, at});
    return;
  }
  while (!(frames_.back().function == function)) pop(at);
}

void CallStack::pop(Picoseconds at) {
  log_.slice(track_, frames_.back().function.name, frames_.back().entered, at);
  frames_.pop_back();
}

void CallStack::finish(Picoseconds at) {
  while (!frames_.empty()) pop(at);
}

}  // namespace prism::timeline
