// SPDX-License-Identifier: Apache-2.0
#include "models/interconnect/bus.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <tuple>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "models/interconnect/arbiter.h"
#include "models/interconnect/port.h"

namespace prism::interconnect {

struct Bus::InitiatorPort : Port {
  InitiatorPort(const PortConfig& port_config, std::uint32_t port_index)
      : Port(port_config, port_index), socket(("from_" + config.name).c_str()) {}

  tlm_utils::simple_target_socket_tagged<Bus> socket;
  std::deque<Route*> responses;  // due, in order of time
  bool response_busy = false;    // BEGIN_RESP sent, END_RESP not yet seen (base-protocol exclusion rule)
};

struct Bus::TargetPort : Port {
  TargetPort(const PortConfig& port_config, std::uint32_t port_index, Arbitration arbitration)
      : Port(port_config, port_index),
        socket(("to_" + config.name).c_str()),
        arbiter(make_arbiter(arbitration)) {}

  tlm_utils::simple_initiator_socket_tagged<Bus> socket;
  std::unique_ptr<Arbiter> arbiter;
  std::vector<Contender> contenders;  // in order of arrival
  std::vector<Route*> waiting;        // parallel to contenders
  bool request_busy = false;          // BEGIN_REQ sent, END_REQ not yet seen
  bool arbitration_scheduled = false;
};

namespace {

template <typename Ports>
auto& port_named(Ports& ports, const std::string& name) {
  const auto found = std::find_if(ports.begin(), ports.end(),
                                  [&name](const auto& port) { return port->config.name == name; });
  if (found == ports.end()) throw std::out_of_range("bus: there is no port '" + name + "'");
  return **found;
}

template <typename Ports>
void check_new(const Ports& ports, const std::string& name) {
  if (std::any_of(ports.begin(), ports.end(),
                  [&name](const auto& port) { return port->config.name == name; })) {
    throw std::invalid_argument("bus: there are two ports '" + name + "'");
  }
}

/// Takes the initiator's and prepares the target's request channel: the earliest time at which the target's
/// may start.
Picoseconds pass_initiator(Port& from, const Port& to, const tlm::tlm_generic_payload& payload,
                           Picoseconds arrival) {
  const Picoseconds duration = from.request_duration(payload);
  const Picoseconds end = from.request.reserve(arrival, duration);
  return std::max(end - duration, end - to.request_duration(payload));
}

/// Takes the target's request channel; returns when the request has been delivered.
Picoseconds pass_target(Port& from, Port& to, const tlm::tlm_generic_payload& payload, Picoseconds ready,
                        Picoseconds earliest) {
  const Picoseconds duration = to.request_duration(payload);
  const Picoseconds end = to.request.reserve(earliest, duration);
  const Picoseconds waited = end - duration - ready;
  from.waited += waited;
  to.waited += waited;
  return end;
}

/// Takes both return channels for a response that the target completes at `completion`; returns when it has
/// passed the initiator's. Data cannot leave the target before the request has come.
Picoseconds pass_back(Port& from, Port& to, const tlm::tlm_generic_payload& payload, Picoseconds delivered,
                      Picoseconds completion) {
  from.count(payload);
  to.count(payload);
  const Picoseconds latency = to.config.latency_ps;
  const Picoseconds target_duration = to.return_duration(payload);
  if (target_duration == 0) return completion + latency;
  const Picoseconds last = to.response.pass_through(delivered, completion, target_duration);
  const Picoseconds first = last - target_duration;
  return from.response.pass_through(first + latency, last + latency, from.return_duration(payload));
}

}  // namespace

bool Bus::Event::operator>(const Event& other) const {
  return std::tie(time, step, sequence) > std::tie(other.time, other.step, other.sequence);
}

Bus::Bus(sc_core::sc_module_name name, const BusConfig& config)
    : sc_core::sc_module(name), map_(config.map), routes_(&route_memory_) {
  for (const PortConfig& port : config.initiators) {
    check_new(initiators_, port.name);
    const auto index = static_cast<std::uint32_t>(initiators_.size());
    auto& socket = initiators_.emplace_back(std::make_unique<InitiatorPort>(port, index))->socket;
    const int tag = static_cast<int>(index);
    socket.register_b_transport(this, &Bus::b_transport, tag);
    socket.register_nb_transport_fw(this, &Bus::nb_transport_fw, tag);
    socket.register_transport_dbg(this, &Bus::transport_dbg, tag);
    socket.register_get_direct_mem_ptr(this, &Bus::get_direct_mem_ptr, tag);
  }
  for (const PortConfig& port : config.targets) {
    check_new(targets_, port.name);
    const auto index = static_cast<std::uint32_t>(targets_.size());
    auto& socket =
        targets_.emplace_back(std::make_unique<TargetPort>(port, index, config.arbitration))->socket;
    const int tag = static_cast<int>(index);
    socket.register_nb_transport_bw(this, &Bus::nb_transport_bw, tag);
    socket.register_invalidate_direct_mem_ptr(this, &Bus::invalidate_direct_mem_ptr, tag);
  }
  for (const TargetRange& range : map_.ranges()) {
    const auto target = std::find_if(targets_.begin(), targets_.end(),
                                     [&range](const auto& port) { return port->config.name == range.name; });
    if (target == targets_.end()) {
      throw std::invalid_argument("bus: the address map names '" + range.name + "', which is no target port");
    }
    target_of_range_.push_back((*target)->index);
  }
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.set_sensitivity(&wake_);
  options.dont_initialize();
  sc_core::sc_spawn([this] { run_events(); }, "run_events", &options);
}

Bus::~Bus() = default;

tlm::tlm_target_socket<>& Bus::initiator_port(const std::string& name) {
  return port_named(initiators_, name).socket;
}

tlm::tlm_initiator_socket<>& Bus::target_port(const std::string& name) {
  return port_named(targets_, name).socket;
}

const PurposeCounters& Bus::bytes_from(const std::string& initiator) const {
  return port_named(initiators_, initiator).bytes;
}

const PurposeCounters& Bus::bytes_to(const std::string& target) const {
  return port_named(targets_, target).bytes;
}

void Bus::report(ModuleStatistics& out) const {
  Picoseconds busiest = 0;
  for (const auto& port : initiators_) port->report("from", out);
  for (const auto& port : targets_) {
    port->report("to", out);
    busiest = std::max({busiest, port->request.busy(), port->response.busy()});
  }
  out.gauge("busy_ns", "ns", "time the busiest target channel was in use", ns_from_ps(busiest));
  out.count("unmapped_accesses", "1", "accesses to addresses outside the map", unmapped_accesses_);
}

const TargetRange* Bus::decode(const tlm::tlm_generic_payload& payload) const {
  return map_.find(payload.get_address(), payload.get_data_length());
}

Bus::TargetPort& Bus::target_of(const TargetRange& range) {
  return *targets_[target_of_range_[static_cast<std::size_t>(&range - map_.ranges().data())]];
}

void Bus::reject_unmapped(tlm::tlm_generic_payload& payload) {
  ++unmapped_accesses_;
  log_guest_error(name(), payload, "unmapped address");
  payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

void Bus::b_transport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  const TargetRange* range = decode(payload);
  if (range == nullptr) return reject_unmapped(payload);
  InitiatorPort& from = *initiators_[static_cast<std::size_t>(initiator)];
  TargetPort& to = target_of(*range);
  const Picoseconds arrival = now_ps() + to_ps(delay) + from.config.latency_ps;
  const Picoseconds ready = pass_initiator(from, to, payload, arrival);
  const Picoseconds delivered = pass_target(from, to, payload, ready, ready);

  const std::uint64_t address = payload.get_address();
  payload.set_address(address - range->base);
  delay = to_sc_time(delivered - now_ps());
  to.socket->b_transport(payload, delay);
  payload.set_address(address);
  const Picoseconds completion = now_ps() + to_ps(delay);
  delay = to_sc_time(pass_back(from, to, payload, delivered, completion) - now_ps());
}

tlm::tlm_sync_enum Bus::nb_transport_fw(int initiator, tlm::tlm_generic_payload& payload,
                                        tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  InitiatorPort& from = *initiators_[static_cast<std::size_t>(initiator)];
  if (phase == tlm::END_RESP) {
    retire(routes_.at(&payload));
    schedule(now_ps() + to_ps(delay), Step::kResponseEnd, nullptr, from.index);
    return tlm::TLM_COMPLETED;
  }
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;  // ignorable phases

  const TargetRange* range = decode(payload);
  if (range == nullptr) {
    reject_unmapped(payload);
    return tlm::TLM_COMPLETED;
  }
  TargetPort& to = target_of(*range);
  const std::uint64_t address = payload.get_address();
  const Picoseconds ready = pass_initiator(from, to, payload, now_ps() + to_ps(delay));
  payload.acquire();
  Route& route = routes_
                     .insert({&payload, Route{payload, from, to, address, address - range->base, ready, 0,
                                              false, false}})
                     .first->second;
  if (ready <= now_ps()) {
    arrive(route);
  } else {
    schedule(ready, Step::kArrival, &route, 0);
  }
  return tlm::TLM_ACCEPTED;
}

tlm::tlm_sync_enum Bus::nb_transport_bw(int /*target*/, tlm::tlm_generic_payload& payload,
                                        tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  Route& route = routes_.at(&payload);
  const Picoseconds when = now_ps() + to_ps(delay);
  if (phase == tlm::END_REQ) {
    end_request(route, when);
  } else if (phase == tlm::BEGIN_RESP) {
    if (!route.request_ended) end_request(route, when);
    complete(route, when);
    phase = tlm::END_RESP;
    return tlm::TLM_COMPLETED;
  }
  return tlm::TLM_ACCEPTED;
}

void Bus::schedule(Picoseconds time, Step step, Route* route, std::uint32_t port) {
  const std::uint64_t sequence = next_sequence_++;
  events_.push({time, step, sequence, route, port});
  if (!running_events_ && events_.top().sequence == sequence) wake_.notify(to_sc_time(time - now_ps()));
}

void Bus::run_events() {
  running_events_ = true;
  while (!events_.empty() && events_.top().time <= now_ps()) {
    const Event event = events_.top();
    events_.pop();
    switch (event.step) {
      case Step::kCompletion:
        accept_response(*event.route);
        break;
      case Step::kResponse:
        event.route->from.responses.push_back(event.route);
        deliver_responses(event.route->from);
        break;
      case Step::kResponseEnd:
        initiators_[event.port]->response_busy = false;
        deliver_responses(*initiators_[event.port]);
        break;
      case Step::kArrival:
        arrive(*event.route);
        break;
      case Step::kArbitration:
        arbitrate(*targets_[event.port]);
        break;
    }
  }
  running_events_ = false;
  if (!events_.empty()) wake_.notify(to_sc_time(events_.top().time - now_ps()));
}

void Bus::arrive(Route& route) {
  route.to.waiting.push_back(&route);
  route.to.contenders.push_back({route.from.index, route.from.config.priority});
  request_arbitration(route.to);
}

void Bus::request_arbitration(TargetPort& target) {
  if (target.request_busy || target.arbitration_scheduled || target.waiting.empty()) return;
  target.arbitration_scheduled = true;
  schedule(std::max(now_ps(), target.request.free_at()), Step::kArbitration, nullptr, target.index);
}

void Bus::arbitrate(TargetPort& target) {
  target.arbitration_scheduled = false;
  // A blocking access may have taken the channel since.
  if (target.request.free_at() > now_ps()) return request_arbitration(target);
  const auto winner = static_cast<std::ptrdiff_t>(target.arbiter->pick(target.contenders));
  Route& route = **(target.waiting.begin() + winner);
  target.waiting.erase(target.waiting.begin() + winner);
  target.contenders.erase(target.contenders.begin() + winner);
  forward(route);
  request_arbitration(target);
}

void Bus::forward(Route& route) {
  route.delivered = pass_target(route.from, route.to, route.payload, route.ready, now_ps());
  route.to.request_busy = true;
  route.payload.set_address(route.offset);
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = to_sc_time(route.delivered - now_ps());
  const tlm::tlm_sync_enum sync = route.to.socket->nb_transport_fw(route.payload, phase, delay);
  if (sync == tlm::TLM_ACCEPTED) return;
  const Picoseconds when = now_ps() + to_ps(delay);
  if (sync == tlm::TLM_UPDATED && phase == tlm::END_REQ) return end_request(route, when);
  // The target has answered at once, so it took the request as soon as that had arrived.
  end_request(route, route.delivered);
  route.owes_end_response = sync == tlm::TLM_UPDATED;
  complete(route, when);
}

void Bus::end_request(Route& route, Picoseconds when) {
  route.request_ended = true;
  route.to.request_busy = false;
  route.to.request.hold_until(when);
  request_arbitration(route.to);
  // The initiator port's register is free once the target takes the request without delay of its own.
  const Picoseconds duration = route.to.request_duration(route.payload);
  tlm::tlm_phase phase = tlm::END_REQ;
  sc_core::sc_time delay = to_sc_time(std::max<Picoseconds>(0, when - duration - now_ps()));
  route.payload.set_address(route.address);
  route.from.socket->nb_transport_bw(route.payload, phase, delay);
  route.payload.set_address(route.offset);
}

void Bus::complete(Route& route, Picoseconds when) {
  if (when > now_ps()) {
    schedule(when, Step::kCompletion, &route, 0);
  } else {
    accept_response(route);
  }
}

void Bus::accept_response(Route& route) {
  if (route.owes_end_response) {
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    route.to.socket->nb_transport_fw(route.payload, phase, delay);
  }
  route.payload.set_address(route.address);
  const Picoseconds passed = pass_back(route.from, route.to, route.payload, route.delivered, now_ps());
  schedule(passed + route.from.config.latency_ps, Step::kResponse, &route, 0);
}

void Bus::deliver_responses(InitiatorPort& initiator) {
  while (!initiator.response_busy && !initiator.responses.empty()) {
    Route& route = *initiator.responses.front();
    initiator.responses.pop_front();
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_sync_enum sync = initiator.socket->nb_transport_bw(route.payload, phase, delay);
    initiator.response_busy = sync == tlm::TLM_ACCEPTED || delay > sc_core::SC_ZERO_TIME;
    if (sync == tlm::TLM_ACCEPTED) continue;
    retire(route);
    if (initiator.response_busy) {
      schedule(now_ps() + to_ps(delay), Step::kResponseEnd, nullptr, initiator.index);
    }
  }
}

void Bus::retire(Route& route) {
  tlm::tlm_generic_payload& payload = route.payload;
  routes_.erase(&payload);
  payload.release();
}

unsigned int Bus::transport_dbg(int /*initiator*/, tlm::tlm_generic_payload& payload) {
  const TargetRange* range = decode(payload);
  if (range == nullptr) return 0;
  const std::uint64_t address = payload.get_address();
  payload.set_address(address - range->base);
  const unsigned int bytes = target_of(*range).socket->transport_dbg(payload);
  payload.set_address(address);
  return bytes;
}

bool Bus::get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const TargetRange* range = map_.find(address);
  if (range == nullptr) {
    dmi.allow_none();
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  const Port& from = *initiators_[static_cast<std::size_t>(initiator)];
  TargetPort& to = target_of(*range);
  payload.set_address(address - range->base);
  const bool granted = to.socket->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  const sc_dt::uint64 last = range->bytes - 1;
  dmi.set_start_address(range->base + std::min(dmi.get_start_address(), last));
  dmi.set_end_address(range->base + std::min(dmi.get_end_address(), last));
  // What one access of a port's width costs on an idle bus.
  const sc_core::sc_time bus_time =
      to_sc_time(from.config.latency_ps + to.config.latency_ps + to.request.period());
  dmi.set_read_latency(dmi.get_read_latency() + bus_time);
  dmi.set_write_latency(dmi.get_write_latency() + bus_time);
  return granted;
}

void Bus::invalidate_direct_mem_ptr(int target, sc_dt::uint64 start, sc_dt::uint64 end) {
  for (std::size_t i = 0; i < map_.ranges().size(); ++i) {
    const TargetRange& range = map_.ranges()[i];
    if (target_of_range_[i] != static_cast<std::uint32_t>(target) || start >= range.bytes) continue;
    const sc_dt::uint64 last = range.bytes - 1;
    for (const auto& initiator : initiators_) {
      initiator->socket->invalidate_direct_mem_ptr(range.base + start, range.base + std::min(end, last));
    }
  }
}

}  // namespace prism::interconnect
