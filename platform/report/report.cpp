// SPDX-License-Identifier: Apache-2.0
#include "platform/report/report.h"

#include <array>
#include <numeric>
#include <systemc>

#include "platform/report/sections.h"

namespace prism::report {

namespace {

using nlohmann::json;

json provenance(const config::PlatformConfig& config) {
  return {{"version", PRISM_VERSION},
          {"seed", config.seed},
          {"libraries",
           {{"systemc", sc_core::sc_release()},
            {"nlohmann_json", std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
                                  std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
                                  std::to_string(NLOHMANN_JSON_VERSION_PATCH)}}}};
}

json decode(const config::PlatformConfig& config, const Measurements& measured) {
  const double time_ns = ns_from_ps(measured.simulated) / std::max(1u, measured.steps_done);
  return {{"context_tokens", config.workload.context_tokens},
          {"batch", config.workload.batch},
          {"steps", config.workload.steps},
          {"steps_done", measured.steps_done},
          {"time_per_step_ns", time_ns},
          {"tokens_per_second", time_ns > 0 ? config.workload.batch * 1e9 / time_ns : 0.0}};
}

const ModuleStatistics* find_module(const Measurements& measured, const std::string& owner) {
  for (const ModuleStatistics& module : measured.modules) {
    if (module.owner() == owner) return &module;
  }
  return nullptr;
}

json hbm(const config::PlatformConfig& config, const Measurements& measured) {
  PurposeCounters bytes = measured.hbm_read;
  bytes += measured.hbm_written;
  const ModuleStatistics& statistics = *find_module(measured, "hbm");
  const json module = statistics.to_json();
  double energy = 0;
  for (const EnergyItem& item : statistics.energies()) energy += item.picojoules;
  return {{"preset", config.hbm.preset},
          {"bytes_read", measured.hbm_read.total()},
          {"bytes_written", measured.hbm_written.total()},
          {"bytes_by_purpose", to_json(bytes)},
          {"achieved_gbps", gbps_of(bytes.total(), measured.simulated)},
          {"peak_gbps", config.hbm.organization.peak_gbps()},
          {"row_hit_rate", module.at("row_hit_rate")},
          {"refreshes", module.at("refreshes_all_bank").get<std::uint64_t>() +
                            module.at("refreshes_per_bank").get<std::uint64_t>()},
          {"energy_pj", energy}};
}

json energy(const Measurements& measured) {
  json out = json::object();
  double total = 0;
  for (const ModuleStatistics& module : measured.modules) {
    for (const EnergyItem& item : module.energies()) {
      out[item.component] = item.picojoules;
      total += item.picojoules;
    }
  }
  out["total"] = total;
  out["per_step_total"] = total / std::max(1u, measured.steps_done);
  return out;
}

json unknown_energies(const Measurements& measured) {
  json out = json::array();
  for (const ModuleStatistics& module : measured.modules) {
    for (const std::string& component : module.unknown_energies()) out.push_back(component);
  }
  return out;
}

json traffic_check(const Measurements& measured) {
  PurposeCounters controller = measured.hbm_read;
  controller += measured.hbm_written;
  return {{"initiators_bytes", to_json(measured.initiators)},
          {"bus_bytes", to_json(measured.bus)},
          {"bus_to_hbm_bytes", to_json(measured.bus_to_hbm)},
          {"hbm_bytes", to_json(controller)},
          {"closes", measured.initiators == measured.bus && measured.bus_to_hbm == controller}};
}

/// In the order of prism/job.h.
constexpr std::array<const char*, PRISM_FAULT_KINDS> kFaults = {
    "bus_error", "bad_descriptor", "full_ring",      "timeout",       "lost_interrupt", "uncorrectable_ecc",
    "stuck_row", "drift",          "photonic_error", "compute_error", "protocol"};
constexpr std::array<const char*, PRISM_RECOVERIES> kRecoveries = {
    "retried",      "polled",   "channel_replaced", "restored",  "dropped",
    "recalibrated", "remapped", "electronic",       "all_blocks"};

template <std::size_t Size>
json by_name(const std::array<const char*, Size>& names, const std::uint32_t (&counts)[Size]) {
  json out = json::object();
  for (std::size_t i = 0; i < Size; ++i) out[names[i]] = counts[i];
  out["total"] = std::accumulate(std::begin(counts), std::end(counts), std::uint64_t{0});
  return out;
}

json faults(const Measurements& measured) {
  return {{"injected", measured.injected},
          {"detected", by_name(kFaults, measured.faults.detected)},
          {"recovered", by_name(kRecoveries, measured.faults.recovered)},
          {"time_lost_ns", measured.faults.time_lost_ns}};
}

json warnings(const config::PlatformConfig& config, const Measurements& measured) {
  json out = config.warnings;
  for (const std::string& warning : measured.warnings) out.push_back(warning);
  return out;
}

}  // namespace

nlohmann::ordered_json link_budget_json(const photonic::LinkBudget& link) {
  nlohmann::ordered_json stages = nlohmann::ordered_json::array();
  for (const photonic::LinkStage& stage : link.stages())
    stages.push_back({{"stage", stage.name}, {"gain_db", stage.gain_db}, {"power_dbm", stage.power_dbm}});
  return {{"stages", stages}, {"detector_dbm", link.detector_dbm()}, {"line_dbm", link.line_dbm()}};
}

nlohmann::json build_report(const config::PlatformConfig& config, const Measurements& measured) {
  json modules = json::object();
  for (const ModuleStatistics& module : measured.modules) modules[module.owner()] = module.to_json();
  return {{"config", config.resolved},
          {"provenance", provenance(config)},
          {"outcome",
           {{"exit_code", measured.exit_code},
            {"failure", measured.failure.empty() ? json(nullptr) : json(measured.failure)},
            {"console", measured.console}}},
          {"decode", decode(config, measured)},
          {"hbm", hbm(config, measured)},
          {"selection", selection_section(config, measured)},
          {"phases", phases_section(config, measured)},
          {"energy_pj", energy(measured)},
          {"energy_unknown", unknown_energies(measured)},
          {"faults", faults(measured)},
          {"link_budget",
           link_budget_json(photonic::LinkBudget(config.photonic.physics.link,
                                                 config.photonic.rows + config.photonic.physics.spare_rows,
                                                 config.photonic.wavelengths))},
          {"modules", modules},
          {"traffic_check", traffic_check(measured)},
          {"warnings", warnings(config, measured)},
          {"simulation",
           {{"wall_seconds", measured.wall_seconds}, {"simulated_ns", ns_from_ps(measured.simulated)}}}};
}

}  // namespace prism::report
