// SPDX-License-Identifier: Apache-2.0
// The shipped presets under the runner: against rivals, against closed forms, and with every policy.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include "models/hbm/engine_factory.h"
#include "platform/memory/generators.h"
#include "platform/memory/traffic_runner.h"
#include "tests/support/hbm_presets.h"

namespace prism::memory_study {
namespace {

using hbm::Fidelity;
using hbm::HbmConfig;
using hbm::PagePolicyKind;
using hbm::RefreshKind;
using hbm::SchedulerKind;
using test::hbm_preset;

TrafficShape shape(const HbmConfig& config, std::uint64_t requests) {
  return {.requests = requests,
          .request_bytes = config.organization.burst_bytes,
          .capacity_bytes = config.organization.capacity_bytes(),
          .block_bytes = 32 * 1024};
}

struct Measured {
  RunResult traffic;
  std::vector<std::uint64_t> bytes_per_channel;
};

Measured measure(const HbmConfig& config, TrafficSource& source, std::uint64_t outstanding = 0) {
  const auto engine = hbm::make_engine(config);
  RunOptions options;
  options.outstanding = outstanding;
  RunResult traffic = TrafficRunner(*engine, source, options).run();
  return {std::move(traffic), engine->bytes_per_channel()};
}

/// Reads of one burst at the addresses of a function.
class Reads final : public TrafficSource {
 public:
  Reads(std::uint64_t count, std::function<std::uint64_t(std::uint64_t)> address)
      : count_(count), address_(std::move(address)) {}
  bool next(Access& access) override {
    if (index_ == count_) return false;
    access = {address_(index_++), 32, false, 0};
    return true;
  }
  double done() const override { return 0.0; }

 private:
  std::uint64_t count_;
  std::function<std::uint64_t(std::uint64_t)> address_;
  std::uint64_t index_ = 0;
};

// ---- against DRAMSys 5.5 ----

constexpr std::uint64_t kPatternReads = 1 << 20;
constexpr std::uint64_t kMicroReads = 65536;

TEST(AgainstDramsys, Sequential) {
  const HbmConfig config = hbm_preset("hbm2_2gbps_dramsys");
  SequentialTraffic source(shape(config, kPatternReads));
  EXPECT_NEAR(measure(config, source).traffic.achieved_gbps(), 29.69, 0.2969);
}

TEST(AgainstDramsys, Blocks) {
  const HbmConfig config = hbm_preset("hbm2_2gbps_dramsys");
  BlockTraffic source(shape(config, kPatternReads));
  EXPECT_NEAR(measure(config, source).traffic.achieved_gbps(), 29.60, 0.2960);
}

TEST(AgainstDramsys, MicroTests) {
  HbmConfig config = hbm_preset("hbm2_2gbps_dramsys");
  config.controller.refresh = RefreshKind::kNone;
  const auto bandwidth = [&](const std::function<std::uint64_t(std::uint64_t)>& address) {
    Reads source(kMicroReads, address);
    return measure(config, source).traffic.achieved_gbps();
  };
  // Address bits: burst 5, pseudo-channel 1, bank group 2, bank 2, stack id 1, column 5, row 15.
  EXPECT_NEAR(bandwidth([](auto i) { return (i % 4) << 6 | (i / 4 % 32) << 11; }), 16.00, 0.002 * 16.00);
  EXPECT_NEAR(bandwidth([](auto i) { return (i % 32) << 11; }), 10.66, 0.002 * 10.66);
  EXPECT_NEAR(bandwidth([](auto i) { return (i % 2) << 5 | (i / 2 % 4) << 6 | (i / 8 % 32) << 11; }), 31.98,
              0.002 * 31.98);
  // One burst every tRC; the published figure has two digits.
  EXPECT_NEAR(bandwidth([](auto i) { return (i % 32768) << 16; }), 32.0 / 42.0, 0.002 * 32.0 / 42.0);
}

TEST(AgainstDramsys, UnloadedLatency) {
  HbmConfig config = hbm_preset("hbm2_2gbps_dramsys");
  config.controller.refresh = RefreshKind::kNone;
  Reads closed(1, [](auto) { return 0; });
  EXPECT_EQ(measure(config, closed, 1).traffic.reads.mean_ns(), 34.0);
  // 32 reads of a row, one at a time: the first opens it.
  Reads row(32, [](auto i) { return i << 11; });
  const Measured hits = measure(config, row, 1);
  EXPECT_NEAR(hits.traffic.reads.percentile_ns(0.5), 21.0, 0.021);
  EXPECT_EQ(hits.traffic.reads.mean_ns(), (34.0 + 31 * 21.0) / 32);
}

TEST(AgainstRamulator, Hbm3Sequential) {
  const HbmConfig config = hbm_preset("hbm3_6400_ramulator");
  SequentialTraffic source(shape(config, kPatternReads));
  EXPECT_NEAR(measure(config, source).traffic.achieved_gbps(), 42.0, 0.02 * 42.0);
}

// ---- every preset ----

class Presets : public testing::TestWithParam<std::string> {};

TEST_P(Presets, StreamCloseToTheCeiling) {
  HbmConfig config = hbm_preset(GetParam());
  const hbm::Timing& timing = config.timing;
  // Ten refresh intervals, in whole rounds over all channels.
  const double reads = 10 * ns_from_ps(timing.tREFI) * config.organization.peak_gbps() / 32;
  const auto stream = [&] {
    SequentialTraffic source(
        shape(config, std::max<std::uint64_t>(1, static_cast<std::uint64_t>(reads) >> 16) << 16));
    const Measured measured = measure(config, source);
    const auto [least, most] =
        std::minmax_element(measured.bytes_per_channel.begin(), measured.bytes_per_channel.end());
    EXPECT_EQ(*least, *most);
    return measured.traffic.achieved_gbps() / config.organization.peak_gbps();
  };
  // As shipped: at least 90 % of the peak, or what all-bank refresh leaves.
  const auto share_of = [&](Picoseconds time) {
    return static_cast<double>(time) / static_cast<double>(timing.tREFI);
  };
  const bool all_bank = config.controller.refresh == RefreshKind::kAllBank;
  EXPECT_GE(stream(), std::min(0.90, 1.0 - share_of(all_bank ? timing.tRFC : 0)));

  // No controller can read in an all-bank refresh, nor between the last read before it, through precharge,
  // and the first of a row opened after it. What is left is for rows to be opened one after the other.
  config.controller.refresh = RefreshKind::kAllBank;
  const Picoseconds idle = timing.tRTP + timing.tRP + timing.tRFC + timing.tRCDRD;
  const double share = stream();
  EXPECT_GE(share, 1.0 - share_of(idle) - 0.009);
  EXPECT_LE(share, 1.0 - share_of(timing.tRFC));
  config.controller.refresh = RefreshKind::kPerBank;
  EXPECT_GE(stream(), 0.985);
}

TEST_P(Presets, RunWithEveryPolicy) {
  HbmConfig config = hbm_preset(GetParam());
  config.controller.page_timeout_ps = 200'000;
  TrafficShape mixed = shape(config, 2000);
  mixed.write_share = 0.3;
  for (const Fidelity fidelity : {Fidelity::kFast, Fidelity::kDetailed}) {
    for (const SchedulerKind scheduler : {SchedulerKind::kFcfs, SchedulerKind::kFrFcfs}) {
      for (const PagePolicyKind page :
           {PagePolicyKind::kOpen, PagePolicyKind::kClosed, PagePolicyKind::kTimeout}) {
        for (const RefreshKind refresh : {RefreshKind::kNone, RefreshKind::kAllBank, RefreshKind::kPerBank}) {
          config.controller.fidelity = fidelity;
          config.controller.scheduler = scheduler;
          config.controller.page_policy = page;
          config.controller.refresh = refresh;
          RandomTraffic source(mixed);
          const RunResult result = measure(config, source).traffic;
          EXPECT_EQ(result.requests(), 2000u);
          EXPECT_GT(result.achieved_gbps(), 0.0);
          EXPECT_LT(result.achieved_gbps(), config.organization.peak_gbps());
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shipped, Presets, testing::ValuesIn(test::hbm_preset_names()),
                         [](const auto& preset) { return preset.param; });

}  // namespace
}  // namespace prism::memory_study
