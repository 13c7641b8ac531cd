// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "models/common/units.h"

namespace prism {

/// One thing that a device did, for whoever watches it.
struct Activity {
  const char* name;  // static: "rank", "gather"
  std::string unit;  // of a device that does several things at a time; "commands" for one that does not
  Picoseconds begun;
  Picoseconds ended;
  std::uint64_t bytes = 0;       // moved, if that is what it did
  std::uint64_t reads_from = 0;  // address of the data that another device may have made; 0: none
  std::uint64_t writes_to = 0;   // address of its results; 0: none
  std::uint64_t writes_bytes = 0;
};

/// Called when an activity has ended. An empty one costs nothing.
using ActivityObserver = std::function<void(const Activity&)>;

}  // namespace prism
