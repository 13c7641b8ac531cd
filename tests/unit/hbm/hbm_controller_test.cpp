// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/hbm_controller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prism/hw/hbm.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "tests/support/stimulus.h"
#include "tests/unit/hbm/preset.h"
#include "tests/unit/hbm/stub_engine.h"

namespace prism::hbm {
namespace {

using prism::test::Stimulus;
using sc_core::sc_time;
using sc_core::SC_ZERO_TIME;
using test::StubEngine;

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;

HbmConfig small_config(Fidelity fidelity = Fidelity::kFast) {
  HbmConfig config = test::load_preset("hbm2_2gbps_dramsys");
  config.controller.fidelity = fidelity;
  return config;
}

/// Byte n of untouched memory is n mod 251.
class Pattern : public memory::PageSource {
 public:
  void read(std::uint64_t address, std::span<std::byte> out) const override {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = byte_at(address + i);
  }
  static std::byte byte_at(std::uint64_t address) { return static_cast<std::byte>(address % 251); }
};

struct Bench {
  explicit Bench(const HbmConfig& config = small_config(), const memory::PageSource* content = nullptr)
      : hbm("hbm", config, content) {
    bind();
  }
  Bench(const HbmConfig& config, std::unique_ptr<TimingEngine> engine)
      : hbm("hbm", config, nullptr, std::move(engine)) {
    bind();
  }
  void bind() {
    master.socket.bind(hbm.memory);
    firmware.socket.bind(hbm.registers.socket);
  }
  HbmController hbm;
  Stimulus master{"master"};
  Stimulus firmware{"firmware"};
};

nlohmann::json statistics(const HbmController& hbm, ModuleStatistics& out) {
  hbm.report(out, now_ps());
  return out.to_json();
}

TEST(HbmController, BlockingAccessTakesTheEnginesTimeAndConsumesTheDelay) {
  Bench bench;
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_OK(bench.master.read(0, data));
    EXPECT_EQ(now_ps(), 34 * kNs);
    // A caller 100 ns ahead of time: row hit at 134 ns.
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(2048);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    payload.set_data_length(32);
    payload.set_streaming_width(32);
    sc_time delay(100, sc_core::SC_NS);
    bench.master.socket->b_transport(payload, delay);
    EXPECT_EQ(delay, SC_ZERO_TIME);
    EXPECT_EQ(now_ps(), (134 + 21) * kNs);
    EXPECT_TRUE(payload.is_response_ok());
  });
}

TEST(HbmController, ReadsSeeWhatWasWrittenAndTheSourceElsewhere) {
  const Pattern content;
  Bench bench(small_config(), &content);
  bench.firmware.run([&] {
    std::vector<std::byte> out(200'000);
    std::vector<std::byte> in(70'001, std::byte{0xA5});
    EXPECT_OK(bench.master.write(100'003, in));
    EXPECT_OK(bench.master.read(50'000, out));
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint64_t address = 50'000 + i;
      const bool written = address >= 100'003 && address < 100'003 + in.size();
      ASSERT_EQ(out[i], written ? std::byte{0xA5} : Pattern::byte_at(address)) << address;
    }
  });
}

TEST(HbmController, DebugReachesMemoryInNoTime) {
  const Pattern content;
  Bench bench(small_config(), &content);
  bench.firmware.run([&] {
    const std::uint64_t capacity = bench.hbm.config().organization.capacity_bytes();
    std::array<std::byte, 16> data{};
    EXPECT_EQ(bench.master.debug(tlm::TLM_READ_COMMAND, 1000, data), 16u);
    EXPECT_EQ(data[3], Pattern::byte_at(1003));
    data.fill(std::byte{7});
    EXPECT_EQ(bench.master.debug(tlm::TLM_WRITE_COMMAND, 1000, data), 16u);
    EXPECT_EQ(bench.master.debug(tlm::TLM_READ_COMMAND, capacity - 4, data), 4u);
    EXPECT_EQ(bench.master.debug(tlm::TLM_READ_COMMAND, capacity, data), 0u);
    EXPECT_EQ(now_ps(), 0);
    EXPECT_EQ(bench.hbm.read_by_purpose().total(), 0u);
    std::array<std::byte, 16> seen{};
    EXPECT_OK(bench.master.read(1000, seen));
    EXPECT_THAT(seen, testing::Each(std::byte{7}));
  });
}

TEST(HbmController, BadAccessesEndWithAnErrorAndCountNothing) {
  Bench bench;
  bench.firmware.run([&] {
    const std::uint64_t capacity = bench.hbm.config().organization.capacity_bytes();
    std::array<std::byte, 64> data{};
    EXPECT_EQ(bench.master.read(capacity, data), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.master.write(capacity - 63, data), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.master.read(~std::uint64_t{0} - 10, data), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bench.master.read(0, std::span(data.data(), 0)), tlm::TLM_BURST_ERROR_RESPONSE);
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    payload.set_data_length(8);
    payload.set_streaming_width(4);
    sc_time delay;
    bench.master.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_BURST_ERROR_RESPONSE);
    payload.set_streaming_width(8);
    std::array<unsigned char, 8> enables{};
    payload.set_byte_enable_ptr(enables.data());
    bench.master.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_OK(bench.master.read(capacity - 64, data));
    EXPECT_EQ(bench.hbm.read_by_purpose().total(), 64u);
  });
}

TEST(HbmController, TimingOnlyTrafficTouchesNoData) {
  Bench bench;
  bench.firmware.run([&] {
    tlm::tlm_generic_payload payload;
    TransactionInfo info;
    info.carries_data = false;
    info.purpose = Purpose::kWeights;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(0);
    payload.set_data_ptr(nullptr);
    payload.set_data_length(1 << 20);
    payload.set_streaming_width(1 << 20);
    payload.set_extension(&info);
    sc_time delay;
    bench.master.socket->b_transport(payload, delay);
    EXPECT_TRUE(payload.is_response_ok());
    payload.clear_extension(&info);
    EXPECT_GE(now_ps(), (1 << 20) / 32 * kNs);  // 32 GB/s
    EXPECT_EQ(bench.hbm.written_by_purpose()[Purpose::kWeights], 1u << 20);
    ModuleStatistics out("hbm");
    EXPECT_EQ(statistics(bench.hbm, out)["resident_bytes"], 0);
  });
}

/// Many requests of blocking and non-blocking masters at once.
void mix_masters(Fidelity fidelity) {
  HbmConfig config = small_config(fidelity);
  const Pattern content;
  HbmController hbm("hbm", config, &content);
  BurstPort port("port", "dma", {.max_burst_bytes = 4096, .max_outstanding = 8});
  port.socket.bind(hbm.memory);
  Stimulus firmware("firmware");
  firmware.socket.bind(hbm.registers.socket);
  std::uint64_t blocking_bytes = 0;
  firmware.run([&] {
    bool blocking_done = false;
    sc_core::sc_event finished;
    sc_core::sc_spawn([&] {
      // The port's own socket carries blocking accesses too.
      for (std::uint64_t i = 0; i < 50; ++i) {
        std::array<std::byte, 96> data{};
        tlm::tlm_generic_payload payload;
        payload.set_command(i % 3 == 0 ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        payload.set_address(0x4000000 + i * 4000);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
        payload.set_data_length(96);
        payload.set_streaming_width(96);
        sc_time delay;
        port.socket->b_transport(payload, delay);
        EXPECT_TRUE(payload.is_response_ok());
        if (payload.is_read()) {
          EXPECT_EQ(data[95], Pattern::byte_at(payload.get_address() + 95));
        }
        blocking_bytes += 96;
      }
      blocking_done = true;
      finished.notify();
    });
    std::vector<std::byte> data(256 * 1024);
    TransferBatch batch;
    port.run(Transfer{0, data.size(), data.data(), false, Purpose::kKvRead}, batch);
    EXPECT_TRUE(batch.ok());
    for (std::size_t i = 0; i < data.size(); ++i) ASSERT_EQ(data[i], Pattern::byte_at(i));
    std::fill(data.begin(), data.end(), std::byte{3});
    port.run(Transfer{1 << 20, data.size(), data.data(), true, Purpose::kKvAppend}, batch);
    std::vector<std::byte> back(data.size());
    port.run(Transfer{1 << 20, back.size(), back.data(), false, Purpose::kKvRead}, batch);
    EXPECT_EQ(back, data);
    if (!blocking_done) sc_core::wait(finished);
  });
  EXPECT_EQ(hbm.read_by_purpose()[Purpose::kKvRead], port.bytes_read()[Purpose::kKvRead]);
  EXPECT_EQ(hbm.written_by_purpose()[Purpose::kKvAppend], port.bytes_written()[Purpose::kKvAppend]);
  EXPECT_EQ(hbm.read_by_purpose()[Purpose::kOther] + hbm.written_by_purpose()[Purpose::kOther],
            blocking_bytes);
  std::uint64_t by_initiator = 0;
  for (const auto& from : hbm.traffic().initiators()) by_initiator += from.bytes_read + from.bytes_written;
  EXPECT_EQ(by_initiator, hbm.read_by_purpose().total() + hbm.written_by_purpose().total());
}

TEST(HbmController, MixesBlockingAndNonBlockingMastersFast) {
  mix_masters(Fidelity::kFast);
}
TEST(HbmController, MixesBlockingAndNonBlockingMastersDetailed) {
  mix_masters(Fidelity::kDetailed);
}

/// Streams 16 MiB, 64 bursts of 16 KiB under way.
void stream(Fidelity fidelity) {
  HbmConfig config = test::load_preset("hbm3_6400");
  config.controller.fidelity = fidelity;
  HbmController hbm("hbm", config, nullptr);
  BurstPort port("port", "compute", {.max_burst_bytes = 16384, .max_outstanding = 64});
  port.socket.bind(hbm.memory);
  Stimulus firmware("firmware");
  firmware.socket.bind(hbm.registers.socket);
  Picoseconds end = 0;
  firmware.run([&] {
    TransferBatch batch;
    port.run(Transfer{0, 16 << 20, nullptr, false, Purpose::kWeights}, batch);
    end = now_ps();
  });
  EXPECT_NEAR(hbm.channel_balance(), 1.0, 1e-9);
  EXPECT_THAT(hbm.warnings(), testing::IsEmpty());
  ModuleStatistics out("hbm");
  hbm.report(out, end);
  const nlohmann::json report = out.to_json();
  EXPECT_GE(report["achieved_gbps"].get<double>(), 0.85 * config.organization.peak_gbps());
  EXPECT_GE(report["row_hit_rate"].get<double>(), 0.93);
  EXPECT_NEAR(report["busy_ns"].get<double>(), ns_from_ps(end), 1.0);
}

TEST(HbmController, APortStreamsAtThePeakLessRefreshFast) {
  stream(Fidelity::kFast);
}
TEST(HbmController, APortStreamsAtThePeakLessRefreshDetailed) {
  stream(Fidelity::kDetailed);
}

TEST(HbmController, RegistersCountAndClear) {
  Bench bench;
  bench.firmware.run([&] {
    Stimulus& firmware = bench.firmware;
    EXPECT_EQ(firmware.get32(HBM_ID), HBM_ID_VALUE);
    EXPECT_EQ(firmware.get32(HBM_STACKS), 1u);
    EXPECT_EQ(firmware.get32(HBM_CHANNELS), 1u);
    EXPECT_EQ(firmware.get64(HBM_CAPACITY), std::uint64_t{2} << 30);
    std::vector<std::byte> data(1024);
    EXPECT_OK(bench.master.read(0, data));
    EXPECT_OK(bench.master.write(4096, std::span(data).first(64)));
    EXPECT_EQ(firmware.get64(HBM_BYTES_READ), 1024u);
    EXPECT_EQ(firmware.get64(HBM_BYTES_WRITTEN), 64u);
    EXPECT_EQ(firmware.get64(HBM_ROW_HITS) + firmware.get64(HBM_ROW_MISSES), 34u);
    EXPECT_OK(firmware.write32(HBM_CONTROL, HBM_CONTROL_CLEAR));
    for (const std::uint32_t reg : {HBM_BYTES_READ, HBM_BYTES_WRITTEN, HBM_ROW_HITS, HBM_ROW_MISSES}) {
      EXPECT_EQ(firmware.get64(reg), 0u);
    }
    EXPECT_OK(bench.master.read(0, std::span(data).first(32)));
    EXPECT_EQ(firmware.get64(HBM_BYTES_READ), 32u);
    EXPECT_EQ(bench.hbm.read_by_purpose().total(), 1056u);  // the report's are never cleared
    EXPECT_EQ(firmware.write64(HBM_CAPACITY, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
  });
}

TEST(HbmController, StatisticsCloseAndEnergyFollowsTheBits) {
  Bench bench;
  bench.firmware.run([&] {
    std::vector<std::byte> data(8192);
    EXPECT_OK(bench.master.read(0, data, Purpose::kKvRead));
    EXPECT_OK(bench.master.write(65536, data, Purpose::kKvAppend));
    EXPECT_OK(bench.master.read(0, std::span(data).first(32), Purpose::kDescriptors));
    sc_core::wait(sc_time(10, sc_core::SC_US));
    ModuleStatistics out("hbm");
    const nlohmann::json report = statistics(bench.hbm, out);
    EXPECT_EQ(report["bytes_read"], 8224);
    EXPECT_EQ(report["bytes_written"], 8192);
    EXPECT_EQ(report["bytes_by_purpose"]["kv_read"], 8192);
    EXPECT_EQ(report["written_by_purpose"]["kv_append"], 8192);
    EXPECT_EQ(report["read_by_purpose"]["descriptors"], 32);
    EXPECT_EQ(report["bytes_from_master"], 16416);
    EXPECT_EQ(report["bytes_channel_0_0"], 16416);
    EXPECT_EQ(report["requests"], 3);
    EXPECT_EQ(report["row_hits"].get<int>() + report["row_misses"].get<int>(), 16416 / 32);
    EXPECT_DOUBLE_EQ(report["peak_gbps"].get<double>(), 32.0);
    EXPECT_LT(report["busy_ns"].get<double>(), 1000.0);
    EXPECT_NEAR(report["achieved_gbps"].get<double>(), 16416 / report["busy_ns"].get<double>(), 1e-6);
    EXPECT_NEAR(report["data_bus_utilisation"].get<double>(), 16416 / 32.0 * 2 / 2 / ns_from_ps(now_ps()),
                1e-9);
    EXPECT_GT(report["latency_max_ns_kv_read"].get<double>(), 8192 / 32.0);
    EXPECT_DOUBLE_EQ(report["latency_mean_ns_kv_read"].get<double>(),
                     report["latency_max_ns_kv_read"].get<double>());

    ASSERT_EQ(out.energies().size(), 1u);
    EXPECT_EQ(out.energies()[0].component, "hbm.access");
    EXPECT_NEAR(out.energies()[0].picojoules, 3.92 * 8 * 16416, 1e-3);
    EXPECT_THAT(out.unknown_energies(), testing::UnorderedElementsAre("hbm.refresh", "hbm.background"));
  });
}

TEST(HbmController, EnergyComponentsAreAddedWhenTheyAreKnown) {
  HbmConfig config = small_config();
  config.energy = {.per_bit_pj = -1.0,
                   .activate_pj = 1000.0,
                   .read_per_bit_pj = 2.0,
                   .write_per_bit_pj = -1.0,
                   .io_per_bit_pj = 0.5,
                   .refresh_pj = 5000.0,
                   .background_mw = 100.0};
  Bench bench(config);
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_OK(bench.master.read(0, data));
    EXPECT_OK(bench.master.read(0, data));
    ModuleStatistics out("hbm");
    bench.hbm.report(out, 1000 * kNs);
    std::map<std::string, double> energy;
    for (const EnergyItem& item : out.energies()) energy[item.component] = item.picojoules;
    EXPECT_DOUBLE_EQ(energy["hbm.activate"], 1000.0);
    EXPECT_DOUBLE_EQ(energy["hbm.read"], 2.0 * 512);
    EXPECT_DOUBLE_EQ(energy["hbm.io"], 0.5 * 512);
    EXPECT_DOUBLE_EQ(energy["hbm.refresh"], 0.0);
    EXPECT_DOUBLE_EQ(energy["hbm.background"], 100.0 * 2 * 1000);  // mW x pseudo-channels x ns
    EXPECT_THAT(out.unknown_energies(), testing::ElementsAre("hbm.write"));
  });
}

TEST(HbmController, AnUnevenMapIsWarnedAbout) {
  auto stub = std::make_unique<StubEngine>(1, kNs);
  stub->bytes = {900, 50, 50, 0};
  Bench bench(small_config(), std::move(stub));
  EXPECT_DOUBLE_EQ(bench.hbm.channel_balance(), 3.6);
  EXPECT_THAT(bench.hbm.warnings(), testing::ElementsAre(testing::HasSubstr("3.6 times the mean")));
}

}  // namespace
}  // namespace prism::hbm
