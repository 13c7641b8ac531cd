// SPDX-License-Identifier: Apache-2.0
#include "platform/report/sections.h"

namespace prism::report {

namespace {

using nlohmann::json;

json optional_number(const std::optional<double>& value) {
  return value ? json(*value) : json(nullptr);
}

json figures(const workload::AccuracySummary& accuracy) {
  return {{"recall_at_k", accuracy.recall_at_k},
          {"needle_hit_rate", optional_number(accuracy.needle_hit_rate)},
          {"attention_mass", accuracy.attention_mass},
          {"output_error", accuracy.output_error},
          {"engine_error", optional_number(accuracy.engine_error)}};
}

json by_head(const std::vector<workload::HeadAccuracy>& heads) {
  json out = json::array();
  for (const workload::HeadAccuracy& one : heads) {
    json head = figures(one.accuracy);
    head["sequence"] = one.head.sequence;
    head["layer"] = one.head.layer;
    head["kv_head"] = one.head.head;
    head["retrieves"] = one.retrieves;
    head["blocks"] = one.blocks;
    out.push_back(std::move(head));
  }
  return out;
}

}  // namespace

json selection_section(const config::PlatformConfig& config, const Measurements& measured) {
  const config::PolicyConfig& policy = config.policy;
  const bool selects =
      policy.name != config::PolicyName::kDense && policy.name != config::PolicyName::kStreaming;
  json out = figures(measured.accuracy);
  out["needle_answer_rate"] = optional_number(measured.accuracy.needle_answer_rate);
  out["policy"] = config.resolved.at("policy").at("name");
  out["block_tokens"] = policy.block_tokens;
  out["blocks_total"] = measured.blocks_total;
  out["blocks_selected"] = measured.blocks_selected;
  out["k_requested"] = selects ? json(policy.k) : json(nullptr);
  out["k_capped"] = selects && policy.k > measured.blocks_total;
  out["accuracy_sample"] = measured.accuracy_sample;
  out["accuracy_heads"] = measured.accuracy_heads;
  out["by_head"] = by_head(measured.accuracy_by_head);
  return out;
}

}  // namespace prism::report
