// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/common/units.h"

namespace prism::interconnect {

enum class Arbitration : std::uint8_t { kRoundRobin, kFixedPriority, kFifo };

struct PortConfig {
  std::string name;               // "cpu", "dma", "hbm", ...
  std::uint32_t width_bytes = 8;  // moved each clock, each direction
  double clock_mhz = 1000.0;
  Picoseconds latency_ps = 0;  // added once to every transaction that passes this port
  std::uint32_t priority = 0;  // fixed_priority: the higher wins
};

struct TargetRange {
  std::string name;  // target port that serves the range
  std::uint64_t base;
  std::uint64_t bytes;
};

struct BusConfig {
  Arbitration arbitration = Arbitration::kRoundRobin;
  std::vector<PortConfig> initiators;
  std::vector<PortConfig> targets;
  std::vector<TargetRange> map;
};

}  // namespace prism::interconnect
