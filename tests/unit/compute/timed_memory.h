// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <systemc>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/sc_time.h"
#include "models/common/transaction_info.h"

namespace prism::compute::test {

/// A memory with one data bus: bursts are served in order at `ps_per_byte`, and answered `latency_ps` later.
/// Any number may be outstanding. Remembers every access.
class TimedMemory : public sc_core::sc_module {
 public:
  static constexpr std::uint64_t kBase = 0x10000;
  static constexpr std::uint64_t kBytes = 16 << 20;

  struct Access {
    std::uint64_t address;
    std::uint64_t bytes;
    bool is_write;
    bool carries_data;
    Purpose purpose;
  };

  tlm_utils::simple_target_socket<TimedMemory> socket;
  Picoseconds ps_per_byte = 1;
  Picoseconds latency_ps = 20000;
  std::optional<std::uint64_t> bad_address;  // an access that covers it fails
  std::vector<Access> accesses;

  explicit TimedMemory(sc_core::sc_module_name name)
      : sc_core::sc_module(name), socket("socket"), storage_(kBytes) {
    socket.register_nb_transport_fw(this, &TimedMemory::nb_transport_fw);
    socket.register_transport_dbg(this, &TimedMemory::transport_dbg);
  }

  void put(std::uint64_t address, std::span<const Bfloat16> data) {
    std::memcpy(&storage_.at(address - kBase), data.data(), data.size_bytes());
  }
  std::vector<Bfloat16> get(std::uint64_t address, std::size_t count) const {
    std::vector<Bfloat16> out(count);
    std::memcpy(out.data(), &storage_.at(address - kBase), count * sizeof(Bfloat16));
    return out;
  }
  std::uint64_t bytes(Purpose purpose, bool is_write) const {
    std::uint64_t sum = 0;
    for (const Access& access : accesses) {
      if (access.purpose == purpose && access.is_write == is_write) sum += access.bytes;
    }
    return sum;
  }

 private:
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    std::memcpy(payload.get_data_ptr(), &storage_.at(payload.get_address() - kBase),
                payload.get_data_length());
    return payload.get_data_length();
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                     sc_core::sc_time& delay) {
    const TransactionInfo& info = transaction_info(payload);
    const std::uint64_t address = payload.get_address();
    const std::uint64_t bytes = payload.get_data_length();
    accesses.push_back({address, bytes, payload.is_write(), info.carries_data, info.purpose});
    bus_free_ = std::max(bus_free_, now_ps()) + static_cast<Picoseconds>(bytes) * ps_per_byte;
    delay += to_sc_time(bus_free_ + latency_ps - now_ps());
    const bool mapped = address >= kBase && address - kBase + bytes <= kBytes;
    if (!mapped || (bad_address && *bad_address >= address && *bad_address < address + bytes)) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return tlm::TLM_COMPLETED;
    }
    unsigned char* place = &storage_[address - kBase];
    if (info.carries_data && payload.is_write()) std::memcpy(place, payload.get_data_ptr(), bytes);
    if (info.carries_data && payload.is_read()) std::memcpy(payload.get_data_ptr(), place, bytes);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_COMPLETED;
  }

  std::vector<unsigned char> storage_;
  Picoseconds bus_free_ = 0;
};

}  // namespace prism::compute::test
