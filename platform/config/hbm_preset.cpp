// SPDX-License-Identifier: Apache-2.0
#include "platform/config/hbm_preset.h"

#include "platform/config/checks.h"
#include "platform/config/parse.h"
#include "platform/config/schema.h"

namespace prism::config {

HbmPreset parse_hbm_preset(const ConfigTree& tree) {
  const Schema schema = Schema::of_section("hbm");
  schema.validate(tree);
  HbmPreset preset;
  preset.resolved = schema.complete(tree);
  const Section root(preset.resolved, "", nullptr);
  preset.config = parse_hbm(root);
  check_hbm(preset.config, root, tree);
  return preset;
}

}  // namespace prism::config
