// SPDX-License-Identifier: Apache-2.0
// Looks at every transaction between the bus and one target, and passes it on unchanged. An observation
// point, not a model: it takes no time.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <functional>
#include <systemc>

namespace prism::soc {

class TrafficMonitor : public sc_core::sc_module {
 public:
  using Observer = std::function<void(const tlm::tlm_generic_payload&)>;

  tlm_utils::simple_target_socket<TrafficMonitor> from_bus;
  tlm_utils::simple_initiator_socket<TrafficMonitor> to_target;

  /// `on_request` sees each transaction once, before the target does.
  TrafficMonitor(sc_core::sc_module_name name, Observer on_request);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

  Observer on_request_;
};

}  // namespace prism::soc
