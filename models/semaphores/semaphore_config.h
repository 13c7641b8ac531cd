// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/common/units.h"

namespace prism::semaphores {

struct SemaphoreConfig {
  std::uint32_t count = 16;
  Picoseconds access_ps = 0;  // of a register access
};

}  // namespace prism::semaphores
