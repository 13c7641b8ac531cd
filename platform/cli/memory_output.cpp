// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/memory_output.h"

#include <algorithm>
#include <numeric>

#include "platform/cli/human_units.h"
#include "platform/cli/table.h"

namespace prism::cli {
namespace {

constexpr double kPercent = 100.0;

std::string percent(double share) {
  return human_rate(share * kPercent) + " %";
}

std::string gbps(double value) {
  return human_rate(value) + " GB/s";
}

/// Bytes of each channel over the mean of all; all 1 when nothing was moved.
std::vector<double> balance(const std::vector<std::uint64_t>& bytes) {
  const double total = static_cast<double>(std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0}));
  std::vector<double> shares;
  for (const std::uint64_t channel : bytes) {
    shares.push_back(total > 0 ? static_cast<double>(channel) * static_cast<double>(bytes.size()) / total
                               : 1.0);
  }
  return shares;
}

void add_latency(Table& table, const std::string& kind, const LatencyHistogram& latency) {
  if (latency.count() == 0) return;
  table.add_row({kind + " latency, mean", human_time_ns(latency.mean_ns())});
  table.add_row({kind + " latency, p50", human_time_ns(latency.percentile_ns(0.50))});
  table.add_row({kind + " latency, p99", human_time_ns(latency.percentile_ns(0.99))});
}

nlohmann::ordered_json latency_json(const LatencyHistogram& latency) {
  if (latency.count() == 0) return {{"mean", nullptr}, {"p50", nullptr}, {"p99", nullptr}};
  return {{"mean", latency.mean_ns()},
          {"p50", latency.percentile_ns(0.50)},
          {"p99", latency.percentile_ns(0.99)}};
}

std::string notes(const MemoryMeasurement& measured) {
  std::string text;
  for (const std::string& component : measured.energy.unknown_energies()) {
    text += (text.empty() ? "Note: the energy is without " : ", ") + component;
  }
  if (!text.empty()) text += ": no figure is known.\n";
  const std::vector<double> shares = balance(measured.bytes_per_channel);
  const auto busiest = std::max_element(shares.begin(), shares.end());
  if (*busiest > 2.0) {
    text += "Warning: channel " + std::to_string(busiest - shares.begin()) + " carries " +
            human_ratio(*busiest) +
            " the mean of all channels: the address map does not spread this traffic.\n";
  }
  return text;
}

}  // namespace

double MemoryMeasurement::row_hit_rate() const {
  const std::uint64_t bursts = counters.row_hits + counters.row_misses;
  return bursts > 0 ? static_cast<double>(counters.row_hits) / static_cast<double>(bursts) : 0.0;
}

double MemoryMeasurement::requests_per_second() const {
  return wall_seconds > 0.0 ? static_cast<double>(traffic.requests()) / wall_seconds : 0.0;
}

std::string memory_table(const MemoryMeasurement& measured, const std::string& title) {
  const memory_study::RunResult& traffic = measured.traffic;
  const double peak = measured.config.organization.peak_gbps();
  Table table({title, "value"});
  table.add_row({"requests", std::to_string(traffic.requests())});
  table.add_row({"reads, writes",
                 std::to_string(traffic.reads.count()) + ", " + std::to_string(traffic.writes.count())});
  table.add_row({"data", human_bytes(static_cast<double>(traffic.bytes))});
  table.add_row({"simulated time", human_time_ns(ns_from_ps(traffic.end))});
  table.add_row({"bandwidth, achieved", gbps(traffic.achieved_gbps())});
  table.add_row({"bandwidth, peak", gbps(peak)});
  table.add_row({"of the peak", percent(traffic.achieved_gbps() / peak)});
  table.add_row({"row hits", percent(measured.row_hit_rate())});
  add_latency(table, "read", traffic.reads);
  add_latency(table, "write", traffic.writes);
  table.add_row({"refreshes, all banks", std::to_string(measured.counters.refreshes_all_bank)});
  table.add_row({"refreshes, one bank", std::to_string(measured.counters.refreshes_per_bank)});
  for (const EnergyItem& item : measured.energy.energies()) {
    table.add_row({"energy, " + item.component, human_energy_pj(item.picojoules)});
  }
  const std::vector<double> shares = balance(measured.bytes_per_channel);
  const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
  table.add_row(
      {"channels, least and most loaded over mean", human_ratio(*least) + ", " + human_ratio(*most)});
  table.add_row({"wall time", human_time_ns(measured.wall_seconds * 1e9)});
  table.add_row({"requests per wall second", human_rate(measured.requests_per_second())});
  return table.text() + notes(measured);
}

nlohmann::ordered_json memory_json(const MemoryMeasurement& measured, const nlohmann::json& configuration) {
  const memory_study::RunResult& traffic = measured.traffic;
  // Unknown energies are there, as null: a sum over the others is not the whole.
  nlohmann::ordered_json energy = nlohmann::ordered_json::object();
  for (const EnergyItem& item : measured.energy.energies()) energy[item.component] = item.picojoules;
  for (const std::string& component : measured.energy.unknown_energies()) energy[component] = nullptr;
  nlohmann::ordered_json channels = nlohmann::ordered_json::array();
  const std::uint32_t of_stack = measured.config.organization.channels;
  for (std::size_t i = 0; i < measured.bytes_per_channel.size(); ++i) {
    const std::uint64_t bytes = measured.bytes_per_channel[i];
    channels.push_back({{"stack", i / of_stack},
                        {"channel", i % of_stack},
                        {"bytes", bytes},
                        {"gbps", gbps_of(bytes, traffic.end)}});
  }
  return {{"achieved_gbps", traffic.achieved_gbps()},
          {"peak_gbps", measured.config.organization.peak_gbps()},
          {"row_hit_rate", measured.row_hit_rate()},
          {"read_latency_ns", latency_json(traffic.reads)},
          {"write_latency_ns", latency_json(traffic.writes)},
          {"requests", traffic.requests()},
          {"simulated_ns", ns_from_ps(traffic.end)},
          {"wall_seconds", measured.wall_seconds},
          {"requests_per_second", measured.requests_per_second()},
          {"energy_pj", energy},
          {"per_channel", channels},
          {"config", configuration}};
}

}  // namespace prism::cli
