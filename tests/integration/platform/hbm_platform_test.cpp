// SPDX-License-Identifier: Apache-2.0
// Each key of hbm.ecc, hbm.faults and hbm.temperature changes a whole run as it says.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/integration/platform/run_in_child.h"

namespace prism::test {
namespace {

using nlohmann::json;
using Overrides = std::vector<std::string>;

json run(Overrides overrides) {
  overrides.insert(overrides.end(), {"policy.name=dense", "workload.steps=1"});
  return run_in_child("tiny.json", overrides);
}

const json& hbm(const json& report) {
  return report.at("modules").at("hbm");
}

double number(const json& report, const char* name) {
  return hbm(report).at(name).get<double>();
}

double bursts_read(const json& report) {
  return number(report, "bytes_read") / 32;
}

TEST(HbmPlatform, AHotHbmRefreshesTwiceAsOften) {
  const json cool = run({});
  const json warm = run({"hbm.temperature.temperature_c=90"});
  const json hot = run({"hbm.temperature.temperature_c=90", "hbm.temperature.refresh_2x_above_c=50",
                        "hbm.temperature.refresh_4x_above_c=70"});
  const auto rate = [](const json& report) {
    return report["hbm"]["refreshes"].get<double>() / report["simulation"]["simulated_ns"].get<double>();
  };
  EXPECT_EQ(hbm(cool)["refresh_rate"], 1);
  EXPECT_EQ(hbm(warm)["refresh_rate"], 2);
  EXPECT_EQ(hbm(hot)["refresh_rate"], 4);
  EXPECT_NEAR(rate(warm) / rate(cool), 2.0, 0.3);
  EXPECT_NEAR(rate(hot) / rate(cool), 4.0, 0.5);
  // One step is so short that where refreshes fall matters more than how many there are.
  const auto time = [](Overrides overrides) {
    overrides.push_back("policy.name=dense");
    return run_in_child("tiny.json", overrides)["decode"]["time_per_step_ns"].get<double>();
  };
  EXPECT_GT(time({"hbm.temperature.temperature_c=90", "hbm.temperature.refresh_2x_above_c=50",
                  "hbm.temperature.refresh_4x_above_c=70"}),
            time({}));
}

TEST(HbmPlatform, CorrectableErrorsAreCountedAndChangeNothingElse) {
  const json clean = run({});
  const json report = run({"hbm.faults.correctable_per_burst=0.001"});
  const double expected = 0.001 * bursts_read(report);
  EXPECT_NEAR(number(report, "ecc_corrected"), expected, 4 * std::sqrt(expected));
  EXPECT_EQ(report["outcome"]["exit_code"], 0);
  EXPECT_EQ(report["selection"], clean["selection"]);
  EXPECT_EQ(report["decode"], clean["decode"]);
  EXPECT_EQ(number(clean, "ecc_corrected"), 0);
  // The run's seed is the errors' seed.
  EXPECT_EQ(hbm(run({"hbm.faults.correctable_per_burst=0.001"})), hbm(report));
}

TEST(HbmPlatform, WithoutEccTheAttentionIsWrongAndTheReportWarns) {
  const json report = run({"hbm.ecc.enabled=false", "hbm.faults.correctable_per_burst=0.001"});
  EXPECT_EQ(report["outcome"]["exit_code"], 0);
  const double expected = 0.001 * bursts_read(report);
  EXPECT_NEAR(number(report, "ecc_silent"), expected, 4 * std::sqrt(expected));
  EXPECT_EQ(report["warnings"].size(), 1u);
  // Not within bf16's rounding of the reference any more.
  EXPECT_GT(report["selection"]["engine_error"].get<double>(), 1.0 / 256);
}

TEST(HbmPlatform, APoisonedWeightFailsTheRunCleanly) {
  const json report = run({R"(hbm.faults.uncorrectable_addresses=["0x40"])"});
  EXPECT_EQ(report["outcome"]["exit_code"], 1);
  EXPECT_NE(report["outcome"]["failure"].get<std::string>().find("the firmware reported failure"),
            std::string::npos);
  EXPECT_EQ(number(report, "ecc_uncorrectable"), 4);  // and three more attempts: there is no other copy
  EXPECT_GT(number(report, "bytes_poisoned"), 0);
  EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>()) << report["traffic_check"].dump(1);
}

TEST(HbmPlatform, PoisonedKeysHaltTheDmaEngineAndTheRunFailsCleanly) {
  // Weights are timed only, but read first: such a rate that the error falls into what the DMA engine gathers
  // is found by the seed.
  for (const char* seed : {"seed=1", "seed=2", "seed=3", "seed=4", "seed=5", "seed=6", "seed=7", "seed=8"}) {
    const json report = run({seed, "hbm.faults.uncorrectable_per_burst=2e-5"});
    EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>()) << seed;
    if (report["modules"]["dma"]["errors"] == 0) continue;
    EXPECT_EQ(report["outcome"]["exit_code"], 1);
    EXPECT_GE(report["modules"]["dma"]["bus_errors"].get<int>(), 1);
    return;
  }
  FAIL() << "no seed led to an error in the keys and values";
}

TEST(HbmPlatform, DemandScrubKeepsErrorsFromBeingCorrectedAgain) {
  // The first weights are read once in a step: three steps, three corrections, or one that is stored.
  const Overrides common = {R"(hbm.faults.correctable_addresses=["0x40"])", "policy.name=dense",
                            "workload.steps=3"};
  Overrides without = common;
  without.push_back("hbm.ecc.demand_scrub=false");
  Overrides permanent = common;
  permanent.push_back("hbm.faults.permanent=true");
  EXPECT_EQ(number(run_in_child("tiny.json", common), "ecc_corrected"), 1);
  EXPECT_EQ(number(run_in_child("tiny.json", without), "ecc_corrected"), 3);
  EXPECT_EQ(number(run_in_child("tiny.json", permanent), "ecc_corrected"), 3);
}

TEST(HbmPlatform, ThePatrolIsCountedApartAndTheSumsClose) {
  const json quiet = run({});
  const json report = run({"hbm.ecc.scrub_interval_ns=50", "hbm.ecc.scrub_bytes=2048"});
  EXPECT_EQ(report["outcome"]["exit_code"], 0);
  EXPECT_TRUE(report["traffic_check"]["closes"].get<bool>());
  EXPECT_EQ(report["hbm"]["bytes_read"], quiet["hbm"]["bytes_read"]);
  const double intervals = report["simulation"]["simulated_ns"].get<double>() / 50;
  EXPECT_GT(number(report, "scrubbed_bytes"), 0.3 * intervals * 2048);
  EXPECT_LE(number(report, "scrubbed_bytes"), intervals * 2048);
  const auto channels = [](const json& run) {
    double sum = 0;
    for (const auto& [name, value] : hbm(run).items()) {
      if (name.starts_with("bytes_channel_")) sum += value.get<double>();
    }
    return sum;
  };
  // The run may end within one of the patrol's reads.
  const double unfinished = channels(report) - channels(quiet) - number(report, "scrubbed_bytes");
  EXPECT_GE(unfinished, 0.0);
  EXPECT_LE(unfinished, 2048.0);
  // Enough of it takes bandwidth from the run.
  const json busy = run({"hbm.ecc.scrub_interval_ns=50", "hbm.ecc.scrub_bytes=262144"});
  EXPECT_GT(busy["decode"]["time_per_step_ns"], quiet["decode"]["time_per_step_ns"]);
}

TEST(HbmPlatform, LatenciesAndBandwidthOverTimeAreInTheReport) {
  const json report = run({});
  const json& module = hbm(report);
  double requests = 0;
  for (const auto& [name, value] : module.items()) {
    if (!name.starts_with("latency_ns_")) continue;
    requests += value["count"].get<double>();
    EXPECT_LE(value["p50"], value["p99"]) << name;
    EXPECT_LE(value["p99"], value["max"]) << name;
  }
  EXPECT_EQ(requests, module["requests"].get<double>());
  EXPECT_TRUE(module.contains("latency_ns_soc.dma_kv_read"));
  for (const char* direction : {"read", "written"}) {
    const json& series = module[std::string("bytes_") + direction + "_over_time"];
    double sum = 0;
    for (const json& value : series["values"]) sum += value.get<double>();
    EXPECT_EQ(sum, number(report, ("bytes_" + std::string(direction)).c_str()));
    EXPECT_LE(series["values"].size(), 256u);
    EXPECT_LE((static_cast<double>(series["values"].size()) - 1) * series["bin_ns"].get<double>(),
              report["simulation"]["simulated_ns"].get<double>());
  }
}

}  // namespace
}  // namespace prism::test
