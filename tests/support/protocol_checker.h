// SPDX-License-Identifier: Apache-2.0
// Sits between two sockets, passes everything on unchanged, and records every breach of the TLM-2.0 base
// protocol (IEEE 1666-2011, clauses 14.2 and 15.2) that it sees.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <systemc>
#include <vector>

namespace prism::test {

/// master.socket.bind(checker.from_master); checker.to_target.bind(target.socket);
class ProtocolChecker : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<ProtocolChecker> from_master;
  tlm_utils::simple_initiator_socket<ProtocolChecker> to_target;

  explicit ProtocolChecker(sc_core::sc_module_name name)
      : sc_core::sc_module(name), from_master("from_master"), to_target("to_target") {
    from_master.register_b_transport(this, &ProtocolChecker::b_transport);
    from_master.register_nb_transport_fw(this, &ProtocolChecker::nb_transport_fw);
    from_master.register_transport_dbg(this, &ProtocolChecker::transport_dbg);
    from_master.register_get_direct_mem_ptr(this, &ProtocolChecker::get_direct_mem_ptr);
    to_target.register_nb_transport_bw(this, &ProtocolChecker::nb_transport_bw);
    to_target.register_invalidate_direct_mem_ptr(this, &ProtocolChecker::invalidate_direct_mem_ptr);
  }

  const std::vector<std::string>& violations() const { return violations_; }
  /// Non-blocking transactions seen to their end, and those under way.
  std::uint64_t completed() const { return completed_; }
  std::size_t in_flight() const { return flights_.size(); }
  std::size_t max_in_flight() const { return max_in_flight_; }

 private:
  using Payload = tlm::tlm_generic_payload;

  enum class State : std::uint8_t { kRequest, kAccepted, kResponse };

  struct Attributes {
    explicit Attributes(const Payload& payload)
        : command(payload.get_command()),
          address(payload.get_address()),
          data(payload.get_data_ptr()),
          length(payload.get_data_length()),
          streaming_width(payload.get_streaming_width()),
          byte_enables(payload.get_byte_enable_ptr()) {}
    bool operator==(const Attributes&) const = default;

    tlm::tlm_command command;
    std::uint64_t address;
    const unsigned char* data;
    unsigned int length;
    unsigned int streaming_width;
    const unsigned char* byte_enables;
  };

  struct Flight {
    Attributes attributes;
    State state;
    sc_core::sc_time time;  // of the last phase, annotation included
  };

  void expect(bool holds, std::string_view rule) {
    if (holds) return;
    std::ostringstream text;
    text << name() << " at " << sc_core::sc_time_stamp() << ": " << rule;
    violations_.push_back(text.str());
  }

  void check_request(const Payload& payload) {
    expect(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
           "request whose response status is set");
    expect(payload.get_data_ptr() != nullptr || payload.get_data_length() == 0,
           "request without data pointer");
    expect(!payload.is_dmi_allowed(), "request with the DMI hint set");
  }

  void check_response(const Payload& payload) {
    expect(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE, "response without a status");
  }

  /// The flight that `payload` belongs to, after the checks common to all phases but the first; null when
  /// unknown.
  Flight* check_phase(const Payload& payload, const sc_core::sc_time& delay) {
    const auto found = flights_.find(&payload);
    expect(found != flights_.end(), "phase of a transaction that is not under way");
    if (found == flights_.end()) return nullptr;
    Flight& flight = found->second;
    expect(flight.attributes == Attributes(payload), "attributes changed between phases");
    expect(payload.get_ref_count() > 0, "payload without a reference");
    const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
    expect(time >= flight.time, "annotated time went backwards");
    flight.time = time;
    return &flight;
  }

  void begin_request(const Payload& payload, const sc_core::sc_time& delay) {
    expect(payload.has_mm() && payload.get_ref_count() > 0, "non-blocking request without memory manager");
    expect(!flights_.contains(&payload), "BEGIN_REQ of a transaction that is under way");
    expect(requesting_ == nullptr, "BEGIN_REQ before END_REQ of the request before (request exclusion)");
    check_request(payload);
    requesting_ = &payload;
    flights_.insert_or_assign(&payload,
                              Flight{Attributes(payload), State::kRequest, sc_core::sc_time_stamp() + delay});
    max_in_flight_ = std::max(max_in_flight_, flights_.size());
  }

  void end_request(const Payload& payload, Flight& flight) {
    expect(flight.state == State::kRequest, "END_REQ after the request has ended");
    flight.state = State::kAccepted;
    if (requesting_ == &payload) requesting_ = nullptr;
  }

  void begin_response(const Payload& payload, Flight& flight) {
    expect(flight.state != State::kResponse, "BEGIN_RESP twice");
    expect(responding_ == nullptr, "BEGIN_RESP before END_RESP of the response before (response exclusion)");
    check_response(payload);
    if (flight.state == State::kRequest) end_request(payload, flight);
    flight.state = State::kResponse;
    responding_ = &payload;
  }

  void finish(const Payload& payload) {
    if (requesting_ == &payload) requesting_ = nullptr;
    if (responding_ == &payload) responding_ = nullptr;
    completed_ += flights_.erase(&payload);
  }

  void b_transport(Payload& payload, sc_core::sc_time& delay) {
    check_request(payload);
    const Attributes before(payload);
    const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
    to_target->b_transport(payload, delay);
    expect(before == Attributes(payload), "attributes changed by blocking transport");
    expect(sc_core::sc_time_stamp() + delay >= time, "blocking transport went back in time");
    check_response(payload);
  }

  tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const tlm::tlm_phase sent = phase;
    if (sent == tlm::BEGIN_REQ) {
      begin_request(payload, delay);
    } else if (sent == tlm::END_RESP) {
      const Flight* flight = check_phase(payload, delay);
      expect(flight != nullptr && flight->state == State::kResponse, "END_RESP without BEGIN_RESP");
      finish(payload);
    } else {
      expect(false, "master sent a phase of the target");
    }
    const tlm::tlm_sync_enum sync = to_target->nb_transport_fw(payload, phase, delay);
    if (sync == tlm::TLM_ACCEPTED) expect(phase == sent, "TLM_ACCEPTED with a changed phase");
    if (sent == tlm::END_RESP) {
      expect(sync != tlm::TLM_UPDATED, "TLM_UPDATED returned for END_RESP");
    } else if (sync == tlm::TLM_COMPLETED) {
      check_phase(payload, delay);
      check_response(payload);
      finish(payload);
    } else if (sync == tlm::TLM_UPDATED) {
      update(payload, phase, delay);
    }
    return sync;
  }

  void update(const Payload& payload, const tlm::tlm_phase& phase, const sc_core::sc_time& delay) {
    Flight* flight = check_phase(payload, delay);
    if (flight == nullptr) return;
    if (phase == tlm::END_REQ) {
      end_request(payload, *flight);
    } else if (phase == tlm::BEGIN_RESP) {
      begin_response(payload, *flight);
    } else {
      expect(false, "TLM_UPDATED with a phase that may not follow BEGIN_REQ");
    }
  }

  tlm::tlm_sync_enum nb_transport_bw(Payload& payload, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const tlm::tlm_phase sent = phase;
    Flight* flight = check_phase(payload, delay);
    if (flight != nullptr && sent == tlm::END_REQ) {
      end_request(payload, *flight);
    } else if (flight != nullptr && sent == tlm::BEGIN_RESP) {
      begin_response(payload, *flight);
    } else if (flight != nullptr) {
      expect(false, "target sent a phase of the master");
    }
    const tlm::tlm_sync_enum sync = from_master->nb_transport_bw(payload, phase, delay);
    if (sync == tlm::TLM_ACCEPTED) expect(phase == sent, "TLM_ACCEPTED with a changed phase");
    if (sync == tlm::TLM_UPDATED) expect(phase == tlm::END_RESP, "TLM_UPDATED without END_RESP");
    if (sync != tlm::TLM_ACCEPTED) {
      expect(sent == tlm::BEGIN_RESP, "transaction ended by the master before its response");
      finish(payload);
    }
    return sync;
  }

  unsigned int transport_dbg(Payload& payload) { return to_target->transport_dbg(payload); }
  bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& dmi) {
    return to_target->get_direct_mem_ptr(payload, dmi);
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
    from_master->invalidate_direct_mem_ptr(start, end);
  }

  std::vector<std::string> violations_;
  std::map<const Payload*, Flight> flights_;
  const Payload* requesting_ = nullptr;  // BEGIN_REQ seen, END_REQ not
  const Payload* responding_ = nullptr;  // BEGIN_RESP seen, END_RESP not
  std::uint64_t completed_ = 0;
  std::size_t max_in_flight_ = 0;
};

}  // namespace prism::test
