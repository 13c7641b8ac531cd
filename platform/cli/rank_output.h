// SPDX-License-Identifier: Apache-2.0
// What `prism-vp rank` measured, as tables for people and as JSON for scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "platform/rank/accuracy.h"
#include "platform/rank/costs.h"

namespace prism::cli {

/// One photonic core, and how it did.
struct RankPoint {
  std::string name;
  nlohmann::json value;  // of the swept key; null without a sweep
  photonic::PhotonicConfig config;
  nlohmann::json resolved;  // the photonic section, complete
  std::vector<std::string> warnings;
  rank_study::TrialOptions options;
  rank_study::Accuracy accuracy;
};

/// Tables of one core: ranking, light, latency, energy, bank.
std::string rank_tables(const RankPoint& point);
/// One row for each value of the swept `key`, with the columns in which the rows differ.
std::string rank_sweep_table(const std::vector<RankPoint>& points, const std::string& key);

/// docs/photonics.md describes the keys.
nlohmann::ordered_json rank_json(const RankPoint& point);

}  // namespace prism::cli
