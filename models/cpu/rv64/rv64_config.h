// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "models/cpu/rv64/instruction.h"

namespace prism::rv64 {

struct Rv64Config {
  std::uint64_t reset_address = 0x1000;
  std::uint64_t hart_id = 0;
  /// Clock cycles of an instruction of each class (index: InstructionClass), at least 1; every other time,
  /// such as a device's, comes from the bus.
  std::array<std::uint32_t, kInstructionClasses> cycles = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  std::uint32_t trap_cycles = 1;  // entry of an exception or interrupt
};

}  // namespace prism::rv64
