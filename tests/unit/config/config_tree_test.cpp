// SPDX-License-Identifier: Apache-2.0
#include "platform/config/config_tree.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace prism::config {
namespace {

class ConfigTreeTest : public testing::Test {
 protected:
  ConfigTree load(const std::string& text) {
    return ConfigTree::load(folder_.write("top.json", text), {presets()});
  }
  std::filesystem::path presets() const { return folder_.path() / "presets"; }
  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  test::TemporaryFolder folder_;
};

TEST_F(ConfigTreeTest, OwnMembersWinOverExtendedOnes) {
  folder_.write("base.json", R"({"a": {"x": 1, "y": 2}, "b": [1, 2, 3]})");
  const ConfigTree tree = load(R"({"extends": "base.json", "a": {"y": 20, "z": 30}, "b": [9]})");
  EXPECT_EQ(tree.root().dump(), R"({"a":{"x":1,"y":20,"z":30},"b":[9]})");
}

TEST_F(ConfigTreeTest, MembersWinWhereverExtendsStands) {
  folder_.write("base.json", R"({"a": 1})");
  EXPECT_EQ(load(R"({"a": 2, "extends": "base"})").root().dump(), R"({"a":2})");
}

TEST_F(ConfigTreeTest, LaterFilesOfAListWin) {
  folder_.write("one.json", R"({"a": 1, "b": 1})");
  folder_.write("two.json", R"({"b": 2, "c": 2})");
  EXPECT_EQ(load(R"({"extends": ["one", "two"]})").root().dump(), R"({"a":1,"b":2,"c":2})");
}

TEST_F(ConfigTreeTest, ExtendsInsideAnObjectAndFromAFolderOfItsOwn) {
  folder_.write("presets/hbm/base.json", R"({"rows": 4, "timing": {"t": 1}})");
  folder_.write("presets/hbm/fast.json", R"({"extends": "base", "timing": {"t": 2}})");  // beside itself
  const ConfigTree tree = load(R"({"hbm": {"extends": "hbm/fast", "rows": 8}})");
  EXPECT_EQ(tree.root().dump(), R"({"hbm":{"rows":8,"timing":{"t":2}}})");
}

TEST_F(ConfigTreeTest, AFileBesideWinsOverAPreset) {
  folder_.write("base.json", R"({"from": "beside"})");
  folder_.write("presets/base.json", R"({"from": "preset"})");
  EXPECT_EQ(load(R"({"extends": "base"})").root().at("from"), "beside");
}

TEST_F(ConfigTreeTest, KnowsTheOriginOfEveryValue) {
  folder_.write("base.json", R"({"a": {"x": 1, "y": 2}})");
  ConfigTree tree = load(R"({"extends": "base", "a": {"y": 3}})");
  tree.set("a.z=4");
  EXPECT_EQ(tree.origin("/a/x"), path("base.json"));
  EXPECT_EQ(tree.origin("/a/y"), path("top.json"));
  EXPECT_EQ(tree.origin("/a/z"), "--set a.z=4");
  EXPECT_EQ(tree.origin("/missing/value"), path("top.json"));
  EXPECT_EQ(std::string(tree.error("/a/x", "1", "2").what()),
            path("base.json") + ": /a/x: found 1, expected 2");
}

TEST_F(ConfigTreeTest, AReplacedObjectLeavesNoOriginsBehind) {
  folder_.write("base.json", R"({"a": {"x": {"deep": 1}}})");
  const ConfigTree tree = load(R"({"extends": "base", "a": 7})");
  EXPECT_EQ(tree.root().dump(), R"({"a":7})");
  EXPECT_FALSE(tree.holds("/a/x/deep"));
}

TEST_F(ConfigTreeTest, SetTakesJsonAndPlainText) {
  ConfigTree tree = load(R"({"a": {"n": 1, "s": "old"}})");
  tree.set("a.n=2.5");
  tree.set("a.s=dense");
  tree.set("a.quoted=\"5\"");
  tree.set("a.empty=");
  tree.set("a.equation=x=y");
  tree.set("b={\"c\": [1]}");
  EXPECT_EQ(tree.root().dump(),
            R"({"a":{"empty":"","equation":"x=y","n":2.5,"quoted":"5","s":"dense"},"b":{"c":[1]}})");
}

TEST_F(ConfigTreeTest, SetCanExtendAPreset) {
  folder_.write("presets/hbm/small.json", R"({"rows": 4})");
  ConfigTree tree = load(R"({"hbm": {"rows": 8, "banks": 2}})");
  tree.set("hbm.extends=hbm/small");
  EXPECT_EQ(tree.root().dump(), R"({"hbm":{"banks":2,"rows":4}})");
}

TEST_F(ConfigTreeTest, SetRejectsWhatIsNoAssignment) {
  ConfigTree tree = load("{}");
  for (const char* wrong : {"policy.k", "=5", "a..b=1", ".a=1", "a.=1"}) {
    EXPECT_THROW(tree.set(wrong), ConfigError) << wrong;
  }
}

TEST_F(ConfigTreeTest, ReportsACircle) {
  folder_.write("a.json", R"({"extends": "b"})");
  folder_.write("b.json", R"({"x": {"extends": "top"}})");
  try {
    load(R"({"extends": "a"})");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.file(), path("b.json"));
    EXPECT_EQ(error.pointer(), "/x/extends");
    EXPECT_NE(error.found().find("circle"), std::string::npos);
  }
}

TEST_F(ConfigTreeTest, ExtendingAFileTwiceIsNoCircle) {
  folder_.write("port.json", R"({"width": 8})");
  EXPECT_EQ(load(R"({"a": {"extends": "port"}, "b": {"extends": "port"}})").root().dump(),
            R"({"a":{"width":8},"b":{"width":8}})");
}

TEST_F(ConfigTreeTest, SuggestsAPresetThatExists) {
  folder_.write("presets/hbm/hbm3_6400.json", "{}");
  try {
    load(R"({"hbm": {"extends": "hbm/hbm3_640"}})");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.pointer(), "/hbm/extends");
    EXPECT_NE(error.expected().find("did you mean \"hbm/hbm3_6400\""), std::string::npos) << error.what();
  }
}

TEST_F(ConfigTreeTest, RejectsAFileThatIsNoObject) {
  EXPECT_THROW(load("[1]"), ConfigError);
  EXPECT_THROW(load(R"({"extends": 5})"), ConfigError);
}

}  // namespace
}  // namespace prism::config
