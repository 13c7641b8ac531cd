// SPDX-License-Identifier: Apache-2.0
// The program as a user calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kTiny = (kConfigs / "tiny.json").string();

class CliTest : public testing::Test {
 protected:
  Outcome program(const std::vector<std::string>& arguments) { return run_program(folder_, arguments); }
  std::string read(const std::string& name) { return TemporaryFolder::read(folder_.path() / name); }
  bool exists(const std::string& name) { return std::filesystem::exists(folder_.path() / name); }

  TemporaryFolder folder_;
};

TEST_F(CliTest, RunWritesTheReportAndASummary) {
  const Outcome outcome = program({"run", kTiny, "--out", "result"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.out, HasSubstr("Report: result/report.json\n"));
  const json report = json::parse(read("result/report.json"));
  for (const char* pointer : {"/config/workload/context_tokens",
                              "/provenance/version",
                              "/decode/time_per_step_ns",
                              "/decode/tokens_per_second",
                              "/hbm/bytes_read",
                              "/hbm/bytes_written",
                              "/hbm/bytes_by_purpose/kv_read",
                              "/hbm/achieved_gbps",
                              "/hbm/peak_gbps",
                              "/hbm/row_hit_rate",
                              "/selection/policy",
                              "/selection/blocks_total",
                              "/selection/blocks_selected",
                              "/selection/recall_at_k",
                              "/selection/needle_hit_rate",
                              "/selection/attention_mass",
                              "/selection/output_error",
                              "/energy_pj/per_step_total",
                              "/modules",
                              "/simulation/wall_seconds",
                              "/simulation/simulated_ns"}) {
    EXPECT_TRUE(report.contains(json::json_pointer(pointer))) << pointer;
  }
  EXPECT_EQ(report.at("/decode/context_tokens"_json_pointer), 2048);
  EXPECT_EQ(report.at("/selection/blocks_selected"_json_pointer), 4);
}

TEST_F(CliTest, TheSummaryShowsTheHbmAndWarnsOfAnUnevenMap) {
  const Outcome even = program({"run", kTiny, "--out", "even"});
  EXPECT_THAT(even.out, testing::ContainsRegex("HBM row hits +0\\.9"));
  EXPECT_THAT(even.out, testing::ContainsRegex("HBM refreshes +[0-9]"));
  EXPECT_THAT(even.out, testing::ContainsRegex("HBM energy +[0-9.]+ uJ"));
  EXPECT_THAT(even.out, testing::Not(HasSubstr("Warning: ")));
  EXPECT_TRUE(json::parse(read("even/report.json")).at("warnings").empty());
  const Outcome uneven =
      program({"run", kTiny, "--out", "uneven", "--set",
               "hbm.controller.address_map=stack[*] channel[*] row[*] stackid[*] bank[*] pseudochannel[*] "
               "column[*] bankgroup[*] burst[*]"});
  EXPECT_EQ(uneven.status, 0) << uneven.error;
  EXPECT_THAT(uneven.out, HasSubstr("Warning: the busiest HBM channel carries 16.0 times the mean"));
  EXPECT_THAT(json::parse(read("uneven/report.json")).at("warnings").at(0).get<std::string>(),
              HasSubstr("16.0 times the mean"));
}

TEST_F(CliTest, TheDefaultFolderIsNamedAfterTheConfiguration) {
  EXPECT_EQ(program({"run", kTiny, "--quiet"}).status, 0);
  EXPECT_TRUE(exists("out/tiny/report.json"));
}

TEST_F(CliTest, OverridesAreInTheReport) {
  EXPECT_EQ(
      program({"run", kTiny, "--set", "policy.name=dense", "--set", "workload.steps=1", "--out", "o"}).status,
      0);
  const json report = json::parse(read("o/report.json"));
  EXPECT_EQ(report.at("/config/policy/name"_json_pointer), "dense");
  EXPECT_EQ(report.at("/selection/blocks_selected"_json_pointer), 16);
}

TEST_F(CliTest, AHungSystemIsExitStatusOneWithAReport) {
  const Outcome outcome = program({"run", kTiny, "--set", "run.max_simulated_ms=0.001", "--out", "o"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("prism-vp: the simulated system failed: "));
  EXPECT_TRUE(exists("o/report.json"));
}

TEST_F(CliTest, SweepLeavesAFolderForEachPointAndATable) {
  folder_.write("spec.json", R"({"base": ")" + kTiny + R"(", "set": {"workload.steps": 1},
    "axes": {"workload.context_tokens": [1024, 2048], "policy.name": ["dense", "prism"]}})");
  const Outcome outcome = program({"sweep", "spec.json", "--out", "s", "--jobs", "2"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  for (const char* point : {"context_tokens-1024_policy-dense", "context_tokens-1024_policy-prism",
                            "context_tokens-2048_policy-dense", "context_tokens-2048_policy-prism"}) {
    EXPECT_TRUE(exists("s/" + std::string(point) + "/report.json")) << point;
    EXPECT_THAT(read("s/sweep.csv"), HasSubstr(point));
  }
  EXPECT_THAT(outcome.out,
              HasSubstr("Reports: s/*/report.json, s/sweep.csv, s/sweep.json and s/sweep.html\n"));
  // 16 blocks, 4 chosen.
  EXPECT_THAT(outcome.out, testing::ContainsRegex("2K +prism +4/16 .* 4\\.00x"));
}

TEST_F(CliTest, ASweepGoesOnAfterAFailedPoint) {
  folder_.write("spec.json", R"({"base": ")" + kTiny + R"(", "set": {"workload.steps": 1},
    "axes": {"run.max_simulated_ms": [0.001, 60000]}})");
  const Outcome outcome = program({"sweep", "spec.json", "--out", "s"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("point max_simulated_ms-0.001 failed with exit status 1"));
  EXPECT_THAT(read("s/max_simulated_ms-0.001/run.log"), HasSubstr("the simulated system failed"));
  EXPECT_THAT(read("s/sweep.csv"), HasSubstr("max_simulated_ms-0.001,0.001,failed,1,"));
  EXPECT_TRUE(exists("s/max_simulated_ms-60000/report.json"));
  EXPECT_THAT(read("s/sweep.json"), HasSubstr("run.max_simulated_ms"));

  // The failure is a result: it is not tried again unless asked for.
  const auto made =
      std::filesystem::last_write_time(folder_.path() / "s/max_simulated_ms-0.001/outcome.json");
  const Outcome again = program({"sweep", "spec.json", "--out", "s"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.error, HasSubstr("2 of 2 points had a result already"));
  EXPECT_EQ(std::filesystem::last_write_time(folder_.path() / "s/max_simulated_ms-0.001/outcome.json"), made);
  EXPECT_EQ(again.out, outcome.out);
  const Outcome retried = program({"sweep", "spec.json", "--out", "s", "--retry-failed"});
  EXPECT_THAT(retried.error, HasSubstr("1 of 2 points had a result already"));
}

TEST_F(CliTest, ShardsMergeToWhatOneSweepGives) {
  folder_.write("spec.json",
                R"({"base": ")" + kTiny + R"(", "set": {"workload.steps": 1, "workload.context_tokens": 512},
    "axes": {"policy.k": [1, 2, 3], "policy.name": ["dense", "prism"]}, "where": ["policy.k < 3 || policy.name == \"prism\""]})");
  const Outcome whole = program({"sweep", "spec.json", "--out", "whole"});
  EXPECT_EQ(whole.status, 0) << whole.error;
  for (const char* shard : {"1/2", "2/2"}) {
    const Outcome outcome =
        program({"sweep", "spec.json", "--out", std::string("part") + shard[0], "--shard", shard});
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_FALSE(exists(std::string("part") + shard[0] + "/sweep.csv"));
  }
  const Outcome half = program({"sweep", "spec.json", "--out", "half", "--merge", "part1"});
  EXPECT_EQ(half.status, 1);
  EXPECT_THAT(half.error, HasSubstr("has not been run"));
  EXPECT_THAT(read("half/sweep.csv"), HasSubstr("missing"));
  const Outcome merged = program({"sweep", "spec.json", "--out", "merged", "--merge", "part1", "part2"});
  EXPECT_EQ(merged.status, 0) << merged.error;
  for (const char* file : {"sweep.csv", "sweep.json", "sweep.html"})
    EXPECT_EQ(read(std::string("merged/") + file), read(std::string("whole/") + file)) << file;
  // The shards of one folder; nothing is run.
  const Outcome again = program({"sweep", "spec.json", "--out", "part1", "--merge"});
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(read("part1/sweep.csv"), read("half/sweep.csv"));
  EXPECT_EQ(program({"sweep", "spec.json", "--shard", "3/2"}).status, 2);
  EXPECT_EQ(program({"sweep", "spec.json", "--shard", "1/2", "--merge"}).status, 2);
}

TEST_F(CliTest, ComparesTwoRuns) {
  const std::vector<std::string> fast = {"--quiet", "--set", "workload.context_tokens=512", "--set",
                                         "workload.steps=1"};
  const auto run = [&](std::vector<std::string> arguments, const std::string& key) {
    arguments.insert(arguments.end(), fast.begin(), fast.end());
    arguments.insert(arguments.end(), {"--set", key});
    EXPECT_EQ(program(arguments).status, 0);
  };
  run({"run", kTiny, "--out", "a"}, "policy.k=2");
  run({"run", kTiny, "--out", "same"}, "policy.k=2");
  run({"run", kTiny, "--out", "b"}, "policy.k=1");
  const Outcome same = program({"compare", "a", "same/report.json", "--threshold", "0"});
  EXPECT_EQ(same.status, 0) << same.error;
  EXPECT_THAT(same.out, HasSubstr("0 configuration keys differ; 0 of "));
  const Outcome different = program({"compare", "a", "b", "--threshold", "0.4", "--json", "d.json"});
  EXPECT_EQ(different.status, 1);
  EXPECT_THAT(different.error, HasSubstr("beyond the threshold of 40 %"));
  EXPECT_THAT(different.out, testing::ContainsRegex("policy\\.k +2 +1"));
  EXPECT_THAT(different.out, testing::ContainsRegex("selection\\.blocks_selected +2 +1 +-1 +50 %"));
  EXPECT_EQ(json::parse(read("d.json")).at("configuration").at(0).at("key"), "policy.k");
  EXPECT_EQ(program({"compare", "a", "b"}).status, 0) << "no threshold, no gate";
  EXPECT_EQ(program({"compare", "a", "b", "--threshold", "0.4", "--ignore", "*"}).status, 0);
  EXPECT_EQ(program({"compare", "a", "nowhere"}).status, 2);
}

TEST_F(CliTest, PagesHoldTheirDataAndNeedNothingElse) {
  const Outcome outcome =
      program({"run", kTiny, "--out", "a", "--set", "workload.steps=1", "--set", "name=\"</script><b>\""});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(read("a/summary.txt")));
  EXPECT_EQ(program({"report", "a", "a/report.json", "--out", "two.html"}).status, 0);
  for (const char* file : {"a/report.html", "two.html"}) {
    const std::string page = read(file);
    EXPECT_THAT(page, HasSubstr("Chart.js v3"));
    EXPECT_THAT(page, Not(HasSubstr("src="))) << "nothing is fetched";
    EXPECT_THAT(page, Not(HasSubstr("</script><b>"))) << "data cannot end the element";
    const auto begin = page.find("application/json\">") + 18;
    const json data = json::parse(page.substr(begin, page.find("</script>", begin) - begin));
    EXPECT_EQ(data.at(0).at("report"), json::parse(read("a/report.json")));
  }
  EXPECT_EQ(program({"report", "nowhere"}).status, 2);
}

TEST_F(CliTest, ValidatesEveryShippedConfiguration) {
  std::vector<std::string> arguments = {"validate"};
  for (const auto& folder : {kConfigs, kConfigs / "sweeps"}) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto& file = entry.path();
      if (file.extension() == ".json" && file.filename() != "accelerator.json")
        arguments.push_back(file.string());
    }
  }
  const Outcome outcome = program(arguments);
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'),
            static_cast<long>(arguments.size()) - 1);
}

TEST_F(CliTest, ValidateNamesEveryWrongFile) {
  folder_.write("a.json", R"({"extends": "tiny", "seed": -1})");
  folder_.write("b.json", R"({"extends": "tiny", "sed": 1})");
  const Outcome outcome = program({"validate", "a.json", kTiny, "b.json"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 2) << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("a.json: /seed"));
  EXPECT_THAT(outcome.error, HasSubstr("b.json: /sed"));
  EXPECT_EQ(outcome.out, kTiny + ": a valid configuration\n");
}

TEST_F(CliTest, DescribesTheMemoryMap) {
  const Outcome outcome = program({"describe", "memory-map"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, testing::ContainsRegex("hbm +0x1000000000 +0x1fffffffff +64.00 GiB"));
}

TEST_F(CliTest, DescribesTheResolvedConfiguration) {
  const Outcome outcome = program({"describe", "config", kTiny, "--set", "seed=5"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(json::parse(outcome.out).at("seed"), 5);
  const Outcome origins = program({"describe", "config", kTiny, "--set", "seed=5", "--origins"});
  EXPECT_THAT(origins.out, testing::ContainsRegex("/seed +5 +--set seed=5"));
  EXPECT_THAT(origins.out, testing::ContainsRegex("/hbm/timing/tCL_ns +12.5 +.*hbm3_6400.json"));
}

TEST_F(CliTest, DescribesSchemaRegistersAndStatistics) {
  EXPECT_EQ(json::parse(program({"describe", "schema"}).out).at("$id"), "prism-vp.schema.json");
  const Outcome registers = program({"describe", "registers"});
  EXPECT_EQ(registers.status, 0) << registers.error;
  EXPECT_THAT(registers.out, HasSubstr("dma at 0x20100000"));
  const Outcome statistics = program({"describe", "statistics"});
  EXPECT_EQ(statistics.status, 0) << statistics.error;
  EXPECT_THAT(statistics.out, HasSubstr("bytes_read"));
}

TEST_F(CliTest, HelpHasExamplesAndVersionIsOneLine) {
  for (const char* command : {"run", "sweep", "validate", "describe"}) {
    const Outcome outcome = program({command, "--help"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr(std::string("  prism-vp ") + command + " ")) << "an example";
  }
  EXPECT_THAT(program({"--version"}).out, testing::MatchesRegex("prism-vp [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace prism::test
