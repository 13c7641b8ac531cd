// SPDX-License-Identifier: Apache-2.0
// The controller under errors, heat and scrubbing: bus responses, registers, traffic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prism/hw/hbm.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "models/hbm/hbm_controller.h"
#include "tests/support/stimulus.h"
#include "tests/unit/hbm/preset.h"

namespace prism::hbm {
namespace {

using prism::test::Stimulus;
using sc_core::sc_time;

HbmConfig small_config(Fidelity fidelity = Fidelity::kFast) {
  HbmConfig config = test::load_preset("hbm2_2gbps_dramsys");
  config.controller.fidelity = fidelity;
  return config;
}

struct Bench {
  explicit Bench(const HbmConfig& config) : hbm("hbm", config, nullptr) {
    port.socket.bind(hbm.memory);
    firmware.socket.bind(hbm.registers.socket);
  }
  HbmController hbm;
  BurstPort port{"port", "soc.photonic_core", {.max_burst_bytes = 1024, .max_outstanding = 8}};
  Stimulus firmware{"firmware"};

  tlm::tlm_response_status access(std::uint64_t address, std::span<std::byte> data, bool is_write = false) {
    TransferBatch batch;
    port.run(Transfer{address, data.size(), data.data(), is_write, Purpose::kKvRead}, batch);
    return batch.status();
  }
  nlohmann::json report() {
    ModuleStatistics out("hbm");
    hbm.report(out, now_ps());
    return out.to_json();
  }
  std::uint64_t channel_bytes() {
    std::uint64_t sum = 0;
    const nlohmann::json all = report();
    for (const auto& [name, value] : all.items()) {
      if (name.starts_with("bytes_channel_")) sum += value.get<std::uint64_t>();
    }
    return sum;
  }
  std::string name_at(std::uint32_t offset) {
    const std::uint64_t text = firmware.get64(offset);
    return {reinterpret_cast<const char*>(&text), strnlen(reinterpret_cast<const char*>(&text), 8)};
  }
};

void poisoned_reads(Fidelity fidelity) {
  HbmConfig config = small_config(fidelity);
  config.faults.uncorrectable_addresses = {5000};
  Bench bench(config);
  bench.firmware.run([&] {
    std::vector<std::byte> data(8192, std::byte{7});
    TransferBatch batch;
    bench.port.run(Transfer{0, data.size(), data.data(), false, Purpose::kKvRead}, batch);
    EXPECT_EQ(batch.status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(batch.fault_address(), 4096u);
    EXPECT_EQ(batch.bytes_done(), 7 * 1024u);  // all other bursts of the port
    EXPECT_EQ(bench.hbm.read_by_purpose().total(), bench.port.bytes_read().total());
    EXPECT_EQ(bench.report()["bytes_poisoned"], 1024);
    EXPECT_EQ(bench.report()["ecc_uncorrectable"], 1);
    // A blocking access, too; and life goes on.
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(4999);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    sc_time delay;
    bench.port.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_OK(bench.access(4096, std::span(data).first(1024), true));
    EXPECT_OK(bench.access(0, data));
  });
}

TEST(HbmFaults, PoisonedReadsEndWithAnErrorFast) {
  poisoned_reads(Fidelity::kFast);
}
TEST(HbmFaults, PoisonedReadsEndWithAnErrorDetailed) {
  poisoned_reads(Fidelity::kDetailed);
}

TEST(HbmFaults, FirmwareInjectsErrorsAndReadsTheRecords) {
  Bench bench(small_config());
  bench.firmware.run([&] {
    Stimulus& firmware = bench.firmware;
    std::vector<std::byte> data(4096);
    EXPECT_EQ(firmware.get32(HBM_ECC_CONFIG), HBM_ECC_CONFIG_ENABLED | HBM_ECC_CONFIG_DEMAND_SCRUB);
    EXPECT_EQ(firmware.get32(HBM_ECC_STATUS), 0u);
    EXPECT_EQ(firmware.get32(HBM_ECC_FIRST_KIND), HBM_ERROR_NONE);
    const auto inject = [&](std::uint64_t address, std::uint32_t kind) {
      EXPECT_OK(firmware.write64(HBM_INJECT_ADDRESS, address));
      EXPECT_OK(firmware.write32(HBM_INJECT, kind));
      return firmware.get32(HBM_INJECT);
    };
    EXPECT_EQ(inject(100, HBM_ERROR_CORRECTABLE), HBM_INJECT_DONE);
    EXPECT_EQ(inject(3000, HBM_ERROR_UNCORRECTABLE | HBM_ERROR_PERMANENT), HBM_INJECT_DONE);
    EXPECT_EQ(inject(3000, 7), HBM_INJECT_REFUSED);
    EXPECT_EQ(inject(3000, HBM_ERROR_NONE), HBM_INJECT_REFUSED);
    EXPECT_EQ(inject(bench.hbm.config().organization.capacity_bytes(), HBM_ERROR_CORRECTABLE),
              HBM_INJECT_REFUSED);

    EXPECT_OK(bench.access(0, std::span(data).first(1024)));
    EXPECT_EQ(firmware.get32(HBM_ECC_STATUS), HBM_ECC_STATUS_CORRECTED);
    EXPECT_EQ(firmware.get64(HBM_ECC_CORRECTED), 1u);
    EXPECT_EQ(bench.access(2048, std::span(data).first(1024)), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(firmware.get32(HBM_ECC_STATUS), HBM_ECC_STATUS_CORRECTED | HBM_ECC_STATUS_UNCORRECTABLE);
    EXPECT_EQ(firmware.get64(HBM_ECC_UNCORRECTABLE), 1u);
    EXPECT_EQ(firmware.get32(HBM_ECC_FIRST_KIND), HBM_ERROR_CORRECTABLE);
    EXPECT_EQ(firmware.get64(HBM_ECC_FIRST_ADDRESS), 96u);
    EXPECT_EQ(firmware.get32(HBM_ECC_LAST_KIND), HBM_ERROR_UNCORRECTABLE);
    EXPECT_EQ(firmware.get64(HBM_ECC_LAST_ADDRESS), 2976u);
    EXPECT_EQ(bench.name_at(HBM_ECC_LAST_INITIATOR), "photonic");  // eight characters

    EXPECT_OK(firmware.write32(HBM_CONTROL, HBM_CONTROL_CLEAR));
    EXPECT_EQ(firmware.get64(HBM_ECC_CORRECTED), 1u);
    EXPECT_OK(firmware.write32(HBM_CONTROL, HBM_CONTROL_CLEAR_ECC));
    for (const std::uint32_t counter : {HBM_ECC_CORRECTED, HBM_ECC_UNCORRECTABLE, HBM_ECC_FIRST_ADDRESS,
                                        HBM_ECC_LAST_ADDRESS, HBM_ECC_LAST_INITIATOR}) {
      EXPECT_EQ(firmware.get64(counter), 0u) << counter;
    }
    EXPECT_EQ(firmware.get32(HBM_ECC_STATUS), 0u);
    EXPECT_EQ(bench.report()["ecc_corrected"], 1);  // the report's are never cleared
    // Permanent: still there after a write.
    EXPECT_OK(bench.access(2048, std::span(data).first(1024), true));
    EXPECT_EQ(bench.access(2048, std::span(data).first(1024)), tlm::TLM_GENERIC_ERROR_RESPONSE);
  });
}

TEST(HbmFaults, WithoutEccDataAreSilentlyWrongAndTheUserIsWarned) {
  HbmConfig config = small_config();
  config.ecc.enabled = false;
  config.faults.correctable_addresses = {64};
  Bench bench(config);
  bench.firmware.run([&] {
    std::vector<std::byte> data(128);
    EXPECT_OK(bench.access(0, data));
    EXPECT_EQ(std::count(data.begin(), data.end(), std::byte{0}), 127);
    EXPECT_EQ(bench.report()["ecc_silent"], 1);
    EXPECT_THAT(bench.hbm.warnings(), testing::ElementsAre(testing::HasSubstr("wrong bits 1 times")));
    EXPECT_EQ(bench.firmware.get32(HBM_ECC_CONFIG) & HBM_ECC_CONFIG_ENABLED, 0u);
  });
}

void injected_heat(Fidelity fidelity) {
  Bench bench(small_config(fidelity));
  bench.firmware.run([&] {
    Stimulus& firmware = bench.firmware;
    EXPECT_EQ(firmware.get32(HBM_TEMPERATURE), 60u);
    EXPECT_EQ(firmware.get32(HBM_REFRESH_RATE), 1u);
    const auto stream = [&] {  // refreshes and time of 4 MiB
      EXPECT_OK(firmware.write32(HBM_CONTROL, HBM_CONTROL_CLEAR));
      const Picoseconds begun = now_ps();
      TransferBatch batch;
      bench.port.run(Transfer{0, 4 << 20, nullptr, false, Purpose::kWeights}, batch);
      const auto refreshes = static_cast<double>(firmware.get64(HBM_REFRESHES));
      return std::pair(refreshes / static_cast<double>(now_ps() - begun), now_ps() - begun);
    };
    const auto [cool_rate, cool_time] = stream();
    EXPECT_OK(firmware.write32(HBM_INJECT_TEMPERATURE, 91));
    EXPECT_EQ(firmware.get32(HBM_TEMPERATURE), 91u);
    EXPECT_EQ(firmware.get32(HBM_REFRESH_RATE), 2u);
    const auto [warm_rate, warm_time] = stream();
    EXPECT_NEAR(warm_rate / cool_rate, 2.0, 0.1);
    EXPECT_GT(warm_time, cool_time);
    EXPECT_EQ(bench.report()["temperature_c"], 91.0);
    EXPECT_EQ(bench.report()["refresh_rate"], 2);
    EXPECT_OK(firmware.write32(HBM_INJECT_TEMPERATURE, static_cast<std::uint32_t>(-20)));
    EXPECT_EQ(static_cast<std::int32_t>(firmware.get32(HBM_TEMPERATURE)), -20);
    EXPECT_EQ(firmware.get32(HBM_REFRESH_RATE), 1u);
    const auto [cold_rate, cold_time] = stream();
    EXPECT_NEAR(cold_rate / cool_rate, 1.0, 0.05);
    EXPECT_LT(cold_time, warm_time);
  });
}

TEST(HbmFaults, HeatDoublesTheRefreshesFast) {
  injected_heat(Fidelity::kFast);
}
TEST(HbmFaults, HeatDoublesTheRefreshesDetailed) {
  injected_heat(Fidelity::kDetailed);
}

/// 4 MiB with and without a patrol that reads an eighth of the peak bandwidth.
void patrol(Fidelity fidelity) {
  HbmConfig config = small_config(fidelity);
  HbmController quiet("quiet", config, nullptr);
  config.ecc.scrub_bytes = 4096;
  config.ecc.scrub_interval_ps = ps_from_ns(8 * 4096 / config.organization.peak_gbps());
  config.faults.correctable_addresses = {33};
  config.faults.uncorrectable_addresses = {1 << 16};
  Bench bench(config);
  BurstPort other("other", "other", {.max_burst_bytes = 1024, .max_outstanding = 8});
  other.socket.bind(quiet.memory);
  Stimulus unused("unused");
  unused.socket.bind(quiet.registers.socket);
  Picoseconds busy_end = 0, quiet_end = 0;
  const auto stream = [](BurstPort& port, Picoseconds& end) {
    TransferBatch batch;
    port.run(Transfer{64 << 20, 4 << 20, nullptr, false, Purpose::kWeights}, batch);
    end = now_ps();
  };
  sc_core::sc_spawn([&] { stream(bench.port, busy_end); });
  sc_core::sc_spawn([&] { stream(other, quiet_end); });
  sc_core::sc_start();  // ends by itself: the patrol rests when nothing else goes on

  const nlohmann::json report = bench.report();
  const auto scrubbed = report["scrubbed_bytes"].get<std::uint64_t>();
  // One read an interval, except while the last one still waits.
  const double intervals = static_cast<double>(busy_end) / static_cast<double>(config.ecc.scrub_interval_ps);
  EXPECT_LE(static_cast<double>(scrubbed), (intervals + 2) * 4096);
  EXPECT_GE(static_cast<double>(scrubbed), 0.75 * intervals * 4096);
  // It takes its share of the bandwidth, more as it closes rows, and only the channels count it.
  const double share = static_cast<double>(scrubbed) / (4 << 20);
  const double longer = static_cast<double>(busy_end) / static_cast<double>(quiet_end) - 1.0;
  EXPECT_GT(longer, 0.9 * share);
  EXPECT_LT(longer, 2.0 * share);
  EXPECT_EQ(report["bytes_read"], 4 << 20);
  EXPECT_EQ(bench.channel_bytes(), (4u << 20) + scrubbed);
  EXPECT_EQ(report["scrub_corrected"], 1);
  EXPECT_EQ(report["scrub_uncorrectable"], 1);
  EXPECT_EQ(report["ecc_corrected"], 0);
}

TEST(HbmFaults, ThePatrolTakesItsBandwidthFast) {
  patrol(Fidelity::kFast);
}
TEST(HbmFaults, ThePatrolTakesItsBandwidthDetailed) {
  patrol(Fidelity::kDetailed);
}

}  // namespace
}  // namespace prism::hbm
