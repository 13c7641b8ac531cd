// SPDX-License-Identifier: Apache-2.0
// The protocol checker against logs with one fault each: states, buses, refreshes. (Timing:
// detailed_timing_test.)
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/hbm/protocol_checker.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

using enum Command;

HbmConfig without_refresh() {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  return config;
}

std::vector<std::string> rules(const HbmConfig& config, const std::vector<CommandRecord>& log,
                               Picoseconds end = 0) {
  ProtocolChecker checker(config);
  for (const CommandRecord& record : log) checker.on_command(record);
  checker.finish(end);
  std::vector<std::string> found;
  for (const Violation& violation : checker.violations()) found.emplace_back(violation.rule);
  return found;
}

using Rules = std::vector<std::string>;

TEST(CheckerStates, ReportsEachIllegalState) {
  const HbmConfig config = without_refresh();
  const CommandRecord act{0, kActivate, 0, 0, 2, 7};
  EXPECT_EQ(rules(config, {act, {100 * kNs, kRead, 0, 0, 2, 7}}), Rules{});
  EXPECT_EQ(rules(config, {{100 * kNs, kRead, 0, 0, 2, 7}}), Rules{"read from a closed bank"});
  EXPECT_EQ(rules(config, {{100 * kNs, kWrite, 0, 0, 2, 7}}), Rules{"write to a closed bank"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kRead, 0, 0, 2, 8}}), Rules{"read from another row"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kWriteAutoPrecharge, 0, 0, 2, 8}}),
            Rules{"write to another row"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kActivate, 0, 0, 2, 8}}), Rules{"activate of an open bank"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kRefreshAll, 0, 0, 0, 0}}), Rules{"refresh of an open bank"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kRefreshBank, 0, 0, 2, 0}}), Rules{"refresh of an open bank"});
  EXPECT_EQ(rules(config, {act, {100 * kNs, kRefreshBank, 0, 0, 3, 0}}), Rules{})
      << "another bank may be open";
  EXPECT_EQ(rules(config, {{0, kPrecharge, 0, 0, 2, 0}}), Rules{})
      << "a precharge of a closed bank does nothing";
}

TEST(CheckerStates, AutoPrechargeAndPrechargeAllClose) {
  const HbmConfig config = without_refresh();
  const CommandRecord act{0, kActivate, 0, 0, 2, 7};
  EXPECT_EQ(rules(config, {act, {50 * kNs, kReadAutoPrecharge, 0, 0, 2, 7}, {100 * kNs, kRead, 0, 0, 2, 7}}),
            Rules{"read from a closed bank"});
  EXPECT_EQ(rules(config, {act, {50 * kNs, kPrechargeAll, 0, 0, 0, 0}, {100 * kNs, kRead, 0, 0, 2, 7}}),
            Rules{"read from a closed bank"});
}

TEST(CheckerBuses, AreSharedByThePseudoChannels) {
  const HbmConfig config = without_refresh();
  const CommandRecord act0{0, kActivate, 0, 0, 0, 0};
  // An activate takes two clocks of the row bus, whichever pseudo-channel comes next.
  EXPECT_EQ(rules(config, {act0, {1 * kNs, kActivate, 0, 1, 0, 0}}), Rules{"row command bus"});
  EXPECT_EQ(rules(config, {act0, {2 * kNs, kActivate, 0, 1, 0, 0}}), Rules{});
  EXPECT_EQ(rules(config, {act0, {1 * kNs, kPrecharge, 0, 1, 0, 0}}), Rules{"row command bus"});
  // Column commands have their own bus.
  const std::vector<CommandRecord> open = {
      act0, {2 * kNs, kActivate, 0, 1, 0, 0}, {90 * kNs, kRead, 0, 0, 0, 0}};
  std::vector<CommandRecord> log = open;
  log.push_back({90 * kNs, kActivate, 0, 0, 5, 0});
  EXPECT_EQ(rules(config, log), Rules{});
  log = open;
  log.push_back({90 * kNs, kRead, 0, 1, 0, 0});
  EXPECT_EQ(rules(config, log), Rules{"column command bus"});
}

TEST(CheckerBuses, ChannelsAreIndependent) {
  HbmConfig config = without_refresh();
  config.organization.channels = 2;
  EXPECT_EQ(rules(config, {{0, kActivate, 0, 0, 0, 0}, {0, kActivate, 1, 0, 0, 0}}), Rules{});
}

TEST(CheckerOrder, ReportsGoingBackInTime) {
  EXPECT_EQ(
      rules(without_refresh(), {{100 * kNs, kActivate, 0, 0, 0, 0}, {50 * kNs, kActivate, 0, 1, 0, 0}})[0],
      "order of time");
}

TEST(CheckerRefresh, ReportsAMissingAllBankRefresh) {
  HbmConfig config = dramsys_hbm2();
  std::vector<CommandRecord> log;
  for (int n = 1; n <= 4; ++n) {
    log.push_back({n * 3900 * kNs, kRefreshAll, 0, 0, 0, 0});
    log.push_back({n * 3900 * kNs + 500 * kNs, kRefreshAll, 0, 1, 0, 0});
  }
  const Picoseconds end = 5 * 3900 * kNs;
  EXPECT_EQ(rules(config, log, end),
            (Rules{"refresh overdue", "refresh overdue", "refresh overdue", "refresh overdue"}))
      << "pseudo-channel 1 is 500 ns late each time";
  for (std::size_t i = 1; i < log.size(); i += 2) log[i].time -= 490 * kNs;
  EXPECT_EQ(rules(config, log, end), Rules{}) << "10 ns are needed to finish what the banks are doing";
  std::vector<CommandRecord> one_less = log;
  one_less.pop_back();
  EXPECT_EQ(rules(config, one_less, end), Rules{"refresh overdue"});
  config.controller.refresh_postpone = 1;
  EXPECT_EQ(rules(config, one_less, end), Rules{});
}

TEST(CheckerRefresh, PerBankRefreshTakesTurns) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kPerBank;
  std::vector<CommandRecord> log;
  for (std::uint32_t bank = 0; bank < 32; ++bank) {
    const Picoseconds time = (bank + 1) * 244 * kNs;
    log.push_back({time, kRefreshBank, 0, 0, bank, 0});
    log.push_back({time + 10 * kNs, kRefreshBank, 0, 1, bank, 0});
  }
  EXPECT_EQ(rules(config, log, 33 * 244 * kNs), Rules{});
  log[20].bank = 3;
  EXPECT_EQ(rules(config, log, 33 * 244 * kNs), Rules{"bank refreshed again before all others"});
}

TEST(CheckerReport, NamesCommandPlaceAndTime) {
  ProtocolChecker checker(without_refresh());
  checker.on_command({0, kActivate, 0, 1, 2, 7});
  checker.on_command({5 * kNs, kRead, 0, 1, 2, 7});
  ASSERT_EQ(checker.violation_count(), 1u);
  EXPECT_EQ(describe(checker.violations()[0]),
            "5000 ps: RD channel 0 pseudo-channel 1 bank 2 row 7: tRCDRD, legal from 13000 ps");
}

TEST(CheckerReport, KeepsTheFirstAndCountsAll) {
  ProtocolChecker checker(without_refresh());
  for (int i = 0; i < 250; ++i) checker.on_command({i * 100 * kNs, kRead, 0, 0, 0, 0});
  EXPECT_EQ(checker.violation_count(), 250u);
  EXPECT_EQ(checker.violations().size(), ProtocolChecker::kKept);
  EXPECT_EQ(checker.commands(), 250u);
}

}  // namespace
}  // namespace prism::hbm
