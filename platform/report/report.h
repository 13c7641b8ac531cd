// SPDX-License-Identifier: Apache-2.0
// report.json: statistics in, JSON out. Formats; measures nothing. docs/report.md describes every key.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/common/statistics.h"
#include "models/common/units.h"
#include "models/photonic/link_budget.h"
#include "platform/config/config.h"
#include "platform/workload/accuracy.h"
#include "prism/job.h"

namespace prism::report {

/// The outcome of a run, as the platform measured it.
struct Measurements {
  Picoseconds simulated = 0;
  double wall_seconds = 0;
  std::uint32_t steps_done = 0;
  int exit_code = 0;
  std::string failure;  // one line; empty after success
  std::string console;  // what the firmware printed

  PurposeCounters hbm_read, hbm_written;  // by the controller's count
  PurposeCounters bus_to_hbm;             // by the bus's count
  PurposeCounters initiators, bus;        // all masters: by their own count, and entering the bus

  std::uint32_t blocks_total = 0;
  double blocks_selected = 0;
  workload::AccuracySummary accuracy;
  std::vector<workload::HeadAccuracy> accuracy_by_head;  // of the sample
  std::uint32_t accuracy_sample = 0;                     // (sequence, layer, KV head) evaluated
  std::uint32_t accuracy_heads = 0;                      // of so many

  prism_fault_counts faults{};                    // by the firmware's count
  std::map<std::string, std::uint64_t> injected;  // faults of the platform that struck, by kind

  std::vector<ModuleStatistics> modules;
  std::vector<std::string> warnings;  // of the run, beside those of the configuration
};

/// {stages: [{stage, gain_db, power_dbm}], detector_dbm, line_dbm}
nlohmann::ordered_json link_budget_json(const photonic::LinkBudget& link);

nlohmann::json build_report(const config::PlatformConfig& config, const Measurements& measured);

}  // namespace prism::report
