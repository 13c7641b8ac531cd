// SPDX-License-Identifier: Apache-2.0
// The registers of the HBM controller.
#include <prism/hw/hbm.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <string>

#include "models/common/guest_log.h"
#include "models/hbm/hbm_controller.h"

namespace prism::hbm {

namespace {

using MaybeRecord = std::optional<EccModel::Record>;

std::uint64_t kind_of(const MaybeRecord& record) {
  if (!record) return HBM_ERROR_NONE;
  return record->kind == FaultKind::kCorrectable ? HBM_ERROR_CORRECTABLE : HBM_ERROR_UNCORRECTABLE;
}

std::uint64_t address_of(const MaybeRecord& record) {
  return record ? record->address : 0;
}

/// The last part of its name, as far as it fits.
std::uint64_t initiator_of(const MaybeRecord& record) {
  std::uint64_t text = 0;
  if (!record) return text;
  const std::size_t dot = record->initiator.rfind('.');
  const std::string name = dot == std::string::npos ? record->initiator : record->initiator.substr(dot + 1);
  std::memcpy(&text, name.data(), std::min(sizeof text, name.size()));
  return text;
}

}  // namespace

void HbmController::add_constant(const char* name, std::uint64_t offset, std::uint32_t bytes,
                                 std::uint64_t value, const char* description) {
  bank_.add({name, offset, bytes, RegisterAccess::kReadOnly, value, description});
}

void HbmController::add_value(const char* name, std::uint64_t offset, std::uint32_t bytes,
                              const char* description, std::function<std::uint64_t()> value) {
  bank_.add({name, offset, bytes, RegisterAccess::kReadOnly, 0, description}).on_read(std::move(value));
}

void HbmController::add_registers() {
  const Organization& o = config_.organization;
  add_constant("ID", HBM_ID, 4, HBM_ID_VALUE, "identity");
  add_constant("STACKS", HBM_STACKS, 4, o.stacks, "HBM stacks");
  add_constant("CHANNELS", HBM_CHANNELS, 4, o.channels, "channels of one stack");
  add_constant("CAPACITY", HBM_CAPACITY, 8, o.capacity_bytes(), "bytes");
  bank_
      .add({"CONTROL", HBM_CONTROL, 4, RegisterAccess::kWriteOnly, 0,
            "bit 0 clears the traffic counters, bit 1 the ECC counters, status and records"})
      .on_write([this](std::uint64_t value) {
        if ((value & HBM_CONTROL_CLEAR) != 0) cleared_ = traffic_counts();
        if ((value & HBM_CONTROL_CLEAR_ECC) == 0) return;
        cleared_ecc_ = ecc_.counters();
        ecc_.clear_records();
      });
  add_traffic_registers();
  add_temperature_registers();
  add_ecc_registers();
  add_injection_registers();
}

HbmController::TrafficCounts HbmController::traffic_counts() const {
  const EngineCounters counters = engine_->counters();
  return {traffic_.read().total(), traffic_.written().total(), counters.row_hits, counters.row_misses,
          counters.refreshes_all_bank + counters.refreshes_per_bank};
}

void HbmController::add_traffic_registers() {
  const auto counter = [&](const char* name, std::uint64_t offset, std::uint64_t TrafficCounts::*count,
                           const char* description) {
    add_value(name, offset, 8, description,
              [this, count] { return traffic_counts().*count - cleared_.*count; });
  };
  counter("BYTES_READ", HBM_BYTES_READ, &TrafficCounts::bytes_read,
          "bytes read since the counters were cleared");
  counter("BYTES_WRITTEN", HBM_BYTES_WRITTEN, &TrafficCounts::bytes_written,
          "bytes written since the counters were cleared");
  counter("ROW_HITS", HBM_ROW_HITS, &TrafficCounts::row_hits, "bursts that found their row open");
  counter("ROW_MISSES", HBM_ROW_MISSES, &TrafficCounts::row_misses, "bursts that had to open their row");
  counter("REFRESHES", HBM_REFRESHES, &TrafficCounts::refreshes, "refresh commands, all-bank and per-bank");
}

void HbmController::add_temperature_registers() {
  add_value("TEMPERATURE", HBM_TEMPERATURE, 4, "degrees Celsius, signed", [this] {
    return static_cast<std::uint32_t>(static_cast<std::int32_t>(std::floor(temperature_c_)));
  });
  add_value("REFRESH_RATE", HBM_REFRESH_RATE, 4, "refreshes for each one at the nominal rate",
            [this] { return refresh_rate_; });
}

void HbmController::add_ecc_registers() {
  const EccConfig& ecc = config_.ecc;
  add_constant("ECC_CONFIG", HBM_ECC_CONFIG, 4,
               (ecc.enabled ? HBM_ECC_CONFIG_ENABLED : 0) |
                   (ecc.demand_scrub ? HBM_ECC_CONFIG_DEMAND_SCRUB : 0) |
                   (ecc.scrub_interval_ps > 0 ? HBM_ECC_CONFIG_PATROL_SCRUB : 0),
               "bit 0: ECC on, bit 1: demand scrub, bit 2: patrol scrub");
  const auto count = [this](std::uint64_t EccModel::Counters::*counter) {
    return ecc_.counters().*counter - cleared_ecc_.*counter;
  };
  const auto counter = [&](const char* name, std::uint64_t offset, std::uint64_t EccModel::Counters::*which,
                           const char* description) {
    add_value(name, offset, 8, description, [count, which] { return count(which); });
  };
  using Counters = EccModel::Counters;
  add_value("ECC_STATUS", HBM_ECC_STATUS, 4, "bit 0: errors corrected, bit 1: uncorrectable errors found",
            [count] {
              const bool corrected = count(&Counters::corrected) + count(&Counters::scrub_corrected) > 0;
              const bool uncorrectable =
                  count(&Counters::uncorrectable) + count(&Counters::scrub_uncorrectable) > 0;
              return (corrected ? HBM_ECC_STATUS_CORRECTED : 0) |
                     (uncorrectable ? HBM_ECC_STATUS_UNCORRECTABLE : 0);
            });
  counter("ECC_CORRECTED", HBM_ECC_CORRECTED, &Counters::corrected, "bursts read and corrected");
  counter("ECC_UNCORRECTABLE", HBM_ECC_UNCORRECTABLE, &Counters::uncorrectable,
          "bursts read and poisoned: their reads ended with an error");
  counter("SCRUBBED", HBM_SCRUBBED, &Counters::scrubbed, "bursts read by the patrol scrubber");
  counter("SCRUB_CORRECTED", HBM_SCRUB_CORRECTED, &Counters::scrub_corrected, "bursts that it corrected");
  counter("SCRUB_UNCORRECTABLE", HBM_SCRUB_UNCORRECTABLE, &Counters::scrub_uncorrectable,
          "bursts that it could not correct");
  add_value("ECC_FIRST_KIND", HBM_ECC_FIRST_KIND, 4, "first error: 0 none, 1 correctable, 2 uncorrectable",
            [this] { return kind_of(ecc_.first_error()); });
  add_value("ECC_LAST_KIND", HBM_ECC_LAST_KIND, 4, "last error: 0 none, 1 correctable, 2 uncorrectable",
            [this] { return kind_of(ecc_.last_error()); });
  add_value("ECC_FIRST_ADDRESS", HBM_ECC_FIRST_ADDRESS, 8, "its burst, from the start of HBM",
            [this] { return address_of(ecc_.first_error()); });
  add_value("ECC_LAST_ADDRESS", HBM_ECC_LAST_ADDRESS, 8, "its burst, from the start of HBM",
            [this] { return address_of(ecc_.last_error()); });
  add_value("ECC_FIRST_INITIATOR", HBM_ECC_FIRST_INITIATOR, 8, "who read it, up to eight characters",
            [this] { return initiator_of(ecc_.first_error()); });
  add_value("ECC_LAST_INITIATOR", HBM_ECC_LAST_INITIATOR, 8, "who read it, up to eight characters",
            [this] { return initiator_of(ecc_.last_error()); });
}

void HbmController::add_injection_registers() {
  Register& address = bank_.add({"INJECT_ADDRESS", HBM_INJECT_ADDRESS, 8, RegisterAccess::kReadWrite, 0,
                                 "where INJECT puts an error, from the start of HBM"});
  Register& inject = bank_.add({"INJECT", HBM_INJECT, 4, RegisterAccess::kReadWrite, 0,
                                "1 correctable, 2 uncorrectable, + 256 permanent; reads 0 when done, bit 31 "
                                "when refused"});
  inject.on_write([this, &address, &inject](std::uint64_t value) {
    const std::uint64_t kind = value & ~std::uint64_t{HBM_ERROR_PERMANENT};
    const bool known = kind == HBM_ERROR_CORRECTABLE || kind == HBM_ERROR_UNCORRECTABLE;
    if (!known || address.value() >= store_.bytes()) {
      log_guest_error(bank_.name(), known ? "INJECT_ADDRESS is beyond the end of HBM"
                                          : "INJECT asks for an error of no known kind");
      inject.set(HBM_INJECT_REFUSED);
      return;
    }
    ecc_.inject(address.value(),
                kind == HBM_ERROR_CORRECTABLE ? FaultKind::kCorrectable : FaultKind::kUncorrectable,
                (value & HBM_ERROR_PERMANENT) != 0);
    inject.set(HBM_INJECT_DONE);
  });
  bank_
      .add({"INJECT_TEMPERATURE", HBM_INJECT_TEMPERATURE, 4, RegisterAccess::kWriteOnly, 0,
            "sets the temperature, degrees Celsius, signed"})
      .on_write([this](std::uint64_t value) { set_temperature(static_cast<std::int32_t>(value)); });
}

}  // namespace prism::hbm
