// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "models/common/activity.h"
#include "platform/timeline/trace_log.h"

namespace prism::timeline {

/// What devices did, and which used what another had made: an activity that reads where an earlier one wrote
/// gets an arrow from it.
class DeviceTracks {
 public:
  explicit DeviceTracks(TraceLog& log) : log_(log) {}

  /// In order of their ends.
  void add(const std::string& device, const Activity& activity);

 private:
  struct Written {
    std::uint64_t bytes;
    TraceLog::Track track;
    Picoseconds at;  // within the slice that wrote
  };

  void overwrite(std::uint64_t address, const Written& written);

  TraceLog& log_;
  std::map<std::uint64_t, Written> written_;  // by address; they do not overlap
};

}  // namespace prism::timeline
