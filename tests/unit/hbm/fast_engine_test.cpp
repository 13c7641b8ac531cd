// SPDX-License-Identifier: Apache-2.0
#include "models/hbm/fast_engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/address_map.h"
#include "models/hbm/queue_times.h"
#include "tests/support/hbm_preset_names.h"
#include "tests/unit/hbm/burst_reference.h"
#include "tests/unit/hbm/preset.h"
#include "tests/unit/hbm/traffic.h"

namespace prism::hbm {
namespace {

using test::blocks;
using test::drive;
using test::load_preset;
using test::one_channel;
using test::sequential;
using test::Traffic;

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;

HbmConfig dramsys(RefreshKind refresh = RefreshKind::kNone) {
  HbmConfig config = load_preset("hbm2_2gbps_dramsys");
  config.controller.refresh = refresh;
  return config;
}

/// Completion time of one request pushed at `arrival` into an engine without others.
Picoseconds complete_one(FastEngine& engine, std::uint64_t address, std::uint64_t bytes, bool is_write,
                         Picoseconds arrival) {
  std::vector<Completion> found;
  EXPECT_TRUE(engine.push({1, address, bytes, is_write, arrival}));
  engine.advance(arrival, found);
  EXPECT_EQ(found.size(), 1u);
  return found.at(0).time;
}

/// `count` single bursts whose places `place` gives, as fast as they are taken.
double burst_gbps(const HbmConfig& config, std::uint32_t count, Location (*place)(std::uint32_t)) {
  FastEngine engine(config);
  const AddressMap map(config.controller.address_map, config.organization);
  return drive(engine, count,
               [&](std::uint32_t i) {
                 return Request{0, map.encode(place(i)), 32, false, 0};
               })
      .gbps();
}

// DRAMSys's HBM2 without refresh: what binds is known in closed form.
TEST(FastEngine, RotatingBankGroupsReachThePeakOfAPseudoChannel) {
  const double gbps = burst_gbps(dramsys(), 65536, [](std::uint32_t i) {
    return Location{.bank_group = i % 4, .row = i / 128, .column = i / 4 % 32};
  });
  EXPECT_NEAR(gbps, 16.0, 16.0 * 0.002);
}

TEST(FastEngine, OneBankGroupIsPacedByTccdl) {
  const double gbps = burst_gbps(dramsys(), 65536, [](std::uint32_t i) {
    return Location{.bank = i / 32 % 4, .row = i / 128, .column = i % 32};
  });
  EXPECT_NEAR(gbps, 32.0 / 3.0, 10.66 * 0.002);
}

TEST(FastEngine, BothPseudoChannelsReachThePeak) {
  FastEngine engine(dramsys());
  EXPECT_NEAR(drive(engine, 65536, sequential(32)).gbps(), 31.98, 31.98 * 0.002);
}

TEST(FastEngine, OneBankWithANewRowEachReadIsPacedByTrc) {
  const double gbps = burst_gbps(dramsys(), 65536 / 4, [](std::uint32_t i) { return Location{.row = i}; });
  EXPECT_NEAR(gbps, 32.0 / 42.0, 0.76 * 0.003);
}

TEST(FastEngine, UnloadedLatencies) {
  FastEngine engine(dramsys());
  const AddressMap map(dramsys().controller.address_map, dramsys().organization);
  const auto at = [&](std::uint32_t row, std::uint32_t column) {
    return map.encode({.row = row, .column = column});
  };
  EXPECT_EQ(complete_one(engine, at(0, 0), 32, false, 0), 34 * kNs);  // ACT 13 RD 18 data 2, front end 1
  EXPECT_EQ(complete_one(engine, at(0, 1), 32, false, 1000 * kNs), 1021 * kNs);  // row hit
  EXPECT_EQ(complete_one(engine, at(1, 0), 32, false, 2000 * kNs),
            2047 * kNs);  // PRE 13, then as a closed bank
  EXPECT_EQ(complete_one(engine, at(1, 1), 32, true, 3000 * kNs), 3010 * kNs);  // WR 7 data 2
}

TEST(FastEngine, TurnaroundsOfSingleRequests) {
  const HbmConfig config = dramsys();
  const AddressMap map(config.controller.address_map, config.organization);
  const std::uint64_t other_group = map.encode({.bank_group = 1});
  for (const bool same_group : {true, false}) {
    FastEngine engine(config);
    complete_one(engine, 0, 32, false, 0);
    complete_one(engine, other_group, 32, false, 500 * kNs);
    // WR at 1000, its data until 1009; RD not before WR + WL + 2 + WTR.
    complete_one(engine, 0, 32, true, 1000 * kNs);
    const Picoseconds read = complete_one(engine, same_group ? 0 : other_group, 32, false, 1010 * kNs);
    EXPECT_EQ(read, (1000 + 7 + 2 + (same_group ? 9 : 4) + 18 + 2 + 1) * kNs);
    // RD -> WR = 18: the read command of `read` was at read - 21.
    const Picoseconds read_command = read - 21 * kNs;
    EXPECT_EQ(complete_one(engine, 0, 32, true, read), std::max(read, read_command + 18 * kNs) + 10 * kNs);
  }
}

TEST(FastEngine, AStreamOfOneRequestTakesItsClosedForm) {
  // 64 KiB in both pseudo-channels: first row open, then the bus is never idle.
  FastEngine engine(dramsys());
  const Picoseconds end = complete_one(engine, 0, 65536, false, 0);
  const Picoseconds bus = 1024 * 2 * kNs;
  EXPECT_GE(end, 32 * kNs + bus);
  EXPECT_LE(end, 32 * kNs + bus + bus / 50);
}

TEST(FastEngine, AStreamOfManyRequestsTakesTheTimeOfOneThatHoldsThemAll) {
  for (const std::string& preset : prism::test::hbm_preset_names()) {
    const HbmConfig config = load_preset(preset);
    for (const std::uint64_t request_bytes : {32u, 256u, 4096u}) {
      constexpr std::uint64_t kBytes = 8 << 20;
      FastEngine whole(config), stream(config);
      const Picoseconds expected = complete_one(whole, 0, kBytes, false, 0);
      Picoseconds taken = 0, done = 0;
      std::uint64_t requests = 0;
      for (const std::uint64_t total = kBytes / request_bytes; requests < total;) {
        const StreamStep step =
            stream.push_stream({requests * request_bytes, request_bytes, total - requests, false, taken});
        ASSERT_GT(step.requests, 0u);
        ASSERT_LE(step.requests, total - requests);
        EXPECT_GE(step.first_taken, taken);
        EXPECT_GE(step.last_taken, step.first_taken);
        EXPECT_GT(step.first_done, step.first_taken);
        EXPECT_GE(step.last_done, step.first_done);
        taken = step.last_taken;
        done = std::max(done, step.last_done);
        requests += step.requests;
      }
      // The whole is in the front end from the start; the stream's requests wait for room there.
      EXPECT_NEAR(static_cast<double>(done), static_cast<double>(expected),
                  0.002 * static_cast<double>(expected))
          << preset << " " << request_bytes;
      EXPECT_EQ(stream.counters().reads, whole.counters().reads);
      EXPECT_EQ(stream.bytes_per_channel(), whole.bytes_per_channel());
      EXPECT_LE(taken, done);
    }
  }
}

TEST(FastEngine, StreamsOfRequestsThatAreNoBlocksArePushed) {
  FastEngine engine(dramsys());
  EXPECT_EQ(engine.push_stream({0, 96, 10, false, 0}).requests, 0u);      // three bursts
  EXPECT_EQ(engine.push_stream({16, 32, 10, false, 0}).requests, 0u);     // across two bursts
  EXPECT_EQ(engine.push_stream({0, 16, 10, false, 0}).requests, 0u);      // half a burst
  EXPECT_EQ(engine.push_stream({0, 1 << 20, 2, false, 0}).requests, 0u);  // more than a row of every bank
  EXPECT_EQ(engine.counters().reads, 0u);
  EXPECT_EQ(engine.push_stream({96, 32, 10, false, 0}).requests, 1u);  // up to the next block
  EXPECT_EQ(engine.push_stream({128, 32, 9, false, 0}).requests, 4u);
}

TEST(FastEngine, ALateRowKeepsTheIdleTimeBeforeItWhenTheDirectionTurns) {
  // Half writes, bank by bank refresh: rows that a refresh delays leave idle time that others of either
  // direction use. Without it the bandwidth falls by a sixth.
  HbmConfig config = load_preset("hbm4_8000");
  const auto gbps = [&](RefreshKind refresh) {
    config.controller.refresh = refresh;
    FastEngine engine(config);
    return drive(engine, 100'000, blocks(32, config.organization.capacity_bytes(), 2)).gbps();
  };
  EXPECT_GT(gbps(RefreshKind::kPerBank), 0.88 * gbps(RefreshKind::kNone));
}

TEST(FastEngine, RefreshBlocksAPseudoChannelAndClosesItsRows) {
  const HbmConfig config = dramsys(RefreshKind::kAllBank);
  FastEngine engine(config);
  complete_one(engine, 0, 32, false, 0);
  // Pseudo-channel 0 is due at 1950 ns, pseudo-channel 1 at 3900. Its open row is precharged, then 220 ns
  // pass.
  EXPECT_EQ(complete_one(engine, 0, 32, false, 1949 * kNs), (1949 + 21) * kNs);
  const Picoseconds blocked = complete_one(engine, 0, 32, false, 1951 * kNs);
  EXPECT_GE(blocked, (1950 + 14 + 220 + 33) * kNs);
  EXPECT_LE(blocked, (1950 + 14 + 220 + 33 + 25) * kNs);
  EXPECT_EQ(engine.counters().row_misses, 2u);
  EXPECT_EQ(engine.counters().refreshes_all_bank, 1u);
  // While nothing is asked for, refreshes go on: due at 5850, 9750, ... 40950; the row is closed again.
  EXPECT_EQ(complete_one(engine, 0, 32, false, 42000 * kNs), (42000 + 34) * kNs);
  EXPECT_EQ(engine.counters().refreshes_all_bank, 11u);
}

TEST(FastEngine, StreamingReachesThePeakLessRefreshOnEveryPreset) {
  for (const std::string& name : prism::test::hbm_preset_names()) {
    for (const bool whole_stack : {false, true}) {
      HbmConfig config = whole_stack ? load_preset(name) : one_channel(name);
      config.controller.refresh = RefreshKind::kAllBank;
      const double peak = config.organization.peak_gbps();
      const Timing& t = config.timing;
      const double refreshing = static_cast<double>(t.tRFC) / static_cast<double>(t.tREFI);
      for (const bool is_write : {false, true}) {
        // Around a refresh the bus is idle from the last command to the first of a row opened anew.
        const Picoseconds row_cycle =
            t.tRP + (is_write ? t.tCWL + t.tBURST + t.tWR + t.tRCDWR : t.tRTP + t.tRCDRD);
        const double idle = static_cast<double>(t.tRFC + row_cycle) / static_cast<double>(t.tREFI);
        FastEngine engine(config);
        const std::uint32_t requests = 1000 * config.organization.channels;
        const double share = drive(engine, requests, sequential(16384, is_write)).gbps() / peak;
        EXPECT_NEAR(share, 1.0 - idle, 0.02) << name << (is_write ? " writes" : " reads");
        EXPECT_LE(share, 1.0 - refreshing) << name;
      }
      config.controller.refresh = RefreshKind::kNone;
      FastEngine engine(config);
      EXPECT_GE(drive(engine, 200 * config.organization.channels, sequential(16384)).gbps(), 0.98 * peak)
          << name;
    }
  }
}

TEST(FastEngine, MatchesABurstByBurstReference) {
  struct Case {
    std::uint64_t bytes;
    bool random;
    std::uint32_t outstanding;
    double tolerance;
  };
  const Case kCases[] = {{32, false, 64, 0.012}, {4096, false, 4, 0.02}, {32768, false, 2, 0.01},
                         {32768, true, 2, 0.02}, {4096, true, 8, 0.04},  {32, true, 32, 0.05},
                         {256, true, 32, 0.09}};
  for (const std::string& name : prism::test::hbm_preset_names()) {
    HbmConfig config = one_channel(name);
    config.controller.refresh = RefreshKind::kNone;
    config.controller.queue_depth = 1024;  // the reference's queues have no end
    for (const Case& c : kCases) {
      const auto generate =
          c.random ? blocks(c.bytes, config.organization.capacity_bytes()) : sequential(c.bytes);
      const auto requests = static_cast<std::uint32_t>(std::max<std::uint64_t>(200, 16384 * 32 / c.bytes));
      FastEngine engine(config);
      const Traffic fast = drive(engine, requests, generate, c.outstanding);
      test::BurstReference reference(config);
      std::vector<Picoseconds> ends;
      Picoseconds end = 0, now = 0;
      for (std::uint32_t i = 0; i < requests; ++i) {
        if (ends.size() == c.outstanding) {
          const auto first = std::min_element(ends.begin(), ends.end());
          now = std::max(now, *first);
          ends.erase(first);
        }
        Request request = generate(i);
        request.arrival = now;
        ends.push_back(reference.read(request));
        end = std::max(end, ends.back());
      }
      const std::string where = name + " " + std::to_string(c.bytes) + (c.random ? " random" : " sequential");
      EXPECT_EQ(engine.counters().reads, reference.bursts()) << where;
      EXPECT_EQ(engine.counters().row_misses, reference.misses()) << where;
      EXPECT_EQ(engine.counters().activates, reference.misses()) << where;
      EXPECT_EQ(engine.counters().row_hits, reference.bursts() - reference.misses()) << where;
      EXPECT_NEAR(static_cast<double>(fast.end) / static_cast<double>(end), 1.0, c.tolerance) << where;
    }
  }
}

TEST(FastEngine, CountsEveryBurstWhereverARequestBeginsAndEnds) {
  HbmConfig config = load_preset("hbm3_6400");
  config.organization.stacks = 2;
  config.organization.channels = 4;
  config.controller.address_map +=
      "; bank[0] ^= row[0] ^ row[3]; channel[1] ^= row[1]; pseudochannel[0] ^= column[3]";
  const AddressMap map(config.controller.address_map, config.organization);
  FastEngine engine(config);
  std::vector<std::uint64_t> expected(8);
  std::uint64_t bursts = 0;
  const Traffic traffic = drive(engine, 300, [&](std::uint32_t i) {
    const auto words = CounterRandom(3, 3).words(i);
    const std::uint64_t bytes = 1 + words[0] % 100'000;
    const std::uint64_t address = test::random_address(i, config.organization.capacity_bytes() - 200'000, 1);
    return Request{0, address, bytes, words[1] % 3 == 0, 0};
  });
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::uint64_t bytes = 1 + CounterRandom(3, 3).words(i)[0] % 100'000;
    const std::uint64_t address = test::random_address(i, config.organization.capacity_bytes() - 200'000, 1);
    for (std::uint64_t at = address / 32 * 32; at < address + bytes; at += 32) {
      expected[map.channel_index(map.decode(at))] += 32;
      ++bursts;
    }
  }
  EXPECT_EQ(engine.bytes_per_channel(), expected);
  const EngineCounters counters = engine.counters();
  EXPECT_EQ(counters.reads + counters.writes, bursts);
  EXPECT_EQ(counters.row_hits + counters.row_misses, bursts);
  EXPECT_EQ(counters.data_bus_busy, static_cast<Picoseconds>(bursts) * config.timing.tBURST);
  EXPECT_GE(counters.activates, counters.row_misses);
  EXPECT_LE(counters.precharges, counters.activates);
  EXPECT_EQ(traffic.completions.size(), 300u);
}

TEST(FastEngine, StreamsAreBalancedOverChannels) {
  HbmConfig config = load_preset("hbm3_6400");
  config.organization.stacks = 4;
  FastEngine engine(config);
  drive(engine, 64, sequential(65536));
  for (const std::uint64_t bytes : engine.bytes_per_channel()) EXPECT_EQ(bytes, 65536u);
}

TEST(FastEngine, FourStacksAreFourTimesAsFast) {
  HbmConfig config = load_preset("hbm3_6400");
  FastEngine one(config);
  const double single = drive(one, 4000, sequential(16384)).gbps();
  config.organization.stacks = 4;
  FastEngine four(config);
  EXPECT_NEAR(drive(four, 16000, sequential(16384)).gbps(), 4 * single, 0.02 * 4 * single);
}

TEST(FastEngine, ClosedPagesMissWhereOpenPagesHit) {
  HbmConfig config = dramsys();
  const auto misses = [&](PagePolicyKind policy, Picoseconds timeout) {
    config.controller.page_policy = policy;
    config.controller.page_timeout_ps = timeout;
    FastEngine engine(config);
    for (Picoseconds i = 0; i < 10; ++i) complete_one(engine, 0, 32, false, i * 1000 * kNs);
    return engine.counters().row_misses;
  };
  EXPECT_EQ(misses(PagePolicyKind::kOpen, 0), 1u);
  EXPECT_EQ(misses(PagePolicyKind::kClosed, 0), 10u);
  EXPECT_EQ(misses(PagePolicyKind::kTimeout, 100 * kNs), 10u);
  EXPECT_EQ(misses(PagePolicyKind::kTimeout, 2000 * kNs), 1u);
  // A closed page is precharged in time: the next access finds the bank ready, as after a refresh.
  config.controller.page_policy = PagePolicyKind::kClosed;
  FastEngine engine(config);
  complete_one(engine, 0, 32, false, 0);
  EXPECT_EQ(complete_one(engine, 1 << 16, 32, false, 1000 * kNs), 1034 * kNs);
}

/// Bursts leave in groups at random times; when each has entered, by a list of all departures.
void compare_queue_times(std::uint32_t depth, std::uint32_t group, Picoseconds tolerance) {
  QueueTimes queue;
  std::vector<Picoseconds> departures;
  const CounterRandom random(5, 1);
  Picoseconds time = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    const Picoseconds spacing = 10 + random.words(i)[0] % 10;
    time += random.words(i)[1] % 50;
    for (std::uint32_t burst = 0; burst < group; ++burst) departures.push_back(time += spacing);
    const Picoseconds entered = queue.leave(depth, group, time, spacing);
    if (departures.size() <= depth) {
      EXPECT_EQ(entered, 0);
    } else {
      EXPECT_NEAR(entered, departures[departures.size() - 1 - depth], tolerance) << i;
    }
  }
}

TEST(QueueTimes, AreExactForGroupsOfAThirdOfTheDepthAndEvenedOutForSmallerOnes) {
  for (const std::uint32_t depth : {1u, 2u, 3u, 8u, 16u}) compare_queue_times(depth, (depth + 2) / 3, 0);
  compare_queue_times(16, 32, 0);  // longer than the queue
  compare_queue_times(16, 1, 6 * 70 / 2);
}

TEST(FastEngine, PerBankRefreshCostsLessThanAllBank) {
  for (const std::string& name : prism::test::hbm_preset_names()) {
    HbmConfig config = one_channel(name);
    config.controller.refresh = RefreshKind::kAllBank;
    FastEngine all(config);
    const Traffic all_bank = drive(all, 1000, sequential(16384));
    config.controller.refresh = RefreshKind::kPerBank;
    FastEngine per(config);
    const Traffic per_bank = drive(per, 1000, sequential(16384));
    EXPECT_LT(per_bank.end, all_bank.end) << name;
    EXPECT_GE(per_bank.gbps(), 0.95 * config.organization.peak_gbps()) << name;
    // Every bank once in the interval.
    const double expected = static_cast<double>(per_bank.end) / static_cast<double>(config.timing.tREFIPB) *
                            config.organization.pseudo_channels;
    EXPECT_NEAR(static_cast<double>(per.counters().refreshes_per_bank) / expected, 1.0, 0.05) << name;
  }
}

TEST(FastEngine, RefusesRequestsWhileItsQueuesAreFull) {
  FastEngine engine(dramsys());
  std::vector<Completion> found;
  std::uint32_t taken = 0;
  while (engine.push({taken, taken * 32768ull, 32768, false, 0})) ASSERT_LT(++taken, 100u);
  EXPECT_GE(taken, 1u);
  EXPECT_FALSE(engine.idle());
  // The first advance hands out what is known, the next one moves the time to where there is room.
  EXPECT_EQ(engine.advance(kNever, found), 0);
  EXPECT_EQ(found.size(), taken);
  EXPECT_TRUE(engine.idle());
  const Picoseconds halfway = engine.advance(10 * kNs, found);
  EXPECT_EQ(halfway, 10 * kNs);
  EXPECT_FALSE(engine.push({taken, 0, 32, false, 0}));
  const Picoseconds room = engine.advance(kNever, found);
  EXPECT_GT(room, halfway);
  EXPECT_LT(room, found.back().time);
  EXPECT_TRUE(engine.push({taken, 0, 32, false, 0}));
}

TEST(FastEngine, IsDeterministic) {
  HbmConfig config = load_preset("hbm4_8000");
  const auto run = [&] {
    FastEngine engine(config);
    return drive(engine, 2000, blocks(2048, config.organization.capacity_bytes(), 3), 16).completions;
  };
  const std::vector<Completion> first = run(), second = run();
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].id, second[i].id);
    EXPECT_EQ(first[i].time, second[i].time);
  }
}

TEST(FastEngine, RejectsAConfigurationThatCannotBeTimed) {
  HbmConfig config = dramsys(RefreshKind::kAllBank);
  config.timing.tREFI = 0;
  EXPECT_THROW(FastEngine{config}, std::invalid_argument);
  config = dramsys();
  config.timing.tCK = 0;
  EXPECT_THROW(FastEngine{config}, std::invalid_argument);
  config = dramsys();
  config.organization.banks = 0;
  EXPECT_THROW(FastEngine{config}, std::invalid_argument);
  config = dramsys();
  config.controller.address_map = "row[*]";
  EXPECT_THROW(FastEngine{config}, std::invalid_argument);
}

TEST(FastEngine, SurvivesARefreshLongerThanItsInterval) {
  HbmConfig config = dramsys(RefreshKind::kAllBank);
  config.timing.tRFC = 5000 * kNs;
  FastEngine engine(config);
  EXPECT_EQ(drive(engine, 20, sequential(32768)).completions.size(), 20u);
}

}  // namespace
}  // namespace prism::hbm
