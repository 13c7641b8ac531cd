// SPDX-License-Identifier: Apache-2.0
// A memory for tests of masters: accepts blocking and pipelined non-blocking transport, with a fixed latency,
// separate read and write bandwidth, and faults at chosen addresses.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <systemc>
#include <vector>

#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"

namespace prism::test {

class TestMemory : public sc_core::sc_module {
 public:
  struct Timing {
    Picoseconds latency_ps = 50'000;
    double read_gbps = 100.0;
    double write_gbps = 100.0;
  };
  struct Access {
    std::uint64_t address;
    std::uint64_t bytes;
    bool is_write;
    Purpose purpose;
    bool carries_data;
    bool ok;
  };
  struct Fault {
    std::uint64_t begin;
    std::uint64_t end;
    bool on_read;
    bool on_write;
  };

  tlm_utils::simple_target_socket<TestMemory> socket;
  std::vector<std::byte> bytes;  // from address `base`
  std::vector<Fault> faults;     // accesses that touch one get a generic error and move nothing
  std::vector<Access> accesses;  // in order of completion

  TestMemory(sc_core::sc_module_name name, std::uint64_t base, std::uint64_t size, const Timing& timing)
      : sc_core::sc_module(name),
        socket("socket"),
        bytes(size),
        base_(base),
        timing_(timing),
        phases_(this, &TestMemory::on_phase) {
    socket.register_b_transport(this, &TestMemory::b_transport);
    socket.register_nb_transport_fw(this, &TestMemory::nb_transport_fw);
    socket.register_transport_dbg(this, &TestMemory::transport_dbg);
    SC_METHOD(send_responses);
    dont_initialize();
    sensitive << respond_;
  }

  std::span<std::byte> at(std::uint64_t address, std::uint64_t size) {
    return std::span(bytes).subspan(address - base_, size);
  }
  template <typename T>
  void put(std::uint64_t address, const T& value) {
    std::memcpy(at(address, sizeof value).data(), &value, sizeof value);
  }
  template <typename T>
  T get(std::uint64_t address) {
    T value;
    std::memcpy(&value, at(address, sizeof value).data(), sizeof value);
    return value;
  }
  /// Bytes of the successful accesses of one kind.
  std::uint64_t bytes_of(Purpose purpose, bool is_write) const {
    std::uint64_t sum = 0;
    for (const Access& access : accesses) {
      if (access.ok && access.purpose == purpose && access.is_write == is_write) sum += access.bytes;
    }
    return sum;
  }

 private:
  SC_HAS_PROCESS(TestMemory);

  tlm::tlm_response_status check(const tlm::tlm_generic_payload& payload) const {
    const std::uint64_t address = payload.get_address();
    const std::uint64_t size = payload.get_data_length();
    if (address < base_ || size > bytes.size() || address - base_ > bytes.size() - size) {
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    const bool hit = std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) {
      return address < fault.end && fault.begin < address + size &&
             (payload.is_write() ? fault.on_write : fault.on_read);
    });
    return hit ? tlm::TLM_GENERIC_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
  }

  void access(tlm::tlm_generic_payload& payload) {
    payload.set_response_status(check(payload));
    const TransactionInfo& info = transaction_info(payload);
    accesses.push_back({payload.get_address(), payload.get_data_length(), payload.is_write(), info.purpose,
                        info.carries_data, payload.is_response_ok()});
    if (!payload.is_response_ok() || !info.carries_data) return;
    std::byte* place = at(payload.get_address(), payload.get_data_length()).data();
    if (payload.is_write()) std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
  }

  /// When an access that arrives at `now` has moved its data.
  Picoseconds occupy(const tlm::tlm_generic_payload& payload, Picoseconds now) {
    Picoseconds& free = payload.is_write() ? write_free_ : read_free_;
    const double gbps = payload.is_write() ? timing_.write_gbps : timing_.read_gbps;
    free = std::max(free, now) + transfer_ps(payload.get_data_length(), gbps);
    return free + timing_.latency_ps;
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    access(payload);
    delay = to_sc_time(occupy(payload, now_ps() + to_ps(delay)) - now_ps());
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) {
      end_response();
      return tlm::TLM_COMPLETED;
    }
    payload.acquire();
    const Picoseconds done = occupy(payload, now_ps() + to_ps(delay));
    phases_.notify(payload, tlm::BEGIN_RESP, to_sc_time(done - now_ps()));
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }

  void on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
    access(payload);
    responses_.push_back(&payload);
    respond_.notify(sc_core::SC_ZERO_TIME);
  }

  // One response at a time between BEGIN_RESP and END_RESP, as the base protocol demands.
  void send_responses() {
    while (!responding_ && !responses_.empty()) {
      responding_ = true;
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      if (socket->nb_transport_bw(*responses_.front(), phase, delay) == tlm::TLM_COMPLETED) end_response();
    }
  }

  void end_response() {
    responses_.front()->release();
    responses_.pop_front();
    responding_ = false;
    respond_.notify(sc_core::SC_ZERO_TIME);
  }

  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    if (check(payload) == tlm::TLM_ADDRESS_ERROR_RESPONSE) return 0;
    std::byte* place = at(payload.get_address(), payload.get_data_length()).data();
    if (payload.is_write()) std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
    return payload.get_data_length();
  }

  std::uint64_t base_;
  Timing timing_;
  tlm_utils::peq_with_cb_and_phase<TestMemory> phases_;
  std::deque<tlm::tlm_generic_payload*> responses_;
  bool responding_ = false;
  sc_core::sc_event respond_;
  Picoseconds read_free_ = 0;
  Picoseconds write_free_ = 0;
};

}  // namespace prism::test
