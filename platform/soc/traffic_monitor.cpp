// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/traffic_monitor.h"

#include "models/common/sc_time.h"

namespace prism::soc {

TrafficMonitor::TrafficMonitor(sc_core::sc_module_name name, Observer on_request, TimedObserver timed)
    : sc_core::sc_module(name),
      from_bus("from_bus"),
      to_target("to_target"),
      on_request_(std::move(on_request)),
      timed_(std::move(timed)) {
  from_bus.register_b_transport(this, &TrafficMonitor::b_transport);
  from_bus.register_nb_transport_fw(this, &TrafficMonitor::nb_transport_fw);
  from_bus.register_transport_dbg(this, &TrafficMonitor::transport_dbg);
  from_bus.register_get_direct_mem_ptr(this, &TrafficMonitor::get_direct_mem_ptr);
  to_target.register_nb_transport_bw(this, &TrafficMonitor::nb_transport_bw);
  to_target.register_invalidate_direct_mem_ptr(this, &TrafficMonitor::invalidate_direct_mem_ptr);
}

void TrafficMonitor::request(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) const {
  if (on_request_) on_request_(payload);
  if (timed_.on_begin) timed_.on_begin(payload, now_ps() + to_ps(delay));
}

void TrafficMonitor::response(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) const {
  if (timed_.on_end) timed_.on_end(payload, now_ps() + to_ps(delay));
}

void TrafficMonitor::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  request(payload, delay);
  to_target->b_transport(payload, delay);
  response(payload, delay);
}

tlm::tlm_sync_enum TrafficMonitor::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ) return to_target->nb_transport_fw(payload, phase, delay);
  request(payload, delay);
  const tlm::tlm_sync_enum sync = to_target->nb_transport_fw(payload, phase, delay);
  if (sync == tlm::TLM_COMPLETED || (sync == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP))
    response(payload, delay);
  return sync;
}

tlm::tlm_sync_enum TrafficMonitor::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_RESP) response(payload, delay);
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
