// SPDX-License-Identifier: Apache-2.0
#include "platform/config/photonic_preset.h"

#include "platform/config/checks.h"
#include "platform/config/parse.h"
#include "platform/config/schema.h"

namespace prism::config {

PhotonicPreset parse_photonic_preset(const ConfigTree& tree) {
  const Schema schema = Schema::of_section("photonic");
  schema.validate(tree);
  PhotonicPreset preset;
  preset.resolved = schema.complete(tree);
  const Section root(preset.resolved, "", nullptr);
  preset.name = root.note();
  preset.config = parse_photonic(root);
  check_photonic(preset.config, root, tree);
  preset.warnings = photonic_warnings(preset.config, "");
  return preset;
}

}  // namespace prism::config
