// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "models/common/fault_trigger.h"
#include "models/common/purpose.h"

namespace prism::config {

/// How firmware watches its devices and recovers (prism/job.h, struct prism_recovery).
struct FirmwareConfig {
  std::uint64_t timeout_ns = 100'000'000;
  std::uint64_t poll_ns = 1'000'000;           // 0: never
  std::uint32_t attempts = 3;                  // 0: the first fault ends the run
  std::optional<std::uint32_t> monitor_steps;  // nothing: if the photonic core has faults
  std::uint32_t health_limit = 20'000;         // 1e-6 of a weight
  std::uint32_t ring_entries = 64;
};

enum class PlatformFaultKind : std::uint8_t {
  kBusError,       // a bus master's transaction fails
  kStall,          // it is never answered
  kBadDescriptor,  // a descriptor that the DMA engine reads has a wrong first byte
  kFullRing,       // a DMA channel is told of more descriptors than its ring holds
  kLostInterrupt,  // the interrupt controller misses an interrupt
};

/// The name in configurations and reports: "bus_error", ...
std::string_view name_of(PlatformFaultKind kind);
/// The kind of this name, or nothing.
std::optional<PlatformFaultKind> platform_fault_kind(std::string_view name);
/// The purpose of this name, or nothing.
std::optional<Purpose> purpose_named(std::string_view name);

/// A fault of the platform, and when it strikes: beside those of HBM (hbm.faults) and of the photonic core
/// (photonic.faults).
struct PlatformFault {
  PlatformFaultKind kind = PlatformFaultKind::kBusError;
  std::string device = "dma";      // "dma", "compute", "photonic"
  std::optional<Purpose> purpose;  // of the transaction; nothing: any
  std::uint64_t first_address = 0;
  std::uint64_t last_address = ~std::uint64_t{0};
  FaultTrigger trigger;
};

}  // namespace prism::config
