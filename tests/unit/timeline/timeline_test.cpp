// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/timeline/call_stack.h"
#include "platform/timeline/device_tracks.h"
#include "platform/timeline/port_tracks.h"
#include "platform/timeline/sampler.h"
#include "platform/timeline/trace_log.h"

namespace prism::timeline {
namespace {

using nlohmann::json;

std::vector<json> events(const TraceLog& log, const std::string& phase) {
  std::ostringstream text;
  log.write(text, {});
  const json document = json::parse(text.str());
  std::vector<json> found;
  for (const json& event : document.at("traceEvents")) {
    if (event.at("ph") == phase) found.push_back(event);
  }
  return found;
}

TEST(TraceLog, TimesAreMicrosecondsToThePicosecond) {
  TraceLog log(10);
  log.slice(log.track("dma", "channel0"), "gather", 1'500'007, 2'000'010, {64, 2});
  const json slice = events(log, "X").at(0);
  EXPECT_DOUBLE_EQ(slice.at("ts").get<double>(), 1.500007);
  EXPECT_DOUBLE_EQ(slice.at("dur").get<double>(), 0.500003);
  EXPECT_EQ(slice.at("args"), json({{"bytes", 64}, {"requests", 2}}));
}

TEST(TraceLog, EventsComeInOrderOfTimeOuterSlicesFirst) {
  TraceLog log(10);
  const auto track = log.track("cpu", "functions");
  log.slice(track, "inner", 10, 20);
  log.slice(track, "outer", 10, 40);
  log.slice(track, "first", 0, 5);
  std::vector<std::string> names;
  for (const json& slice : events(log, "X")) names.push_back(slice.at("name"));
  EXPECT_THAT(names, testing::ElementsAre("first", "outer", "inner"));
}

TEST(TraceLog, SaysWhatItLeftOut) {
  TraceLog log(8);
  const auto track = log.track("hbm", "traffic");
  for (int i = 0; i < 10; ++i) log.transaction(track, "weights", i, i + 5, 64);
  for (int i = 0; i < 10; ++i) log.slice(track, "phase", i, i + 1);
  EXPECT_EQ(log.events(), 8U) << "six transactions, and room for two phases";
  EXPECT_EQ(log.dropped(), 12U);
  std::ostringstream text;
  log.write(text, {{"version", "\"1\""}});
  const json other = json::parse(text.str()).at("otherData");
  EXPECT_EQ(other, json({{"events", 8}, {"events_dropped", 12}, {"truncated", true}, {"version", "1"}}));
}

TEST(PortTracks, OverlappingTransactionsAreOnePhase) {
  TraceLog log(100);
  PortTracks port(log, "dma", true);
  const int ids[4] = {};
  port.begin(&ids[0], Purpose::kKvRead, 100, 0);
  port.begin(&ids[1], Purpose::kKvRead, 10, 5);
  port.begin(&ids[2], Purpose::kWeights, 7, 6);
  EXPECT_EQ(port.under_way(), 3U);
  port.end(&ids[0], 8, false);
  port.end(&ids[1], 20, false);
  port.end(&ids[2], 21, true);  // an error: its bytes have not moved
  port.begin(&ids[3], Purpose::kKvRead, 1, 30);
  port.end(&ids[3], 35, false);
  port.finish(1000);
  EXPECT_EQ(port.bytes(), 111U);
  const auto slices = events(log, "X");
  ASSERT_EQ(slices.size(), 3U);
  EXPECT_EQ(slices[0].at("args"), json({{"bytes", 110}, {"requests", 2}}));
  EXPECT_DOUBLE_EQ(slices[0].at("dur").get<double>(), 20e-6);
  EXPECT_EQ(slices[1].at("args"), json({{"bytes", 1}, {"requests", 1}}));
  EXPECT_EQ(slices[2].at("args"), json({{"requests", 1}}));
  EXPECT_EQ(events(log, "b").size(), 4U);
  EXPECT_EQ(events(log, "e").size(), 4U);
}

TEST(PortTracks, ATransactionThatBeginsBeforeThePhaseHasEndedExtendsIt) {
  TraceLog log(100);
  PortTracks port(log, "cpu", false);
  const int ids[2] = {};
  port.begin(&ids[0], Purpose::kFirmware, 4, 10);
  port.end(&ids[0], 50, false);  // its response lies ahead
  port.begin(&ids[1], Purpose::kFirmware, 4, 40);
  port.end(&ids[1], 60, false);
  port.finish(1000);
  ASSERT_EQ(events(log, "X").size(), 1U);
  EXPECT_DOUBLE_EQ(events(log, "X")[0].at("dur").get<double>(), 50e-6);
}

TEST(DeviceTracks, WhoReadsWhatAnotherWroteGetsAnArrow) {
  TraceLog log(100);
  DeviceTracks devices(log);
  devices.add("photonic", {.name = "rank",
                           .unit = "commands",
                           .begun = 0,
                           .ended = 10,
                           .bytes = 0,
                           .reads_from = 0,
                           .writes_to = 0x1000,
                           .writes_bytes = 128});
  devices.add("dma", {.name = "gather",
                      .unit = "channel0",
                      .begun = 20,
                      .ended = 40,
                      .bytes = 4096,
                      .reads_from = 0x1040,
                      .writes_to = 0x8000,
                      .writes_bytes = 4096});
  devices.add("dma", {.name = "copy",
                      .unit = "channel1",
                      .begun = 25,
                      .ended = 30,
                      .bytes = 64,
                      .reads_from = 0x1080,
                      .writes_to = 0x9000,
                      .writes_bytes = 64});
  devices.add("compute", {.name = "attend",
                          .unit = "commands",
                          .begun = 50,
                          .ended = 60,
                          .bytes = 0,
                          .reads_from = 0x8000,
                          .writes_to = 0,
                          .writes_bytes = 0});
  const auto left = events(log, "s");
  const auto arrived = events(log, "f");
  ASSERT_EQ(left.size(), 2U) << "nobody wrote what the copy reads";
  ASSERT_EQ(arrived.size(), 2U);
  EXPECT_NE(left[0].at("id"), left[1].at("id"));
  EXPECT_DOUBLE_EQ(left[0].at("ts").get<double>(), 9e-6);
  EXPECT_DOUBLE_EQ(arrived[0].at("ts").get<double>(), 20e-6);
  EXPECT_DOUBLE_EQ(arrived[1].at("ts").get<double>(), 50e-6);
}

TEST(DeviceTracks, TheLatestWriterCounts) {
  TraceLog log(100);
  DeviceTracks devices(log);
  const auto write = [&](const char* device, Picoseconds at, std::uint64_t address, std::uint64_t bytes) {
    devices.add(device, {.name = "copy",
                         .unit = "0",
                         .begun = at,
                         .ended = at + 5,
                         .bytes = 0,
                         .reads_from = 0,
                         .writes_to = address,
                         .writes_bytes = bytes});
  };
  write("a", 0, 100, 50);
  write("b", 10, 120, 100);  // over the end of the first
  devices.add("c", {.name = "read",
                    .unit = "0",
                    .begun = 20,
                    .ended = 30,
                    .bytes = 0,
                    .reads_from = 125,
                    .writes_to = 0,
                    .writes_bytes = 0});
  ASSERT_EQ(events(log, "s").size(), 1U);
  EXPECT_DOUBLE_EQ(events(log, "s")[0].at("ts").get<double>(), 14e-6);
}

TEST(CallStack, FunctionsNest) {
  TraceLog log(100);
  CallStack stack(log);
  const CallStack::Function main{"main", 0x100}, leaf{"leaf", 0x200}, tail{"tail", 0x300};
  stack.step(main, 0x100, 0);
  stack.step(main, 0x104, 1);
  stack.step(leaf, 0x200, 2);   // call
  stack.step(leaf, 0x200, 3);   // a loop to its first instruction
  stack.step(tail, 0x300, 4);   // jumps on
  stack.step(main, 0x108, 10);  // returns from both
  stack.step(leaf, 0x200, 12);
  stack.finish(20);
  std::vector<std::string> seen;
  for (const json& slice : events(log, "X")) {
    std::ostringstream text;
    text << slice.at("name").get<std::string>() << " " << slice.at("ts").get<double>() * 1e6 << "+"
         << slice.at("dur").get<double>() * 1e6;
    seen.push_back(text.str());
  }
  EXPECT_THAT(seen, testing::ElementsAre("main 0+20", "leaf 2+8", "tail 4+6", "leaf 12+8"));
}

TEST(Sampler, ChannelSlicesHoldEveryByteHoweverLongTheRun) {
  for (const int requests : {3, 5000, 200000}) {
    TraceLog log(100000);
    Snapshot state;
    state.channel_bytes = {0, 0};
    state.energy_pj = {{"hbm", 0.0}};
    Sampler sampler([&] { return state; });
    Picoseconds now = 0;
    for (int i = 0; i < requests; ++i) {
      now += 40 * kPicosecondsPerNanosecond;
      sampler.at(now, static_cast<std::uint64_t>(i % 7));
      state.hbm_bytes += 64;
      state.channel_bytes[i % 3 == 0 ? 1 : 0] += 64;
      state.energy_pj[0].second += 1000;
    }
    sampler.finish(now + 100, 6.4, log);
    std::uint64_t bytes = 0;
    for (const json& slice : events(log, "X")) bytes += slice.at("args").at("bytes").get<std::uint64_t>();
    EXPECT_EQ(bytes, 64U * static_cast<unsigned>(requests));
    std::size_t bandwidths = 0;
    for (const json& counter : events(log, "C")) bandwidths += counter.at("name") == "bandwidth_gbps" ? 1 : 0;
    EXPECT_LE(bandwidths, Sampler::kStretches);
    EXPECT_GT(bandwidths, 0U);
  }
}

}  // namespace
}  // namespace prism::timeline
