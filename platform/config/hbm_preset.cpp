// SPDX-License-Identifier: Apache-2.0
#include "platform/config/hbm_preset.h"

#include <utility>

#include "platform/config/checks.h"
#include "platform/config/parse.h"
#include "platform/config/schema.h"

namespace prism::config {
namespace {

/// The definition of /hbm as a schema of its own.
Schema hbm_schema() {
  nlohmann::json document = nlohmann::json::parse(schema_text());
  nlohmann::json section = document.at("definitions").at("hbm");
  section["definitions"] = std::move(document["definitions"]);
  return Schema(std::move(section));
}

}  // namespace

HbmPreset parse_hbm_preset(const ConfigTree& tree) {
  const Schema schema = hbm_schema();
  schema.validate(tree);
  HbmPreset preset;
  preset.resolved = schema.complete(tree);
  const Section root(preset.resolved, "", nullptr);
  preset.config = parse_hbm(root);
  check_hbm(preset.config, root, tree);
  return preset;
}

}  // namespace prism::config
