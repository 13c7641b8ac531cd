// SPDX-License-Identifier: Apache-2.0
#include "platform/config/platform_fault.h"

#include <array>

namespace prism::config {
namespace {

/// In the order of PlatformFaultKind.
constexpr std::array<std::string_view, 5> kNames = {"bus_error", "stall", "bad_descriptor", "full_ring",
                                                    "lost_interrupt"};

}  // namespace

std::string_view name_of(PlatformFaultKind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<PlatformFaultKind> platform_fault_kind(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<PlatformFaultKind>(i);
  }
  return std::nullopt;
}

std::optional<Purpose> purpose_named(std::string_view name) {
  for (std::uint32_t index = 0; index < kPurposeCount; ++index) {
    if (purpose_name(static_cast<Purpose>(index)) == name) return static_cast<Purpose>(index);
  }
  return std::nullopt;
}

}  // namespace prism::config
