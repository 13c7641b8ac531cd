// SPDX-License-Identifier: Apache-2.0
// Every constraint by itself: "illegal at t-1, legal at t", for the constraints that the scheduler obeys and
// for the protocol checker that watches it. In each case one parameter is 50 ns and the others are as short
// as can be, so that nothing else can bind; the expected distance is written out.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "models/hbm/protocol_checker.h"
#include "models/hbm/timing_constraints.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

using enum Command;

constexpr Picoseconds kLong = 50 * kNs;
// Banks in relation to bank 0: 2 stack ids x 4 bank groups x 4 banks.
constexpr std::uint32_t kSameGroup = 1, kOtherGroup = 4, kOtherSid = 16;

/// ACT takes two clocks, everything else one; the data of a burst one.
HbmConfig quiet() {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  config.timing = {};
  config.timing.tCK = config.timing.tBURST = kNs;
  config.timing.act_command = 2 * kNs;
  config.timing.row_command = config.timing.column_command = kNs;
  return config;
}

struct Step {
  Command command;
  std::uint32_t bank;
  Picoseconds time;
};

struct Case {
  std::string name;
  Picoseconds Timing::*parameter;
  std::vector<Step> history;
  Command command;
  std::uint32_t bank;
  Picoseconds legal;  // time of the command
  std::string rule;   // as the checker calls it
  Picoseconds write_latency = 0;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.name;
}

class ConstraintTest : public testing::TestWithParam<Case> {
 protected:
  HbmConfig config() const {
    HbmConfig config = quiet();
    config.timing.tCWL = GetParam().write_latency;
    config.timing.*GetParam().parameter = kLong;
    return config;
  }
};

TEST_P(ConstraintTest, SchedulerSeesItLegalFromThenOn) {
  const Case& c = GetParam();
  const HbmConfig configuration = config();
  TimingConstraints timing(configuration.organization, configuration.timing);
  for (const Step& step : c.history) {
    ASSERT_LE(timing.earliest(step.command, step.bank), step.time) << "the history itself must be legal";
    timing.record(step.command, step.bank, step.time);
  }
  EXPECT_EQ(timing.earliest(c.command, c.bank), c.legal);
}

TEST_P(ConstraintTest, SchedulerSeesNoConstraintWithoutTheParameter) {
  const Case& c = GetParam();
  HbmConfig configuration = config();
  configuration.timing.*c.parameter = quiet().timing.*c.parameter;
  TimingConstraints timing(configuration.organization, configuration.timing);
  for (const Step& step : c.history) timing.record(step.command, step.bank, step.time);
  EXPECT_LT(timing.earliest(c.command, c.bank), c.legal);
}

TEST_P(ConstraintTest, CheckerReportsOneEdgeEarlierAndNothingThen) {
  const Case& c = GetParam();
  const auto violations = [&](Picoseconds time) {
    ProtocolChecker checker(config());
    for (const Step& step : c.history) checker.on_command({step.time, step.command, 0, 0, step.bank, 0});
    EXPECT_EQ(checker.violation_count(), 0u) << "the history itself must be legal";
    checker.on_command({time, c.command, 0, 0, c.bank, 0});
    return checker.violations();
  };
  EXPECT_TRUE(violations(c.legal).empty()) << describe(violations(c.legal).front());
  const std::vector<Violation> early = violations(c.legal - kNs);
  ASSERT_FALSE(early.empty());
  for (const Violation& violation : early) {
    EXPECT_EQ(violation.rule, c.rule);
    EXPECT_EQ(violation.earliest, c.legal);
  }
}

// One picosecond early is as illegal as one clock (and off the clock edge besides).
TEST_P(ConstraintTest, CheckerReportsOnePicosecondEarlier) {
  const Case& c = GetParam();
  ProtocolChecker checker(config());
  for (const Step& step : c.history) checker.on_command({step.time, step.command, 0, 0, step.bank, 0});
  checker.on_command({c.legal - 1, c.command, 0, 0, c.bank, 0});
  ASSERT_EQ(checker.violation_count(), 2u);
  EXPECT_EQ(checker.violations()[0].rule, "clock edge");
  EXPECT_EQ(checker.violations()[1].rule, c.rule);
}

constexpr Picoseconds at(Picoseconds ns) {
  return ns * kNs;
}

using History = std::vector<Step>;

/// Bank 0 is activated, and five clocks later `then` follows.
History after_act(Command then) {
  return {{kActivate, 0, 0}, {then, 0, at(5)}};
}
/// So is bank `other`, in between.
History with_other(std::uint32_t other, Command then) {
  return {{kActivate, 0, 0}, {kActivate, other, at(2)}, {then, 0, at(5)}};
}
/// One in each bank group of a stack id.
History four(Command c) {
  return {{c, 0, 0}, {c, 4, at(2)}, {c, 8, at(4)}, {c, 12, at(6)}};
}

const History kAct = {{kActivate, 0, 0}};
const History kRefAll = {{kRefreshAll, 0, 0}};
const History kRefBank = {{kRefreshBank, 0, 0}};
constexpr Picoseconds kThen = at(5);              // when the last command of a history with `then` starts
constexpr Picoseconds kData = kThen + at(3 + 1);  // when a write then has been taken, if tCWL is 3

// The parameters of an activate count from its second clock: one clock more from ACT, one less to ACT.
const Case kCases[] = {
    {"ActToRead", &Timing::tRCDRD, kAct, kRead, 0, kLong + kNs, "tRCDRD"},
    {"ActToWrite", &Timing::tRCDWR, kAct, kWrite, 0, kLong + kNs, "tRCDWR"},
    {"ActToPrecharge", &Timing::tRAS, kAct, kPrecharge, 0, kLong + kNs, "tRAS"},
    {"ActToPrechargeAll", &Timing::tRAS, kAct, kPrechargeAll, 0, kLong + kNs, "tRAS"},
    {"ActToAct", &Timing::tRC, after_act(kPrecharge), kActivate, 0, kLong, "tRC"},
    {"ActToRefreshAll", &Timing::tRC, after_act(kPrecharge), kRefreshAll, 0, kLong + kNs, "tRC"},
    {"ActToRefreshBank", &Timing::tRC, after_act(kPrecharge), kRefreshBank, 0, kLong + kNs, "tRC"},
    {"PreToAct", &Timing::tRP, after_act(kPrecharge), kActivate, 0, kThen + kLong - kNs, "tRP"},
    {"PreAllToAct", &Timing::tRP, after_act(kPrechargeAll), kActivate, 0, kThen + kLong - kNs, "tRP"},
    {"PreToRefreshAll", &Timing::tRP, after_act(kPrecharge), kRefreshAll, 0, kThen + kLong, "tRP"},
    {"PreToRefreshBank", &Timing::tRP, after_act(kPrecharge), kRefreshBank, 0, kThen + kLong, "tRP"},
    {"RdaToAct", &Timing::tRP, after_act(kReadAutoPrecharge), kActivate, 0, kThen + kLong - kNs, "tRP"},
    {"WraToAct", &Timing::tRP, after_act(kWriteAutoPrecharge), kActivate, 0, kData + kLong - kNs, "tRP",
     at(3)},
    {"RdaWaitsForRas", &Timing::tRAS, after_act(kReadAutoPrecharge), kActivate, 0, kLong, "tRP"},
    {"RdaWaitsForRtp", &Timing::tRTP, after_act(kReadAutoPrecharge), kRefreshAll, 0, kThen + kLong, "tRP"},
    {"WraWaitsForWr", &Timing::tWR, after_act(kWriteAutoPrecharge), kRefreshAll, 0, kData + kLong, "tRP",
     at(3)},
    {"ReadSameBank", &Timing::tCCDL, after_act(kRead), kRead, 0, kThen + kLong, "tCCDL"},
    {"ReadSameGroup", &Timing::tCCDL, with_other(kSameGroup, kRead), kRead, kSameGroup, kThen + kLong,
     "tCCDL"},
    {"ReadOtherGroup", &Timing::tCCDS, with_other(kOtherGroup, kRead), kRead, kOtherGroup, kThen + kLong,
     "tCCDS"},
    {"ReadOtherSid", &Timing::tCCDR, with_other(kOtherSid, kRead), kRead, kOtherSid, kThen + kLong, "tCCDR"},
    {"WriteSameBank", &Timing::tCCDL, after_act(kWrite), kWrite, 0, kThen + kLong, "tCCDL"},
    {"WriteSameGroup", &Timing::tCCDL, with_other(kSameGroup, kWrite), kWrite, kSameGroup, kThen + kLong,
     "tCCDL"},
    {"WriteOtherGroup", &Timing::tCCDS, with_other(kOtherGroup, kWrite), kWrite, kOtherGroup, kThen + kLong,
     "tCCDS"},
    {"WriteOtherSid", &Timing::tCCDR, with_other(kOtherSid, kWrite), kWrite, kOtherSid, kThen + kLong,
     "tCCDR"},
    {"ReadToWrite", &Timing::tRTW, after_act(kRead), kWrite, 0, kThen + kLong, "tRTW"},
    {"ReadToWriteOtherSid", &Timing::tRTW, with_other(kOtherSid, kRead), kWrite, kOtherSid, kThen + kLong,
     "tRTW"},
    {"WriteToRead", &Timing::tWTRL, after_act(kWrite), kRead, 0, kData + kLong, "tWTRL", at(3)},
    {"WriteToReadSameGroup", &Timing::tWTRL, with_other(kSameGroup, kWrite), kRead, kSameGroup, kData + kLong,
     "tWTRL", at(3)},
    {"WriteToReadOtherGroup", &Timing::tWTRS, with_other(kOtherGroup, kWrite), kRead, kOtherGroup,
     kData + kLong, "tWTRS", at(3)},
    {"WriteToReadOtherSid", &Timing::tWTRS, with_other(kOtherSid, kWrite), kRead, kOtherSid, kData + kLong,
     "tWTRS", at(3)},
    {"ReadToPre", &Timing::tRTP, after_act(kRead), kPrecharge, 0, kThen + kLong, "tRTP"},
    {"ReadToPreAll", &Timing::tRTP, after_act(kRead), kPrechargeAll, 0, kThen + kLong, "tRTP"},
    {"WriteToPre", &Timing::tWR, after_act(kWrite), kPrecharge, 0, kData + kLong, "tWR", at(3)},
    {"WriteToPreAll", &Timing::tWR, after_act(kWrite), kPrechargeAll, 0, kData + kLong, "tWR", at(3)},
    {"PreToPre", &Timing::tPPD, with_other(kOtherSid, kPrecharge), kPrecharge, kOtherSid, kThen + kLong,
     "tPPD"},
    {"ActSameGroup", &Timing::tRRDL, kAct, kActivate, kSameGroup, kLong, "tRRDL"},
    {"ActOtherGroup", &Timing::tRRDS, kAct, kActivate, kOtherGroup, kLong, "tRRDS"},
    {"ActOtherSid", &Timing::tRRDS, kAct, kActivate, kOtherSid, kLong, "tRRDS"},
    {"FifthAct", &Timing::tFAW, four(kActivate), kActivate, kOtherSid, kLong, "tFAW"},
    {"RefreshBankAfterFourAct", &Timing::tFAW, four(kActivate), kRefreshBank, kOtherSid, kLong + kNs, "tFAW"},
    {"ActAfterFourRefreshBank", &Timing::tFAW, four(kRefreshBank), kActivate, kOtherSid, kLong - kNs, "tFAW"},
    {"ActToRefreshBankSameGroup", &Timing::tRRDL, kAct, kRefreshBank, kSameGroup, kLong + kNs, "tRRDL"},
    {"ActToRefreshBankOtherGroup", &Timing::tRRDS, kAct, kRefreshBank, kOtherGroup, kLong + kNs, "tRRDS"},
    {"RefreshAllToAct", &Timing::tRFC, kRefAll, kActivate, 3, kLong - kNs, "tRFC"},
    {"RefreshAllToRefreshAll", &Timing::tRFC, kRefAll, kRefreshAll, 0, kLong, "tRFC"},
    {"RefreshAllToRefreshBank", &Timing::tRFC, kRefAll, kRefreshBank, 3, kLong, "tRFC"},
    {"RefreshBankToAct", &Timing::tRFCPB, kRefBank, kActivate, 0, kLong - kNs, "tRFCPB"},
    {"RefreshBankToRefreshAll", &Timing::tRFCPB, kRefBank, kRefreshAll, 0, kLong, "tRFCPB"},
    {"RefreshBankToActOther", &Timing::tRREFD, kRefBank, kActivate, kSameGroup, kLong - kNs, "tRREFD"},
    {"RefreshBankToRefreshOther", &Timing::tRREFD, kRefBank, kRefreshBank, kOtherGroup, kLong, "tRREFD"},
};

INSTANTIATE_TEST_SUITE_P(All, ConstraintTest, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& tested) { return tested.param.name; });

// The data bus: bursts longer than the command spacing still follow one another, in both directions and
// across them.
TEST(DataBus, CarriesOneBurstAtATime) {
  HbmConfig config = quiet();
  config.timing.tBURST = 4 * kNs;
  config.timing.tCL = 10 * kNs;
  config.timing.tCWL = 6 * kNs;
  struct Pair {
    Command first, second;
    Picoseconds distance;
  };
  // Read data at +10, write data at +6: a write must start 10 + 4 - 6 after a read.
  for (const Pair& pair :
       {Pair{kRead, kRead, 4 * kNs}, {kWrite, kWrite, 4 * kNs}, {kRead, kWrite, 8 * kNs}}) {
    TimingConstraints timing(config.organization, config.timing);
    timing.record(kActivate, 0, 0);
    timing.record(kActivate, kOtherGroup, 2 * kNs);
    timing.record(pair.first, 0, 5 * kNs);
    EXPECT_EQ(timing.earliest(pair.second, kOtherGroup), 5 * kNs + pair.distance);
    for (const Picoseconds early : {Picoseconds{0}, kNs}) {
      ProtocolChecker checker(config);
      checker.on_command({0, kActivate, 0, 0, 0, 0});
      checker.on_command({2 * kNs, kActivate, 0, 0, kOtherGroup, 0});
      checker.on_command({5 * kNs, pair.first, 0, 0, 0, 0});
      checker.on_command({5 * kNs + pair.distance - early, pair.second, 0, 0, kOtherGroup, 0});
      ASSERT_EQ(checker.violation_count(), early == 0 ? 0u : 1u);
      if (early != 0) {
        EXPECT_EQ(checker.violations()[0].rule, "data bus");
      }
    }
  }
}

// tCCDR is scoped to one pseudo-channel, and nothing else reaches across either.
TEST(Scope, PseudoChannelsShareOnlyTheCommandBuses) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.push(0, 64);  // one burst for each pseudo-channel
  driver.drain();
  ASSERT_EQ(log.records.size(), 4u);
  EXPECT_EQ(log.records[0].command, kActivate);
  EXPECT_EQ(log.records[0].time, 0);
  EXPECT_EQ(log.records[1].command, kActivate);
  EXPECT_EQ(log.records[1].time, 2 * kNs) << "ACT holds the row bus for two clocks; tRRDS (4) does not apply";
  EXPECT_EQ(log.records[2].time, 13 * kNs);
  EXPECT_EQ(log.records[3].time, 15 * kNs);
}

TEST(OpenBanks, FollowTheCommands) {
  const HbmConfig config = dramsys_hbm2();
  TimingConstraints timing(config.organization, config.timing);
  timing.record(kActivate, 3, 0);
  timing.record(kActivate, 17, 100 * kNs);
  timing.record(kActivate, 31, 200 * kNs);
  EXPECT_EQ(timing.open_banks(), 1ull << 3 | 1ull << 17 | 1ull << 31);
  timing.record(kPrecharge, 3, 300 * kNs);
  timing.record(kReadAutoPrecharge, 17, 301 * kNs);
  EXPECT_EQ(timing.open_banks(), 1ull << 31);
  timing.record(kPrechargeAll, 0, 400 * kNs);
  EXPECT_EQ(timing.open_banks(), 0u);
}

TEST(Organization, LimitsAreChecked) {
  HbmConfig config = dramsys_hbm2();
  config.organization.stack_ids = 8;  // 128 banks
  EXPECT_THROW(TimingConstraints(config.organization, config.timing), std::invalid_argument);
}

}  // namespace
}  // namespace prism::hbm
