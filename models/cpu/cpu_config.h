// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::cpu {

struct NativeCpuConfig {
  Picoseconds access_ps = 5000;       // CPU side of one register or memory access, before the bus
  Picoseconds call_ps = 50000;        // software cost of one driver call
  Picoseconds interrupt_ps = 100000;  // entry and exit of an interrupt
  Picoseconds quantum_ps = 100000;    // local time ahead of the simulation's, at most
};

struct PlicConfig {
  std::uint32_t sources = 96;  // ids 1 to sources - 1, at most 1024 (QEMU virt: 96)
  std::uint32_t contexts = 1;  // hart 0's machine mode
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
