// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "models/common/units.h"
#include "models/cpu/rv64/rv64_config.h"

namespace prism::cpu {

struct NativeCpuConfig {
  Picoseconds access_ps = 5000;       // CPU side of one register or memory access, before the bus
  Picoseconds call_ps = 50000;        // software cost of one driver call
  Picoseconds interrupt_ps = 100000;  // entry and exit of an interrupt
  Picoseconds quantum_ps = 100000;    // local time ahead of the simulation's, at most
};

struct Rv64CpuConfig {
  double clock_mhz = 1000.0;
  rv64::Rv64Config core;
  std::uint32_t harts = 1;
  std::uint64_t turn_cycles = 100;  // with several harts: how long one runs before the next
  std::uint64_t quantum_instructions =
      10000;  // that the hart executes between two looks at the simulation, at most
  std::uint64_t max_instructions = std::numeric_limits<std::uint64_t>::max();  // then the run is given up
};

struct PlicConfig {
  std::uint32_t sources = 96;  // ids 1 to sources - 1, at most 1024 (QEMU virt: 96)
  std::uint32_t contexts = 1;  // 2 * hart: its machine mode; the others, of supervisor modes, lead nowhere
  Picoseconds access_ps = 10000;
};

struct ClintConfig {
  std::uint32_t harts = 1;
  Picoseconds tick_ps = 100000;  // mtime at 10 MHz, as QEMU virt
  Picoseconds access_ps = 10000;
};

struct UartConfig {
  Picoseconds access_ps = 10000;
};

struct FinisherConfig {
  Picoseconds access_ps = 10000;
};

}  // namespace prism::cpu
