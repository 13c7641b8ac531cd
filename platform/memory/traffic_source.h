// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::memory_study {

/// One request, or several equal ones, each behind the one before it in address.
struct Access {
  std::uint64_t address = 0;  // from the start of HBM
  std::uint64_t bytes = 0;    // of each request
  bool is_write = false;
  Picoseconds not_before = 0;  // when its initiator makes it
  std::uint64_t requests = 1;
};

/// Requests, one after the other, with times that never go back. Free of state that grows.
class TrafficSource {
 public:
  virtual ~TrafficSource() = default;

  /// The next request or requests; false after the last one.
  virtual bool next(Access& access) = 0;
  /// Share of the requests handed out so far, 0 to 1 (estimated).
  virtual double done() const = 0;
};

}  // namespace prism::memory_study
