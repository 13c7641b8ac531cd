// SPDX-License-Identifier: Apache-2.0
// The system bus: a crossbar that decodes addresses, arbitrates at every target port and limits each port to
// its width and clock.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <queue>
#include <string>
#include <systemc>
#include <tlm>
#include <unordered_map>
#include <vector>

#include "models/common/purpose.h"
#include "models/common/statistics.h"
#include "models/common/units.h"
#include "models/interconnect/address_map.h"
#include "models/interconnect/bus_config.h"

namespace prism::interconnect {

/// Every port has a request channel (one clock a read, the data of a write) and a return channel (the data of
/// a read), each `width_bytes` wide. A transaction's data cut through the channels on their way, so it is as
/// fast as the slowest of them, and passes each port's latency once. Each initiator port has a register for
/// one request: a master may present its next request while the data of the last one move. Targets see
/// addresses relative to their range.
///
/// Blocking transport annotates the same times as non-blocking transport takes, on the same channels. It
/// reserves them at the caller's local time, so a caller that runs far ahead of simulated time delays others:
/// keep quanta short.
///
/// Not modelled: limits on responses waiting inside the bus, so a master that withholds END_RESP never stalls
/// a target. The numbers come from the configuration.
class Bus : public sc_core::sc_module {
 public:
  /// Throws std::invalid_argument for a bad map, duplicate port names, or a port without width or clock.
  Bus(sc_core::sc_module_name name, const BusConfig& config);
  ~Bus() override;

  /// The socket that a master binds to: master.socket.bind(bus.initiator_port("dma")). Throws
  /// std::out_of_range.
  tlm::tlm_target_socket<>& initiator_port(const std::string& name);
  /// The socket of a target: bus.target_port("hbm").bind(target.socket). Throws std::out_of_range.
  tlm::tlm_initiator_socket<>& target_port(const std::string& name);

  /// Bytes of successful transactions, by purpose. Throws std::out_of_range.
  const PurposeCounters& bytes_from(const std::string& initiator) const;
  const PurposeCounters& bytes_to(const std::string& target) const;
  std::uint64_t unmapped_accesses() const { return unmapped_accesses_; }
  /// Adds, for each port (from_NAME for initiators, to_NAME for targets): transactions, bytes_read,
  /// bytes_written, bytes_by_purpose, request_busy_ns, return_busy_ns, wait_ns; and busy_ns and
  /// unmapped_accesses of the bus.
  void report(ModuleStatistics& out) const;

 private:
  struct InitiatorPort;
  struct TargetPort;
  /// A non-blocking transaction inside the bus.
  struct Route {
    tlm::tlm_generic_payload& payload;
    InitiatorPort& from;
    TargetPort& to;
    std::uint64_t address;   // as the master gave it
    std::uint64_t offset;    // of the address in its range
    Picoseconds ready;       // for arbitration
    Picoseconds delivered;   // the request, to the target
    bool request_ended;      // the target has taken the request
    bool owes_end_response;  // the target answered within the call, and waits for END_RESP
  };

  /// In the order in which they happen at one time: arbitration sees every request of its moment.
  enum class Step : std::uint8_t { kCompletion, kResponse, kResponseEnd, kArrival, kArbitration };
  struct Event {
    Picoseconds time;
    Step step;
    std::uint64_t sequence;
    Route* route;        // of completion, response, arrival
    std::uint32_t port;  // initiator of a response end, target of an arbitration
    bool operator>(const Event& other) const;
  };

  void b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(int target, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  unsigned int transport_dbg(int initiator, tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(int target, sc_dt::uint64 start, sc_dt::uint64 end);

  const TargetRange* decode(const tlm::tlm_generic_payload& payload) const;
  TargetPort& target_of(const TargetRange& range);
  void reject_unmapped(tlm::tlm_generic_payload& payload);

  void schedule(Picoseconds time, Step step, Route* route, std::uint32_t port);
  void run_events();
  void arrive(Route& route);
  void request_arbitration(TargetPort& target);
  void arbitrate(TargetPort& target);
  void forward(Route& route);
  void end_request(Route& route, Picoseconds when);
  void complete(Route& route, Picoseconds when);
  void accept_response(Route& route);
  void deliver_responses(InitiatorPort& initiator);
  void retire(Route& route);

  AddressMap map_;
  std::vector<std::unique_ptr<InitiatorPort>> initiators_;
  std::vector<std::unique_ptr<TargetPort>> targets_;
  std::vector<std::uint32_t> target_of_range_;  // parallel to map_.ranges()

  std::pmr::unsynchronized_pool_resource route_memory_;
  std::pmr::unordered_map<const tlm::tlm_generic_payload*, Route> routes_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t next_sequence_ = 0;
  sc_core::sc_event wake_;
  bool running_events_ = false;
  std::uint64_t unmapped_accesses_ = 0;
};

}  // namespace prism::interconnect
