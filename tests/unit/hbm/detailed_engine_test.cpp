// SPDX-License-Identifier: Apache-2.0
// The detailed engine as a TimingEngine: conservation, back-pressure, determinism, and independence of how it
// is driven.
#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/channel_router.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

HbmConfig four_channels() {
  HbmConfig config = dramsys_hbm2();
  config.organization.stacks = 2;
  config.organization.channels = 2;
  config.controller.address_map =
      "row[*] column[4:2] stackid[*] bank[*] stack[*] channel[*] pseudochannel[*] column[1:0] bankgroup[*] "
      "burst[*]; "
      "channel[0] ^= row[0] ^ row[3]; bankgroup[1] ^= row[1]; stack[0] ^= row[2]";
  return config;
}

/// Mixed sizes and directions, in a few hot megabytes so that rows hit and conflict.
struct Traffic {
  explicit Traffic(std::uint64_t seed) : random(seed, 42) {}
  Request request(std::uint32_t i, const Organization& organization) const {
    const auto words = random.words(i);
    const std::uint64_t bytes = words[0] % 50 == 0 ? 1 + words[1] % 20000 : 1 + words[1] % 200;
    const std::uint64_t window = std::min<std::uint64_t>(organization.capacity_bytes(), 64u << 20);
    const std::uint64_t address = (words[2] % 4 == 0 ? i * 512ull : words[2]) % (window - bytes);
    return {i, address, bytes, words[3] % 3 == 0, 0};
  }
  CounterRandom random;
};

std::uint64_t bursts_of(const Request& request) {
  return (request.address + request.bytes + 31) / 32 - request.address / 32;
}

TEST(Conservation, EveryRequestCompletesOnceAndEveryBurstIsCounted) {
  for (const HbmConfig& config : {dramsys_hbm2(), ramulator_hbm3(), four_channels()}) {
    DetailedEngine engine(config);
    Driver driver(engine);
    const Traffic traffic(1);
    std::uint64_t reads = 0, writes = 0;
    constexpr std::uint32_t kRequests = 20000;
    for (std::uint32_t i = 0; i < kRequests; ++i) {
      const Request request = traffic.request(i, config.organization);
      (request.is_write ? writes : reads) += bursts_of(request);
      driver.push(request.address, request.bytes, request.is_write);
      if (i % 1000 == 0) driver.advance_to(driver.now() + 10000 * kNs);
    }
    driver.drain();
    EXPECT_EQ(driver.completions().size(), kRequests);
    for (const auto& [id, times] : driver.completions()) ASSERT_EQ(times, 1) << id;
    const EngineCounters counters = engine.counters();
    EXPECT_EQ(counters.reads, reads);
    EXPECT_EQ(counters.writes, writes);
    EXPECT_EQ(counters.row_hits + counters.row_misses, reads + writes);
    EXPECT_EQ(counters.data_bus_busy, static_cast<Picoseconds>(reads + writes) * config.timing.tBURST);
    EXPECT_GE(counters.activates, counters.row_misses);
    std::uint64_t bytes = 0;
    for (const std::uint64_t channel : engine.bytes_per_channel()) {
      EXPECT_GT(channel, 0u);
      bytes += channel;
    }
    EXPECT_EQ(bytes, 32 * (reads + writes));
  }
}

TEST(Conservation, CountersMatchTheCommandLog) {
  HbmConfig config = four_channels();
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Driver driver(engine);
  const Traffic traffic(2);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const Request request = traffic.request(i, config.organization);
    driver.push(request.address, request.bytes, request.is_write);
  }
  driver.drain();
  EngineCounters seen;
  std::uint64_t closed = 0;
  for (const CommandRecord& record : log.records) {
    seen.reads += is_read(record.command);
    seen.writes += is_write(record.command);
    seen.activates += record.command == Command::kActivate;
    seen.refreshes_all_bank += record.command == Command::kRefreshAll;
    closed += record.command == Command::kPrecharge;
  }
  const EngineCounters counters = engine.counters();
  EXPECT_EQ(seen.reads, counters.reads);
  EXPECT_EQ(seen.writes, counters.writes);
  EXPECT_EQ(seen.activates, counters.activates);
  EXPECT_EQ(seen.refreshes_all_bank, counters.refreshes_all_bank);
  EXPECT_GT(seen.refreshes_all_bank, 0u);
  EXPECT_GE(counters.precharges, closed) << "all-bank precharges count each bank they close";
  EXPECT_LE(counters.precharges, counters.activates);
}

struct Outcome {
  std::vector<CommandRecord> commands;
  std::map<std::uint64_t, Picoseconds> done;
};

/// Requests at given times; the engine is advanced in steps of at most `step`.
Outcome run_scheduled(const HbmConfig& config, Picoseconds step) {
  DetailedEngine engine(config);
  CommandLog log;
  engine.observe(&log);
  Outcome outcome;
  std::vector<Completion> found;
  Picoseconds now = 0;
  const auto advance_to = [&](Picoseconds time) {
    while (now < time) {
      now = engine.advance(std::min(time, now + step), found);
    }
  };
  const Traffic traffic(3);
  Picoseconds arrival = 0;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    Request request = traffic.request(i, config.organization);
    arrival += traffic.random.words(i, 1)[0] % (300 * kNs) + static_cast<Picoseconds>(request.bytes) * 40;
    request.arrival = arrival;
    advance_to(arrival);
    EXPECT_TRUE(engine.push(request)) << "the traffic must be light enough to need no back-pressure";
  }
  advance_to(arrival + 100000 * kNs);
  EXPECT_TRUE(engine.idle());
  for (const Completion& completion : found) outcome.done[completion.id] = completion.time;
  outcome.commands = std::move(log.records);
  return outcome;
}

TEST(Advance, ResultsDoNotDependOnTheSteps) {
  for (const HbmConfig& config : {dramsys_hbm2(), four_channels()}) {
    const Outcome whole = run_scheduled(config, kNever / 2);
    EXPECT_EQ(whole.done.size(), 3000u);
    for (const Picoseconds step : {Picoseconds{333}, 7 * kNs, 1234 * kNs}) {
      const Outcome stepped = run_scheduled(config, step);
      EXPECT_EQ(stepped.done, whole.done) << step;
      EXPECT_TRUE(stepped.commands == whole.commands) << step;
    }
  }
}

TEST(Advance, StopsAtTheFirstCompletionOrTheLimit) {
  DetailedEngine engine(dramsys_hbm2());
  std::vector<Completion> found;
  EXPECT_EQ(engine.advance(kNever, found), 0) << "nothing to wait for";
  EXPECT_EQ(engine.advance(50 * kNs, found), 50 * kNs);
  ASSERT_TRUE(engine.push({1, 0, 32, false, 100 * kNs}));
  ASSERT_TRUE(engine.push({2, 64, 32, false, 100 * kNs}));
  EXPECT_EQ(engine.advance(110 * kNs, found), 110 * kNs);
  EXPECT_TRUE(found.empty());
  // Known when the read command issues: ACT at 100, RD at 113, data from 131 to 133, one clock of front end.
  EXPECT_EQ(engine.advance(kNever, found), 113 * kNs);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, 1u);
  EXPECT_EQ(found[0].time, 134 * kNs);
  EXPECT_FALSE(engine.idle());
  engine.advance(kNever, found);
  EXPECT_EQ(found.size(), 2u);
  EXPECT_TRUE(engine.idle());
}

TEST(Advance, RefreshesAnIdleMemory) {
  DetailedEngine engine(dramsys_hbm2());
  std::vector<Completion> found;
  EXPECT_EQ(engine.advance(3900'000 * kNs, found), 3900'000 * kNs);
  EXPECT_EQ(engine.counters().refreshes_all_bank, 2u * 1000u);
}

TEST(Push, RefusesWhenTheFrontIsFullAndTakesAgainLater) {
  DetailedEngine engine(dramsys_hbm2());
  std::uint64_t taken = 0;
  // 64 KiB each: more than the bank queues hold.
  while (engine.push({taken, taken * 65536, 65536, false, 0})) ASSERT_LT(++taken, 1000u);
  EXPECT_EQ(taken, Channel::kFrontRequests);
  std::vector<Completion> found;
  engine.advance(kNever, found);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, 0u);
  EXPECT_TRUE(engine.push({taken, 0, 32, false, engine.advance(0, found)}));
}

TEST(Push, RefusesOnlyForChannelsThatAreFull) {
  HbmConfig config = dramsys_hbm2();
  config.organization.channels = 2;
  config.controller.address_map =
      "row[*] column[*] stackid[*] bank[*] bankgroup[*] pseudochannel[*] channel[*] burst[*]";
  DetailedEngine engine(config);
  std::uint64_t id = 0;
  while (engine.push({id, id * 64, 32, false, 0})) ++id;  // all in channel 0
  EXPECT_EQ(id, Channel::kFrontRequests);
  EXPECT_TRUE(engine.push({1000, 32, 32, false, 0}));
  EXPECT_FALSE(engine.push({1001, 0, 64, false, 0})) << "needs both channels";
}

TEST(Determinism, TwoRunsAreEqual) {
  const Outcome first = run_scheduled(four_channels(), 1000 * kNs);
  const Outcome second = run_scheduled(four_channels(), 1000 * kNs);
  EXPECT_TRUE(first.commands == second.commands);
  EXPECT_EQ(first.done, second.done);
}

TEST(LongRequest, TakesAsLongAsItsBursts) {
  HbmConfig config = dramsys_hbm2();
  config.controller.refresh = RefreshKind::kNone;
  DetailedEngine whole(config), parts(config);
  Driver whole_driver(whole), parts_driver(parts);
  whole_driver.push(4096, 1 << 20);
  for (std::uint64_t offset = 0; offset < 1 << 20; offset += 32) parts_driver.push(4096 + offset, 32);
  whole_driver.drain();
  parts_driver.drain();
  EXPECT_EQ(whole_driver.last(), parts_driver.last());
  EXPECT_EQ(whole.counters().reads, parts.counters().reads);
}

TEST(LongRequest, UnalignedEndsCostWholeBursts) {
  DetailedEngine engine(dramsys_hbm2());
  Driver driver(engine);
  driver.push(31, 2);
  driver.push(64, 32);
  driver.push(97, 1);
  driver.drain();
  EXPECT_EQ(engine.counters().reads, 2u + 1u + 1u);
}

TEST(Router, FindsTheBurstsOfEachChannel) {
  const char* const kMaps[] = {
      "row[*] column[4:2] stackid[*] bank[*] stack[*] channel[*] pseudochannel[*] column[1:0] bankgroup[*] "
      "burst[*]; "
      "channel[0] ^= row[0] ^ row[3]; channel[1] ^= column[0]; stack[0] ^= row[2]; bank[0] ^= row[1]",
      "stack[*] row[*] column[*] stackid[*] bank[*] bankgroup[*] pseudochannel[*] channel[*] burst[*]",
      "row[*] channel[1] column[*] stackid[*] bank[*] channel[0] bankgroup[*] pseudochannel[*] stack[*] "
      "burst[*]",
  };
  HbmConfig config = dramsys_hbm2();
  config.organization.stacks = 2;
  config.organization.channels = 4;
  for (const char* const text : kMaps) {
    const AddressMap map(text, config.organization);
    const ChannelRouter router(config.organization, map);
    const CounterRandom random(5, 9);
    for (std::uint32_t trial = 0; trial < 20; ++trial) {
      const auto words = random.words(trial);
      const std::uint64_t bytes = 32 + words[0] % 40000 / 32 * 32;
      const std::uint64_t range = std::uint64_t{words[1]} << 2;  // over 16 GiB
      const std::uint64_t first = range % (config.organization.capacity_bytes() - bytes) / 32 * 32;
      const std::uint64_t end = first + bytes;
      std::vector<std::uint32_t> touched;
      router.channels_of(first, end, touched);
      std::vector<std::vector<std::uint64_t>> expected(router.channels()), found(router.channels());
      for (std::uint64_t address = first; address < end; address += 32) {
        const Location location = map.decode(address);
        expected[map.channel_index(location)].push_back(address);
        const BurstLocation burst = router.locate(address);
        ASSERT_EQ(burst.channel, map.channel_index(location));
        ASSERT_EQ(burst.pseudo_channel, location.pseudo_channel);
        ASSERT_EQ(burst.bank, map.bank_index(location));
        ASSERT_EQ(burst.row, location.row);
      }
      for (std::uint32_t channel = 0; channel < router.channels(); ++channel) {
        for (std::uint64_t at = router.next_in_channel(channel, first, end); at < end;
             at = router.next_in_channel(channel, at + 32, end)) {
          found[channel].push_back(at);
        }
        EXPECT_EQ(std::count(touched.begin(), touched.end(), channel), expected[channel].empty() ? 0 : 1);
      }
      EXPECT_EQ(found, expected) << text;
    }
  }
}

TEST(Configuration, MustMakeSense) {
  HbmConfig config = dramsys_hbm2();
  config.timing.tCK = 0;
  EXPECT_THROW(DetailedEngine{config}, std::invalid_argument);
  config = dramsys_hbm2();
  config.timing.act_command = 0;
  EXPECT_THROW(DetailedEngine{config}, std::invalid_argument);
  config = dramsys_hbm2();
  config.timing.tREFI = 0;
  EXPECT_THROW(DetailedEngine{config}, std::invalid_argument);
  config.controller.refresh = RefreshKind::kNone;
  EXPECT_NO_THROW(DetailedEngine{config});
}

}  // namespace
}  // namespace prism::hbm
