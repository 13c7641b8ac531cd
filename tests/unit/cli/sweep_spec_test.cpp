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

TEST_F(SweepSpecTest, RejectsWhatIsNoSpecification) {
  for (const char* wrong :
       {"[]", R"({"axes": {"seed": [1]}})", R"({"base": 5, "axes": {"seed": [1]}})", R"({"base": "b"})",
        R"({"base": "b", "axes": {}})", R"({"base": "b", "axes": {"seed": []}})",
        R"({"base": "b", "axes": {"seed": 1}})", R"({"base": "b", "axes": {"seed": [1]}, "set": []})",
        R"({"base": "b", "axis": {"seed": [1]}})"}) {
    EXPECT_THROW(load(wrong), config::ConfigError) << wrong;
  }
}

}  // namespace
}  // namespace prism::cli
