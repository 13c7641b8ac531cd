// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/memory_config.h"
#include "models/memory/storage_target.h"

namespace prism::memory {

/// RAM or ROM with one data path: an access takes access_ps, then its bytes at bandwidth_gbps, one access's
/// data after the other's. Not modelled: banks, refresh, energy. The numbers come from the configuration.
class Memory : public StorageTarget {
 public:
  Memory(sc_core::sc_module_name name, const MemoryConfig& config, bool writable);

 protected:
  Picoseconds access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) override;
  Picoseconds direct_access_ps() const override { return config_.access_ps; }
  Picoseconds busy() const override { return busy_; }

 private:
  MemoryConfig config_;
  Picoseconds free_at_ = 0;
  Picoseconds busy_ = 0;
};

}  // namespace prism::memory
