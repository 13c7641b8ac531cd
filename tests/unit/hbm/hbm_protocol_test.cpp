// SPDX-License-Identifier: Apache-2.0
// The base protocol at the controller's memory socket, phase by phase.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/hbm/hbm_controller.h"
#include "tests/support/stimulus.h"
#include "tests/unit/hbm/phase_probe.h"
#include "tests/unit/hbm/preset.h"
#include "tests/unit/hbm/stub_engine.h"

namespace prism::hbm {
namespace {

using prism::test::Stimulus;
using sc_core::sc_time;
using test::PhaseProbe;
using test::StubEngine;

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;

HbmConfig small_config(Fidelity fidelity = Fidelity::kFast) {
  HbmConfig config = test::load_preset("hbm2_2gbps_dramsys");
  config.controller.fidelity = fidelity;
  return config;
}

struct ProbeBench {
  explicit ProbeBench(std::unique_ptr<TimingEngine> engine)
      : hbm("hbm", small_config(), nullptr, std::move(engine)) {
    probe.socket.bind(hbm.memory);
    firmware.socket.bind(hbm.registers.socket);
  }
  explicit ProbeBench(const HbmConfig& config) : hbm("hbm", config, nullptr) {
    probe.socket.bind(hbm.memory);
    firmware.socket.bind(hbm.registers.socket);
  }
  HbmController hbm;
  PhaseProbe probe{"probe"};
  Stimulus firmware{"firmware"};
};

TEST(HbmProtocol, FourPhasesOfOneRequest) {
  ProbeBench bench(small_config());
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_EQ(bench.probe.send(64, false, data), tlm::TLM_UPDATED);
    sc_core::wait(bench.probe.begin_response);
    const std::vector<PhaseProbe::Seen> expected = {{0, "END_REQ", 64}, {34 * kNs, "BEGIN_RESP", 64}};
    EXPECT_EQ(bench.probe.seen, expected);
    EXPECT_EQ(bench.probe.last_status, tlm::TLM_OK_RESPONSE);
    bench.probe.expect_all_returned();
  });
}

TEST(HbmProtocol, DetailedEngineRunsAheadBehindTheSameSocket) {
  ProbeBench bench(small_config(Fidelity::kDetailed));
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_EQ(bench.probe.send(64, false, data), tlm::TLM_UPDATED);
    sc_core::wait(bench.probe.begin_response);
    EXPECT_EQ(now_ps(), 34 * kNs);
    bench.probe.expect_all_returned();
  });
}

TEST(HbmProtocol, AnAnnotatedRequestBeginsAfterItsDelay) {
  ProbeBench bench(small_config());
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_EQ(bench.probe.send(0, false, data, sc_time(50, sc_core::SC_NS)), tlm::TLM_ACCEPTED);
    sc_core::wait(bench.probe.begin_response);
    const std::vector<PhaseProbe::Seen> expected = {{50 * kNs, "END_REQ", 0}, {84 * kNs, "BEGIN_RESP", 0}};
    EXPECT_EQ(bench.probe.seen, expected);
  });
}

TEST(HbmProtocol, AFullEngineWithholdsEndRequest) {
  ProbeBench bench(std::make_unique<StubEngine>(2, 100 * kNs));
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_EQ(bench.probe.send(0, false, data), tlm::TLM_UPDATED);
    EXPECT_EQ(bench.probe.send(32, false, data), tlm::TLM_UPDATED);
    EXPECT_EQ(bench.probe.send(64, false, data), tlm::TLM_ACCEPTED);
    for (int i = 0; i < 3; ++i) sc_core::wait(bench.probe.begin_response);
    const std::vector<PhaseProbe::Seen> expected = {{0, "END_REQ", 0},
                                                    {0, "END_REQ", 32},
                                                    {100 * kNs, "BEGIN_RESP", 0},
                                                    {100 * kNs, "END_REQ", 64},
                                                    {200 * kNs, "BEGIN_RESP", 32},
                                                    {300 * kNs, "BEGIN_RESP", 64}};
    auto seen = bench.probe.seen;
    std::stable_sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
      return a.time != b.time ? a.time < b.time : a.phase < b.phase;
    });
    auto sorted = expected;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      return a.time != b.time ? a.time < b.time : a.phase < b.phase;
    });
    EXPECT_EQ(seen, sorted);
    bench.probe.expect_all_returned();
  });
}

TEST(HbmProtocol, OneResponseAtATime) {
  ProbeBench bench(std::make_unique<StubEngine>(8, 10 * kNs));
  bench.probe.hold_response = 25 * kNs;
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(bench.probe.send(i * 32, false, data), tlm::TLM_UPDATED);
    sc_core::wait(sc_time(1, sc_core::SC_US));
    std::vector<PhaseProbe::Seen> responses;
    for (const auto& seen : bench.probe.seen) {
      if (seen.phase != "END_REQ") responses.push_back(seen);
    }
    const std::vector<PhaseProbe::Seen> expected = {{10 * kNs, "BEGIN_RESP", 0},  {35 * kNs, "END_RESP", 0},
                                                    {35 * kNs, "BEGIN_RESP", 32}, {60 * kNs, "END_RESP", 32},
                                                    {60 * kNs, "BEGIN_RESP", 64}, {85 * kNs, "END_RESP", 64}};
    EXPECT_EQ(responses, expected);
    bench.probe.expect_all_returned();
  });
}

TEST(HbmProtocol, ABadNonBlockingRequestCompletesEarly) {
  ProbeBench bench(small_config());
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    EXPECT_EQ(bench.probe.send(bench.hbm.config().organization.capacity_bytes(), false, data),
              tlm::TLM_COMPLETED);
    EXPECT_EQ(bench.probe.last_status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    bench.probe.expect_all_returned();
  });
}

TEST(HbmProtocol, RunningAheadCostsNoEventABurst) {
  auto stub = std::make_unique<StubEngine>(64, 1000 * kNs);
  StubEngine& engine = *stub;
  ProbeBench bench(std::move(stub));
  bench.firmware.run([&] {
    std::array<std::byte, 32> data{};
    bench.probe.send(0, false, data);
    sc_core::wait(bench.probe.begin_response);
    EXPECT_EQ(now_ps(), 1000 * kNs);
    EXPECT_LE(engine.advances(), 6u);
  });
}

}  // namespace
}  // namespace prism::hbm
