// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/fault_gate.h"

#include "models/common/guest_log.h"
#include "models/common/transaction_info.h"

namespace prism::soc {

using config::PlatformFault;
using config::PlatformFaultKind;

FaultGate::FaultGate(sc_core::sc_module_name name, Rings rings)
    : sc_core::sc_module(name), from_master("from_master"), to_bus("to_bus"), rings_(std::move(rings)) {
  from_master.register_nb_transport_fw(this, &FaultGate::nb_transport_fw);
  from_master.register_transport_dbg(this, &FaultGate::transport_dbg);
  to_bus.register_nb_transport_bw(this, &FaultGate::nb_transport_bw);
}

PlatformFault* FaultGate::strike(const tlm::tlm_generic_payload& payload) {
  const Purpose purpose = transaction_info(payload).purpose;
  PlatformFault* struck = nullptr;
  for (PlatformFault& fault : faults_) {
    if (fault.kind == PlatformFaultKind::kLostInterrupt) continue;
    const bool of_descriptors =
        fault.kind == PlatformFaultKind::kBadDescriptor || fault.kind == PlatformFaultKind::kFullRing;
    if (of_descriptors && !(payload.is_read() && rings_.has_descriptor(payload.get_address()))) continue;
    if (fault.purpose && *fault.purpose != purpose) continue;
    if (payload.get_address() < fault.first_address || payload.get_address() > fault.last_address) continue;
    // Every fault counts its own events; the first to strike wins.
    if (fault.trigger.hit() && struck == nullptr) struck = &fault;
  }
  return struck;
}

tlm::tlm_sync_enum FaultGate::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  const PlatformFault* fault = faults_.empty() || phase != tlm::BEGIN_REQ ? nullptr : strike(payload);
  if (fault != nullptr) {
    switch (fault->kind) {
      case PlatformFaultKind::kBusError:
        log_guest_error(name(), payload, "injected bus error");
        payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
      case PlatformFaultKind::kStall:
        log_guest_error(name(), payload, "injected stall");
        payload.acquire();  // for good: whoever waits for it may be gone by then
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
      case PlatformFaultKind::kBadDescriptor:
        log_guest_error(name(), payload, "injected bad descriptor");
        to_corrupt_.insert(&payload);
        break;
      case PlatformFaultKind::kFullRing:
        log_guest_error(name(), payload, "injected full ring");
        rings_.overfill(payload.get_address());
        break;
      case PlatformFaultKind::kLostInterrupt:
        break;
    }
  }
  const tlm::tlm_sync_enum sync = to_bus->nb_transport_fw(payload, phase, delay);
  if (sync == tlm::TLM_COMPLETED || phase == tlm::BEGIN_RESP) corrupt(payload);
  return sync;
}

tlm::tlm_sync_enum FaultGate::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                              sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_RESP) corrupt(payload);
  return from_master->nb_transport_bw(payload, phase, delay);
}

unsigned int FaultGate::transport_dbg(tlm::tlm_generic_payload& payload) {
  return to_bus->transport_dbg(payload);
}

void FaultGate::corrupt(tlm::tlm_generic_payload& payload) {
  if (to_corrupt_.erase(&payload) == 0) return;
  payload.get_data_ptr()[0] = static_cast<unsigned char>(~payload.get_data_ptr()[0]);
}

}  // namespace prism::soc
