// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/test_finisher.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "models/common/guest_log.h"
#include "prism/hw/finisher.h"
#include "prism/hw/memory_map.h"

namespace prism::cpu {

TestFinisher::TestFinisher(sc_core::sc_module_name name, const FinisherConfig& config,
                           std::function<void(int)> on_exit)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.access_ps),
      bank_(this->name(), PRISM_FINISHER_BYTES, 2),
      on_exit_(std::move(on_exit)) {
  bank_.add({"control", FINISHER_CONTROL, 4, RegisterAccess::kWriteOnly, 0, "ends the simulation"})
      .on_write([this](std::uint64_t value) { write_control(static_cast<std::uint32_t>(value)); });
}

void TestFinisher::write_control(std::uint32_t value) {
  const std::uint32_t command = value & 0xFFFF;
  if (command != FINISHER_PASS && command != FINISHER_FAIL) {
    std::ostringstream text;
    text << "unknown command 0x" << std::hex << value;
    log_guest_error(name(), text.str());
    return;
  }
  if (exit_code_) return;
  // A failure without a code is still a failure.
  exit_code_ = command == FINISHER_PASS ? 0 : std::max(1, static_cast<int>(value >> 16));
  if (on_exit_) on_exit_(*exit_code_);
}

}  // namespace prism::cpu
