// SPDX-License-Identifier: Apache-2.0
// Ten million commands of the detailed engine, over all presets and policies, replayed by the protocol
// checker.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/detailed_engine.h"
#include "models/hbm/protocol_checker.h"
#include "tests/support/hbm_presets.h"

namespace prism::hbm {
namespace {

constexpr std::uint64_t kCommands = 10'000'000;

/// Spells of contiguous, scattered and row-conflicting requests of one to eight bursts, with pauses in
/// between.
class Spells {
 public:
  Spells(const HbmConfig& config, double write_share, std::uint64_t seed)
      : organization_(config.organization), write_share_(write_share), random_(seed, 0x5E11) {}

  /// `now`: moved on by the pause before the request.
  Request next(Picoseconds& now) {
    constexpr std::uint32_t kSpell = 64;
    if (index_ % kSpell == 0) begin_spell(now);
    const auto words = random_.words(index_, 1);
    const std::uint64_t burst = organization_.burst_bytes;
    const std::uint64_t bytes = (words[0] % 8 + 1) * burst;
    const std::uint64_t limit =
        kind_ == 2 ? organization_.page_bytes() * 256 : organization_.capacity_bytes();
    std::uint64_t address = next_;
    if (kind_ != 0) address = (std::uint64_t{words[1]} << 32 | words[2]) % (limit / burst) * burst;
    address = std::min(address, organization_.capacity_bytes() - bytes);
    next_ = address + bytes;
    return {index_++, address, bytes, CounterRandom::uniform(words[3]) < write_share_, now};
  }

 private:
  void begin_spell(Picoseconds& now) {
    const auto words = random_.words(index_, 0);
    kind_ = words[0] % 3;
    next_ =
        words[1] % (organization_.capacity_bytes() / organization_.page_bytes()) * organization_.page_bytes();
    constexpr std::uint32_t kLongestPause = 2'000'000;  // ps
    if (words[2] % 4 == 0) now += words[3] % kLongestPause;
  }

  const Organization& organization_;
  double write_share_;
  CounterRandom random_;
  std::uint32_t index_ = 0;
  std::uint32_t kind_ = 0;
  std::uint64_t next_ = 0;
};

void expect_no_violation(const HbmConfig& config, double write_share, std::uint64_t seed,
                         std::uint64_t commands) {
  DetailedEngine engine(config);
  ProtocolChecker checker(config);
  engine.observe(&checker);
  Spells spells(config, write_share, seed);
  std::vector<Completion> found;
  Picoseconds now = 0;
  const auto advance = [&](Picoseconds limit) {
    found.clear();
    now = std::max(now, engine.advance(limit, found));
  };
  while (checker.commands() < commands) {
    Picoseconds time = now;
    Request request = spells.next(time);
    while (now < time) advance(time);
    request.arrival = now;
    while (!engine.push(request)) {
      advance(kNever);
      request.arrival = now;
    }
  }
  while (!engine.idle()) advance(kNever);
  checker.finish(now);
  EXPECT_EQ(checker.violation_count(), 0u);
  for (std::size_t i = 0; i < std::min<std::size_t>(3, checker.violations().size()); ++i) {
    ADD_FAILURE() << describe(checker.violations()[i]);
  }
}

class AllPolicies : public testing::TestWithParam<std::string> {};

TEST_P(AllPolicies, KeepTheProtocol) {
  HbmConfig config = test::hbm_preset(GetParam());
  // Fewer channels, so that each sees many commands.
  config.organization.channels = std::min(config.organization.channels, 2u);
  ControllerConfig& controller = config.controller;
  controller.page_timeout_ps = 150'000;
  constexpr std::uint64_t kCombinations = 2 * 3 * 3 * 3;
  const std::uint64_t commands = kCommands / test::hbm_preset_names().size() / kCombinations + 1;
  std::uint64_t seed = 0;
  for (const SchedulerKind scheduler : {SchedulerKind::kFcfs, SchedulerKind::kFrFcfs}) {
    for (const PagePolicyKind page :
         {PagePolicyKind::kOpen, PagePolicyKind::kClosed, PagePolicyKind::kTimeout}) {
      for (const RefreshKind refresh : {RefreshKind::kNone, RefreshKind::kAllBank, RefreshKind::kPerBank}) {
        for (const double write_share : {0.0, 0.3, 0.7}) {
          ++seed;
          controller.scheduler = scheduler;
          controller.page_policy = page;
          controller.refresh = refresh;
          controller.refresh_postpone = seed % 2 == 0 ? 8 : 0;
          controller.write_high_watermark = seed % 5 == 0 ? 0.0 : 0.75;  // 0: no write draining
          controller.write_low_watermark = std::min(0.25, controller.write_high_watermark);
          SCOPED_TRACE("combination " + std::to_string(seed));
          expect_no_violation(config, write_share, seed, commands);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, AllPolicies, testing::ValuesIn(test::hbm_preset_names()),
                         [](const auto& preset) { return preset.param; });

}  // namespace
}  // namespace prism::hbm
