// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/memory/bank_timing.h"
#include "models/memory/memory_config.h"
#include "models/memory/storage_target.h"

namespace prism::memory {

/// On-chip SRAM of interleaved banks, timed by BankTiming. Not modelled: port arbitration inside the SRAM
/// (the bus does that), ECC, energy. The numbers come from the configuration.
class Scratchpad : public StorageTarget {
 public:
  Scratchpad(sc_core::sc_module_name name, const ScratchpadConfig& config);

  /// Adds bank_conflicts and bank_conflict_ns to what StorageTarget reports.
  void report(ModuleStatistics& out) const override;

 protected:
  Picoseconds access(Picoseconds start, std::uint64_t offset, std::uint64_t bytes) override;
  Picoseconds direct_access_ps() const override { return config_.access_ps + timing_.period(); }
  Picoseconds busy() const override { return timing_.busy() / config_.banks; }

 private:
  ScratchpadConfig config_;
  BankTiming timing_;
};

}  // namespace prism::memory
