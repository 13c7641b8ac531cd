// SPDX-License-Identifier: Apache-2.0
// What `prism-vp memory` measured, as a table for people and as JSON for scripts.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "models/common/statistics.h"
#include "models/hbm/hbm_config.h"
#include "models/hbm/timing_engine.h"
#include "platform/memory/traffic_runner.h"

namespace prism::cli {

struct MemoryMeasurement {
  const hbm::HbmConfig& config;
  const memory_study::RunResult& traffic;
  hbm::EngineCounters counters;
  std::vector<std::uint64_t> bytes_per_channel;
  ModuleStatistics energy;  // only its energies
  double wall_seconds = 0.0;

  double row_hit_rate() const;
  double requests_per_second() const;
};

/// `title`: what was measured. Ends with notes and warnings.
std::string memory_table(const MemoryMeasurement& measured, const std::string& title);
nlohmann::ordered_json memory_json(const MemoryMeasurement& measured, const nlohmann::json& configuration);

}  // namespace prism::cli
