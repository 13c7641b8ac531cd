// SPDX-License-Identifier: Apache-2.0
// Faults that firmware survives, on both CPU models: each is injected by configuration, found, reported and
// recovered from, and the decode result is the fault-free run's.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "platform/config/config.h"
#include "platform/workload/memory_layout.h"
#include "tests/integration/platform/run_in_child.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using Overrides = std::vector<std::string>;

class Faults : public testing::TestWithParam<const char*> {
 protected:
  json run(Overrides overrides) {
    overrides.insert(overrides.begin(), std::string("cpu.model=") + GetParam());
    return run_in_child("tiny.json", overrides);
  }
  /// Without faults, but with these settings.
  const json& clean(const Overrides& overrides = {}) {
    json& report = clean_[overrides];
    if (report.is_null()) report = run(overrides);
    return report;
  }

  /// The run succeeds with the selection and the outputs of `expected`, and the counts say `detected` and
  /// `recovered`.
  void expect_survived(const json& report, const json& expected, const std::string& detected,
                       const std::string& recovered) {
    ASSERT_EQ(report["outcome"]["exit_code"], 0) << report["outcome"];
    EXPECT_EQ(report["selection"], expected["selection"]);
    EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>()) << report["traffic_check"];
    const json& faults = report["faults"];
    EXPECT_GE(faults["detected"][detected], 1) << faults;
    EXPECT_EQ(faults["detected"][detected], faults["detected"]["total"]) << faults;
    EXPECT_GE(faults["recovered"][recovered], 1) << faults;
    EXPECT_GT(faults["time_lost_ns"], 0);
    EXPECT_GT(report["decode"]["time_per_step_ns"], expected["decode"]["time_per_step_ns"]);
    EXPECT_THAT(report["outcome"]["console"].get<std::string>(), HasSubstr("prism: fault: "));
    EXPECT_EQ(expected["faults"]["detected"]["total"], 0);
  }

  std::map<Overrides, json> clean_;
};

/// HBM addresses (from the start of HBM) of the first burst of a head's blocks in tiny.json.
Overrides lost_blocks(bool permanent, std::uint32_t layer, std::uint32_t first, std::uint32_t count,
                      bool signatures = false) {
  config::ConfigTree tree =
      config::ConfigTree::load(std::string(PRISM_CONFIGS) + "/tiny.json", {PRISM_CONFIGS});
  const config::PlatformConfig config = config::parse_config(tree);
  const std::uint64_t base = config.range("hbm").base;
  const workload::MemoryLayout layout(config.workload, config.policy.block_tokens,
                                      config.policy.signature_dimension, base);
  const std::uint64_t number = std::uint64_t{layer} * config.workload.model.kv_heads;
  const std::uint64_t head = signatures ? layout.signature_base() + number * layout.signature_head_stride()
                                        : layout.kv_base() + number * layout.kv_head_stride();
  const std::uint64_t step = signatures ? 64 : std::uint64_t{2} * 128 * 64 * 2;
  std::string list;
  for (std::uint32_t block = first; block < first + count; ++block) {
    list += fmt::format("{}\"{:#x}\"", list.empty() ? "" : ",", head + block * step - base);
  }
  return {"hbm.faults.uncorrectable_addresses=[" + list + "]",
          std::string("hbm.faults.permanent=") + (permanent ? "true" : "false")};
}

TEST_P(Faults, BusErrorOnADescriptor) {
  const json report = run({R"(faults=[{"kind":"bus_error","purpose":"descriptors","after":5,"count":2}])"});
  expect_survived(report, clean(), "bus_error", "retried");
  EXPECT_EQ(report["faults"]["injected"]["bus_error"], 2);  // of several descriptors, then of the first
}

TEST_P(Faults, BusErrorsOnKeysAndWeights) {
  expect_survived(run({R"(faults=[{"kind":"bus_error","purpose":"kv_read","after":9,"count":2}])"}), clean(),
                  "bus_error", "retried");
  expect_survived(run({R"(faults=[{"kind":"bus_error","device":"compute","purpose":"weights","after":3}])"}),
                  clean(), "compute_error", "retried");
}

TEST_P(Faults, BadDescriptor) {
  expect_survived(run({R"(faults=[{"kind":"bad_descriptor","after":6}])"}), clean(), "bad_descriptor",
                  "retried");
}

TEST_P(Faults, FullRing) {
  expect_survived(run({R"(faults=[{"kind":"full_ring","after":6}])"}), clean(), "full_ring", "retried");
  // A ring that is merely small is waited for.
  const json small = run({"firmware.ring_entries=2"});
  EXPECT_EQ(small["selection"], clean()["selection"]);
  EXPECT_EQ(small["faults"]["detected"]["total"], 0);
  EXPECT_GT(small["decode"]["time_per_step_ns"], clean()["decode"]["time_per_step_ns"]);
}

TEST_P(Faults, DmaTimeout) {
  for (const char* purpose : {"descriptors", "kv_read", "kv_append"}) {
    const json report = run({fmt::format(R"(faults=[{{"kind":"stall","purpose":"{}","after":7}}])", purpose),
                             "firmware.timeout_us=200"});
    expect_survived(report, clean(), "timeout", "channel_replaced");
    // The wait that timed out, and another for the channel to come to rest.
    EXPECT_GE(report["faults"]["time_lost_ns"], 200'000);
  }
}

TEST_P(Faults, LostInterrupts) {
  for (const char* device : {"dma", "compute", "photonic"}) {
    const json report =
        run({fmt::format(R"(faults=[{{"kind":"lost_interrupt","device":"{}","after":2,"count":2}}])", device),
             "firmware.poll_us=50"});
    expect_survived(report, clean({"firmware.poll_us=50"}), "lost_interrupt", "polled");
    EXPECT_EQ(report["faults"]["detected"]["lost_interrupt"], 2);
    EXPECT_GE(report["faults"]["time_lost_ns"], 2 * 50'000);
    EXPECT_LT(report["faults"]["time_lost_ns"], 3 * 50'000);
  }
}

TEST_P(Faults, StuckRowMovesToASpareRow) {
  const Overrides spares = {"photonic.spare_rows=2", "firmware.health_limit_weight=0.0005",
                            "firmware.monitor_steps=1"};
  Overrides stuck = spares;
  stuck.emplace_back(
      R"(photonic.faults=[{"kind":"dead_row","row":3},{"kind":"stuck_ring","row":0,"ring":5,"weight":-1}])");
  const json report = run(stuck);
  expect_survived(report, clean(spares), "stuck_row", "remapped");
  EXPECT_EQ(report["faults"]["recovered"]["remapped"], 2);
  EXPECT_EQ(report["faults"]["recovered"]["electronic"], 0);
  EXPECT_EQ(report["modules"]["photonic"]["rows_remapped"], 2);
  // Unseen, they spoil the selection.
  stuck.back() =
      R"(photonic.faults=[{"kind":"stuck_ring","row":9,"ring":5,"weight":1},{"kind":"dead_row","row":0}])";
  stuck.emplace_back("firmware.monitor_steps=0");
  EXPECT_NE(run(stuck)["selection"], clean(spares)["selection"]);
}

TEST_P(Faults, WithoutSpareRowsTheHeadsAreRankedElectronically) {
  const json report =
      run({R"(photonic.faults=[{"kind":"dead_row","row":3}])", "firmware.health_limit_weight=0.0005"});
  expect_survived(report, clean(), "stuck_row", "electronic");
  EXPECT_EQ(report["faults"]["recovered"]["electronic"], 8);  // every head of both steps
}

TEST_P(Faults, DriftIsCalibratedAway) {
  // Resonances wander, in steps that the run is several of; a calibration lasts until the next one. A step
  // between a check and the ranking that it is for comes too late to be seen: that depends on the firmware's
  // pace, so several lengths are tried. With about every second one no step falls there.
  const Overrides steps = {"workload.steps=8"};
  Overrides drift;
  json report;
  for (const char* step : {"90", "110", "150", "170", "190", "230", "250", "290"}) {
    drift = steps;
    drift.insert(drift.end(), {"photonic.calibration.ageing_pm_per_sqrt_s=1e4",
                               std::string("photonic.thermal.step_us=") + step, "firmware.monitor_steps=1"});
    report = run(drift);
    const bool was_calibrated = report["faults"]["recovered"]["recalibrated"] > 0;
    if (was_calibrated && report["selection"] == clean(steps)["selection"]) break;
  }
  expect_survived(report, clean(steps), "drift", "recalibrated");
  EXPECT_EQ(report["faults"]["recovered"]["electronic"], 0) << report["faults"];
  // Unseen, it spoils the selection.
  drift.emplace_back("firmware.monitor_steps=0");
  EXPECT_NE(run(drift)["selection"], clean(steps)["selection"]);
}

TEST_P(Faults, DriftBeyondCalibrationIsRankedElectronically) {
  // Temperatures change faster than a bank is loaded.
  const json report =
      run({"photonic.thermal.gradient_sigma_mk=20000", "photonic.thermal.gradient_time_us=100",
           "photonic.thermal.step_us=1", "photonic.thermal.cell_rows=4", "photonic.thermal.correlation_um=1",
           "firmware.health_limit_weight=0.0001", "firmware.monitor_steps=1"});
  expect_survived(report, clean(), "drift", "electronic");
  EXPECT_EQ(report["faults"]["recovered"]["electronic"], 8);  // every head of both steps
  EXPECT_EQ(report["faults"]["recovered"]["recalibrated"], 2);
}

TEST_P(Faults, PhotonicErrorsAreRetriedThenRankedElectronically) {
  expect_survived(run({R"(faults=[{"kind":"bus_error","device":"photonic","after":1}])"}), clean(),
                  "photonic_error", "retried");
  expect_survived(run({R"(faults=[{"kind":"bus_error","device":"photonic","count":0}])"}), clean(),
                  "photonic_error", "electronic");
  expect_survived(
      run({R"(faults=[{"kind":"stall","device":"photonic","after":6}])", "firmware.timeout_us=100"}), clean(),
      "timeout", "electronic");
}

TEST_P(Faults, ElectronicRankingNeedsSignaturesInHbm) {
  const Overrides sram = {"photonic.store.placement=sram", "photonic.spare_rows=0",
                          "firmware.health_limit_weight=0.0005"};
  Overrides broken = sram;
  broken.emplace_back(R"(photonic.faults=[{"kind":"dead_row","row":3}])");
  const json report = run(broken);
  ASSERT_EQ(report["outcome"]["exit_code"], 0);
  EXPECT_EQ(report["faults"]["recovered"]["all_blocks"], 8);
  EXPECT_EQ(report["selection"]["attention_mass"], 1.0);
}

TEST_P(Faults, LostKeysAndValuesAreComputedAgain) {
  for (const char* policy : {"dense", "prism"}) {
    const std::string choice = std::string("policy.name=") + policy;
    Overrides lost = lost_blocks(false, 1, 0, 3);
    lost.push_back(choice);
    const json report = run(lost);
    expect_survived(report, clean({choice}), "uncorrectable_ecc", "restored");
    EXPECT_EQ(report["faults"]["recovered"]["dropped"], 0);
    EXPECT_LE(report["faults"]["recovered"]["restored"], 3);
  }
}

TEST_P(Faults, ALostSignatureIsComputedAgain) {
  expect_survived(run(lost_blocks(false, 0, 7, 1, true)), clean(), "uncorrectable_ecc", "restored");
}

TEST_P(Faults, ABlockInBrokenMemoryIsDroppedAndTheRestIsRight) {
  Overrides lost = lost_blocks(true, 0, 5, 1);
  lost.emplace_back("policy.name=dense");
  const json report = run(lost);
  ASSERT_EQ(report["outcome"]["exit_code"], 0) << report["outcome"];
  EXPECT_EQ(report["faults"]["recovered"]["dropped"], 1) << report["faults"];
  // One of the 16 blocks of one of the 4 heads is missing; over the blocks that are left the outputs are
  // right.
  EXPECT_EQ(report["selection"]["blocks_total"], 16);
  EXPECT_LT(report["selection"]["attention_mass"].get<double>(), 1.0);
  EXPECT_GT(report["selection"]["attention_mass"].get<double>(), 0.9);
}

/// Layers that are queued at once: what has failed is done again by the CPU, and the rest of the step is
/// chained.
Overrides chained(Overrides more = {}) {
  more.insert(more.begin(),
              {"policy.dispatch=chained", "workload.model.layers=5", "photonic.queue_depth=64"});
  return more;
}

TEST_P(Faults, AChainSurvivesBusErrors) {
  for (const char* faults :
       {R"(faults=[{"kind":"bus_error","purpose":"kv_read","after":9}])",
        R"(faults=[{"kind":"bus_error","purpose":"kv_append","after":5}])",
        R"(faults=[{"kind":"bus_error","device":"dma","purpose":"descriptors","after":5,"count":2}])"}) {
    SCOPED_TRACE(faults);
    const json report = run(chained({faults}));
    expect_survived(report, clean(chained()), "bus_error", "retried");
    EXPECT_EQ(report["faults"]["recovered"]["retried"], 1);
    // Most layers were chained: the CPU is less busy than with every piece in its hands.
    EXPECT_LT(report["modules"]["dma"]["interrupts"],
              run({"workload.model.layers=5"})["modules"]["dma"]["interrupts"]);
  }
  expect_survived(
      run(chained({R"(faults=[{"kind":"bus_error","device":"compute","purpose":"weights","after":3}])"})),
      clean(chained()), "compute_error", "retried");
  expect_survived(run(chained({R"(faults=[{"kind":"bad_descriptor","after":6}])"})), clean(chained()),
                  "bad_descriptor", "retried");
}

TEST_P(Faults, AChainThatHasOnlyTheFinalWeightsToDoReadsNoMore) {
  // Of the 15 bursts of weights the last three are the final ones'.
  const Overrides plain = {"policy.dispatch=chained", "workload.steps=1",
                           "compute.port.max_burst_bytes=262144", "compute.stream_chunk_bytes=2097152"};
  Overrides failing = plain;
  failing.emplace_back(R"(faults=[{"kind":"bus_error","device":"compute","purpose":"weights","after":13}])");
  const json report = run(failing);
  expect_survived(report, clean(plain), "compute_error", "retried");
  EXPECT_EQ(report["hbm"]["bytes_by_purpose"]["kv_read"], clean(plain)["hbm"]["bytes_by_purpose"]["kv_read"]);
}

TEST_P(Faults, AChainSurvivesLostData) {
  for (const char* policy : {"policy.name=dense", "policy.name=prism"}) {
    SCOPED_TRACE(policy);
    Overrides lost = lost_blocks(false, 1, 0, 3);
    lost.emplace_back(policy);
    lost.emplace_back("policy.dispatch=chained");
    const json report = run(lost);
    expect_survived(report, clean({policy, "policy.dispatch=chained"}), "uncorrectable_ecc", "restored");
    EXPECT_EQ(report["selection"], clean({policy})["selection"]);
  }
  Overrides signature = lost_blocks(false, 0, 7, 1, true);
  signature.emplace_back("policy.dispatch=chained");
  expect_survived(run(signature), clean({"policy.dispatch=chained"}), "uncorrectable_ecc", "restored");
  Overrides broken = lost_blocks(true, 0, 5, 1);
  broken.insert(broken.end(), {"policy.name=dense", "policy.dispatch=chained"});
  EXPECT_EQ(run(broken)["faults"]["recovered"]["dropped"], 1);
}

TEST_P(Faults, AChainSurvivesPhotonicErrors) {
  expect_survived(run(chained({R"(faults=[{"kind":"bus_error","device":"photonic","after":1}])"})),
                  clean(chained()), "photonic_error", "retried");
  expect_survived(run(chained({R"(faults=[{"kind":"bus_error","device":"photonic","count":0}])"})),
                  clean(chained()), "photonic_error", "electronic");
  expect_survived(
      run(chained({R"(faults=[{"kind":"stall","device":"photonic","after":6}])", "firmware.timeout_us=100"})),
      clean(chained()), "timeout", "retried");
  expect_survived(run(chained({R"(photonic.faults=[{"kind":"dead_row","row":3}])", "photonic.spare_rows=2",
                               "firmware.health_limit_weight=0.0005"})),
                  clean(chained({"photonic.spare_rows=2"})), "stuck_row", "remapped");
}

TEST_P(Faults, AChainThatMayNotRecoverEndsTheRun) {
  const json report = run(
      chained({R"(faults=[{"kind":"bus_error","purpose":"kv_append","after":5}])", "firmware.attempts=0"}));
  EXPECT_EQ(report["outcome"]["exit_code"], 1);
}

TEST_P(Faults, WhatDoesNotGoAwayEndsTheRun) {
  const json report = run({R"(faults=[{"kind":"bus_error","purpose":"kv_append","count":0}])"});
  EXPECT_EQ(report["outcome"]["exit_code"], 1);
  EXPECT_EQ(report["faults"]["detected"]["bus_error"], 3);  // attempts
  EXPECT_EQ(report["faults"]["recovered"]["total"], 0);
  const json strict = run({R"(faults=[{"kind":"bus_error","purpose":"kv_append"}])", "firmware.attempts=0"});
  EXPECT_EQ(strict["outcome"]["exit_code"], 1);
}

std::vector<const char*> cpu_models() {
#ifdef PRISM_HAVE_RISCV
  return {"native", "rv64"};
#else
  return {"native"};
#endif
}

INSTANTIATE_TEST_SUITE_P(Cpus, Faults, testing::ValuesIn(cpu_models()),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace prism::test
