// SPDX-License-Identifier: Apache-2.0
// The refresh rate against its closed form, in both engines: refreshes a second, and the bandwidth left.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "models/hbm/engine_factory.h"
#include "tests/unit/hbm/preset.h"
#include "tests/unit/hbm/traffic.h"

namespace prism::hbm {
namespace {

struct Measured {
  double gbps;
  double refreshes_per_us;  // of one pseudo-channel
};

class RefreshRate : public testing::TestWithParam<std::tuple<Fidelity, RefreshKind>> {
 protected:
  static HbmConfig config(double temperature_c) {
    HbmConfig config = test::one_channel("hbm3_6400");
    config.controller.fidelity = std::get<0>(GetParam());
    config.controller.refresh = std::get<1>(GetParam());
    config.temperature.temperature_c = temperature_c;
    config.temperature.refresh_4x_above_c = 95.0;
    return config;
  }
  static Measured stream(TimingEngine& engine, const HbmConfig& config) {
    const EngineCounters before = engine.counters();
    const test::Traffic traffic = test::drive(engine, 20'000, test::sequential(512));  // about 220 us
    const EngineCounters after = engine.counters();
    const std::uint64_t refreshes = after.refreshes_all_bank + after.refreshes_per_bank -
                                    before.refreshes_all_bank - before.refreshes_per_bank;
    const std::uint32_t pseudo_channels = config.organization.pseudo_channels_total();
    return {traffic.gbps(),
            static_cast<double>(refreshes) / pseudo_channels / (ns_from_ps(traffic.end) / 1000)};
  }
  static Measured stream(double temperature_c) {
    const HbmConfig hot = config(temperature_c);
    return stream(*make_engine(hot), hot);
  }
};

TEST_P(RefreshRate, FollowsTheTemperature) {
  const Timing timing = config(0).timing;
  const bool all_bank = std::get<1>(GetParam()) == RefreshKind::kAllBank;
  const double nominal = 1e6 / static_cast<double>(all_bank ? timing.tREFI : timing.tREFIPB);
  const Measured cool = stream(85.0), warm = stream(85.1), hot = stream(95.1);
  EXPECT_NEAR(cool.refreshes_per_us, nominal, 0.02 * nominal);
  EXPECT_NEAR(warm.refreshes_per_us, 2 * nominal, 0.04 * nominal);
  EXPECT_NEAR(hot.refreshes_per_us, 4 * nominal, 0.08 * nominal);
  if (all_bank) {  // all banks rest for tRFC in every interval; one bank's refresh hides behind the others
    const double lost = static_cast<double>(timing.tRFC) / static_cast<double>(timing.tREFI);
    EXPECT_NEAR(warm.gbps / cool.gbps, (1 - 2 * lost) / (1 - lost), 0.03);
    EXPECT_NEAR(hot.gbps / cool.gbps, (1 - 4 * lost) / (1 - lost), 0.08);
  }
}

TEST_P(RefreshRate, CanChangeOnTheWay) {
  const HbmConfig cool = config(60.0);
  const auto engine = make_engine(cool);
  const Measured before = stream(*engine, cool);
  // On from where the engine is; after a pause, whose refreshes come at the old rate.
  std::vector<Completion> none;
  const Picoseconds pause = ps_from_ns(1'000'000);
  while (engine->advance(pause, none) < pause) {
  }
  engine->set_refresh_rate(2);
  const EngineCounters at_change = engine->counters();
  const Picoseconds interval =
      std::get<1>(GetParam()) == RefreshKind::kAllBank ? cool.timing.tREFI : cool.timing.tREFIPB;
  const auto refreshes = [](const EngineCounters& c) {
    return static_cast<double>(c.refreshes_all_bank + c.refreshes_per_bank);
  };
  EXPECT_NEAR(refreshes(at_change), 2.0 * 1e9 / static_cast<double>(interval), 4.0);  // two pseudo-channels
  EXPECT_GT(before.refreshes_per_us, 0.0);

  // Single bursts, 1 us apart: the refreshes due in between happen.
  constexpr std::uint32_t kBursts = 400;
  const Picoseconds last = pause + ps_from_ns(1000.0 * kBursts);
  std::vector<Completion> found;
  for (std::uint32_t i = 0; i < kBursts; ++i) {
    const Picoseconds arrival = pause + ps_from_ns(1000.0 * i);
    while (engine->advance(arrival, none) < arrival) {
    }
    ASSERT_TRUE(engine->push({i, 32 * 16384ull * i % (1 << 26), 64, false, arrival}));
  }
  while (!engine->idle()) engine->advance(kNever, none);
  // The fast engine looks after a bank when it is used: use every bank of both pseudo-channels.
  ASSERT_TRUE(engine->push({0, 0, 1 << 20, false, last}));
  while (!engine->idle()) engine->advance(kNever, found);
  const auto elapsed = static_cast<double>(found.back().time - pause);
  const double expected = 2.0 * 2 * elapsed / static_cast<double>(interval);
  EXPECT_NEAR(refreshes(engine->counters()) - refreshes(at_change), expected, 0.02 * expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, RefreshRate,
                         testing::Combine(testing::Values(Fidelity::kFast, Fidelity::kDetailed),
                                          testing::Values(RefreshKind::kAllBank, RefreshKind::kPerBank)),
                         [](const auto& engine) {
                           const bool fast = std::get<0>(engine.param) == Fidelity::kFast;
                           const bool all = std::get<1>(engine.param) == RefreshKind::kAllBank;
                           return std::string(fast ? "Fast" : "Detailed") + (all ? "AllBank" : "PerBank");
                         });

}  // namespace
}  // namespace prism::hbm
