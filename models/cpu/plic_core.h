// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/common/register_bank.h"
#include "models/cpu/cpu_config.h"

namespace prism::cpu {

/// Platform-level interrupt controller with the registers of SiFive's and QEMU's (prism/hw/plic.h), and the
/// gateways of the RISC-V PLIC specification 1.0: a source's level makes it pending once; it stays pending if
/// the level falls (QEMU drops it); a claim clears it; while claimed it cannot become pending; completion
/// looks at the level again. Claims pass over the threshold, which only holds back the signal to the hart.
class PlicCore {
 public:
  /// Adds its registers to `bank`. `on_change` runs after anything that may have changed interrupt().
  PlicCore(const PlicConfig& config, RegisterBank& bank, std::function<void()> on_change);

  void set_source(std::uint32_t source, bool level);
  /// The signal to the context's hart.
  bool interrupt(std::uint32_t context) const;

 private:
  struct Gateway {
    bool level = false;
    bool pending = false;
    bool claimed = false;
  };

  void add_source_registers(RegisterBank& bank);
  void add_context_registers(RegisterBank& bank, std::uint32_t context);
  bool is_enabled(std::uint32_t context, std::uint32_t source) const;
  /// The pending enabled source of the highest priority, lowest id first among equals; 0: none.
  std::uint32_t best(std::uint32_t context) const;
  void claim(std::uint32_t context);
  void complete(std::uint32_t context, std::uint32_t source);
  void sample(Gateway& gateway);
  std::uint32_t pending_word(std::uint32_t word) const;

  PlicConfig config_;
  std::function<void()> on_change_;
  std::vector<Gateway> gateways_;                // by source; 0 is not used
  std::vector<Register*> priorities_;            // by source; [0] is null
  std::vector<std::vector<Register*>> enables_;  // by context and word
  std::vector<Register*> thresholds_;            // by context
};

}  // namespace prism::cpu
