// SPDX-License-Identifier: Apache-2.0
// Connects a RegisterBank to a TLM target socket: blocking, debug, and (by the socket's conversion)
// non-blocking access.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>

#include "models/common/register_bank.h"
#include "models/common/units.h"

namespace prism {

class RegisterTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RegisterTarget> socket;

  /// Addresses arrive relative to the bank's base. Every access costs `access_ps`, added to the delay
  /// argument. A guest mistake gets TLM_ADDRESS_ERROR_RESPONSE (unmapped), TLM_BURST_ERROR_RESPONSE (size) or
  /// TLM_COMMAND_ERROR_RESPONSE (read-only), with one log line.
  RegisterTarget(sc_core::sc_module_name name, RegisterBank& bank, Picoseconds access_ps);

  RegisterBank& bank() { return bank_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);

  RegisterBank& bank_;
  sc_core::sc_time access_time_;
};

}  // namespace prism
