// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/ecc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

namespace prism::hbm {
namespace {

constexpr std::uint64_t kBurst = 32;

HbmConfig small_config() {
  HbmConfig config;
  config.organization.rows = 32;  // 16 MiB
  return config;
}

std::set<std::uint64_t> failures(FailureSampler sampler, std::uint64_t trials, std::uint64_t chunk) {
  std::set<std::uint64_t> failed;
  for (std::uint64_t done = 0; done < trials; done += chunk) {
    sampler.run(chunk, [&](std::uint64_t index) { failed.insert(done + index); });
  }
  return failed;
}

TEST(FailureSampler, FailsAtTheRateGiven) {
  constexpr std::uint64_t kTrials = 500'000;
  for (const double p : {1e-4, 1e-2, 0.2, 0.75}) {
    const double mean = p * kTrials;
    const double sigma = std::sqrt(mean * (1 - p));
    const auto failed = failures(FailureSampler(p, 3, 1), kTrials, kTrials);
    EXPECT_NEAR(static_cast<double>(failed.size()), mean, 4 * sigma) << p;
    // Independent: the trial after a failure fails as often as any other.
    const auto pairs = static_cast<double>(
        std::count_if(failed.begin(), failed.end(), [&](auto index) { return failed.contains(index + 1); }));
    EXPECT_NEAR(pairs, p * mean, 4 * std::sqrt(p * mean) + 1) << p;
  }
  EXPECT_EQ(failures(FailureSampler(1.0, 3, 1), 1000, 10).size(), 1000u);
  EXPECT_FALSE(FailureSampler(0.0, 3, 1).enabled());
}

TEST(FailureSampler, TheSameTrialsFailHoweverTheyAreGrouped) {
  const auto whole = failures(FailureSampler(0.01, 7, 1), 9000, 9000);
  EXPECT_EQ(failures(FailureSampler(0.01, 7, 1), 9000, 9), whole);
  EXPECT_NE(failures(FailureSampler(0.01, 8, 1), 9000, 9), whole);
  EXPECT_NE(failures(FailureSampler(0.01, 7, 2), 9000, 9), whole);
}

TEST(EccModel, CorrectsOneBadBitAndStoresTheCorrection) {
  EccModel ecc(small_config());
  ecc.inject(1000, FaultKind::kCorrectable, false);  // burst 31: 992 to 1023
  EXPECT_EQ(ecc.read(0, 992, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.read(1024, 992, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 0u);
  EXPECT_EQ(ecc.read(1023, 1, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 1u);
  EXPECT_EQ(ecc.read(0, 2048, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 1u);
  EXPECT_EQ(ecc.counters().uncorrectable, 0u);
}

TEST(EccModel, WithoutDemandScrubItCorrectsAgainUntilAWrite) {
  HbmConfig config = small_config();
  config.ecc.demand_scrub = false;
  config.faults.correctable_addresses = {64};
  EccModel ecc(config);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ecc.read(0, 256, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 3u);
  ecc.write(70, 1);
  EXPECT_EQ(ecc.read(0, 256, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 3u);
}

TEST(EccModel, TwoBadBitsPoisonUntilTheWholeBurstIsWritten) {
  HbmConfig config = small_config();
  config.faults.uncorrectable_addresses = {96, 4096};
  EccModel ecc(config);
  EXPECT_EQ(ecc.read(0, 8192, {}, "dma"), 96u);
  EXPECT_EQ(ecc.counters().uncorrectable, 2u);
  ecc.write(97, kBurst);  // neither this burst nor the next as a whole
  EXPECT_EQ(ecc.read(96, 1, {}, "dma"), 96u);
  ecc.write(96, kBurst);
  EXPECT_EQ(ecc.read(96, kBurst, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.read(0, 8192, {}, "dma"), 4096u);
  EXPECT_EQ(ecc.counters().corrected, 0u);
}

TEST(EccModel, ASecondErrorOfABurstIsOneTooMany) {
  HbmConfig config = small_config();
  config.ecc.demand_scrub = false;
  EccModel ecc(config);
  ecc.inject(0, FaultKind::kCorrectable, false);
  EXPECT_EQ(ecc.read(0, kBurst, {}, "dma"), std::nullopt);
  ecc.inject(8, FaultKind::kCorrectable, false);
  EXPECT_EQ(ecc.read(0, kBurst, {}, "dma"), 0u);
}

TEST(EccModel, PermanentErrorsOutliveWritesAndScrubbing) {
  HbmConfig config = small_config();
  config.faults.correctable_addresses = {0};
  config.faults.uncorrectable_addresses = {64};
  config.faults.permanent = true;
  EccModel ecc(config);
  ecc.write(0, 4096);
  ecc.scrub({0, 4096});
  EXPECT_EQ(ecc.read(0, 64, {}, "dma"), std::nullopt);
  EXPECT_EQ(ecc.counters().corrected, 1u);
  EXPECT_EQ(ecc.read(0, 128, {}, "dma"), 64u);
  // A transient error on top of it is one too many, until it is overwritten.
  ecc.inject(0, FaultKind::kCorrectable, false);
  EXPECT_EQ(ecc.read(0, kBurst, {}, "dma"), 0u);
  ecc.write(0, kBurst);
  EXPECT_EQ(ecc.read(0, kBurst, {}, "dma"), std::nullopt);
}

int wrong_bits(const std::vector<std::byte>& data) {
  int bits = 0;
  for (const std::byte byte : data) bits += std::popcount(std::to_integer<unsigned>(byte));
  return bits;
}

TEST(EccModel, WithoutEccTheReaderGetsTheWrongBits) {
  HbmConfig config = small_config();
  config.ecc.enabled = false;
  for (std::uint64_t i = 0; i < 100; ++i) {
    config.faults.correctable_addresses.push_back(i * 4 * kBurst);
    config.faults.uncorrectable_addresses.push_back((i * 4 + 2) * kBurst);
  }
  EccModel ecc(config);
  std::set<std::vector<std::byte>> patterns;
  for (std::uint64_t burst = 0; burst < 400; ++burst) {
    std::vector<std::byte> data(kBurst), again(kBurst);
    EXPECT_EQ(ecc.read(burst * kBurst, kBurst, data, "dma"), std::nullopt);
    EXPECT_EQ(wrong_bits(data), burst % 4 == 0 ? 1 : burst % 4 == 2 ? 2 : 0);
    EXPECT_EQ(ecc.read(burst * kBurst, kBurst, again, "dma"), std::nullopt);
    EXPECT_EQ(data, again);
    patterns.insert(data);
    // In two halves: the same bits, in one of them.
    std::vector<std::byte> low(kBurst / 2), high(kBurst / 2);
    ecc.read(burst * kBurst, kBurst / 2, low, "dma");
    ecc.read(burst * kBurst + kBurst / 2, kBurst / 2, high, "dma");
    EXPECT_EQ(wrong_bits(low) + wrong_bits(high), wrong_bits(data));
  }
  EXPECT_GT(patterns.size(), 120u);  // of 200 bursts with errors: the places are spread
  // Whole bursts twice, halves once for each bit alone.
  EXPECT_GE(ecc.counters().silent, 2 * 200 + 200u);
  EXPECT_LE(ecc.counters().silent, 2 * 200 + 300u);
  EXPECT_EQ(ecc.counters().corrected + ecc.counters().uncorrectable, 0u);
  EXPECT_FALSE(ecc.first_error().has_value());
}

TEST(EccModel, RandomErrorsComeAtTheirRates) {
  HbmConfig config = small_config();
  config.faults.correctable_per_burst = 0.01;
  config.faults.uncorrectable_per_burst = 0.001;
  config.faults.seed = 5;
  EccModel ecc(config);
  constexpr std::uint64_t kReads = 2000, kBytes = 8192;
  const std::uint64_t bursts = kReads * kBytes / kBurst;
  std::uint64_t poisoned = 0;
  for (std::uint64_t i = 0; i < kReads; ++i) {
    const std::uint64_t address = i * kBytes;
    if (ecc.read(address, kBytes, {}, "dma")) ++poisoned;
  }
  const auto expect_near = [](std::uint64_t count, double mean) {
    EXPECT_NEAR(static_cast<double>(count), mean, 4 * std::sqrt(mean));
  };
  // A burst struck by both counts as uncorrectable.
  expect_near(ecc.counters().corrected, 0.01 * 0.999 * static_cast<double>(bursts));
  expect_near(ecc.counters().uncorrectable, 0.001 * static_cast<double>(bursts));
  expect_near(poisoned, (1 - std::pow(0.999, kBytes / kBurst)) * kReads);

  EccModel same(config);
  for (std::uint64_t i = 0; i < kReads; ++i) same.read(i * kBytes, kBytes, {}, "dma");
  EXPECT_EQ(same.counters().corrected, ecc.counters().corrected);
  EXPECT_EQ(same.last_error()->address, ecc.last_error()->address);
}

TEST(EccModel, ThePatrolVisitsEveryBurstAndClearsWhatItCan) {
  HbmConfig config = small_config();
  config.organization.rows = 1;
  const std::uint64_t capacity = config.organization.capacity_bytes();
  config.ecc.scrub_bytes = 96 * 1024;  // not a divisor of the capacity
  config.faults.correctable_addresses = {0, 5000, capacity - 1};
  config.faults.uncorrectable_addresses = {capacity / 2};
  EccModel ecc(config);
  std::uint64_t expected = 0;
  while (expected < capacity) {
    const EccModel::Region region = ecc.next_scrub();
    EXPECT_EQ(region.address, expected);
    expected += region.bytes;
    ecc.scrub(region);
  }
  EXPECT_EQ(expected, capacity);
  EXPECT_EQ(ecc.next_scrub().address, 0u);
  EXPECT_EQ(ecc.counters().scrubbed, capacity / kBurst);
  EXPECT_EQ(ecc.counters().scrub_corrected, 3u);
  EXPECT_EQ(ecc.counters().scrub_uncorrectable, 1u);
  EXPECT_EQ(ecc.read(0, capacity, {}, "dma"), capacity / 2);
  EXPECT_EQ(ecc.counters().corrected, 0u);
}

TEST(EccModel, KeepsTheFirstAndTheLastError) {
  HbmConfig config = small_config();
  config.faults.correctable_addresses = {100};
  config.faults.uncorrectable_addresses = {5000};
  EccModel ecc(config);
  ecc.read(0, 8192, {}, "compute");
  ecc.scrub({4096, 4096});
  ASSERT_TRUE(ecc.first_error().has_value());
  EXPECT_EQ(ecc.first_error()->address, 96u);
  EXPECT_EQ(ecc.first_error()->kind, FaultKind::kCorrectable);
  EXPECT_EQ(ecc.first_error()->initiator, "compute");
  EXPECT_EQ(ecc.last_error()->address, 4992u);
  EXPECT_EQ(ecc.last_error()->kind, FaultKind::kUncorrectable);
  EXPECT_EQ(ecc.last_error()->initiator, "scrubber");
  ecc.clear_records();
  EXPECT_FALSE(ecc.first_error().has_value());
  EXPECT_FALSE(ecc.last_error().has_value());
}

}  // namespace
}  // namespace prism::hbm
