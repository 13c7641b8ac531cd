// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/common/register_bank.h"
#include "models/common/units.h"
#include "models/cpu/cpu_config.h"

namespace prism::cpu {

/// Core-local interruptor (prism/hw/clint.h): a timer that counts simulated time, and one compare register
/// and software interrupt for each hart.
class ClintCore {
 public:
  /// Adds its registers to `bank`. `now` gives the time; `on_change` runs when a guest write may have changed
  /// an interrupt.
  ClintCore(const ClintConfig& config, RegisterBank& bank, std::function<Picoseconds()> now,
            std::function<void()> on_change);

  std::uint64_t mtime() const;
  bool timer_interrupt(std::uint32_t hart) const;
  bool software_interrupt(std::uint32_t hart) const;
  /// When the hart's timer interrupt will rise if nothing is written; kNever when it is up or beyond reach.
  Picoseconds timer_rise(std::uint32_t hart) const;

 private:
  void set_mtime(std::uint64_t value);

  ClintConfig config_;
  std::function<Picoseconds()> now_;
  std::function<void()> on_change_;
  std::uint64_t mtime_offset_ = 0;  // what guest writes added, modulo 2^64
  std::vector<Register*> mtimecmp_;
  std::vector<Register*> msip_;
};

}  // namespace prism::cpu
