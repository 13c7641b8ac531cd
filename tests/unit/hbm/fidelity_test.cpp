// SPDX-License-Identifier: Apache-2.0
// The fast engine against the detailed one: bandwidth of saturating traffic, on every preset.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "models/hbm/engine_factory.h"
#include "tests/support/hbm_preset_names.h"
#include "tests/unit/hbm/preset.h"
#include "tests/unit/hbm/traffic.h"

namespace prism::hbm {
namespace {

using test::blocks;
using test::drive;
using test::Generator;
using test::sequential;

struct Measured {
  double gbps;
  double row_hit_rate;
};

Measured measure(HbmConfig config, Fidelity fidelity, std::uint32_t requests, const Generator& generate,
                 std::uint32_t outstanding) {
  config.controller.fidelity = fidelity;
  const auto engine = make_engine(config);
  const double gbps = drive(*engine, requests, generate, outstanding).gbps();
  const EngineCounters counters = engine->counters();
  return {gbps, static_cast<double>(counters.row_hits) /
                    static_cast<double>(counters.row_hits + counters.row_misses)};
}

class FastAgainstDetailed : public testing::TestWithParam<std::string> {
 protected:
  void expect_close(const HbmConfig& config, const std::string& traffic, std::uint32_t requests,
                    const Generator& generate, double tolerance, std::uint32_t outstanding = 0) {
    const Measured fast = measure(config, Fidelity::kFast, requests, generate, outstanding);
    const Measured detailed = measure(config, Fidelity::kDetailed, requests, generate, outstanding);
    const std::string where = GetParam() + " " + traffic;
    EXPECT_NEAR(fast.gbps / detailed.gbps, 1.0, tolerance) << where;
    EXPECT_NEAR(fast.row_hit_rate, detailed.row_hit_rate, 0.02) << where;
  }

  HbmConfig with(RefreshKind refresh) const {
    HbmConfig config = config_;
    config.controller.refresh = refresh;
    return config;
  }

  HbmConfig config_ = test::one_channel(GetParam());
  std::uint64_t capacity_ = config_.organization.capacity_bytes();
};

TEST_P(FastAgainstDetailed, Sequential) {
  for (const RefreshKind refresh : {RefreshKind::kAllBank, RefreshKind::kPerBank}) {
    const HbmConfig config = with(refresh);
    expect_close(config, "32 KiB requests", 200, sequential(32768), 0.02);
    expect_close(config, "bursts", 60'000, sequential(32), 0.02);
    expect_close(config, "writes", 200, sequential(32768, true), 0.02);
  }
}

TEST_P(FastAgainstDetailed, BlockGathers) {
  for (const RefreshKind refresh : {RefreshKind::kAllBank, RefreshKind::kPerBank}) {
    const HbmConfig config = with(refresh);
    expect_close(config, "32 KiB blocks", 200, blocks(32768, capacity_), 0.02);
    expect_close(config, "32 KiB blocks, two at a time", 200, blocks(32768, capacity_), 0.04, 2);
    // The activates are the bottleneck, or close to it.
    expect_close(config, "4 KiB blocks", 1500, blocks(4096, capacity_), 0.045);
  }
}

TEST_P(FastAgainstDetailed, WholeStackAsShipped) {
  const HbmConfig config = test::load_preset(GetParam());
  const std::uint64_t capacity = config.organization.capacity_bytes();
  const std::uint32_t channels = config.organization.channels;
  expect_close(config, "stack: sequential", 100 * channels, sequential(32768), 0.02);
  expect_close(config, "stack: 32 KiB blocks", 200 * channels, blocks(32768, capacity), 0.02);
  expect_close(config, "stack: random", 5000 * channels, blocks(32, capacity), 0.05);
}

TEST_P(FastAgainstDetailed, Random) {
  for (const RefreshKind refresh : {RefreshKind::kAllBank, RefreshKind::kPerBank}) {
    const HbmConfig config = with(refresh);
    expect_close(config, "256 B blocks", 6000, blocks(256, capacity_), 0.06);
    expect_close(config, "bursts", 20'000, blocks(32, capacity_), 0.05);
    // Few requests under way hide less of what the fast engine does not see.
    expect_close(config, "bursts, 64 at a time", 20'000, blocks(32, capacity_), 0.08, 64);
  }
}

TEST_P(FastAgainstDetailed, Mixed) {
  for (const RefreshKind refresh : {RefreshKind::kAllBank, RefreshKind::kPerBank}) {
    const HbmConfig config = with(refresh);
    // HBM3, bank by bank: the row command bus is full with what tFAW allows, a coincidence of two limits.
    expect_close(config, "a third writes", 20'000, blocks(32, capacity_, 3), 0.065);
    expect_close(config, "a tenth writes", 20'000, blocks(32, capacity_, 10), 0.065);
    expect_close(config, "half writes", 20'000, blocks(32, capacity_, 2), 0.065);
    expect_close(config, "4 KiB blocks, a third writes", 1500, blocks(4096, capacity_, 3), 0.09);
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, FastAgainstDetailed, testing::ValuesIn(prism::test::hbm_preset_names()),
                         [](const auto& test) { return test.param; });

TEST(EngineFactory, MakesTheFidelityThatTheConfigurationNames) {
  HbmConfig config = test::one_channel("hbm3_6400");
  for (const Fidelity fidelity : {Fidelity::kFast, Fidelity::kDetailed}) {
    config.controller.fidelity = fidelity;
    const auto engine = make_engine(config);
    std::vector<Completion> found;
    ASSERT_TRUE(engine->push({7, 0, 65536, false, 0}));
    engine->advance(0, found);
    // Only the fast engine knows the end of a request when it is pushed.
    EXPECT_EQ(found.empty(), fidelity == Fidelity::kDetailed);
  }
  config.controller.address_map = "nonsense";
  EXPECT_THROW(make_engine(config), std::invalid_argument);
}

}  // namespace
}  // namespace prism::hbm
