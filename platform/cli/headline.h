// SPDX-License-Identifier: Apache-2.0
// The figures of one report.json that tables and sweep.csv show, each for one decode step.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace prism::cli {

struct Headline {
  std::string policy;
  std::uint64_t context_tokens = 0;
  std::uint64_t batch = 0;
  std::uint64_t blocks_total = 0;
  std::uint64_t blocks_selected = 0;
  // HBM bytes a step.
  double kv_read_bytes = 0;
  double kv_bytes = 0;  // read and appended
  double weight_bytes = 0;
  double signature_bytes = 0;  // scanned, written, loaded into the photonic core
  double other_bytes = 0;
  double achieved_gbps = 0;
  double row_hit_rate = 0;
  double refreshes = 0;  // HBM refresh commands a step
  double hbm_energy_pj = 0;
  double time_ns = 0;
  double tokens_per_second = 0;
  double energy_pj = 0;
  // Nothing where the policy has no such figure.
  std::optional<double> recall_at_k, needle_hit_rate, needle_answer_rate, attention_mass, output_error;
};

Headline headline_of(const nlohmann::json& report);

/// What a reader of the figures must know: samples, caps, unknown parts.
std::vector<std::string> caveats_of(const nlohmann::json& report);

}  // namespace prism::cli
