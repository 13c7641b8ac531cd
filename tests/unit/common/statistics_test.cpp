// SPDX-License-Identifier: Apache-2.0
#include "models/common/statistics.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace prism {
namespace {

TEST(ModuleStatistics, BecomeJsonWithEveryPurpose) {
  ModuleStatistics statistics("dma");
  PurposeCounters bytes;
  bytes.add(Purpose::kKvRead, 9'000'000'000);
  statistics.count("bursts", "1", "bursts issued", 3);
  statistics.gauge("busy_ns", "ns", "time in use", 1.5);
  statistics.by_purpose("bytes_read", "bytes", "bytes read", bytes);
  const nlohmann::json json = statistics.to_json();
  EXPECT_EQ(json["bursts"], 3);
  EXPECT_EQ(json["busy_ns"], 1.5);
  EXPECT_EQ(json["bytes_read"]["kv_read"], 9'000'000'000);
  EXPECT_EQ(json["bytes_read"]["weights"], 0);
  EXPECT_EQ(json["bytes_read"].size(), kPurposeCount);
  EXPECT_EQ(statistics.owner(), "dma");
  EXPECT_EQ(statistics.statistics()[0].unit, "1");
}

TEST(ModuleStatistics, DistributionsAndSeriesBecomeObjects) {
  ModuleStatistics statistics("hbm");
  statistics.distribution(
      "latency_ns", "ns", "latencies",
      {.count = 3, .mean = 2.0, .p50 = 1.5, .p99 = 4.0, .max = 4.0, .bins = {{1.0, 2}, {3.0, 1}}});
  statistics.over_time("bytes", "bytes", "bytes over time", {.bin_ns = 100.0, .values = {64, 0, 32}});
  EXPECT_EQ(statistics.to_json(), nlohmann::json::parse(R"({
    "latency_ns": {"count": 3, "mean": 2.0, "p50": 1.5, "p99": 4.0, "max": 4.0, "bins": [[1.0, 2], [3.0, 1]]},
    "bytes": {"bin_ns": 100.0, "values": [64, 0, 32]}})"));
}

TEST(ModuleStatistics, KnownAndUnknownEnergiesAreApart) {
  ModuleStatistics statistics("photonic");
  statistics.energy("photonic.laser", 12.5, "laser, while evaluating");
  statistics.energy_unknown("photonic.driver");
  ASSERT_EQ(statistics.energies().size(), 1u);
  EXPECT_EQ(statistics.energies()[0].picojoules, 12.5);
  EXPECT_EQ(statistics.unknown_energies(), std::vector<std::string>{"photonic.driver"});
  EXPECT_TRUE(statistics.to_json().empty());
}

}  // namespace
}  // namespace prism
