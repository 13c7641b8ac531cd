// SPDX-License-Identifier: Apache-2.0
// The policies of the detailed engine: each does what it says, and no combination of them breaks the
// protocol.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/protocol_checker.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

using enum Command;

// Address bits of dramsys_hbm2().
constexpr unsigned kPseudoChannel = 5, kBankGroup = 6, kColumn = 11, kRow = 16;

HbmConfig without_refresh() {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  return config;
}

std::vector<CommandRecord> only(const std::vector<CommandRecord>& log, Command command) {
  std::vector<CommandRecord> found;
  for (const CommandRecord& record : log) {
    if (record.command == command) found.push_back(record);
  }
  return found;
}

// ---- scheduler ----

/// Pushes one read to row 1 of bank 0 after one to row 0, then `hits` more to row 0. Returns the rows read,
/// in order.
std::vector<std::uint32_t> rows_read(HbmConfig config, int hits) {
  config.controller.queue_depth = 64;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.push(0, 32);
  driver.push(1 << kRow, 32);
  for (int i = 0; i < hits; ++i) driver.push(static_cast<std::uint64_t>(i % 31 + 1) << kColumn, 32);
  driver.drain();
  std::vector<std::uint32_t> rows;
  for (const CommandRecord& record : only(log.records, kRead)) rows.push_back(record.row);
  return rows;
}

TEST(SchedulerPolicy, FcfsKeepsTheOrderOfABank) {
  HbmConfig config = without_refresh();
  config.controller.scheduler = SchedulerKind::kFcfs;
  EXPECT_EQ(rows_read(config, 2), (std::vector<std::uint32_t>{0, 1, 0, 0}));
}

TEST(SchedulerPolicy, FrFcfsServesRowHitsFirst) {
  EXPECT_EQ(rows_read(without_refresh(), 3), (std::vector<std::uint32_t>{0, 0, 0, 0, 1}));
}

TEST(SchedulerPolicy, StarvationCapLimitsHowManyPass) {
  HbmConfig config = without_refresh();
  for (const std::uint32_t cap : {1u, 4u, 16u}) {
    config.controller.starvation_cap = cap;
    const std::vector<std::uint32_t> rows = rows_read(config, 40);
    std::vector<std::uint32_t> expected(42, 0);
    expected[1 + cap] = 1;
    EXPECT_EQ(rows, expected) << cap;
  }
}

TEST(SchedulerPolicy, QueueDepthBoundsTheBankAndHoldsUpOthers) {
  HbmConfig config = without_refresh();
  config.controller.queue_depth = 2;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  for (std::uint64_t row = 0; row < 4; ++row) driver.push(row << kRow, 32);  // one bank, conflicts
  driver.push(1 << kBankGroup, 32);                                          // behind them, another bank
  driver.drain();
  const std::vector<CommandRecord> activates = only(log.records, kActivate);
  ASSERT_EQ(activates.size(), 5u);
  // The other bank waits until the fourth read has entered the queue: the second read has left it.
  const std::vector<CommandRecord> reads = only(log.records, kRead);
  EXPECT_GE(activates[2].time, reads[1].time);
}

// ---- write drain ----

int turnarounds(const HbmConfig& config) {
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  const CounterRandom random(3, 8);
  for (std::uint32_t i = 0; i < 4000; ++i) {
    const auto words = random.words(i);
    driver.push((words[0] % 8 << kBankGroup | words[1] % 32 << kColumn), 32, words[2] % 2 == 0);
  }
  driver.drain();
  int count = 0;
  bool writing = false;
  for (const CommandRecord& record : log.records) {
    if (!is_column_command(record.command)) continue;
    if (is_write(record.command) != writing) ++count;
    writing = is_write(record.command);
  }
  return count;
}

TEST(WriteDrainPolicy, WatermarksBatchTheTurnarounds) {
  HbmConfig config = without_refresh();
  config.controller.write_high_watermark = 0.0;
  const int by_age = turnarounds(config);
  config.controller.write_high_watermark = 0.75;
  config.controller.write_low_watermark = 0.25;
  const int drained = turnarounds(config);
  EXPECT_LT(drained, by_age / 2);
  config.controller.queue_depth = 32;
  EXPECT_LT(turnarounds(config), drained) << "deeper queues make longer batches";
}

TEST(WriteDrainPolicy, WatermarksAreThoseOfTheFullestBank) {
  ControllerConfig config;
  config.queue_depth = 8;
  config.write_high_watermark = 0.75;
  config.write_low_watermark = 0.25;
  WriteDrain drain(config);
  std::uint32_t writes = 0;
  for (std::uint32_t size = 1; size <= 5; ++size) {
    drain.grown(size);
    EXPECT_FALSE(drain.update(1, ++writes));
  }
  drain.grown(6);
  EXPECT_TRUE(drain.update(1, ++writes)) << "6 of 8";
  EXPECT_TRUE(drain.writing());
  for (std::uint32_t size = 5; size >= 3; --size) {
    drain.shrunk(size);
    EXPECT_FALSE(drain.update(1, --writes));
  }
  drain.shrunk(2);
  EXPECT_TRUE(drain.update(1, --writes)) << "2 of 8";
  EXPECT_FALSE(drain.writing());
  EXPECT_TRUE(drain.update(0, writes)) << "no read waits: write on";
  EXPECT_TRUE(drain.update(1, writes)) << "a read has come";
}

// ---- page policy ----

TEST(PagePolicyKinds, OpenKeepsTheRow) {
  DetailedEngine engine(without_refresh());
  Driver driver(engine);
  driver.push(0, 32);
  driver.drain();
  driver.advance_to(100000 * kNs);
  driver.push(1 << kColumn, 32);
  driver.drain();
  EXPECT_EQ(engine.counters().activates, 1u);
  EXPECT_EQ(engine.counters().row_hits, 1u);
}

TEST(PagePolicyKinds, ClosedClosesWithTheLastWaitingBurst) {
  HbmConfig config = without_refresh();
  config.controller.page_policy = PagePolicyKind::kClosed;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.push(0, 32);
  driver.push(1 << kColumn, 32);
  driver.drain();
  EXPECT_EQ(only(log.records, kRead).size(), 1u);
  EXPECT_EQ(only(log.records, kReadAutoPrecharge).size(), 1u);
  EXPECT_EQ(engine.counters().precharges, 1u);
  driver.advance_to(1000 * kNs);
  const std::uint64_t again = driver.push(0, 32, true);
  driver.drain();
  EXPECT_EQ(only(log.records, kWriteAutoPrecharge).size(), 1u);
  EXPECT_EQ(driver.done(again), (1000 + 7 + 7 + 2 + 1) * kNs) << "activates without a precharge before";
}

TEST(PagePolicyKinds, TimeoutClosesAnIdleRow) {
  HbmConfig config = without_refresh();
  config.controller.page_policy = PagePolicyKind::kTimeout;
  config.controller.page_timeout_ps = 200 * kNs;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.push(0, 32);
  driver.advance_to(150 * kNs);
  driver.push(1 << kColumn, 32);  // in time: a hit
  driver.advance_to(2000 * kNs);
  const std::vector<CommandRecord> precharges = only(log.records, kPrecharge);
  ASSERT_EQ(precharges.size(), 1u);
  EXPECT_EQ(precharges[0].time, only(log.records, kRead)[1].time + 200 * kNs);
  EXPECT_EQ(engine.counters().row_hits, 1u);
}

// ---- refresh ----

TEST(RefreshPolicyKinds, AllBankIsStaggeredAndOnTime) {
  DetailedEngine engine(dramsys_hbm2());
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.advance_to(3900 * 5 * kNs);
  ASSERT_EQ(log.records.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(log.records[i].command, kRefreshAll);
    EXPECT_EQ(log.records[i].pseudo_channel, i % 2);
    EXPECT_EQ(log.records[i].time, static_cast<Picoseconds>(i + 1) * 1950 * kNs);
  }
}

TEST(RefreshPolicyKinds, PerBankVisitsEveryBankInTurn) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kPerBank;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  driver.advance_to(244 * 64 * kNs);
  std::vector<int> times(32, 0);
  for (const CommandRecord& record : log.records) {
    ASSERT_EQ(record.command, kRefreshBank);
    if (record.pseudo_channel == 0) ++times[record.bank];
  }
  EXPECT_EQ(times, std::vector<int>(32, 2));
}

TEST(RefreshPolicyKinds, PostponesWhileBusyAndCatchesUpWhenIdle) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh_postpone = 3;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  std::uint64_t address = 0;
  while (driver.now() < 3 * 3900 * kNs) driver.push(address += 32, 32);  // busy: three are owed
  const std::size_t while_busy = only(log.records, kRefreshAll).size();
  EXPECT_EQ(while_busy, 0u);
  driver.drain();
  driver.advance_to(4 * 3900 * kNs - 100 * kNs);
  EXPECT_EQ(only(log.records, kRefreshAll).size(), 3u + 4u) << "pseudo-channel 0 is half an interval ahead";
}

TEST(RefreshPolicyKinds, PostponesNoFurtherThanAllowed) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh_postpone = 3;
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  std::uint64_t address = 0;
  while (driver.now() < (10 * 3900 - 1000) * kNs) driver.push(address += 32, 32);
  const std::vector<CommandRecord> refreshes = only(log.records, kRefreshAll);
  ASSERT_FALSE(refreshes.empty());
  EXPECT_GE(refreshes[0].time, (1950 + 3 * 3900) * kNs);
  EXPECT_LE(refreshes[0].time, (1950 + 3 * 3900 + 100) * kNs);
  EXPECT_EQ(refreshes.size(), 7u + 6u) << "of 10 and 9 due, three each are owed";
}

// ---- all of them together ----

struct Combination {
  int organization;
  SchedulerKind scheduler;
  PagePolicyKind page;
  RefreshKind refresh;
  std::uint32_t postpone;
  double high_watermark;
};

std::vector<Combination> combinations() {
  std::vector<Combination> all;
  for (int organization = 0; organization < 3; ++organization) {
    for (const auto scheduler : {SchedulerKind::kFcfs, SchedulerKind::kFrFcfs}) {
      for (const auto page : {PagePolicyKind::kOpen, PagePolicyKind::kClosed, PagePolicyKind::kTimeout}) {
        for (const auto refresh : {RefreshKind::kNone, RefreshKind::kAllBank, RefreshKind::kPerBank}) {
          for (const std::uint32_t postpone : {0u, 8u}) {
            if (postpone != 0 && refresh == RefreshKind::kNone) continue;
            for (const double high : {0.75, 0.0})
              all.push_back({organization, scheduler, page, refresh, postpone, high});
          }
        }
      }
    }
  }
  return all;
}

HbmConfig configuration(const Combination& c) {
  HbmConfig config = c.organization == 1 ? ramulator_hbm3() : dramsys_hbm2();
  if (c.organization == 2) {
    // Four stack ids of two groups of eight banks, as HBM4 has, in four channels.
    config.organization.stack_ids = 4;
    config.organization.bank_groups = 2;
    config.organization.banks = 8;
    config.organization.rows = 8192;
    config.organization.channels = 4;
    config.controller.address_map =
        "row[*] column[*] stackid[*] bank[*] channel[*] bankgroup[*] pseudochannel[*] burst[*]; "
        "bank[0] ^= row[0]; channel[0] ^= row[1]";
    config.timing.tCCDR = 4 * kNs;
    config.timing.tPPD = 3 * kNs;
  }
  config.controller.scheduler = c.scheduler;
  config.controller.page_policy = c.page;
  config.controller.page_timeout_ps = 60 * kNs;
  config.controller.refresh = c.refresh;
  config.controller.refresh_postpone = c.postpone;
  config.controller.write_high_watermark = c.high_watermark;
  return config;
}

// Rows conflict and hit, reads and writes mix, bursts of traffic alternate with idle times.
TEST(Protocol, NoCombinationOfPoliciesViolatesIt) {
  std::uint64_t commands = 0;
  std::uint32_t seed = 0;
  for (const Combination& c : combinations()) {
    const HbmConfig config = configuration(c);
    DetailedEngine engine(config);
    ProtocolChecker checker(config);
    engine.observe(&checker);
    Driver driver(engine);
    const CounterRandom random(++seed, 77);
    constexpr std::uint32_t kRequests = 1500;
    for (std::uint32_t i = 0; i < kRequests; ++i) {
      const auto words = random.words(i);
      const std::uint64_t bytes = words[0] % 100 == 0 ? 8192 : words[0] % 4 == 0 ? 256 : 32;
      const std::uint64_t address = words[1] % 4096 * 32 + words[2] % 8 * (1u << 20);
      driver.push(address, bytes, words[3] % 3 == 0);
      if (words[3] % 256 == 1) driver.advance_to(driver.now() + words[0] % (20000 * kNs));
    }
    driver.drain();
    checker.finish(driver.now());
    commands += checker.commands();
    ASSERT_EQ(driver.completions().size(), kRequests);
    ASSERT_EQ(checker.violation_count(), 0u)
        << describe(checker.violations().front()) << " (combination " << seed << ")";
  }
  EXPECT_GT(commands, 1'000'000u);
}

// Saturating random traffic, where every constraint binds at some time.
TEST(Protocol, HoldsUnderSaturation) {
  for (const RefreshKind refresh : {RefreshKind::kAllBank, RefreshKind::kPerBank}) {
    for (const PagePolicyKind page : {PagePolicyKind::kOpen, PagePolicyKind::kClosed}) {
      for (HbmConfig config : {dramsys_hbm2(), ramulator_hbm3()}) {
        config.controller.refresh = refresh;
        config.controller.page_policy = page;
        DetailedEngine engine(config);
        ProtocolChecker checker(config);
        engine.observe(&checker);
        Driver driver(engine);
        const CounterRandom random(11, 78);
        for (std::uint32_t i = 0; i < 20000; ++i) {
          const auto words = random.words(i);
          driver.push((std::uint64_t{words[0]} << 5) % config.organization.capacity_bytes(), 32,
                      words[1] % 4 == 0);
        }
        driver.drain();
        checker.finish(driver.now());
        ASSERT_EQ(checker.violation_count(), 0u) << describe(checker.violations().front());
      }
    }
  }
}

// The checker is no rubber stamp: an engine told of shorter parameters than the checker is caught.
TEST(Protocol, AnEngineWithWrongTimingIsCaught) {
  HbmConfig truth = dramsys_hbm2();
  truth.timing.tFAW = 24 * kNs;  // as it is, four tRRDS make up a whole tFAW
  const std::vector<std::pair<std::string, Picoseconds Timing::*>> parameters = {
      {"tRCDRD", &Timing::tRCDRD}, {"tRCDWR", &Timing::tRCDWR}, {"tRP", &Timing::tRP},
      {"tRAS", &Timing::tRAS},     {"tCCDL", &Timing::tCCDL},   {"tRRDS", &Timing::tRRDS},
      {"tRRDL", &Timing::tRRDL},   {"tFAW", &Timing::tFAW},     {"tWR", &Timing::tWR},
      {"tWTRS", &Timing::tWTRS},   {"tWTRL", &Timing::tWTRL},   {"tRTP", &Timing::tRTP},
      {"tRFC", &Timing::tRFC}};
  for (const auto& [name, parameter] : parameters) {
    HbmConfig wrong = truth;
    wrong.timing.*parameter -= kNs;
    if (name == "tRAS") wrong.timing.tRC -= kNs;
    DetailedEngine engine(wrong);
    ProtocolChecker checker(truth);
    engine.observe(&checker);
    Driver driver(engine);
    const CounterRandom random(13, 79);
    for (std::uint32_t i = 0; i < 20000; ++i) {
      const auto words = random.words(i);
      const std::uint64_t row = words[1] % 4;
      driver.push((words[0] % 64 << kPseudoChannel) | (words[2] % 32 << kColumn) | row << kRow, 32,
                  words[3] % 2 == 0);
    }
    driver.drain();
    bool caught = false;
    for (const Violation& violation : checker.violations()) caught = caught || violation.rule == name;
    EXPECT_TRUE(caught) << name;
  }
}

}  // namespace
}  // namespace prism::hbm
