// SPDX-License-Identifier: Apache-2.0
// The shipped HBM presets, read as the program reads them. Needs PRISM_CONFIG_DIR.
#pragma once

#include <filesystem>
#include <string>

#include "platform/config/hbm_preset.h"
#include "tests/support/hbm_preset_names.h"

namespace prism::test {

inline hbm::HbmConfig hbm_preset(const std::string& name, hbm::Fidelity fidelity = hbm::Fidelity::kDetailed) {
  const std::filesystem::path file = std::filesystem::path(PRISM_CONFIG_DIR) / "hbm" / (name + ".json");
  hbm::HbmConfig config = config::parse_hbm_preset(config::ConfigTree::load(file)).config;
  config.controller.fidelity = fidelity;
  return config;
}

}  // namespace prism::test
