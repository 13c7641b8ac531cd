// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/headline.h"

#include <initializer_list>

namespace prism::cli {
namespace {

std::optional<double> figure(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return found->get<double>();
}

}  // namespace

Headline headline_of(const nlohmann::json& report) {
  const auto& decode = report.at("decode");
  const auto& hbm = report.at("hbm");
  const auto& selection = report.at("selection");
  const double steps = decode.at("steps").get<double>();
  const auto per_step = [&](std::initializer_list<const char*> purposes) {
    double bytes = 0;
    for (const char* purpose : purposes) bytes += hbm.at("bytes_by_purpose").at(purpose).get<double>();
    return bytes / steps;
  };
  Headline headline;
  headline.policy = selection.at("policy");
  headline.context_tokens = decode.at("context_tokens");
  headline.batch = decode.at("batch");
  headline.blocks_total = selection.at("blocks_total");
  headline.blocks_selected = selection.at("blocks_selected");
  headline.kv_read_bytes = per_step({"kv_read"});
  headline.kv_bytes = per_step({"kv_read", "kv_append"});
  headline.weight_bytes = per_step({"weights"});
  headline.signature_bytes = per_step({"signature_scan", "signature_write", "bank_reload"});
  headline.other_bytes = per_step({"descriptors", "firmware", "other"});
  headline.achieved_gbps = hbm.at("achieved_gbps");
  headline.row_hit_rate = hbm.at("row_hit_rate");
  headline.refreshes = hbm.at("refreshes").get<double>() / steps;
  headline.hbm_energy_pj = hbm.at("energy_pj").get<double>() / steps;
  headline.time_ns = decode.at("time_per_step_ns");
  headline.tokens_per_second = decode.at("tokens_per_second");
  headline.energy_pj = report.at("energy_pj").at("per_step_total");
  headline.recall_at_k = figure(selection, "recall_at_k");
  headline.needle_hit_rate = figure(selection, "needle_hit_rate");
  headline.needle_answer_rate = figure(selection, "needle_answer_rate");
  headline.attention_mass = figure(selection, "attention_mass");
  headline.output_error = figure(selection, "output_error");
  return headline;
}

std::vector<std::string> caveats_of(const nlohmann::json& report) {
  std::vector<std::string> caveats;
  const auto& selection = report.at("selection");
  const auto sample = selection.at("accuracy_sample").get<std::uint64_t>();
  const auto heads = selection.at("accuracy_heads").get<std::uint64_t>();
  if (sample < heads) {
    caveats.push_back("recall@k is over a sample of " + std::to_string(sample) + " of the " +
                      std::to_string(heads) +
                      " (sequence, layer, KV head) triples (workload.functional_heads)");
  }
  if (selection.at("k_capped").get<bool>()) {
    caveats.push_back("k = " + selection.at("k_requested").dump() + " is capped at the " +
                      selection.at("blocks_total").dump() + " blocks of " +
                      report.at("decode").at("context_tokens").dump() + " tokens");
  }
  std::string unknown;
  for (const auto& component : report.at("energy_unknown")) {
    unknown += (unknown.empty() ? "" : ", ") + component.get<std::string>();
  }
  if (!unknown.empty()) caveats.push_back("the energy is without " + unknown + ": no figure is known");
  return caveats;
}

}  // namespace prism::cli
