// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace prism::memory {

Memory::Memory(sc_core::sc_module_name module_name, const MemoryConfig& config, bool writable)
    : StorageTarget(module_name, config.bytes, writable), config_(config) {
  if (!(config.bandwidth_gbps > 0.0) || config.access_ps < 0) {
    throw std::invalid_argument("memory '" + std::string(name()) +
                                "' needs a positive bandwidth and no negative time");
  }
}

Picoseconds Memory::access(Picoseconds start, std::uint64_t /*offset*/, std::uint64_t bytes) {
  const Picoseconds duration = transfer_ps(bytes, config_.bandwidth_gbps);
  free_at_ = std::max(start + config_.access_ps, free_at_) + duration;
  busy_ += duration;
  return free_at_;
}

}  // namespace prism::memory
