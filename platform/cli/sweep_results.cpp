// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_results.h"

#include "platform/cli/human_units.h"
#include "platform/cli/table.h"

namespace prism::cli {
namespace {

std::string as_text(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

nlohmann::ordered_json optional_number(const std::optional<double>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

const char* state_name(PointResult::State state) {
  switch (state) {
    case PointResult::State::kMissing:
      return "missing";
    case PointResult::State::kDone:
      return "done";
    case PointResult::State::kFailed:
      return "failed";
  }
  return "";
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += ',';
    if (cell.find_first_of(",\"\n") == std::string::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
    line += '"';
  }
  return line + "\n";
}

/// Axes that the table shows in columns of their own.
bool has_own_column(const std::string& axis) {
  return axis == "workload.context_tokens" || axis == "policy.name";
}

}  // namespace

SweepResults::SweepResults(const SweepSpec& spec, std::vector<PointResult> results)
    : spec_(spec), results_(std::move(results)) {}

const Headline* SweepResults::baseline(std::size_t point) const {
  const auto& points = spec_.points();
  for (std::size_t other = 0; other < points.size(); ++other) {
    if (!results_[other].figures || results_[other].figures->policy != "dense") continue;
    bool same = true;
    for (std::size_t axis = 0; axis < spec_.keys().size(); ++axis) {
      if (spec_.keys()[axis].starts_with("policy.")) continue;
      same = same && points[other].values[axis] == points[point].values[axis];
    }
    if (same) return &*results_[other].figures;
  }
  return nullptr;
}

std::string SweepResults::table() const {
  std::vector<std::string> headings = {"context", "policy"};
  for (const std::string& axis : spec_.keys()) {
    if (!has_own_column(axis)) headings.push_back(axis.substr(axis.rfind('.') + 1));
  }
  const std::size_t left_columns = headings.size();
  for (const char* heading : {"blocks", "HBM K/V", "weights", "signatures", "other", "K/V cut", "time/step",
                              "tokens/s", "speed-up", "energy/step", "recall@k"}) {
    headings.emplace_back(heading);
  }
  Table table(headings, left_columns);
  for (std::size_t point = 0; point < results_.size(); ++point) {
    const auto& figures = results_[point].figures;
    if (!figures) {
      std::vector<std::string> row = {spec_.points()[point].name, state_name(results_[point].state)};
      row.resize(headings.size(), "-");
      table.add_row(std::move(row));
      continue;
    }
    std::vector<std::string> row = {human_tokens(static_cast<double>(figures->context_tokens)),
                                    figures->policy};
    for (std::size_t axis = 0; axis < spec_.keys().size(); ++axis) {
      if (!has_own_column(spec_.keys()[axis])) row.push_back(as_text(spec_.points()[point].values[axis]));
    }
    const Headline* dense = baseline(point);
    for (std::string& cell : std::vector<std::string>{
             std::to_string(figures->blocks_selected) + "/" + std::to_string(figures->blocks_total),
             human_bytes(figures->kv_bytes), human_bytes(figures->weight_bytes),
             human_bytes(figures->signature_bytes), human_bytes(figures->other_bytes),
             dense ? human_ratio(dense->kv_read_bytes / figures->kv_read_bytes) : "-",
             human_time_ns(figures->time_ns), human_rate(figures->tokens_per_second),
             dense ? human_ratio(dense->time_ns / figures->time_ns) : "-",
             human_energy_pj(figures->energy_pj),
             figures->recall_at_k ? human_fraction(*figures->recall_at_k) : "-"}) {
      row.push_back(std::move(cell));
    }
    table.add_row(std::move(row));
  }
  return table.text();
}

nlohmann::ordered_json SweepResults::figures(std::size_t point) const {
  const auto& figures = results_[point].figures;
  const Headline found = figures.value_or(Headline{});
  const Headline* dense = figures ? baseline(point) : nullptr;
  nlohmann::ordered_json out = {
      {"blocks_total", found.blocks_total},
      {"blocks_selected", found.blocks_selected},
      {"kv_read_bytes_per_step", found.kv_read_bytes},
      {"kv_bytes_per_step", found.kv_bytes},
      {"weights_bytes_per_step", found.weight_bytes},
      {"signature_bytes_per_step", found.signature_bytes},
      {"other_bytes_per_step", found.other_bytes},
      {"kv_reduction", dense != nullptr ? nlohmann::ordered_json(dense->kv_read_bytes / found.kv_read_bytes)
                                        : nlohmann::ordered_json(nullptr)},
      {"time_per_step_ns", found.time_ns},
      {"tokens_per_second", found.tokens_per_second},
      {"speed_up", dense != nullptr ? nlohmann::ordered_json(dense->time_ns / found.time_ns)
                                    : nlohmann::ordered_json(nullptr)},
      {"energy_per_step_pj", found.energy_pj},
      {"recall_at_k", optional_number(found.recall_at_k)},
      {"needle_hit_rate", optional_number(found.needle_hit_rate)},
      {"needle_answer_rate", optional_number(found.needle_answer_rate)},
      {"attention_mass", optional_number(found.attention_mass)},
      {"output_error", optional_number(found.output_error)},
      {"achieved_gbps", found.achieved_gbps},
      {"row_hit_rate", found.row_hit_rate}};
  if (!figures) {
    for (auto& item : out) item = nullptr;
  }
  return out;
}

std::string SweepResults::csv() const {
  std::string text;
  for (std::size_t point = 0; point < results_.size(); ++point) {
    const PointResult& result = results_[point];
    const nlohmann::ordered_json figures = this->figures(point);
    if (point == 0) {
      std::vector<std::string> headings = {"point"};
      headings.insert(headings.end(), spec_.keys().begin(), spec_.keys().end());
      headings.insert(headings.end(), {"state", "exit_status", "reason"});
      for (const auto& figure : figures.items()) headings.push_back(figure.key());
      text += csv_line(headings);
    }
    std::vector<std::string> row = {spec_.points()[point].name};
    for (const auto& value : spec_.points()[point].values) row.push_back(as_text(value));
    row.emplace_back(state_name(result.state));
    row.push_back(result.state == PointResult::State::kMissing ? "" : std::to_string(result.exit_status));
    row.push_back(result.reason);
    for (const auto& figure : figures) row.push_back(figure.is_null() ? "" : as_text(figure));
    text += csv_line(row);
  }
  return text;
}

nlohmann::ordered_json SweepResults::json() const {
  nlohmann::ordered_json points = nlohmann::ordered_json::array();
  for (std::size_t point = 0; point < results_.size(); ++point) {
    const PointResult& result = results_[point];
    nlohmann::ordered_json values = nlohmann::ordered_json::object();
    for (std::size_t key = 0; key < spec_.keys().size(); ++key)
      values[spec_.keys()[key]] = spec_.points()[point].values[key];
    points.push_back({{"name", spec_.points()[point].name},
                      {"key", result.key},
                      {"state", state_name(result.state)},
                      {"exit_status", result.exit_status},
                      {"reason", result.reason},
                      {"values", values},
                      {"figures", figures(point)}});
  }
  return {{"name", spec_.name()}, {"keys", spec_.keys()}, {"dropped", spec_.dropped()}, {"points", points}};
}

}  // namespace prism::cli
