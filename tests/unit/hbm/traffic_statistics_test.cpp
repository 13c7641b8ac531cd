// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/traffic_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

namespace prism::hbm {
namespace {

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;

std::uint64_t sum(const TimeSeries& series) {
  return std::accumulate(series.values.begin(), series.values.end(), std::uint64_t{0});
}

TEST(BandwidthHistory, PutsBytesIntoTheBinOfTheirTime) {
  BandwidthHistory history;
  history.add(0, false, 1);
  history.add(99 * kNs, true, 2);
  history.add(100 * kNs, false, 4);
  history.add(350 * kNs, false, 8);
  history.add(350 * kNs, false, 16);
  EXPECT_EQ(history.read().bin_ns, 100.0);
  EXPECT_THAT(history.read().values, testing::ElementsAre(1, 4, 0, 24));
  EXPECT_THAT(history.written().values, testing::ElementsAre(2, 0, 0, 0));
}

// An even stream stays even, the total is kept, and the bins never exceed their number.
TEST(BandwidthHistory, WidensItsBinsWhenTheyAreFull) {
  BandwidthHistory history;
  std::uint64_t total = 0;
  for (Picoseconds time = 0; time < 1'000'000 * kNs; time += 10 * kNs) {
    history.add(time, false, 32);
    total += 32;
    ASSERT_LE(history.read().values.size(), BandwidthHistory::kBins);
  }
  // 1 ms: 10000 bins of 100 ns, folded six times.
  const TimeSeries read = history.read();
  EXPECT_EQ(read.bin_ns, 6400.0);
  EXPECT_EQ(read.values.size(), 157u);
  EXPECT_EQ(sum(read), total);
  for (std::size_t i = 0; i + 1 < read.values.size(); ++i) ASSERT_EQ(read.values[i], 640u * 32) << i;
  // A long pause, then one more.
  history.add(3'600'000'000'000'000, true, 7);
  EXPECT_LE(history.read().values.size(), BandwidthHistory::kBins);
  EXPECT_EQ(sum(history.read()), total);
  EXPECT_EQ(history.written().values.back(), 7u);
}

TEST(TrafficStatistics, LatenciesAreKeptForEachInitiatorAndPurpose) {
  TrafficStatistics traffic;
  const auto request = [&](const char* from, Purpose purpose, Picoseconds begun, Picoseconds end) {
    traffic.begin(begun);
    traffic.end(from, purpose, false, 64, begun, end);
  };
  for (Picoseconds i = 0; i < 100; ++i) {
    request("dma", Purpose::kKvRead, i * 1000 * kNs, i * 1000 * kNs + (i + 1) * kNs);
    request("dma", Purpose::kKvAppend, i * 1000 * kNs + 200 * kNs, i * 1000 * kNs + 207 * kNs);
    request("cpu", Purpose::kKvRead, i * 1000 * kNs + 300 * kNs, i * 1000 * kNs + 350 * kNs);
  }
  ModuleStatistics out("hbm");
  traffic.report(out);
  const nlohmann::json report = out.to_json();
  EXPECT_EQ(report["latency_ns_dma_kv_read"]["count"], 100);
  EXPECT_DOUBLE_EQ(report["latency_ns_dma_kv_read"]["mean"].get<double>(), 50.5);
  EXPECT_DOUBLE_EQ(report["latency_ns_dma_kv_read"]["max"].get<double>(), 100.0);
  EXPECT_NEAR(report["latency_ns_dma_kv_read"]["p50"].get<double>(), 50.0, 1.0);
  EXPECT_NEAR(report["latency_ns_dma_kv_read"]["p99"].get<double>(), 99.0, 1.0);
  EXPECT_EQ(report["latency_ns_dma_kv_append"]["p99"], 7.0);
  EXPECT_EQ(report["latency_ns_cpu_kv_read"]["mean"], 50.0);
  EXPECT_FALSE(report.contains("latency_ns_cpu_kv_append"));
  std::uint64_t in_bins = 0;
  for (const auto& bin : report["latency_ns_dma_kv_read"]["bins"]) in_bins += bin[1].get<std::uint64_t>();
  EXPECT_EQ(in_bins, 100u);
  EXPECT_EQ(report["requests"], 300);
  EXPECT_EQ(report["bytes_poisoned"], 0);
}

TEST(TrafficStatistics, APoisonedReadCountsNowhereElse) {
  TrafficStatistics traffic;
  traffic.begin(0);
  traffic.end_poisoned(128, 10 * kNs);
  ModuleStatistics out("hbm");
  traffic.report(out);
  EXPECT_EQ(out.to_json()["bytes_poisoned"], 128);
  EXPECT_EQ(out.to_json()["bytes_read"], 0);
  EXPECT_EQ(out.to_json()["requests"], 0);
  EXPECT_EQ(out.to_json()["busy_ns"], 10.0);
}

}  // namespace
}  // namespace prism::hbm
