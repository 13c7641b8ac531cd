// SPDX-License-Identifier: Apache-2.0
// `prism-vp rank` as a user calls it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class RankCli : public testing::Test {
 protected:
  Outcome rank(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "rank");
    return run_program(folder_, arguments);
  }
  /// The JSON of a run that must succeed.
  json figures(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "figures.json"});
    const Outcome outcome = rank(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_EQ(outcome.error, "");
    return json::parse(TemporaryFolder::read(folder_.path() / "figures.json"));
  }

  TemporaryFolder folder_;
};

TEST_F(RankCli, JsonHasTheAgreedKeys) {
  const json report = figures({"ideal", "--rows", "128", "--trials", "5"});
  std::vector<std::string> keys;
  for (const auto& [key, value] : report.items()) keys.push_back(key);
  EXPECT_THAT(keys, testing::UnorderedElementsAre("name", "value", "study", "recall_at_k", "correlation",
                                                  "score_error", "noise", "snr_spread_db",
                                                  "snr_full_scale_db", "weight_error", "clipped_share",
                                                  "rings", "link", "detector", "latency", "energy_pj",
                                                  "standing_mw", "load", "area_mm2", "warnings", "config"));
  EXPECT_EQ(report.at("name"), "ideal");
  EXPECT_TRUE(report.at("value").is_null());
  EXPECT_EQ(report.at("study"),
            (json{{"trials", 5}, {"blocks", 128}, {"k", 32}, {"age_us", 10000.0}, {"seed", 1}}));
  EXPECT_EQ(report.at("/recall_at_k/mean"_json_pointer), 1.0);
  EXPECT_EQ(report.at("score_error"), 0.0);
  EXPECT_TRUE(report.at("snr_spread_db").is_null());  // no noise
  EXPECT_EQ(report.at("/latency/evaluation_ns"_json_pointer), 8.9);
  EXPECT_NEAR(report.at("/energy_pj/dynamic"_json_pointer).get<double>(), 174.4 * 8.9, 1e-6);
  EXPECT_NEAR(report.at("/energy_pj/photonic.cooler"_json_pointer).get<double>(), 8900.0, 1e-6);
  EXPECT_EQ(report.at("/load/hbm_bytes"_json_pointer), 128 * 32 * 2);
  EXPECT_EQ(report.at("/load/time_ns"_json_pointer), 4.0);
  EXPECT_EQ(report.at("/config/rows"_json_pointer), 128);
}

TEST_F(RankCli, TablesShowTheLinkBudgetOfThePaper) {
  const Outcome outcome = rank({(kConfigs / "paper" / "link_n256.json").string(), "--trials", "2"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.error, "");
  for (const char* line :
       {"recall@32", "chip to detector     -1.00  -15.88", "SNR, full scale", "31.8 dB",
        "thermal noise                 575.6", "evaluation      8.900 ns", "photonic.cooler", "8.000 ns"}) {
    EXPECT_THAT(outcome.out, HasSubstr(line)) << outcome.out;
  }
  EXPECT_THAT(outcome.out, Not(HasSubstr("Warning")));
}

TEST_F(RankCli, SweepHasARowForEachValue) {
  const std::vector<std::string> sweep = {"ideal",
                                          "--rows",
                                          "256",
                                          "--trials",
                                          "40",
                                          "--sweep",
                                          "extends=photonic/ideal,photonic/paper,photonic/physical"};
  const json report = figures(sweep);
  EXPECT_EQ(report.at("sweep"), "extends");
  ASSERT_EQ(report.at("points").size(), 3u);
  double before = 2.0;
  for (const json& point : report.at("points")) {
    const double recall = point.at("/recall_at_k/mean"_json_pointer);
    EXPECT_LT(recall, before);
    before = recall;
  }
  EXPECT_EQ(report.at("/points/1/value"_json_pointer), "photonic/paper");
  EXPECT_EQ(report.at("/points/2/latency/passes"_json_pointer), 2);
  const std::string table = rank(sweep).out;
  for (const char* text : {"photonic/ideal", "photonic/paper", "photonic/physical", "SNR spread",
                           "Warning: photonic/physical: channels.spacing_nm: found 1.6 nm x 32 channels"}) {
    EXPECT_THAT(table, HasSubstr(text));
  }
}

TEST_F(RankCli, ResultsDependOnTheSeedNotOnTheThreads) {
  const auto run = [&](const char* threads, const char* seed) {
    json report = figures(
        {"physical", "--rows", "64", "--k", "8", "--trials", "35", "--threads", threads, "--seed", seed});
    report.erase("study");
    return report;
  };
  EXPECT_EQ(run("1", "5"), run("3", "5"));
  EXPECT_NE(run("1", "5"), run("1", "6"));
}

TEST_F(RankCli, TakesAConfigurationOfThePlatform) {
  const json report = figures({(kConfigs / "decode_64k.json").string(), "--trials", "3", "--set",
                               "photonic.extends=photonic/paper", "--set", "photonic.drive.bits=7"});
  EXPECT_EQ(report.at("name"), "decode_64k, paper");
  EXPECT_EQ(report.at("/study/blocks"_json_pointer), 512);
  EXPECT_EQ(report.at("/study/k"_json_pointer), 32);
  EXPECT_EQ(report.at("/load/banks"_json_pointer), 112);
  EXPECT_EQ(report.at("/config/drive/bits"_json_pointer), 7);
  EXPECT_EQ(report.at("/config/drive/quantise_in"_json_pointer), "weight");
  EXPECT_EQ(report.at("/config/port/max_outstanding"_json_pointer), 64);  // the accelerator's
}

TEST_F(RankCli, TakesAFile) {
  folder_.write("mine.json",
                R"({"extends": "photonic/ideal", "name": "mine", "rows": 64, "adc": {"bits": 4}})");
  const json report = figures({"mine.json", "--trials", "10", "--k", "4", "--dimension", "16"});
  EXPECT_EQ(report.at("name"), "mine");
  EXPECT_EQ(report.at("/study/blocks"_json_pointer), 64);
  EXPECT_EQ(report.at("/config/wavelengths"_json_pointer), 16);
  EXPECT_LT(report.at("/recall_at_k/mean"_json_pointer), 1.0);
}

TEST_F(RankCli, MoreBlocksThanRowsArePages) {
  const json report = figures({"paper", "--rows", "128", "--blocks", "300", "--trials", "2"});
  EXPECT_EQ(report.at("/latency/pages"_json_pointer), 3);
  EXPECT_NEAR(report.at("/latency/ranking_ns"_json_pointer).get<double>(), 3 * 8.9 + 2 * 4.0, 1e-9);
}

TEST_F(RankCli, ASweepOfThePlatformFindsThePresetsFromAnywhere) {
  const Outcome outcome =
      run_program(folder_, {"validate", (kConfigs / "sweeps" / "photonic.json").string()});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("a valid sweep of 15 points"));
}

TEST_F(RankCli, ValidateWarnsOfAnAliasingPlan) {
  folder_.write("x.json", R"({"extends": ")" + (kConfigs / "tiny.json").string() +
                              R"(", "photonic": {"channels": {"crosstalk": true}}})");
  const Outcome outcome = run_program(folder_, {"validate", "x.json"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.error,
              testing::StartsWith("prism-vp: warning: photonic.channels.spacing_nm: found 1.6 nm x 32"));
}

}  // namespace
}  // namespace prism::test
