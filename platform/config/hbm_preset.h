// SPDX-License-Identifier: Apache-2.0
// An HBM preset (configs/hbm/) on its own, without a platform around it.
#pragma once

#include <nlohmann/json.hpp>

#include "models/hbm/hbm_config.h"
#include "platform/config/config_tree.h"

namespace prism::config {

struct HbmPreset {
  hbm::HbmConfig config;
  nlohmann::json resolved;  // every key with its value, defaults included, and the notes
};

/// The root of `tree` is what a configuration of the platform holds under /hbm, and is validated, completed
/// and cross-checked in the same way. Throws ConfigError.
HbmPreset parse_hbm_preset(const ConfigTree& tree);

}  // namespace prism::config
