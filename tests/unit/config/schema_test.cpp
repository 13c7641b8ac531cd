// SPDX-License-Identifier: Apache-2.0
#include "platform/config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/config/config.h"
#include "platform/config/suggestion.h"
#include "tests/support/temporary_folder.h"

namespace prism::config {
namespace {

using nlohmann::json;

const std::filesystem::path kConfigs = std::filesystem::path(PRISM_SOURCE_DIR) / "configs";

TEST(Schema, TheProgramHoldsThePublishedFile) {
  EXPECT_EQ(schema_text(), test::TemporaryFolder::read(kConfigs / "schema" / "prism-vp.schema.json"));
}

TEST(Schema, EveryKeyIsReadByTheParser) {
  std::set<std::string> read;
  parse_config(ConfigTree::load(kConfigs / "tiny.json"), &read);
  const auto leaves = Schema().leaves();
  EXPECT_THAT(read, testing::UnorderedElementsAreArray(leaves));
  EXPECT_GT(leaves.size(), 100U);
}

/// Calls `visit` for every property of every object in the schema.
void for_each_property(const json& node, const std::function<void(const std::string&, const json&)>& visit) {
  for (const auto& item : node.items()) {
    if (!item.value().is_object()) continue;
    if (item.key() == "properties") {
      for (const auto& property : item.value().items()) visit(property.key(), property.value());
    }
    for_each_property(item.value(), visit);
  }
}

TEST(Schema, EveryKeyIsDocumentedAndBounded) {
  for_each_property(json::parse(schema_text()), [](const std::string& key, const json& node) {
    if (node.contains("$ref") || node.contains("properties")) return;
    EXPECT_TRUE(node.contains("description")) << key;
    const json type = node.at("type");
    if (type == "integer" || type == "number") {
      EXPECT_TRUE(node.contains("minimum") || node.contains("exclusiveMinimum")) << key;
      EXPECT_TRUE(node.contains("maximum")) << key;
    }
  });
}

TEST(Schema, NoObjectTakesUnknownKeys) {
  std::function<void(const json&)> check = [&](const json& node) {
    if (node.contains("properties") && node.value("type", json()) == "object") {
      EXPECT_EQ(node.value("additionalProperties", json(true)), json(false)) << node.dump().substr(0, 120);
    }
    for (const auto& item : node.items()) {
      if (item.value().is_object()) check(item.value());
    }
  };
  check(json::parse(schema_text()));
}

TEST(Schema, DefaultsAreValidThemselves) {
  // A configuration with nothing but the keys that have no default, completed, must validate with all
  // defaults given.
  ConfigTree tree = ConfigTree::load(kConfigs / "tiny.json");
  const Schema schema;
  const json complete = schema.complete(tree);
  for (const std::string& leaf : schema.leaves()) {
    std::string path = leaf.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    tree.set(path, complete.at(json::json_pointer(leaf)), "default of " + path);
  }
  EXPECT_NO_THROW(schema.validate(tree));
}

TEST(Suggestion, FindsTheClosestName) {
  const std::vector<std::string> names = {"tREFI_ns", "tRFC_ns", "tRFCPB_ns", "context_tokens"};
  EXPECT_EQ(closest("tRFI_ns", names), "tREFI_ns");
  EXPECT_EQ(closest("tREFI", names), "tREFI_ns");  // the unit left out
  EXPECT_EQ(closest("tRFC", names), "tRFC_ns");
  EXPECT_EQ(closest("trfc_NS", names), "tRFC_ns");
  EXPECT_EQ(closest("contxt_tokens", names), "context_tokens");
  EXPECT_EQ(closest("bandwidth", names), std::nullopt);
}

}  // namespace
}  // namespace prism::config
