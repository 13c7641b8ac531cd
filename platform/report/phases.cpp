// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "platform/report/sections.h"

namespace prism::report {

namespace {

using nlohmann::json;

double sum(const json& module, std::initializer_list<const char*> names) {
  double total = 0;
  for (const char* name : names) total += module.value(name, 0.0);
  return total;
}

}  // namespace

json phases_section(const config::PlatformConfig& config, const Measurements& measured) {
  json modules = json::object();
  for (const ModuleStatistics& module : measured.modules) modules[module.owner()] = module.to_json();
  const json& compute = modules.at("compute");
  const bool photonic = config.policy.name == config::PolicyName::kPrism;
  const double steps = std::max(1u, measured.steps_done);
  const double step_ns = ns_from_ps(measured.simulated) / steps;

  // Busy times of units that work at the same time: they overlap, so shares may sum to more than 1.
  const json busy = {{"weights", sum(compute, {"gemv_ns", "project_qkv_ns"})},
                     {"selection", sum(compute, {"rank_ns", "sketch_ns"}) +
                                       (photonic ? modules.at("photonic").value("busy_ns", 0.0) : 0.0)},
                     {"gather", modules.at("dma").value("busy_ns", 0.0)},
                     {"attention", sum(compute, {"attend_ns"})},
                     {"cpu", modules.at("cpu").value("busy_ns", 0.0)}};
  json out = json::object();
  for (const auto& [name, total] : busy.items()) {
    const double ns = total.get<double>() / steps;
    out[name] = {{"ns", ns}, {"share", step_ns > 0 ? ns / step_ns : 0.0}};
  }
  return out;
}

}  // namespace prism::report
