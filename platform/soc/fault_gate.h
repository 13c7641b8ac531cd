// SPDX-License-Identifier: Apache-2.0
// Stands between a bus master and the bus, and breaks transactions when it is told to.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <deque>
#include <functional>
#include <systemc>
#include <unordered_set>

#include "platform/config/platform_fault.h"

namespace prism::soc {

/// Passes everything on, in no time, but for the faults added: kBusError answers for the bus, which never
/// sees the transaction; kStall takes it and never answers; kBadDescriptor inverts the first byte of a
/// descriptor; kFullRing runs a hook before a descriptor is read. Non-blocking and debug transport only, as
/// the devices' ports have it; debug transport never fails.
class FaultGate : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<FaultGate> from_master;
  tlm_utils::simple_initiator_socket<FaultGate> to_bus;

  /// Of a master with descriptor rings.
  struct Rings {
    std::function<bool(std::uint64_t address)> has_descriptor;
    std::function<void(std::uint64_t address)> overfill;  // the ring with this descriptor
  };

  explicit FaultGate(sc_core::sc_module_name name, Rings rings = {});

  void add(const config::PlatformFault& fault) { faults_.push_back(fault); }
  const std::deque<config::PlatformFault>& faults() const { return faults_; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  /// The fault that strikes the transaction, or null.
  config::PlatformFault* strike(const tlm::tlm_generic_payload& payload);
  void corrupt(tlm::tlm_generic_payload& payload);

  Rings rings_;
  std::deque<config::PlatformFault> faults_;
  std::unordered_set<const tlm::tlm_generic_payload*> to_corrupt_;  // on their way
};

}  // namespace prism::soc
