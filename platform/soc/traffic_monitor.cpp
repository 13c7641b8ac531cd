// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/traffic_monitor.h"

namespace prism::soc {

TrafficMonitor::TrafficMonitor(sc_core::sc_module_name name, Observer on_request)
    : sc_core::sc_module(name),
      from_bus("from_bus"),
      to_target("to_target"),
      on_request_(std::move(on_request)) {
  from_bus.register_b_transport(this, &TrafficMonitor::b_transport);
  from_bus.register_nb_transport_fw(this, &TrafficMonitor::nb_transport_fw);
  from_bus.register_transport_dbg(this, &TrafficMonitor::transport_dbg);
  from_bus.register_get_direct_mem_ptr(this, &TrafficMonitor::get_direct_mem_ptr);
  to_target.register_nb_transport_bw(this, &TrafficMonitor::nb_transport_bw);
  to_target.register_invalidate_direct_mem_ptr(this, &TrafficMonitor::invalidate_direct_mem_ptr);
}

void TrafficMonitor::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  on_request_(payload);
  to_target->b_transport(payload, delay);
}

tlm::tlm_sync_enum TrafficMonitor::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) on_request_(payload);
  return to_target->nb_transport_fw(payload, phase, delay);
}

tlm::tlm_sync_enum TrafficMonitor::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  return from_bus->nb_transport_bw(payload, phase, delay);
}

unsigned int TrafficMonitor::transport_dbg(tlm::tlm_generic_payload& payload) {
  return to_target->transport_dbg(payload);
}

bool TrafficMonitor::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  return to_target->get_direct_mem_ptr(payload, dmi);
}

void TrafficMonitor::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
  from_bus->invalidate_direct_mem_ptr(start, end);
}

}  // namespace prism::soc
