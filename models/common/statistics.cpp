// SPDX-License-Identifier: Apache-2.0
#include "models/common/statistics.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace prism {

void ModuleStatistics::count(std::string name, std::string unit, std::string description,
                             std::uint64_t value) {
  statistics_.push_back({std::move(name), std::move(unit), std::move(description), value});
}

void ModuleStatistics::gauge(std::string name, std::string unit, std::string description, double value) {
  statistics_.push_back({std::move(name), std::move(unit), std::move(description), value});
}

void ModuleStatistics::by_purpose(std::string name, std::string unit, std::string description,
                                  const PurposeCounters& value) {
  statistics_.push_back({std::move(name), std::move(unit), std::move(description), value});
}

void ModuleStatistics::energy(std::string component, double picojoules, std::string description) {
  energies_.push_back({std::move(component), picojoules, std::move(description)});
}

void ModuleStatistics::energy_unknown(std::string component) {
  unknown_energies_.push_back(std::move(component));
}

nlohmann::json ModuleStatistics::to_json() const {
  nlohmann::json out = nlohmann::json::object();
  for (const Statistic& statistic : statistics_) {
    if (const auto* counters = std::get_if<PurposeCounters>(&statistic.value)) {
      out[statistic.name] = prism::to_json(*counters);
    } else if (const auto* number = std::get_if<std::uint64_t>(&statistic.value)) {
      out[statistic.name] = *number;
    } else {
      out[statistic.name] = std::get<double>(statistic.value);
    }
  }
  return out;
}

nlohmann::json to_json(const PurposeCounters& counters) {
  nlohmann::json out = nlohmann::json::object();
  for (std::size_t i = 0; i < kPurposeCount; ++i) {
    const auto purpose = static_cast<Purpose>(i);
    out[std::string(purpose_name(purpose))] = counters[purpose];
  }
  return out;
}

}  // namespace prism
