// SPDX-License-Identifier: Apache-2.0
// A target for tests of masters and interconnect that answers a non-blocking request in each way the base
// protocol allows.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <ostream>
#include <systemc>
#include <utility>
#include <vector>

#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"

namespace prism::test {

/// How AtTarget answers BEGIN_REQ.
enum class Answer {
  kCompleted,             // TLM_COMPLETED, response annotated
  kUpdatedEndRequest,     // TLM_UPDATED with END_REQ; BEGIN_RESP later
  kUpdatedBeginResponse,  // TLM_UPDATED with BEGIN_RESP, or as kUpdatedEndRequest while another response is
                          // under way
  kAccepted,              // TLM_ACCEPTED; END_REQ and BEGIN_RESP later
  kAcceptedNoEndRequest,  // TLM_ACCEPTED; BEGIN_RESP later implies END_REQ
  kEach,                  // one after the other
};

inline void PrintTo(Answer answer, std::ostream* out) {
  constexpr const char* kNames[] = {"completed", "updated_end_req",     "updated_begin_resp",
                                    "accepted",  "accepted_no_end_req", "each"};
  *out << kNames[static_cast<int>(answer)];
}

class AtTarget : public sc_core::sc_module {
 public:
  struct Access {
    std::uint64_t address;
    std::uint64_t bytes;
    bool is_write;
    const char* initiator;
    Picoseconds time;  // of its arrival, annotation included
  };

  tlm_utils::simple_target_socket<AtTarget> socket;
  std::vector<std::byte> memory;
  std::vector<Access> accesses;                                             // in order of arrival
  std::uint64_t fault_address = std::numeric_limits<std::uint64_t>::max();  // accesses that touch it fail
  std::function<Picoseconds(std::uint64_t)> extra_response_ps;              // by address; may be empty

  AtTarget(sc_core::sc_module_name name, std::size_t bytes, Answer answer, Picoseconds accept_ps,
           Picoseconds response_ps)
      : sc_core::sc_module(name),
        socket("socket"),
        memory(bytes),
        answer_(answer),
        accept_ps_(accept_ps),
        response_ps_(response_ps),
        phases_(this, &AtTarget::on_phase) {
    socket.register_nb_transport_fw(this, &AtTarget::nb_transport_fw);
    socket.register_b_transport(this, &AtTarget::b_transport);
  }

  std::size_t max_pending() const { return max_pending_; }
  std::size_t pending() const { return pending_; }

  /// While held, END_REQ and responses of requests that arrive are withheld (kAccepted only).
  void hold() { held_ = true; }
  void release() {
    held_ = false;
    for (tlm::tlm_generic_payload* payload : std::exchange(withheld_, {})) {
      phases_.notify(*payload, tlm::BEGIN_REQ, sc_core::SC_ZERO_TIME);
    }
  }

 private:
  static constexpr int kAnswers = static_cast<int>(Answer::kEach);

  void execute(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t bytes = payload.get_data_length();
    if (address + bytes > memory.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (fault_address >= address && fault_address - address < bytes) {
      payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
      return;
    }
    if (transaction_info(payload).carries_data) {
      std::byte* place = memory.data() + address;
      if (payload.is_write()) std::memcpy(place, payload.get_data_ptr(), bytes);
      if (payload.is_read()) std::memcpy(payload.get_data_ptr(), place, bytes);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void note(const tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
    accesses.push_back({payload.get_address(), payload.get_data_length(), payload.is_write(),
                        transaction_info(payload).initiator, now_ps() + to_ps(delay)});
  }

  sc_core::sc_time response_time(const tlm::tlm_generic_payload& payload) const {
    return to_sc_time(response_ps_ + (extra_response_ps ? extra_response_ps(payload.get_address()) : 0));
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    note(payload, delay);
    execute(payload);
    delay += to_sc_time(accept_ps_) + response_time(payload);
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) {
      responding_ = false;
      finish(payload);
      resume_.notify(payload, tlm::END_RESP, delay);
      return tlm::TLM_COMPLETED;
    }
    note(payload, delay);
    const Answer answer = answer_ == Answer::kEach ? static_cast<Answer>(next_answer_++ % kAnswers) : answer_;
    const sc_core::sc_time accept = to_sc_time(accept_ps_);
    if (answer == Answer::kCompleted) {
      execute(payload);
      delay += accept + response_time(payload);
      return tlm::TLM_COMPLETED;
    }
    payload.acquire();
    max_pending_ = std::max(max_pending_, ++pending_);
    if (answer == Answer::kUpdatedBeginResponse && !responding_ && responses_.empty()) {
      execute(payload);
      delay += accept + response_time(payload);
      phase = tlm::BEGIN_RESP;
      responding_ = true;
      return tlm::TLM_UPDATED;
    }
    if (answer == Answer::kUpdatedEndRequest || answer == Answer::kUpdatedBeginResponse) {
      delay += accept;
      phases_.notify(payload, tlm::BEGIN_RESP, delay + response_time(payload));
      phase = tlm::END_REQ;
      return tlm::TLM_UPDATED;
    }
    if (held_) {
      withheld_.push_back(&payload);
    } else if (answer == Answer::kAccepted) {
      phases_.notify(payload, tlm::BEGIN_REQ, delay + accept);
    } else {
      phases_.notify(payload, tlm::BEGIN_RESP, delay + accept + response_time(payload));
    }
    return tlm::TLM_ACCEPTED;
  }

  void on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
    if (phase == tlm::BEGIN_REQ) {
      tlm::tlm_phase end = tlm::END_REQ;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      socket->nb_transport_bw(payload, end, delay);
      phases_.notify(payload, tlm::BEGIN_RESP, response_time(payload));
      return;
    }
    execute(payload);
    responses_.push_back(&payload);
    send_responses();
  }

  void on_response_end(tlm::tlm_generic_payload&, const tlm::tlm_phase&) { send_responses(); }

  void send_responses() {
    while (!responding_ && !responses_.empty()) {
      tlm::tlm_generic_payload& payload = *responses_.front();
      responses_.pop_front();
      responding_ = true;
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      if (socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_ACCEPTED) continue;
      responding_ = false;
      finish(payload);
    }
  }

  void finish(tlm::tlm_generic_payload& payload) {
    --pending_;
    payload.release();
  }

  Answer answer_;
  Picoseconds accept_ps_;
  Picoseconds response_ps_;
  tlm_utils::peq_with_cb_and_phase<AtTarget> phases_;
  tlm_utils::peq_with_cb_and_phase<AtTarget> resume_{this, &AtTarget::on_response_end};
  std::deque<tlm::tlm_generic_payload*> responses_;
  std::vector<tlm::tlm_generic_payload*> withheld_;
  bool held_ = false;
  bool responding_ = false;
  int next_answer_ = 0;
  std::size_t pending_ = 0;
  std::size_t max_pending_ = 0;
};

}  // namespace prism::test
