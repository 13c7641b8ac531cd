// SPDX-License-Identifier: Apache-2.0
// Looks at every transaction between the bus and one target, and passes it on unchanged. An observation
// point, not a model: it takes no time.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <functional>
#include <systemc>

#include "models/common/units.h"

namespace prism::soc {

class TrafficMonitor : public sc_core::sc_module {
 public:
  using Observer = std::function<void(const tlm::tlm_generic_payload&)>;
  /// With the times that are annotated, which may lie ahead of the simulation's.
  struct TimedObserver {
    std::function<void(const tlm::tlm_generic_payload&, Picoseconds)> on_begin;
    std::function<void(const tlm::tlm_generic_payload&, Picoseconds)> on_end;  // its response is known
  };

  tlm_utils::simple_target_socket<TrafficMonitor> from_bus;
  tlm_utils::simple_initiator_socket<TrafficMonitor> to_target;

  /// `on_request` sees each transaction once, before the target does; so does `timed`, if it is not empty.
  TrafficMonitor(sc_core::sc_module_name name, Observer on_request, TimedObserver timed = {});

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end);

  void request(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) const;
  void response(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) const;

  Observer on_request_;
  TimedObserver timed_;
};

}  // namespace prism::soc
