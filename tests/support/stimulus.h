// SPDX-License-Identifier: Apache-2.0
// A test's bus master: typed accesses with an initiator socket, and a process to run a test body in.
#pragma once

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <systemc>
#include <vector>

#include "models/common/purpose.h"
#include "models/common/transaction_info.h"

#define EXPECT_OK(access) EXPECT_EQ((access), tlm::TLM_OK_RESPONSE)
#define ASSERT_OK(access) ASSERT_EQ((access), tlm::TLM_OK_RESPONSE)

namespace prism::test {

class Stimulus : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Stimulus> socket;

  explicit Stimulus(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {}

  /// Runs `body` as a process from time zero; the simulation stops when it returns.
  void run(std::function<void()> body) {
    sc_core::sc_spawn([body = std::move(body)] {
      body();
      sc_core::sc_stop();
    });
    sc_core::sc_start();
  }

  tlm::tlm_response_status write(std::uint64_t address, std::span<const std::byte> data,
                                 Purpose purpose = Purpose::kOther) {
    return access(tlm::TLM_WRITE_COMMAND, address, const_cast<std::byte*>(data.data()), data.size(), purpose);
  }
  tlm::tlm_response_status read(std::uint64_t address, std::span<std::byte> data,
                                Purpose purpose = Purpose::kOther) {
    return access(tlm::TLM_READ_COMMAND, address, data.data(), data.size(), purpose);
  }
  tlm::tlm_response_status write32(std::uint64_t address, std::uint32_t value) {
    return write(address, std::as_bytes(std::span(&value, 1)));
  }
  tlm::tlm_response_status write64(std::uint64_t address, std::uint64_t value) {
    return write(address, std::as_bytes(std::span(&value, 1)));
  }
  tlm::tlm_response_status read32(std::uint64_t address, std::uint32_t& value) {
    return read(address, std::as_writable_bytes(std::span(&value, 1)));
  }
  tlm::tlm_response_status read64(std::uint64_t address, std::uint64_t& value) {
    return read(address, std::as_writable_bytes(std::span(&value, 1)));
  }
  /// The value, with a test failure when the access fails.
  std::uint32_t get32(std::uint64_t address) {
    std::uint32_t value = 0;
    EXPECT_OK(read32(address, value));
    return value;
  }
  std::uint64_t get64(std::uint64_t address) {
    std::uint64_t value = 0;
    EXPECT_OK(read64(address, value));
    return value;
  }
  /// Debug access; returns the bytes transferred.
  unsigned int debug(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
    tlm::tlm_generic_payload payload;
    prepare(payload, command, address, data.data(), data.size());
    return socket->transport_dbg(payload);
  }

 private:
  static void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                      std::byte* data, std::size_t size) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data));
    payload.set_data_length(static_cast<unsigned int>(size));
    payload.set_streaming_width(static_cast<unsigned int>(size));
  }

  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, std::byte* data,
                                  std::size_t size, Purpose purpose) {
    tlm::tlm_generic_payload payload;
    TransactionInfo info;
    info.initiator = name();
    info.purpose = purpose;
    prepare(payload, command, address, data, size);
    payload.set_extension(&info);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->b_transport(payload, delay);
    payload.clear_extension(&info);
    wait(delay);
    return payload.get_response_status();
  }
};

}  // namespace prism::test
