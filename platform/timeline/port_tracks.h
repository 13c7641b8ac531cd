// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "models/common/purpose.h"
#include "models/common/units.h"
#include "platform/timeline/trace_log.h"

namespace prism::timeline {

/// The traffic of one bus port: for each purpose a track of phases, which are stretches with at least one
/// transaction under way; if wanted, each transaction, too.
class PortTracks {
 public:
  PortTracks(TraceLog& log, std::string name, bool transactions);

  /// `id` tells the transaction from the others under way. Times may run ahead of those of later calls.
  void begin(const void* id, Purpose purpose, std::uint64_t bytes, Picoseconds at);
  /// `failed`: its bytes have not moved.
  void end(const void* id, Picoseconds at, bool failed);
  /// The run has ended: writes the last phases. Answers that would have come later are cut off.
  void finish(Picoseconds now);

  std::uint64_t under_way() const { return open_.size(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Open {
    Purpose purpose;
    std::uint64_t bytes;
    Picoseconds begun;
  };
  struct Phase {
    Picoseconds begun = 0;
    Picoseconds ended = -1;  // -1: there is none
    std::uint64_t under_way = 0;
    TraceLog::Details details;
  };

  Phase& phase(Purpose purpose) { return phases_[static_cast<std::size_t>(purpose)]; }
  TraceLog::Track track(Purpose purpose);
  void flush(Purpose purpose);

  TraceLog& log_;
  std::string name_;
  bool transactions_;
  std::unordered_map<const void*, Open> open_;
  std::array<Phase, kPurposeCount> phases_;
  std::uint64_t bytes_ = 0;
};

}  // namespace prism::timeline
