// SPDX-License-Identifier: Apache-2.0
// The HBM presets shipped: every file of configs/hbm but those that extend another, which set it up as one
// other simulator has it. Needs PRISM_CONFIG_DIR.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace prism::test {

inline const std::vector<std::string>& hbm_preset_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(PRISM_CONFIG_DIR "/hbm")) {
      if (file.path().extension() != ".json") continue;
      if (!nlohmann::json::parse(std::ifstream(file.path())).contains("extends")) {
        names.push_back(file.path().stem().string());
      }
    }
    std::sort(names.begin(), names.end());
    return names;
  }();
  return kNames;
}

}  // namespace prism::test
