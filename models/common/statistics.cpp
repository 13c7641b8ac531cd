// SPDX-License-Identifier: Apache-2.0
#include "models/common/statistics.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace prism {

namespace {

nlohmann::json value_of(std::uint64_t value) {
  return value;
}

nlohmann::json value_of(double value) {
  return value;
}

nlohmann::json value_of(const PurposeCounters& value) {
  return to_json(value);
}

nlohmann::json value_of(const Distribution& value) {
  return {{"count", value.count}, {"mean", value.mean}, {"p50", value.p50},
          {"p99", value.p99},     {"max", value.max},   {"bins", value.bins}};
}

nlohmann::json value_of(const TimeSeries& value) {
  return {{"bin_ns", value.bin_ns}, {"values", value.values}};
}

}  // namespace

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

void ModuleStatistics::distribution(std::string name, std::string unit, std::string description,
                                    Distribution value) {
  statistics_.push_back({std::move(name), std::move(unit), std::move(description), std::move(value)});
}

void ModuleStatistics::over_time(std::string name, std::string unit, std::string description,
                                 TimeSeries value) {
  statistics_.push_back({std::move(name), std::move(unit), std::move(description), std::move(value)});
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
    out[statistic.name] = std::visit([](const auto& value) { return value_of(value); }, statistic.value);
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
