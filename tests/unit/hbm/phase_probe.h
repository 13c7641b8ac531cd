// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "models/common/payload_pool.h"
#include "models/common/sc_time.h"

namespace prism::hbm::test {

/// An approximately-timed master that records every phase with its time, and may hold back END_RESP.
class PhaseProbe : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<PhaseProbe> socket;

  struct Seen {
    Picoseconds time;
    std::string phase;
    std::uint64_t address;
    bool operator==(const Seen&) const = default;
  };
  std::vector<Seen> seen;
  sc_core::sc_event end_request, begin_response;
  Picoseconds hold_response = -1;  // negative: END_RESP by return value

  explicit PhaseProbe(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &PhaseProbe::nb_transport_bw);
  }

  tlm::tlm_sync_enum send(std::uint64_t address, bool is_write, std::span<std::byte> data,
                          sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    tlm::tlm_generic_payload& payload = pool_.allocate();
    payload.set_command(is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    payload.set_data_length(static_cast<unsigned int>(data.size()));
    payload.set_streaming_width(static_cast<unsigned int>(data.size()));
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    const tlm::tlm_sync_enum sync = socket->nb_transport_fw(payload, phase, delay);
    if (sync == tlm::TLM_UPDATED) note(payload, "END_REQ");
    if (sync == tlm::TLM_COMPLETED) {
      last_status = payload.get_response_status();
      payload.release();
    }
    return sync;
  }
  void expect_all_returned() const { EXPECT_EQ(pool_.in_use(), 0u); }

  tlm::tlm_response_status last_status = tlm::TLM_INCOMPLETE_RESPONSE;

 private:
  void note(const tlm::tlm_generic_payload& payload, const char* phase) {
    seen.push_back({now_ps(), phase, payload.get_address()});
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) {
    if (phase == tlm::END_REQ) {
      note(payload, "END_REQ");
      end_request.notify(sc_core::SC_ZERO_TIME);
      return tlm::TLM_ACCEPTED;
    }
    note(payload, "BEGIN_RESP");
    last_status = payload.get_response_status();
    begin_response.notify(sc_core::SC_ZERO_TIME);
    if (hold_response < 0) {
      payload.release();
      return tlm::TLM_COMPLETED;
    }
    sc_core::sc_spawn([this, &payload] {
      sc_core::wait(to_sc_time(hold_response));
      tlm::tlm_phase end = tlm::END_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      note(payload, "END_RESP");
      EXPECT_EQ(socket->nb_transport_fw(payload, end, delay), tlm::TLM_COMPLETED);
      payload.release();
    });
    return tlm::TLM_ACCEPTED;
  }

  PayloadPool pool_;
};

}  // namespace prism::hbm::test
