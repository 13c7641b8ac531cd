// SPDX-License-Identifier: Apache-2.0
#include "platform/config/parse.h"

namespace prism::config {
namespace {

PlatformFault parse_fault(const Section& section) {
  PlatformFault fault;
  fault.kind = platform_fault_kind(section.text("kind")).value();  // the schema knows the same
  fault.device = section.text("device");
  fault.purpose = purpose_named(section.text("purpose"));  // nothing for "any"
  fault.first_address = section.address("first_address");
  fault.last_address = section.address("last_address");
  fault.trigger.after = section.u64("after");
  fault.trigger.count = section.u64("count");
  return fault;
}

}  // namespace

FirmwareConfig parse_firmware(const Section& section) {
  FirmwareConfig firmware;
  firmware.timeout_ns = static_cast<std::uint64_t>(section.number("timeout_us") * 1000);
  firmware.poll_ns = static_cast<std::uint64_t>(section.number("poll_us") * 1000);
  firmware.attempts = section.u32("attempts");
  if (const auto steps = section.optional_u64("monitor_steps")) {
    firmware.monitor_steps = static_cast<std::uint32_t>(*steps);
  }
  firmware.health_limit = static_cast<std::uint32_t>(section.number("health_limit_weight") * 1e6);
  firmware.ring_entries = section.u32("ring_entries");
  return firmware;
}

std::vector<PlatformFault> parse_platform_faults(const Section& root) {
  std::vector<PlatformFault> faults;
  for (const Section& item : root.items("faults")) faults.push_back(parse_fault(item));
  return faults;
}

}  // namespace prism::config
