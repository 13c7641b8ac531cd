// SPDX-License-Identifier: Apache-2.0
#include "models/semaphores/semaphore_bank.h"

#include <cassert>
#include <limits>
#include <string>

#include "models/common/guest_log.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/semaphores.h"

namespace prism::semaphores {

SemaphoreBank::SemaphoreBank(sc_core::sc_module_name name, const SemaphoreConfig& config)
    : sc_core::sc_module(name),
      registers("registers", bank_, config.access_ps),
      wires("wires"),
      bank_(this->name(), PRISM_DEVICE_BYTES),
      raised_(config.count) {
  assert(config.count > 0 && config.count <= SEMAPHORES_MOST);
  wires.bind(*this);
  bank_.add({"ID", SEMAPHORES_ID, 4, RegisterAccess::kReadOnly, SEMAPHORES_ID_VALUE, "identity"});
  bank_.add(
      {"COUNT", SEMAPHORES_COUNT, 4, RegisterAccess::kReadOnly, config.count, "semaphores in the bank"});
  bank_
      .add({"OVERFLOWS", SEMAPHORES_OVERFLOWS, 4, RegisterAccess::kReadOnly, 0, "additions that did not fit"})
      .on_read([this] { return overflows_; });
  for (std::uint32_t i = 0; i < config.count; ++i) {
    Register& value = bank_.add(
        {"VALUE" + std::to_string(i), SEMAPHORES_VALUE(i), 4, RegisterAccess::kReadWrite, 0, "count"});
    value.on_write([this, i](std::uint64_t) { raised_[i].notify(sc_core::SC_ZERO_TIME); });
    values_.push_back(&value);
  }
  for (std::uint32_t i = 0; i < config.count; ++i) {
    bank_
        .add({"ADD" + std::to_string(i), SEMAPHORES_ADD(i), 4, RegisterAccess::kWriteOnly, 0,
              "adds to the count"})
        .on_write([this, i](std::uint64_t amount) { add(i, static_cast<std::uint32_t>(amount)); });
  }
}

bool SemaphoreBank::take(std::uint32_t index, std::uint32_t amount) {
  Register& value = *values_[index];
  if (value.value32() < amount) return false;
  value.set(value.value32() - amount);
  ++takes_;
  return true;
}

void SemaphoreBank::add(std::uint32_t index, std::uint32_t amount) {
  Register& value = *values_[index];
  const std::uint32_t room = std::numeric_limits<std::uint32_t>::max() - value.value32();
  if (amount > room) {
    ++overflows_;
    log_guest_error(name(), "a count does not fit in 32 bits");
    amount = room;
  }
  value.set(value.value32() + amount);
  ++signals_;
  raised_[index].notify(sc_core::SC_ZERO_TIME);
}

void SemaphoreBank::report(ModuleStatistics& out) const {
  out.count("signals", "1", "additions to a count", signals_);
  out.count("takes", "1", "waits that were served", takes_);
  out.count("overflows", "1", "additions that did not fit", overflows_);
}

}  // namespace prism::semaphores
