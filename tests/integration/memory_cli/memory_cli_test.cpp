// SPDX-License-Identifier: Apache-2.0
// `prism-vp memory` as a user calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class MemoryCli : public testing::Test {
 protected:
  Outcome memory(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "memory");
    return run_program(folder_, arguments);
  }
  /// The JSON of a run that must succeed.
  json figures(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "figures.json"});
    const Outcome outcome = memory(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_EQ(outcome.error, "");
    return json::parse(TemporaryFolder::read(folder_.path() / "figures.json"));
  }

  TemporaryFolder folder_;
};

TEST_F(MemoryCli, JsonHasTheAgreedKeys) {
  const json report = figures({"hbm2_2gbps_dramsys", "--pattern", "mixed", "--requests", "5000"});
  std::vector<std::string> keys;
  for (const auto& [key, value] : report.items()) keys.push_back(key);
  EXPECT_THAT(keys,
              testing::UnorderedElementsAre("achieved_gbps", "peak_gbps", "row_hit_rate", "read_latency_ns",
                                            "write_latency_ns", "requests", "simulated_ns", "wall_seconds",
                                            "requests_per_second", "energy_pj", "per_channel", "config"));
  for (const char* kind : {"read_latency_ns", "write_latency_ns"}) {
    for (const char* figure : {"mean", "p50", "p99"}) EXPECT_GT(report.at(kind).at(figure), 20.0);
    EXPECT_LE(report.at(kind).at("p50"), report.at(kind).at("p99"));
  }
  EXPECT_EQ(report.at("requests"), 5000);
  EXPECT_EQ(report.at("peak_gbps"), 32.0);
  EXPECT_NEAR(report.at("achieved_gbps").get<double>(), 5000 * 32 / report.at("simulated_ns").get<double>(),
              1e-9);
  // 3.92 pJ a bit; the preset has no figure for refresh.
  EXPECT_NEAR(report.at("energy_pj").at("hbm.access").get<double>(), 5000 * 32 * 8 * 3.92, 1.0);
  EXPECT_TRUE(report.at("energy_pj").at("hbm.refresh").is_null());
  ASSERT_EQ(report.at("per_channel").size(), 1u);
  EXPECT_EQ(report.at("/per_channel/0/bytes"_json_pointer), 5000 * 32);
  EXPECT_EQ(report.at("/config/hbm/timing/tRFC_ns"_json_pointer), 220.0);
  EXPECT_EQ(report.at("/config/traffic/write_share"_json_pointer), 0.3);
}

TEST_F(MemoryCli, TableShowsTheFigures) {
  const Outcome outcome = memory({"hbm3_6400", "--requests", "20000"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.error, "");
  for (const char* line :
       {"hbm3_6400, detailed: seq", "bandwidth, achieved", "819.2 GB/s", "of the peak", "row hits",
        "read latency, p99", "energy", "requests per wall second", "channels, least and most"}) {
    EXPECT_THAT(outcome.out, HasSubstr(line));
  }
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("write latency")));
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("Warning")));
}

TEST_F(MemoryCli, SameSeedSameFigures) {
  const auto run = [&](const char* seed) {
    json report = figures({"hbm2", "--pattern", "mixed", "--requests", "20000", "--seed", seed});
    report.erase("wall_seconds");
    report.erase("requests_per_second");
    report["config"].erase("traffic");
    return report;
  };
  EXPECT_EQ(run("7"), run("7"));
  EXPECT_NE(run("7"), run("8"));
}

TEST_F(MemoryCli, OptionsReachTheModel) {
  const json report =
      figures({"hbm3_6400", "--channels", "2", "--stacks", "2", "--page-policy", "closed", "--refresh",
               "none", "--scheduler", "fcfs", "--set", "controller.queue_depth=4", "--request-bytes", "1K",
               "--outstanding", "4", "--requests", "1000"});
  EXPECT_EQ(report.at("per_channel").size(), 4u);
  EXPECT_EQ(report.at("peak_gbps"), 4 * 51.2);
  EXPECT_EQ(report.at("/per_channel/3/stack"_json_pointer), 1);
  const json& controller = report.at("/config/hbm/controller"_json_pointer);
  EXPECT_EQ(controller.at("page_policy"), "closed");
  EXPECT_EQ(controller.at("refresh"), "none");
  EXPECT_EQ(controller.at("scheduler"), "fcfs");
  EXPECT_EQ(controller.at("queue_depth"), 4);
  EXPECT_EQ(report.at("/config/traffic/request_bytes"_json_pointer), 1024);
  EXPECT_EQ(report.at("/config/traffic/outstanding"_json_pointer), 4);
}

TEST_F(MemoryCli, TraceGivesTheUnloadedLatencies) {
  folder_.write("trace.txt", "0: read 0x0\n1000: read 0x800  # the row is open\n");
  const json report = figures({"hbm2_2gbps_dramsys", "--trace", "trace.txt", "--refresh", "none"});
  EXPECT_EQ(report.at("requests"), 2);
  EXPECT_EQ(report.at("/read_latency_ns/mean"_json_pointer), (34.0 + 21.0) / 2);
  EXPECT_EQ(report.at("simulated_ns"), 1021.0);
  EXPECT_TRUE(report.at("/write_latency_ns/mean"_json_pointer).is_null());
}

TEST_F(MemoryCli, WarnsOfAnUnevenLoad) {
  // The channel above everything: a short stream stays in one of them.
  const std::string map =
      "channel[*] row[*] stackid[*] bank[*] bankgroup[*] pseudochannel[*] column[*] burst[*]";
  const Outcome outcome = memory({"hbm3_6400", "--requests", "4096", "--address-map", map});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Warning: channel 0 carries 16.00x the mean of all channels"));
}

TEST_F(MemoryCli, TakesAFile) {
  folder_.write("mine.json",
                R"({"extends": "hbm/hbm2e", "name": "mine", "controller": {"refresh": "none"}})");
  const json report = figures({"mine.json", "--requests", "100"});
  EXPECT_EQ(report.at("/config/hbm/name"_json_pointer), "mine");
  EXPECT_EQ(report.at("/config/hbm/controller/refresh"_json_pointer), "none");
}

// Most of it is the program itself and its two histograms.
TEST_F(MemoryCli, NeedsNoMoreMemoryForMoreRequests) {
  const auto peak_kib = [&](const char* requests) {
    const pid_t child = fork();
    if (child == 0) {
      if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
      execl(PRISM_PROGRAM, PRISM_PROGRAM, "memory", "hbm2_2gbps_dramsys", "--fidelity", "fast", "--requests",
            requests, nullptr);
      _exit(127);
    }
    int status = 0;
    rusage usage{};
    wait4(child, &status, 0, &usage);
    EXPECT_EQ(status, 0);
    return usage.ru_maxrss;
  };
  EXPECT_LT(peak_kib("3000000"), peak_kib("30000") + 2048);
}

struct WrongCall {
  const char* name;
  std::vector<std::string> arguments;
  const char* error;
};

void PrintTo(const WrongCall& wrong, std::ostream* stream) {
  *stream << wrong.name;
}

class MemoryErrors : public testing::TestWithParam<WrongCall> {};

TEST_P(MemoryErrors, EndWithOneLine) {
  const TemporaryFolder folder;
  folder.write("bad_trace.txt", "0: read 0x0\n1: fetch 0x20\n");
  std::vector<std::string> arguments = GetParam().arguments;
  arguments.insert(arguments.begin(), "memory");
  const Outcome outcome = run_program(folder, arguments);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
  EXPECT_THAT(outcome.error, testing::StartsWith("prism-vp: error: " + std::string(GetParam().error)));
}

const WrongCall kWrongCalls[] = {
    {"NoPreset", {}, "PRESET is required"},
    {"UnknownPreset",
     {"hbm2x"},
     "hbm2x: found no file and no preset of this name, expected a file or a preset (did"},
    {"UnknownPattern", {"hbm2", "--pattern", "zigzag"}, "--pattern: zigzag not in {"},
    {"UnknownPolicy",
     {"hbm2", "--page-policy", "ajar"},
     "--page-policy \"ajar\": /controller/page_policy: found \"ajar\", expected \"open\", \"closed\" or "
     "\"timeout\""},
    {"UnknownFidelity",
     {"hbm2", "--fidelity", "slow"},
     "--fidelity slow: /fidelity: found \"slow\", expected"},
    {"ThreeChannels",
     {"hbm2", "--channels", "3"},
     "--channels 3: /organization/channels: found 3, expected a power of two"},
    {"BadAddressMap",
     {"hbm2", "--address-map", "row[*]"},
     "--address-map \"row[*]\": /controller/address_map: found no channel[0], expected all 3 bits of "
     "channel"},
    {"MisspeltTiming",
     {"hbm2", "--set", "timing.tRFI_ns=3"},
     "--set timing.tRFI_ns=3: /timing/tRFI_ns: found unknown key \"tRFI_ns\", expected one of the known keys "
     "(did you "
     "mean \"tREFI_ns\"?)"},
    {"PartOfABurst",
     {"hbm2", "--request-bytes", "48"},
     "--request-bytes: found 48, expected a multiple of the burst (32)"},
    {"PartOfARequest",
     {"hbm2", "--pattern", "blocks", "--block-bytes", "80"},
     "--block-bytes: found 80, expected a multiple of the request (32)"},
    {"NoRequests", {"hbm2", "--requests", "0"}, "--requests: "},
    {"WriteShareAboveOne", {"hbm2", "--write-share", "2"}, "--write-share: "},
    {"PatternAndTrace",
     {"hbm2", "--pattern", "seq", "--trace", "bad_trace.txt"},
     "--pattern excludes --trace"},
    {"NoTrace", {"hbm2", "--trace", "none.txt"}, "none.txt: found no readable file, expected a memory trace"},
    {"BadTrace",
     {"hbm2", "--trace", "bad_trace.txt"},
     "bad_trace.txt:2: found \"fetch\", expected read or write"},
};

INSTANTIATE_TEST_SUITE_P(Calls, MemoryErrors, testing::ValuesIn(kWrongCalls),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

}  // namespace
}  // namespace prism::test
