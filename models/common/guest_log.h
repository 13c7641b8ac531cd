// SPDX-License-Identifier: Apache-2.0
// One log line for a mistake of the simulated software, which never stops the simulator.
#pragma once

#include <string_view>
#include <tlm>

namespace prism {

/// Prints "[simulated time] where: what (initiator, size, address, pc)" on standard error.
void log_guest_error(std::string_view where, const tlm::tlm_generic_payload& payload, std::string_view what);

/// Prints "[simulated time] where: what" for a device error that is no single bus access.
void log_guest_error(std::string_view where, std::string_view what);

}  // namespace prism
