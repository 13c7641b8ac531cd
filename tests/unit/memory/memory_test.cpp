// SPDX-License-Identifier: Apache-2.0
#include "models/memory/memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "tests/support/protocol_checker.h"
#include "tests/support/stimulus.h"

namespace prism::memory {
namespace {

constexpr MemoryConfig kConfig = {.bytes = 1 << 20, .access_ps = 10'000, .bandwidth_gbps = 8.0};

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

TEST(Memory, RamAnswersInClosedForm) {
  Memory ram("ram", kConfig, true);
  test::Stimulus master("master");
  master.socket.bind(ram.socket);
  master.run([&] {
    EXPECT_EQ(master.get64(0x100), 0u);
    EXPECT_EQ(now_ps(), 10'000 + 1'000);  // 8 bytes at 8 GB/s
    const std::vector<std::byte> data(4096, std::byte{0x3C});
    const Picoseconds before = now_ps();
    EXPECT_OK(master.write(0x1003, data, Purpose::kKvAppend));
    EXPECT_EQ(now_ps() - before, 10'000 + 512'000);
    std::vector<std::byte> back(4096);
    EXPECT_OK(master.read(0x1003, back, Purpose::kKvRead));
    EXPECT_EQ(back, data);
  });
  EXPECT_EQ(ram.bytes_written()[Purpose::kKvAppend], 4096u);
  EXPECT_EQ(ram.bytes_read()[Purpose::kKvRead], 4096u);
  ModuleStatistics statistics("ram");
  ram.report(statistics);
  EXPECT_EQ(statistics.to_json()["busy_ns"], 1.0 + 2 * 512.0);
}

TEST(Memory, RomRefusesWritesButLoadsAndDebugs) {
  Memory rom("rom", kConfig, false);
  rom.load(0x10, bytes_of("boot"));
  EXPECT_THROW(rom.load(kConfig.bytes - 3, bytes_of("boot")), std::out_of_range);
  test::Stimulus master("master");
  master.socket.bind(rom.socket);
  master.run([&] {
    EXPECT_EQ(master.write32(0x10, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(master.get32(0x10), 0x746F6F62u);
    std::uint32_t value = 0x11223344;
    const auto word = std::as_writable_bytes(std::span(&value, 1));
    EXPECT_EQ(master.debug(tlm::TLM_WRITE_COMMAND, 0x10, word), 4u);
    EXPECT_EQ(master.get32(0x10), 0x11223344u);
    value = 0;
    EXPECT_EQ(master.debug(tlm::TLM_READ_COMMAND, 0x10, word), 4u);
    EXPECT_EQ(value, 0x11223344u);
    EXPECT_EQ(master.debug(tlm::TLM_READ_COMMAND, kConfig.bytes - 3, word), 0u);
  });
  ModuleStatistics statistics("rom");
  rom.report(statistics);
  EXPECT_EQ(statistics.to_json()["errors"], 1);
}

TEST(Memory, GuestMistakesGetErrorsAndMoveNothing) {
  Memory ram("ram", kConfig, true);
  test::Stimulus master("master");
  master.socket.bind(ram.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  unsigned char data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  const auto attempt = [&](std::uint64_t address, unsigned int streaming_width, unsigned char* enables) {
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(8);
    payload.set_streaming_width(streaming_width);
    payload.set_byte_enable_ptr(enables);
    sc_core::sc_time delay;
    master.socket->b_transport(payload, delay);
    return payload.get_response_status();
  };
  EXPECT_EQ(attempt(kConfig.bytes - 7, 8, nullptr), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(attempt(~0ull, 8, nullptr), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  EXPECT_EQ(attempt(0, 4, nullptr), tlm::TLM_BURST_ERROR_RESPONSE);
  EXPECT_EQ(attempt(0, 8, data), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  EXPECT_EQ(ram.storage()[0], std::byte{0});
  EXPECT_EQ(ram.bytes_written().total(), 0u);
  EXPECT_EQ(attempt(kConfig.bytes - 8, 8, nullptr), tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(ram.storage().back(), std::byte{8});
}

TEST(Memory, GrantsDirectAccessToItsContents) {
  Memory ram("ram", kConfig, true);
  Memory rom("rom", kConfig, false);
  test::Stimulus to_ram("to_ram");
  test::Stimulus to_rom("to_rom");
  to_ram.socket.bind(ram.socket);
  to_rom.socket.bind(rom.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  tlm::tlm_generic_payload payload;
  tlm::tlm_dmi dmi;
  payload.set_write();
  payload.set_address(0x100);
  ASSERT_TRUE(to_ram.socket->get_direct_mem_ptr(payload, dmi));
  EXPECT_TRUE(dmi.is_read_write_allowed());
  EXPECT_EQ(dmi.get_start_address(), 0u);
  EXPECT_EQ(dmi.get_end_address(), kConfig.bytes - 1);
  EXPECT_EQ(dmi.get_read_latency(), to_sc_time(10'000));
  dmi.get_dmi_ptr()[0x100] = 0x77;
  EXPECT_EQ(ram.storage()[0x100], std::byte{0x77});

  EXPECT_FALSE(to_rom.socket->get_direct_mem_ptr(payload, dmi));
  payload.set_read();
  ASSERT_TRUE(to_rom.socket->get_direct_mem_ptr(payload, dmi));
  EXPECT_FALSE(dmi.is_write_allowed());
}

TEST(Memory, TimesButDoesNotMoveTrafficWithoutData) {
  Memory ram("ram", kConfig, true);
  BurstPort port("port", "compute", {.max_burst_bytes = 4096, .max_outstanding = 8});
  test::ProtocolChecker checker("checker");
  port.socket.bind(checker.from_master);
  checker.to_target.bind(ram.socket);
  Picoseconds end = 0;
  sc_core::sc_spawn([&] {
    TransferBatch batch;
    port.run({0, 1 << 16, nullptr, true, Purpose::kWeights}, batch);
    EXPECT_EQ(batch.bytes_done(), 1u << 16);
    end = now_ps();
  });
  sc_core::sc_start();
  EXPECT_EQ(end, 10'000 + (1 << 16) * 125);  // one data path at 8 GB/s, however many bursts are outstanding
  EXPECT_EQ(ram.bytes_written()[Purpose::kWeights], 1u << 16);
  EXPECT_EQ(checker.violations(), std::vector<std::string>{});
}

TEST(Memory, RejectsImpossibleConfigurations) {
  EXPECT_THROW(Memory("empty", MemoryConfig{.bytes = 0}, true), std::invalid_argument);
  EXPECT_THROW(Memory("slow", MemoryConfig{.bytes = 1, .bandwidth_gbps = 0.0}, true), std::invalid_argument);
}

}  // namespace
}  // namespace prism::memory
