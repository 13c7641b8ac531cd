// SPDX-License-Identifier: Apache-2.0
// Decides which waiting master a target port serves next. Each target port has an arbiter of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "models/interconnect/bus_config.h"

namespace prism::interconnect {

struct Contender {
  std::uint32_t initiator;  // index of its port
  std::uint32_t priority;   // the higher wins, where priority counts
};

class Arbiter {
 public:
  virtual ~Arbiter() = default;

  /// Index of the winner in `waiting`, which is not empty and in order of arrival.
  virtual std::size_t pick(std::span<const Contender> waiting) = 0;
};

std::unique_ptr<Arbiter> make_arbiter(Arbitration arbitration);

}  // namespace prism::interconnect
