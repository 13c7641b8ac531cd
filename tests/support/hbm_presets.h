// SPDX-License-Identifier: Apache-2.0
// The shipped HBM presets, read as the program reads them. Needs PRISM_CONFIG_DIR.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "platform/config/hbm_preset.h"

namespace prism::test {

inline const std::vector<std::string>& hbm_preset_names() {
  static const std::vector<std::string> kNames = {"hbm2_2gbps_dramsys", "hbm2",       "hbm2e",
                                                  "hbm3_6400",          "hbm3e_9200", "hbm4_8000"};
  return kNames;
}

inline hbm::HbmConfig hbm_preset(const std::string& name, hbm::Fidelity fidelity = hbm::Fidelity::kDetailed) {
  const std::filesystem::path file = std::filesystem::path(PRISM_CONFIG_DIR) / "hbm" / (name + ".json");
  hbm::HbmConfig config = config::parse_hbm_preset(config::ConfigTree::load(file)).config;
  config.controller.fidelity = fidelity;
  return config;
}

}  // namespace prism::test
