// SPDX-License-Identifier: Apache-2.0
// Decoding, errors, debug and direct access of the bus.
#include "models/interconnect/bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "models/memory/memory.h"
#include "tests/support/at_target.h"
#include "tests/support/protocol_checker.h"
#include "tests/support/stimulus.h"

namespace prism::interconnect {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

BusConfig two_rams() {
  return {.arbitration = Arbitration::kRoundRobin,
          .initiators = {{.name = "cpu", .latency_ps = 1'000}, {.name = "dma"}},
          .targets = {{.name = "low", .latency_ps = 2'000}, {.name = "high"}},
          .map = {{"low", 0x1000, 0x1000}, {"high", 0x10'0000'0000, 0x1000}, {"low", 0x8000, 0x800}}};
}

constexpr memory::MemoryConfig kRam = {.bytes = 0x1000, .access_ps = 5'000, .bandwidth_gbps = 8.0};

/// Two masters, two memories, and a protocol checker on each side.
struct Bench {
  Bus bus{"bus", two_rams()};
  memory::Memory low{"low", kRam, true};
  memory::Memory high{"high", kRam, true};
  test::Stimulus cpu{"cpu"};
  BurstPort dma{"dma", "dma", {.max_burst_bytes = 256, .max_outstanding = 4}};
  test::ProtocolChecker cpu_side{"cpu_side"};
  test::ProtocolChecker dma_side{"dma_side"};
  test::ProtocolChecker low_side{"low_side"};
  test::ProtocolChecker high_side{"high_side"};

  Bench() {
    cpu.socket.bind(cpu_side.from_master);
    cpu_side.to_target.bind(bus.initiator_port("cpu"));
    dma.socket.bind(dma_side.from_master);
    dma_side.to_target.bind(bus.initiator_port("dma"));
    bus.target_port("low").bind(low_side.from_master);
    low_side.to_target.bind(low.socket);
    bus.target_port("high").bind(high_side.from_master);
    high_side.to_target.bind(high.socket);
  }
  ~Bench() {
    for (const auto* checker : {&cpu_side, &dma_side, &low_side, &high_side}) {
      EXPECT_THAT(checker->violations(), IsEmpty());
      EXPECT_EQ(checker->in_flight(), 0u);
    }
  }
};

TEST(Bus, TargetsSeeRelativeAddresses) {
  Bench bench;
  bench.cpu.run([&] {
    EXPECT_OK(bench.cpu.write32(0x1010, 0x11));
    EXPECT_OK(bench.cpu.write32(0x10'0000'0FFC, 0x22));
    EXPECT_OK(bench.cpu.write32(0x8020, 0x33));  // the second range of the same target
    EXPECT_EQ(bench.cpu.get32(0x1020), 0x33u);
    std::uint32_t value = 0;
    TransferBatch batch;
    bench.dma.run({0x1010, 4, reinterpret_cast<std::byte*>(&value), false, Purpose::kOther}, batch);
    EXPECT_EQ(value, 0x11u);
  });
  EXPECT_EQ(bench.low.storage()[0x10], std::byte{0x11});
  EXPECT_EQ(bench.high.storage()[0xFFC], std::byte{0x22});
}

TEST(Bus, UnmappedAccessesGetAnAddressErrorOnBothPaths) {
  Bench bench;
  bench.cpu.run([&] {
    std::uint64_t value = 0;
    EXPECT_EQ(bench.cpu.read64(0x4000, value), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.cpu.read64(0x1FFC, value), tlm::TLM_ADDRESS_ERROR_RESPONSE);  // past the end of its range
    std::vector<std::byte> data(0x300);
    TransferBatch batch;
    bench.dma.run({0x1F00, 0x300, data.data(), true, Purpose::kKvAppend}, batch);
    EXPECT_EQ(batch.status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(batch.fault_address(), 0x2000u);
    EXPECT_EQ(batch.bytes_done(), 0x100u);
  });
  EXPECT_EQ(bench.bus.unmapped_accesses(), 4u);
  EXPECT_EQ(bench.bus.bytes_to("low").total(), 0x100u);
}

TEST(Bus, ErrorResponsesOfTargetsComeBackWithTheOriginalAddress) {
  Bus bus("bus", two_rams());
  test::AtTarget low("low", 0x1000, test::Answer::kEach, 1'000, 7'000);
  test::AtTarget high("high", 0x800, test::Answer::kEach, 1'000, 7'000);  // half of what the map says
  test::Stimulus cpu("cpu");
  BurstPort dma("dma", "dma", {.max_burst_bytes = 64, .max_outstanding = 4});
  test::ProtocolChecker checker("checker");
  cpu.socket.bind(bus.initiator_port("cpu"));
  dma.socket.bind(checker.from_master);
  checker.to_target.bind(bus.initiator_port("dma"));
  bus.target_port("low").bind(low.socket);
  bus.target_port("high").bind(high.socket);
  low.fault_address = 0x85;
  cpu.run([&] {
    std::vector<std::byte> data(0x400);
    TransferBatch faults;
    dma.run({0x1000, 0x400, data.data(), false, Purpose::kOther}, faults);
    EXPECT_EQ(faults.status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(faults.fault_address(), 0x1080u);
    TransferBatch errors;
    dma.run({0x10'0000'0700, 0x200, data.data(), true, Purpose::kOther}, errors);
    EXPECT_EQ(errors.status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(errors.fault_address(), 0x10'0000'0800u);
    EXPECT_EQ(errors.bytes_done(), 0x100u);
    std::uint32_t value = 0;
    EXPECT_EQ(cpu.read32(0x1084, value), tlm::TLM_GENERIC_ERROR_RESPONSE);
  });
  EXPECT_THAT(checker.violations(), IsEmpty());
  EXPECT_EQ(bus.unmapped_accesses(), 0u);
}

TEST(Bus, DebugAccessesPassThroughInNoTime) {
  Bench bench;
  bench.cpu.run([&] {
    std::uint32_t value = 0xABCD;
    const auto word = std::as_writable_bytes(std::span(&value, 1));
    EXPECT_EQ(bench.cpu.debug(tlm::TLM_WRITE_COMMAND, 0x10'0000'0010, word), 4u);
    value = 0;
    EXPECT_EQ(bench.cpu.debug(tlm::TLM_READ_COMMAND, 0x10'0000'0010, word), 4u);
    EXPECT_EQ(value, 0xABCDu);
    EXPECT_EQ(bench.cpu.debug(tlm::TLM_READ_COMMAND, 0x3000, word), 0u);
    EXPECT_EQ(bench.cpu.debug(tlm::TLM_READ_COMMAND, 0x1FFE, word), 0u);
    EXPECT_EQ(now_ps(), 0);
  });
  EXPECT_EQ(bench.high.storage()[0x10], std::byte{0xCD});
  EXPECT_EQ(bench.bus.unmapped_accesses(), 0u);
  EXPECT_EQ(bench.bus.bytes_to("high").total(), 0u);
}

TEST(Bus, DirectAccessIsTranslatedAndClippedToTheRange) {
  Bench bench;
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  tlm::tlm_generic_payload payload;
  tlm::tlm_dmi dmi;
  payload.set_address(0x10'0000'0100);
  ASSERT_TRUE(bench.cpu.socket->get_direct_mem_ptr(payload, dmi));
  EXPECT_EQ(payload.get_address(), 0x10'0000'0100u);
  EXPECT_EQ(dmi.get_start_address(), 0x10'0000'0000u);
  EXPECT_EQ(dmi.get_end_address(), 0x10'0000'0FFFu);
  EXPECT_EQ(reinterpret_cast<const std::byte*>(dmi.get_dmi_ptr()), bench.high.storage().data());
  EXPECT_EQ(dmi.get_read_latency(), to_sc_time(5'000 + 1'000 + 1'000));  // memory, cpu port, one clock

  payload.set_address(0x8100);  // a range half as long as the memory behind it
  ASSERT_TRUE(bench.cpu.socket->get_direct_mem_ptr(payload, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0x8000u);
  EXPECT_EQ(dmi.get_end_address(), 0x87FFu);

  payload.set_address(0x4000);
  EXPECT_FALSE(bench.cpu.socket->get_direct_mem_ptr(payload, dmi));
  EXPECT_TRUE(dmi.is_none_allowed());
}

/// Records invalidations that reach a master.
struct DirectMaster : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<DirectMaster> socket{"socket"};
  std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;

  explicit DirectMaster(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    socket.register_invalidate_direct_mem_ptr(this, &DirectMaster::invalidate);
  }
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { invalidated.emplace_back(start, end); }
};

TEST(Bus, InvalidationReachesEveryMasterForEveryRangeOfTheTarget) {
  Bus bus("bus", two_rams());
  DirectMaster cpu("cpu");
  DirectMaster dma("dma");
  memory::Memory low("low", kRam, true);
  memory::Memory high("high", kRam, true);
  cpu.socket.bind(bus.initiator_port("cpu"));
  dma.socket.bind(bus.initiator_port("dma"));
  bus.target_port("low").bind(low.socket);
  bus.target_port("high").bind(high.socket);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  low.socket->invalidate_direct_mem_ptr(0x700, 0x8FF);
  low.socket->invalidate_direct_mem_ptr(0x900, ~0ull);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected = {
      {0x1700, 0x18FF}, {0x8700, 0x87FF}, {0x1900, 0x1FFF}};
  EXPECT_EQ(cpu.invalidated, expected);
  EXPECT_EQ(dma.invalidated, expected);
}

TEST(Bus, ReportsEveryPort) {
  Bench bench;
  bench.cpu.run([&] {
    EXPECT_OK(bench.cpu.write64(0x1000, 1));
    std::vector<std::byte> data(512);
    TransferBatch batch;
    bench.dma.run({0x1000, 512, data.data(), false, Purpose::kKvRead}, batch);
  });
  ModuleStatistics statistics("bus");
  bench.bus.report(statistics);
  const nlohmann::json json = statistics.to_json();
  EXPECT_EQ(json["from_cpu.transactions"], 1);
  EXPECT_EQ(json["from_cpu.bytes_written"], 8);
  EXPECT_EQ(json["from_dma.bytes_read"], 512);
  EXPECT_EQ(json["to_low.transactions"], 3);
  EXPECT_EQ(json["to_low.bytes_by_purpose"]["kv_read"], 512);
  EXPECT_EQ(json["to_low.request_busy_ns"], 3.0);  // three clocks: 8 bytes written, two reads
  EXPECT_EQ(json["to_low.return_busy_ns"], 64.0);
  EXPECT_EQ(json["to_high.transactions"], 0);
  EXPECT_EQ(json["busy_ns"], 64.0);
  EXPECT_EQ(json["unmapped_accesses"], 0);
  EXPECT_EQ(bench.bus.bytes_from("dma")[Purpose::kKvRead], 512u);
  EXPECT_THROW(bench.bus.bytes_to("dma"), std::out_of_range);
  EXPECT_THROW(bench.bus.initiator_port("low"), std::out_of_range);
}

std::string rejection(const std::function<void(BusConfig&)>& spoil) {
  BusConfig config = two_rams();
  spoil(config);
  try {
    Bus bus("bus", config);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Bus, RejectsImpossibleConfigurations) {
  EXPECT_THAT(rejection([](BusConfig& c) {
                c.map.push_back({"high", 0x1800, 0x1000});
              }),
              HasSubstr("overlap"));
  EXPECT_THAT(rejection([](BusConfig& c) { c.map.push_back({"rom", 0, 0x10}); }), HasSubstr("'rom'"));
  EXPECT_THAT(rejection([](BusConfig& c) { c.targets.push_back({.name = "low"}); }),
              HasSubstr("two ports 'low'"));
  EXPECT_THAT(rejection([](BusConfig& c) { c.initiators[1].width_bytes = 0; }),
              HasSubstr("'dma' has no width"));
  EXPECT_THAT(rejection([](BusConfig& c) { c.targets[0].clock_mhz = 0; }), HasSubstr("'low' needs a clock"));
}

}  // namespace
}  // namespace prism::interconnect
