// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/common/units.h"
#include "platform/timeline/trace_log.h"

namespace prism::timeline {

/// Which functions the firmware is in, from the addresses it executes. Entering a function at its first
/// instruction is a call, and returns to one that is on the stack are returns to it: a call by a jump looks
/// like a call that returns with its caller. Functions that the compiler has inlined are not seen.
class CallStack {
 public:
  struct Function {
    std::string_view name;  // outlives this
    std::uint64_t first = 0;
    bool operator==(const Function& other) const { return first == other.first; }
  };

  explicit CallStack(TraceLog& log) : log_(log), track_(log.track("cpu", "firmware functions")) {}

  /// The instruction at `pc`, in `function`, is next.
  void step(const Function& function, std::uint64_t pc, Picoseconds at);
  /// The run has ended.
  void finish(Picoseconds at);

 private:
  struct Frame {
    Function function;
    Picoseconds entered;
  };

  void pop(Picoseconds at);

  TraceLog& log_;
  TraceLog::Track track_;
  std::vector<Frame> frames_;
};

}  // namespace prism::timeline
