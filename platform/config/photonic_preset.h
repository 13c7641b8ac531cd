// SPDX-License-Identifier: Apache-2.0
// A photonic preset (configs/photonic/) on its own, without a platform around it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/photonic/photonic_config.h"
#include "platform/config/config_tree.h"

namespace prism::config {

struct PhotonicPreset {
  std::string name;
  photonic::PhotonicConfig config;
  std::vector<std::string> warnings;
  nlohmann::json resolved;  // every key with its value, defaults included, and the notes
};

/// The root of `tree` is what a configuration of the platform holds under /photonic, and is validated,
/// completed and cross-checked in the same way. Throws ConfigError.
PhotonicPreset parse_photonic_preset(const ConfigTree& tree);

}  // namespace prism::config
