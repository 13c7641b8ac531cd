// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/rank_output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "models/photonic/channel_plan.h"
#include "models/photonic/detection.h"
#include "models/photonic/drive.h"
#include "platform/cli/human_units.h"
#include "platform/cli/table.h"
#include "platform/report/report.h"

namespace prism::cli {
namespace {

using photonic::SignaturePlacement;
using rank_study::Estimate;

/// The closed forms of a configuration.
struct Optics {
  explicit Optics(const photonic::PhotonicConfig& config)
      : ring(config.physics.ring),
        drive(config.physics.drive, ring),
        plan(config.physics.channels, ring, config.wavelengths),
        link(config.physics.link, config.rows + config.physics.spare_rows, config.wavelengths),
        detector(config.physics.detector, link, config.wavelengths) {}

  photonic::Ring ring;
  photonic::Drive drive;
  photonic::ChannelPlan plan;
  photonic::LinkBudget link;
  photonic::BalancedDetector detector;
};

std::string digits(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value + 0.0);  // -0 becomes 0
  return text;
}

std::string decibels(double value) {
  return std::isfinite(value) ? digits(value, 1) + " dB" : "no noise";
}

std::string share(double value) {
  return digits(value * 100.0, 2) + " %";
}

std::string reach(const Optics& optics) {
  return digits(optics.drive.lowest_weight(), 3) + " to " + digits(optics.drive.highest_weight(), 3);
}

std::string with_error(const Estimate& estimate) {
  return digits(estimate.mean, 4) + " +- " + digits(estimate.standard_error, 4);
}

const char* name_of(SignaturePlacement placement) {
  switch (placement) {
    case SignaturePlacement::kHbm:
      return "hbm";
    case SignaturePlacement::kSram:
      return "sram";
    case SignaturePlacement::kResident:
      break;
  }
  return "resident";
}

std::string ranking_table(const RankPoint& point, const Optics& optics) {
  const rank_study::Accuracy& accuracy = point.accuracy;
  Table table({point.name, "value"});
  table.add_row({"trials", std::to_string(point.options.trials)});
  table.add_row({"blocks", std::to_string(point.options.blocks)});
  table.add_row({"rows x wavelengths",
                 std::to_string(point.config.rows) + " x " + std::to_string(point.config.wavelengths)});
  table.add_row({"recall@" + std::to_string(point.options.k), with_error(accuracy.recall)});
  table.add_row({"correlation with exact scores", with_error(accuracy.correlation)});
  table.add_row({"score error, of the spread", share(accuracy.score_error)});
  table.add_row({"detection noise, of the spread", share(accuracy.noise)});
  table.add_row({"SNR, score spread", decibels(accuracy.snr_spread_db())});
  table.add_row({"SNR, full scale", decibels(optics.detector.snr_full_scale_db())});
  table.add_row({"ADC values out of range", share(accuracy.clipped_share)});
  table.add_row({"weights in reach", reach(optics)});
  table.add_row({"weight error, rms", digits(accuracy.weight_error, 4)});
  return table.text();
}

std::string link_table(const Optics& optics) {
  Table table({"light of all lines", "dB", "dBm"});
  for (const photonic::LinkStage& stage : optics.link.stages()) {
    table.add_row({stage.name, digits(stage.gain_db, 2), digits(stage.power_dbm, 2)});
  }
  table.add_row({"one line of them", digits(optics.link.line_dbm() - optics.link.detector_dbm(), 2),
                 digits(optics.link.line_dbm(), 2)});
  return table.text();
}

std::string current_table(const Optics& optics) {
  const photonic::BalancedDetector& detector = optics.detector;
  Table table({"current at a detector", "nA"});
  table.add_row({"full scale", digits(detector.full_scale_ua() * 1e3, 0)});
  table.add_row({"shot noise, full scale", digits(detector.shot_na(detector.full_scale_ua()), 1)});
  table.add_row({"thermal noise", digits(detector.thermal_na(), 1)});
  table.add_row({"NEP noise", digits(detector.nep_na(), 1)});
  table.add_row({"noise that is on, full scale", digits(detector.noise_na(detector.full_scale_ua()), 1)});
  return table.text();
}

std::string latency_table(const rank_study::RankingCost& cost) {
  Table table({"latency", "time"});
  for (const rank_study::Stage& stage : cost.stages)
    table.add_row({stage.name, human_time_ns(ns_from_ps(stage.time))});
  table.add_row({"optical passes", std::to_string(cost.passes)});
  table.add_row({"evaluation", human_time_ns(ns_from_ps(cost.evaluation))});
  if (cost.pages > 1) {
    table.add_row({"pages", std::to_string(cost.pages)});
    table.add_row({"page switch", human_time_ns(ns_from_ps(cost.page_switch))});
  }
  table.add_row({"ranking", human_time_ns(ns_from_ps(cost.ranking))});
  return table.text();
}

std::string energy_table(const rank_study::RankingCost& cost) {
  Table table({"energy of a ranking", "energy"});
  for (const EnergyItem& item : cost.energy)
    table.add_row({item.component, human_energy_pj(item.picojoules)});
  table.add_row({"dynamic", human_energy_pj(cost.dynamic_pj)});
  table.add_row({"standing power", human_rate(cost.standing_mw) + " mW"});
  return table.text();
}

std::string bank_table(const RankPoint& point) {
  const rank_study::LoadCost load = rank_study::load_cost(point.config, point.options.blocks);
  const rank_study::Area area = rank_study::area_of(point.config);
  const double contexts = load.contexts;
  Table table({std::string("bank load, signatures in ") + name_of(point.config.store.placement), "value"});
  table.add_row({"read from HBM", human_bytes(static_cast<double>(load.read.hbm_bytes))});
  table.add_row({"read from SRAM", human_time_ns(ns_from_ps(load.read.time))});
  table.add_row({"rings set", std::to_string(load.rings)});
  table.add_row({"programming", human_time_ns(ns_from_ps(load.programming))});
  table.add_row({"measuring corrections", human_time_ns(ns_from_ps(load.correcting))});
  table.add_row({"time without HBM", human_time_ns(ns_from_ps(load.time()))});
  table.add_row({"energy without HBM", human_energy_pj(load.energy_pj)});
  if (load.contexts > 1) {
    const std::string banks = "all " + std::to_string(load.contexts) + " banks, ";
    table.add_row(
        {banks + "read from HBM", human_bytes(static_cast<double>(load.read.hbm_bytes) * contexts)});
    table.add_row({banks + "time without HBM", human_time_ns(ns_from_ps(load.time()) * contexts)});
    table.add_row({banks + "energy without HBM", human_energy_pj(load.energy_pj * contexts)});
  }
  table.add_row({"area of the rings", digits(area.rings_mm2, 1) + " mm2"});
  table.add_row({"area of the SRAM", digits(area.sram_mm2, 2) + " mm2"});
  return table.text();
}

constexpr std::size_t kColumnsAlwaysShown =
    5;  // of a sweep: the value, recall, its error, correlation, score error

std::vector<std::string> sweep_headings(const std::string& key) {
  return {key,           "recall@k",         "+-",           "correlation",
          "score error", "weights in reach", "weight error", "full scale",
          "SNR spread",  "clipped",          "detector",     "ranking",
          "dynamic",     "standing",         "from HBM",     "bank load",
          "load energy", "rings mm2",        "SRAM mm2"};
}

std::vector<std::string> sweep_cells(const RankPoint& point) {
  const Optics optics(point.config);
  const rank_study::Accuracy& accuracy = point.accuracy;
  const rank_study::RankingCost cost = rank_study::ranking_cost(point.config, point.options.blocks);
  const rank_study::LoadCost load = rank_study::load_cost(point.config, point.options.blocks);
  const rank_study::Area area = rank_study::area_of(point.config);
  return {point.value.is_string() ? point.value.get<std::string>() : point.value.dump(),
          digits(accuracy.recall.mean, 3),
          digits(accuracy.recall.standard_error, 3),
          digits(accuracy.correlation.mean, 4),
          share(accuracy.score_error),
          reach(optics),
          digits(accuracy.weight_error, 4),
          decibels(optics.detector.snr_full_scale_db()),
          decibels(accuracy.snr_spread_db()),
          share(accuracy.clipped_share),
          digits(optics.link.detector_dbm(), 1) + " dBm",
          human_time_ns(ns_from_ps(cost.ranking)),
          human_energy_pj(cost.dynamic_pj),
          human_rate(cost.standing_mw) + " mW",
          human_bytes(static_cast<double>(load.read.hbm_bytes)),
          human_time_ns(ns_from_ps(load.time())),
          human_energy_pj(load.energy_pj),
          digits(area.rings_mm2, 1),
          digits(area.sram_mm2, 2)};
}

nlohmann::ordered_json json_of(const Estimate& estimate) {
  return {{"mean", estimate.mean}, {"standard_error", estimate.standard_error}};
}

nlohmann::ordered_json finite_or_null(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json detector_json(const photonic::BalancedDetector& detector) {
  return {{"full_scale_na", detector.full_scale_ua() * 1e3},
          {"shot_na", detector.shot_na(detector.full_scale_ua())},
          {"thermal_na", detector.thermal_na()},
          {"nep_na", detector.nep_na()},
          {"noise_na", detector.noise_na(detector.full_scale_ua())}};
}

nlohmann::ordered_json rings_json(const Optics& optics) {
  return {{"fwhm_pm", optics.ring.fwhm_pm()},
          {"fsr_pm", optics.ring.fsr_pm()},
          {"lowest_weight", optics.drive.lowest_weight()},
          {"highest_weight", optics.drive.highest_weight()},
          {"plan_aliases", optics.plan.aliases()},
          {"worst_crosstalk_db", finite_or_null(optics.plan.worst_crosstalk_db())}};
}

nlohmann::ordered_json latency_json(const rank_study::RankingCost& cost) {
  nlohmann::ordered_json json;
  for (const rank_study::Stage& stage : cost.stages) json[stage.name + "_ns"] = ns_from_ps(stage.time);
  json["passes"] = cost.passes;
  json["evaluation_ns"] = ns_from_ps(cost.evaluation);
  json["pages"] = cost.pages;
  json["page_switch_ns"] = ns_from_ps(cost.page_switch);
  json["ranking_ns"] = ns_from_ps(cost.ranking);
  return json;
}

nlohmann::ordered_json energy_json(const rank_study::RankingCost& cost) {
  nlohmann::ordered_json json;
  for (const EnergyItem& item : cost.energy) json[item.component] = item.picojoules;
  json["dynamic"] = cost.dynamic_pj;
  return json;
}

nlohmann::ordered_json load_json(const RankPoint& point) {
  const rank_study::LoadCost load = rank_study::load_cost(point.config, point.options.blocks);
  return {{"placement", name_of(point.config.store.placement)},
          {"hbm_bytes", load.read.hbm_bytes},
          {"sram_ns", ns_from_ps(load.read.time)},
          {"rings", load.rings},
          {"programming_ns", ns_from_ps(load.programming)},
          {"correcting_ns", ns_from_ps(load.correcting)},
          {"time_ns", ns_from_ps(load.time())},
          {"energy_pj", load.energy_pj},
          {"banks", load.contexts}};
}

}  // namespace

std::string rank_tables(const RankPoint& point) {
  const Optics optics(point.config);
  const rank_study::RankingCost cost = rank_study::ranking_cost(point.config, point.options.blocks);
  std::string text = ranking_table(point, optics);
  for (const std::string& table : {link_table(optics), current_table(optics), latency_table(cost),
                                   energy_table(cost), bank_table(point)}) {
    text += "\n" + table;
  }
  for (const std::string& warning : point.warnings) text += "Warning: " + warning + ".\n";
  return text;
}

std::string rank_sweep_table(const std::vector<RankPoint>& points, const std::string& key) {
  std::vector<std::vector<std::string>> rows = {sweep_headings(key)};
  std::string warnings;
  std::set<std::string> said;  // a warning about the same thing is said once
  for (const RankPoint& point : points) {
    rows.push_back(sweep_cells(point));
    for (const std::string& warning : point.warnings) {
      if (!said.insert(warning.substr(0, warning.find(": "))).second) continue;
      warnings += "Warning: " + rows.back().front() + ": " + warning + ".\n";
    }
  }
  std::vector<std::vector<std::string>> shown(rows.size());
  for (std::size_t column = 0; column < rows.front().size(); ++column) {
    const bool varies = std::any_of(rows.begin() + 1, rows.end(),
                                    [&](const auto& row) { return row[column] != rows[1][column]; });
    if (!varies && column >= kColumnsAlwaysShown) continue;
    for (std::size_t row = 0; row < rows.size(); ++row) shown[row].push_back(rows[row][column]);
  }
  Table table(shown.front());
  std::for_each(shown.begin() + 1, shown.end(), [&table](const auto& row) { table.add_row(row); });
  return table.text() + warnings;
}

nlohmann::ordered_json rank_json(const RankPoint& point) {
  const Optics optics(point.config);
  const rank_study::Accuracy& accuracy = point.accuracy;
  const rank_study::RankingCost cost = rank_study::ranking_cost(point.config, point.options.blocks);
  const rank_study::Area area = rank_study::area_of(point.config);
  return {{"name", point.name},
          {"value", point.value},
          {"study",
           {{"trials", point.options.trials},
            {"blocks", point.options.blocks},
            {"k", point.options.k},
            {"age_us", ns_from_ps(point.options.age) * 1e-3},
            {"seed", point.options.seed}}},
          {"recall_at_k", json_of(accuracy.recall)},
          {"correlation", json_of(accuracy.correlation)},
          {"score_error", accuracy.score_error},
          {"noise", accuracy.noise},
          {"snr_spread_db", finite_or_null(accuracy.snr_spread_db())},
          {"snr_full_scale_db", finite_or_null(optics.detector.snr_full_scale_db())},
          {"weight_error", accuracy.weight_error},
          {"clipped_share", accuracy.clipped_share},
          {"rings", rings_json(optics)},
          {"link", report::link_budget_json(optics.link)},
          {"detector", detector_json(optics.detector)},
          {"latency", latency_json(cost)},
          {"energy_pj", energy_json(cost)},
          {"standing_mw", cost.standing_mw},
          {"load", load_json(point)},
          {"area_mm2", {{"rings", area.rings_mm2}, {"sram", area.sram_mm2}}},
          {"warnings", point.warnings},
          {"config", point.resolved}};
}

}  // namespace prism::cli
