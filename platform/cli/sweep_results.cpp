// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/sweep_results.h"

#include "platform/cli/human_units.h"
#include "platform/cli/table.h"

namespace prism::cli {
namespace {

std::string as_text(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The shortest decimal that reads back as the same number.
std::string exact(double value) {
  return nlohmann::json(value).dump();
}
std::string exact(const std::optional<double>& value) {
  return value ? exact(*value) : "";
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
    for (std::size_t axis = 0; axis < spec_.axes().size(); ++axis) {
      if (spec_.axes()[axis].starts_with("policy.")) continue;
      same = same && points[other].values[axis] == points[point].values[axis];
    }
    if (same) return &*results_[other].figures;
  }
  return nullptr;
}

std::string SweepResults::table() const {
  std::vector<std::string> headings = {"context", "policy"};
  for (const std::string& axis : spec_.axes()) {
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
      std::vector<std::string> row = {spec_.points()[point].name, "failed"};
      row.resize(headings.size(), "-");
      table.add_row(std::move(row));
      continue;
    }
    std::vector<std::string> row = {human_tokens(static_cast<double>(figures->context_tokens)),
                                    figures->policy};
    for (std::size_t axis = 0; axis < spec_.axes().size(); ++axis) {
      if (!has_own_column(spec_.axes()[axis])) row.push_back(as_text(spec_.points()[point].values[axis]));
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

std::string SweepResults::csv() const {
  std::vector<std::string> headings = {"point"};
  headings.insert(headings.end(), spec_.axes().begin(), spec_.axes().end());
  for (const char* heading :
       {"exit_status", "blocks_total", "blocks_selected", "kv_read_bytes_per_step", "kv_bytes_per_step",
        "weights_bytes_per_step", "signature_bytes_per_step", "other_bytes_per_step", "kv_reduction",
        "time_per_step_ns", "tokens_per_second", "speed_up", "energy_per_step_pj", "recall_at_k",
        "needle_hit_rate", "attention_mass", "output_error", "achieved_gbps", "row_hit_rate"}) {
    headings.emplace_back(heading);
  }
  std::string text = csv_line(headings);
  for (std::size_t point = 0; point < results_.size(); ++point) {
    std::vector<std::string> row = {spec_.points()[point].name};
    for (const auto& value : spec_.points()[point].values) row.push_back(as_text(value));
    row.push_back(std::to_string(results_[point].status));
    if (const auto& figures = results_[point].figures) {
      const Headline* dense = baseline(point);
      for (std::string& cell : std::vector<std::string>{
               std::to_string(figures->blocks_total), std::to_string(figures->blocks_selected),
               exact(figures->kv_read_bytes), exact(figures->kv_bytes), exact(figures->weight_bytes),
               exact(figures->signature_bytes), exact(figures->other_bytes),
               dense ? exact(dense->kv_read_bytes / figures->kv_read_bytes) : "", exact(figures->time_ns),
               exact(figures->tokens_per_second), dense ? exact(dense->time_ns / figures->time_ns) : "",
               exact(figures->energy_pj), exact(figures->recall_at_k), exact(figures->needle_hit_rate),
               exact(figures->attention_mass), exact(figures->output_error), exact(figures->achieved_gbps),
               exact(figures->row_hit_rate)}) {
        row.push_back(std::move(cell));
      }
    }
    row.resize(headings.size());
    text += csv_line(row);
  }
  return text;
}

}  // namespace prism::cli
