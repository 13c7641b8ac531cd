// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/config/config_error.h"
#include "tests/support/temporary_folder.h"

namespace prism::cli {
namespace {

class SweepSpecTest : public testing::Test {
 protected:
  SweepSpec load(const std::string& text) { return SweepSpec::load(folder_.write("sweeps/spec.json", text)); }
  std::vector<std::string> names(const SweepSpec& spec) {
    std::vector<std::string> result;
    for (const SweepPoint& point : spec.points()) result.push_back(point.name);
    return result;
  }

  test::TemporaryFolder folder_;
};

TEST_F(SweepSpecTest, TakesTheProductInDeclaredOrder) {
  const SweepSpec spec = load(
      R"({"base": "../base", "axes": {"workload.context_tokens": [8192, 4096], "policy.name": ["dense", "prism"]}})");
  EXPECT_THAT(names(spec),
              testing::ElementsAre("context_tokens-8192_policy-dense", "context_tokens-8192_policy-prism",
                                   "context_tokens-4096_policy-dense", "context_tokens-4096_policy-prism"));
}

TEST_F(SweepSpecTest, OverridesComeInOrderAxesLast) {
  const SweepSpec spec =
      load(R"({"base": "b", "set": {"seed": 3, "policy.k": 8}, "axes": {"policy.k": [16]}})");
  EXPECT_THAT(spec.overrides(spec.points().front()),
              testing::ElementsAre("seed=3", "policy.k=8", "policy.k=16"));
}

TEST_F(SweepSpecTest, StringsStayStrings) {
  const SweepSpec spec = load(R"({"base": "b", "axes": {"policy.name": ["5"]}})");
  EXPECT_THAT(spec.overrides(spec.points().front()), testing::ElementsAre("policy.name=\"5\""));
}

TEST_F(SweepSpecTest, FindsTheBaseBesideItself) {
  const auto base = folder_.write("base.json", "{}");
  EXPECT_EQ(load(R"({"base": "../base", "axes": {"seed": [1]}})").base(), base);
  EXPECT_EQ(load(R"({"base": "../base.json", "axes": {"seed": [1]}})").base(), base);
}

TEST_F(SweepSpecTest, FolderNamesAreSafeAndDistinct) {
  const SweepSpec spec =
      load(R"({"base": "b", "axes": {"workload.model.extends": ["models/a", "models a", "c"]}})");
  EXPECT_THAT(names(spec), testing::ElementsAre("model-models-a", "model-models-a_1", "model-c"));
}

TEST_F(SweepSpecTest, RangesCountInStepsFactorsAndShares) {
  const auto values = [&](const std::string& range) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    const SweepSpec spec = load(R"({"base": "b", "axes": {"seed": )" + range + "}}");
    for (const SweepPoint& point : spec.points()) all.push_back(point.values.front());
    return all.dump();
  };
  EXPECT_EQ(values(R"({"from": 4, "to": 16, "step": 4})"), "[4,8,12,16]");
  EXPECT_EQ(values(R"({"from": 4, "to": 15.9, "step": 4})"), "[4,8,12]");
  EXPECT_EQ(values(R"({"from": 0, "to": 0.3, "step": 0.1})").substr(0, 7), "[0,0.1,");
  EXPECT_EQ(values(R"({"from": 4096, "to": 65536, "factor": 2})"), "[4096,8192,16384,32768,65536]");
  EXPECT_EQ(values(R"({"from": 1, "to": 2, "count": 5})"), "[1,1.25,1.5,1.75,2]");
}

TEST_F(SweepSpecTest, ZippedKeysChangeTogether) {
  const SweepSpec spec = load(R"({"base": "b", "axes": {"policy.k": [8, 16],
    "bank": {"zip": {"photonic.rows": [256, 512], "photonic.wavelengths": {"from": 32, "to": 64, "step": 32}}}}})");
  EXPECT_EQ(spec.keys(), (std::vector<std::string>{"policy.k", "photonic.rows", "photonic.wavelengths"}));
  ASSERT_EQ(spec.points().size(), 4U);
  EXPECT_THAT(spec.overrides(spec.points()[3]),
              testing::ElementsAre("policy.k=16", "photonic.rows=512", "photonic.wavelengths=64"));
  EXPECT_EQ(spec.points()[3].name, "k-16_rows-512");
}

TEST_F(SweepSpecTest, DerivesKeysAndDropsPoints) {
  folder_.write("base.json",
                R"({"policy": {"block_tokens": 128, "name": "prism"}, "workload": {"batch": 2}})");
  const SweepSpec spec = load(R"spec({"base": "../base", "set": {"workload.batch": 3},
    "axes": {"workload.context_tokens": [512, 1024], "policy.k": [2, 4, 8]},
    "derive": {"workload.steps": "policy.k / 2 * workload.batch", "hbm.x": "floor(policy.k * 0.3) + min(policy.k, 1)"},
    "where": ["policy.k * policy.block_tokens <= workload.context_tokens", "policy.name == \"prism\" && workload.steps != 12"]})spec");
  EXPECT_THAT(names(spec), testing::ElementsAre("context_tokens-512_k-2", "context_tokens-512_k-4",
                                                "context_tokens-1024_k-2", "context_tokens-1024_k-4"));
  EXPECT_EQ(spec.dropped(), 2U);
  EXPECT_THAT(spec.overrides(spec.points()[1]),
              testing::ElementsAre("workload.batch=3", "workload.context_tokens=512", "policy.k=4",
                                   "workload.steps=6", "hbm.x=2"));
}

TEST_F(SweepSpecTest, SeedsAreAnAxis) {
  EXPECT_EQ(load(R"({"base": "b", "axes": {"policy.k": [1, 2]}, "seeds": 3})").points().size(), 6U);
  EXPECT_THAT(names(load(R"({"base": "b", "axes": {"policy.k": [1]}, "seeds": [7, 9]})")),
              testing::ElementsAre("k-1_seed-7", "k-1_seed-9"));
}

TEST_F(SweepSpecTest, LongNamesAreCutAndStayDistinct) {
  const std::string part(150, 'x');
  const SweepSpec spec = load(R"({"base": "b", "axes": {"name": [")" + part + R"(1"], "hbm.preset": [")" +
                              part + R"(2", ")" + part + R"(3"]}})");
  EXPECT_LT(spec.points()[0].name.size(), 255U);
  EXPECT_NE(spec.points()[0].name, spec.points()[1].name);
}

TEST_F(SweepSpecTest, WrongFormulasNameTheirPlace) {
  folder_.write("base.json", "{}");
  const auto message = [&](const std::string& rest) {
    try {
      load(R"({"base": "../base", "axes": {"policy.k": [1]}, )" + rest + "}");
    } catch (const config::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message(R"("derive": {"seed": "policy.kk + 1"})"),
              testing::HasSubstr("/derive/seed: found the key policy.kk"));
  EXPECT_THAT(message(R"("derive": {"seed": "1 +"})"), testing::HasSubstr("/derive/seed: found \"1 +\""));
  EXPECT_THAT(message(R"spec("derive": {"seed": "1 / (policy.k - 1)"})spec"),
              testing::HasSubstr("/derive/seed: found "));
  EXPECT_THAT(message(R"("where": ["policy.k + 1"])"),
              testing::HasSubstr("/where/0: found policy.k + 1, which is 2"));
  EXPECT_THAT(message(R"("where": ["policy.k > 1"])"), testing::HasSubstr("drop every point"));
}

TEST_F(SweepSpecTest, RejectsWhatIsNoSpecification) {
  for (const char* wrong :
       {"[]", R"({"axes": {"seed": [1]}})", R"({"base": 5, "axes": {"seed": [1]}})", R"({"base": "b"})",
        R"({"base": "b", "axes": {}})", R"({"base": "b", "axes": {"seed": []}})",
        R"({"base": "b", "axes": {"seed": 1}})", R"({"base": "b", "axes": {"seed": [1]}, "set": []})",
        R"({"base": "b", "axis": {"seed": [1]}})", R"({"base": "b", "axes": {"seed": {"from": 1}}})",
        R"({"base": "b", "axes": {"seed": {"from": 1, "to": 9, "step": 0}}})",
        R"({"base": "b", "axes": {"seed": {"from": 1, "to": 9, "factor": 1}}})",
        R"({"base": "b", "axes": {"seed": {"from": 0, "to": 1e9, "step": 1e-9}}})",
        R"({"base": "b", "axes": {"z": {"zip": {"seed": [1, 2], "policy.k": [1]}}}})",
        R"({"base": "b", "axes": {"seed": [1]}, "seeds": 2})",
        R"({"base": "b", "axes": {"policy.k": [1]}, "seeds": 0})",
        R"({"base": "b", "axes": {"seed": [1]}, "where": "seed > 1"})",
        R"({"base": "b", "axes": {"seed": [1]}, "derive": {"a": 1}})"}) {
    EXPECT_THROW(load(wrong), config::ConfigError) << wrong;
  }
}

}  // namespace
}  // namespace prism::cli
