// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/temporary_folder.h"

namespace prism::cli {
namespace {

using testing::HasSubstr;

nlohmann::json report(const char* policy, double kv_read, double time_ns) {
  return {{"decode",
           {{"context_tokens", 8192},
            {"batch", 1},
            {"steps", 2},
            {"time_per_step_ns", time_ns},
            {"tokens_per_second", 1e9 / time_ns}}},
          {"hbm",
           {{"bytes_by_purpose",
             {{"weights", 4096},
              {"kv_read", kv_read},
              {"kv_append", 512},
              {"signature_scan", 2},
              {"signature_write", 4},
              {"bank_reload", 8},
              {"descriptors", 16},
              {"firmware", 32},
              {"other", 64}}},
            {"achieved_gbps", 3000.0},
            {"row_hit_rate", 0.5},
            {"refreshes", 3000},
            {"energy_pj", 8e9}}},
          {"selection",
           {{"policy", policy},
            {"blocks_total", 64},
            {"blocks_selected", 32},
            {"recall_at_k", nullptr},
            {"attention_mass", 0.75},
            {"accuracy_sample", 28},
            {"accuracy_heads", 112},
            {"k_capped", true},
            {"k_requested", 100}}},
          {"energy_pj", {{"per_step_total", 5e9}}},
          {"energy_unknown", {"cpu", "bus"}}};
}

TEST(Headline, FiguresAreOfOneStep) {
  const Headline figures = headline_of(report("prism", 2048, 1e6));
  EXPECT_EQ(figures.kv_read_bytes, 1024);
  EXPECT_EQ(figures.kv_bytes, 1280);
  EXPECT_EQ(figures.weight_bytes, 2048);
  EXPECT_EQ(figures.signature_bytes, 7);
  EXPECT_EQ(figures.other_bytes, 56);
  EXPECT_EQ(figures.refreshes, 1500);
  EXPECT_EQ(figures.hbm_energy_pj, 4e9);
  EXPECT_FALSE(figures.recall_at_k.has_value());
  EXPECT_EQ(figures.attention_mass, 0.75);
}

TEST(Headline, CaveatsNameSampleCapAndUnknownEnergy) {
  EXPECT_THAT(
      caveats_of(report("prism", 2048, 1e6)),
      testing::ElementsAre(HasSubstr("28 of the 112"), HasSubstr("k = 100 is capped at the 64 blocks"),
                           HasSubstr("without cpu, bus")));
}

PointResult done(const nlohmann::json& report) {
  return {PointResult::State::kDone, 0, "", "key", headline_of(report)};
}

PointResult failed(int status, const char* reason) {
  return {PointResult::State::kFailed, status, reason, "key", std::nullopt};
}

class SweepResultsTest : public testing::Test {
 protected:
  std::vector<std::string> lines(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string line; std::getline(stream, line);) result.push_back(line);
    return result;
  }

  test::TemporaryFolder folder_;
  SweepSpec spec_ = SweepSpec::load(folder_.write(
      "spec.json",
      R"({"base": "b", "axes": {"workload.batch": [1, 2], "policy.name": ["dense", "prism"]}})"));
};

TEST_F(SweepResultsTest, ComparesWithTheDensePointOfTheSameWorkload) {
  const SweepResults results(spec_, {done(report("dense", 8000, 4e6)), done(report("prism", 1000, 2e6)),
                                     done(report("dense", 9000, 9e6)), done(report("prism", 3000, 3e6))});
  const auto rows = lines(results.csv());
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_THAT(rows[0], HasSubstr("point,workload.batch,policy.name,state,exit_status,reason,"));
  EXPECT_THAT(rows[1], HasSubstr("batch-1_policy-dense,1,dense,done,0,,64,32,4000.0,"));
  EXPECT_THAT(rows[2], HasSubstr(",8.0,2000000.0,500.0,2.0,"));  // cut, time, rate, speed-up
  EXPECT_THAT(rows[4], HasSubstr(",3.0,3000000.0,"));
  const auto table = lines(results.table());
  ASSERT_EQ(table.size(), 6U);
  EXPECT_THAT(table[0], HasSubstr("context  policy  batch"));
  EXPECT_THAT(table[3], HasSubstr("8.00x"));
  EXPECT_THAT(table[5], HasSubstr("3.00x"));
}

TEST_F(SweepResultsTest, AFailedPointKeepsItsRowWithoutFigures) {
  const SweepResults results(spec_, {failed(1, "a \"b\""), done(report("prism", 1000, 2e6)),
                                     done(report("dense", 9000, 9e6)), failed(3, "")});
  const auto rows = lines(results.csv());
  EXPECT_THAT(rows[1], HasSubstr("batch-1_policy-dense,1,dense,failed,1,\"a \"\"b\"\"\",,,"));
  const auto commas = [](const std::string& row) { return std::count(row.begin(), row.end(), ','); };
  for (const std::string& row : rows) EXPECT_EQ(commas(row), commas(rows[0])) << row;
  EXPECT_THAT(rows[2], HasSubstr(",,2000000.0,"));  // nothing to compare with
  EXPECT_THAT(results.table(), HasSubstr("failed"));
}

TEST_F(SweepResultsTest, JsonNamesWhatTheCsvNames) {
  const SweepResults results(spec_, {done(report("dense", 8000, 4e6)), failed(137, "ended by signal 9"),
                                     PointResult{}, done(report("prism", 3000, 3e6))});
  const nlohmann::ordered_json json = results.json();
  EXPECT_EQ(json.at("keys"), (std::vector<std::string>{"workload.batch", "policy.name"}));
  const auto& points = json.at("points");
  EXPECT_EQ(points[0].at("values").at("policy.name"), "dense");
  EXPECT_EQ(points[0].at("figures").at("kv_reduction"), 1.0);
  EXPECT_EQ(points[1].at("exit_status"), 137);
  EXPECT_EQ(points[1].at("reason"), "ended by signal 9");
  EXPECT_TRUE(points[1].at("figures").at("time_per_step_ns").is_null());
  EXPECT_EQ(points[2].at("state"), "missing");
  std::string columns = "point,workload.batch,policy.name,state,exit_status,reason";
  for (const auto& figure : points[0].at("figures").items()) columns += "," + figure.key();
  EXPECT_EQ(lines(results.csv())[0], columns);
}

}  // namespace
}  // namespace prism::cli
