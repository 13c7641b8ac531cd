// SPDX-License-Identifier: Apache-2.0
// The detailed engine against what DRAMSys 5.5 and Ramulator 2.1 reach with the same timing, and against
// closed forms.
#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <vector>

#include "models/common/random.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

constexpr std::uint64_t kPatternReads = 1 << 20;
constexpr std::uint64_t kMicroReads = 65536;

// Address bits of dramsys_hbm2(): burst 5, pseudo-channel 1, bank group 2, bank 2, stack id 1, column 5,
// row 15.
constexpr unsigned kPseudoChannel = 5, kBankGroup = 6, kColumn = 11, kRow = 16;

std::uint64_t sequential(std::uint64_t i) {
  return i * 32;
}

/// 32 KiB blocks in a random order over 512 MiB, each read start to end.
std::vector<std::uint64_t> shuffled_blocks() {
  std::vector<std::uint64_t> blocks((512u << 20) / (32u << 10));
  std::iota(blocks.begin(), blocks.end(), 0);
  const CounterRandom random(7, 1);
  for (std::size_t i = blocks.size() - 1; i > 0; --i) {
    std::swap(blocks[i], blocks[random.words(static_cast<std::uint32_t>(i))[0] % (i + 1)]);
  }
  return blocks;
}

HbmConfig without_refresh() {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  return config;
}

TEST(AgainstDramsys, Sequential) {
  EXPECT_NEAR(read_bandwidth(dramsys_hbm2(), kPatternReads, sequential), 29.69, 0.2969);
}

TEST(AgainstDramsys, BlocksInRandomOrder) {
  const std::vector<std::uint64_t> blocks = shuffled_blocks();
  const auto address = [&](std::uint64_t i) {
    return blocks[i / 1024 % blocks.size()] * 32768 + i % 1024 * 32;
  };
  EXPECT_NEAR(read_bandwidth(dramsys_hbm2(), kPatternReads, address), 29.60, 0.2960);
}

TEST(AgainstDramsys, RowHitsRotatingOverBankGroups) {
  const auto address = [](std::uint64_t i) { return (i % 4) << kBankGroup | (i / 4 % 32) << kColumn; };
  EXPECT_NEAR(read_bandwidth(without_refresh(), kMicroReads, address), 16.00, 0.032);
}

TEST(AgainstDramsys, RowHitsInOneBankGroup) {
  const auto address = [](std::uint64_t i) { return (i % 32) << kColumn; };
  EXPECT_NEAR(read_bandwidth(without_refresh(), kMicroReads, address), 10.66, 0.0213);
}

TEST(AgainstDramsys, RowHitsInBothPseudoChannels) {
  const auto address = [](std::uint64_t i) {
    return (i % 2) << kPseudoChannel | (i / 2 % 4) << kBankGroup | (i / 8 % 32) << kColumn;
  };
  EXPECT_NEAR(read_bandwidth(without_refresh(), kMicroReads, address), 31.98, 0.064);
}

TEST(AgainstDramsys, NewRowOfOneBankEachTime) {
  const auto address = [](std::uint64_t i) { return (i % 32768) << kRow; };
  // 32 bytes every tRC; the comparison figure has two digits.
  EXPECT_NEAR(read_bandwidth(without_refresh(), kMicroReads, address), 32.0 / 42.0, 0.002 * 32.0 / 42.0);
  EXPECT_NEAR(read_bandwidth(without_refresh(), kMicroReads, address), 0.76, 0.005);
}

TEST(AgainstDramsys, UnloadedLatency) {
  DetailedEngine engine(without_refresh());
  Driver driver(engine);
  const std::uint64_t closed = driver.push(0, 32);
  driver.drain();
  EXPECT_EQ(driver.done(closed), 34 * kNs);
  driver.advance_to(1000 * kNs);
  const std::uint64_t hit = driver.push(1 << kColumn, 32);
  driver.drain();
  EXPECT_EQ(driver.done(hit), 1021 * kNs);
}

TEST(UnloadedLatency, Writes) {
  HbmConfig config = without_refresh();
  config.controller.frontend_ps = 0;
  DetailedEngine engine(config);
  Driver driver(engine);
  const std::uint64_t closed = driver.push(0, 32, true);
  driver.drain();
  // ACT to WR tRCDWR + 1, then tCWL and the burst.
  EXPECT_EQ(driver.done(closed), (6 + 1 + 7 + 2) * kNs);
  driver.advance_to(1000 * kNs);
  const std::uint64_t hit = driver.push(1 << kColumn, 32, true);
  driver.drain();
  EXPECT_EQ(driver.done(hit), (1000 + 7 + 2) * kNs);
}

// Ramulator keeps 32 reads a channel; six a bank is what comes closest to its look-ahead here.
TEST(AgainstRamulator, Hbm3Sequential) {
  HbmConfig config = ramulator_hbm3();
  config.controller.queue_depth = 6;
  EXPECT_NEAR(read_bandwidth(config, kPatternReads, sequential), 42.0, 0.84);
}

// With per-bank refresh a stream of row hits spread over the bank groups comes close to the peak.
TEST(Streaming, ReachesTheCeiling) {
  for (HbmConfig config : {dramsys_hbm2(), ramulator_hbm3()}) {
    config.controller.address_map =
        "row[*] column[4:2] stackid[*] bank[*] bankgroup[1] pseudochannel[*] column[1:0] bankgroup[0] "
        "burst[*]";
    config.controller.queue_depth = 16;
    const double peak = config.organization.peak_gbps();
    const double refresh_ceiling =
        1.0 - static_cast<double>(config.timing.tRFC) / static_cast<double>(config.timing.tREFI);
    // Around a refresh the banks are also precharged, and activated again one after the other.
    EXPECT_GT(read_bandwidth(config, kMicroReads, sequential), (refresh_ceiling - 0.02) * peak)
        << config.preset;
    config.controller.refresh = RefreshKind::kPerBank;
    EXPECT_GT(read_bandwidth(config, kMicroReads, sequential), 0.97 * peak) << config.preset;
    config.controller.refresh = RefreshKind::kNone;
    EXPECT_GT(read_bandwidth(config, kMicroReads, sequential), 0.99 * peak) << config.preset;
  }
}

}  // namespace
}  // namespace prism::hbm
