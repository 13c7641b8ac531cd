// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/accuracy.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <thread>

namespace prism::workload {
namespace {

/// |value - reference| / |reference| over all elements (L2).
template <typename ToDouble, typename Element>
double relative_error(std::span<const Element> value, std::span<const double> reference, ToDouble to_double) {
  double difference = 0.0;
  double norm = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double delta = to_double(value[i]) - reference[i];
    difference += delta * delta;
    norm += reference[i] * reference[i];
  }
  return norm > 0 ? std::sqrt(difference / norm) : (difference > 0 ? 1.0 : 0.0);
}

}  // namespace

AccuracyEvaluator::AccuracyEvaluator(const SyntheticContent& content, const WorkloadConfig& workload,
                                     std::uint32_t block_tokens)
    : content_(content), model_(workload.model), block_tokens_(block_tokens) {
  const std::uint32_t all = workload.batch * model_.pairs();
  sample_size_ = workload.accuracy_pairs == 0 ? all : std::min(workload.accuracy_pairs, all);
  wanted_.assign(all, 0);
  for (std::uint32_t i = 0; i < sample_size_; ++i) {
    // Evenly spaced, with the KV heads turned by the golden ratio from layer to layer: a spacing of whole
    // layers would always meet the same head otherwise.
    const auto number = static_cast<std::uint32_t>(std::uint64_t{i} * all / sample_size_);
    const std::uint32_t layer = number / model_.kv_heads;
    const std::uint32_t fraction = layer * 0x9E3779B9u;  // of a turn; whole turns overflow away
    const auto turn = static_cast<std::uint32_t>((std::uint64_t{fraction} * model_.kv_heads) >> 32);
    const std::uint32_t head = (number + turn) % model_.kv_heads;
    wanted_[layer * model_.kv_heads + head] = 1;
  }
}

bool AccuracyEvaluator::wants(const HeadIndex& head) const {
  const std::uint64_t layer = std::uint64_t{head.sequence} * model_.layers + head.layer;
  const std::uint64_t number = layer * model_.kv_heads + head.head;
  return head.layer < model_.layers && head.head < model_.kv_heads && number < wanted_.size() &&
         wanted_[number] != 0;
}

void AccuracyEvaluator::record(Selection selection) {
  assert(wants(selection.head) && selection.tokens > 0 && selection.tokens <= content_.tokens());
  assert(selection.ranked_blocks <= (selection.tokens + block_tokens_ - 1) / block_tokens_);
  selections_.push_back(std::move(selection));
}

std::vector<SelectionAccuracy> AccuracyEvaluator::evaluate(unsigned threads) const {
  std::vector<SelectionAccuracy> out(selections_.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    ReferenceAttention reference(content_, block_tokens_);
    for (std::size_t i = next++; i < selections_.size(); i = next++)
      out[i] = evaluate(selections_[i], reference);
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();
  return out;
}

SelectionAccuracy AccuracyEvaluator::evaluate(const Selection& selection,
                                              ReferenceAttention& reference) const {
  std::vector<std::uint8_t> attended((selection.tokens + block_tokens_ - 1) / block_tokens_, 0);
  std::fill(attended.begin() + selection.ranked_blocks, attended.end(), 1);
  for (const std::uint32_t block : selection.blocks) {
    assert(block < attended.size());
    attended[block] = 1;
  }
  reference.compute(selection.head, selection.step, selection.tokens, attended);

  SelectionAccuracy out;
  out.head = selection.head;
  out.step = selection.step;
  const auto ranked_end = attended.begin() + selection.ranked_blocks;
  const auto k = static_cast<std::uint32_t>(std::count(attended.begin(), ranked_end, 1));
  if (k < selection.ranked_blocks) {
    const auto best = best_blocks(reference.block_mass(), selection.ranked_blocks, k);
    const auto hits =
        std::count_if(best.begin(), best.end(), [&](std::uint32_t b) { return attended[b] != 0; });
    out.recall_at_k = k > 0 ? static_cast<double>(hits) / k : 0.0;
    out.attention_mass = 0.0;
    for (std::size_t b = 0; b < attended.size(); ++b) {
      if (attended[b] != 0) out.attention_mass += reference.block_mass()[b];
    }
    out.output_error =
        relative_error(std::span(reference.restricted_output()), std::span(reference.dense_output()),
                       [](double value) { return value; });
  }
  if (content_.needles() > 0) {
    const auto range = content_.needle(selection.head, content_.needle_of_step(selection.step));
    const std::uint32_t first = range.first / block_tokens_;
    const std::uint32_t last = (range.first + range.count - 1) / block_tokens_;
    out.needle_hit = std::all_of(attended.begin() + first, attended.begin() + last + 1,
                                 [](std::uint8_t kept) { return kept != 0; });
  }
  if (!selection.output.empty()) {
    assert(selection.output.size() == reference.restricted_output().size());
    out.engine_error =
        relative_error(std::span(selection.output), std::span(reference.restricted_output()),
                       [](Bfloat16 value) { return static_cast<double>(float_from_bf16(value)); });
  }
  return out;
}

AccuracySummary summarize(std::span<const SelectionAccuracy> selections) {
  AccuracySummary out;
  out.selections = selections.size();
  if (selections.empty()) return out;
  out.recall_at_k = 0.0;
  out.attention_mass = 0.0;
  std::uint64_t needles = 0;
  std::uint64_t hits = 0;
  for (const SelectionAccuracy& one : selections) {
    out.recall_at_k += one.recall_at_k;
    out.attention_mass += one.attention_mass;
    out.output_error += one.output_error;
    if (one.needle_hit) ++needles;
    if (one.needle_hit.value_or(false)) ++hits;
    if (one.engine_error) out.engine_error = std::max(out.engine_error.value_or(0.0), *one.engine_error);
  }
  const auto count = static_cast<double>(selections.size());
  out.recall_at_k /= count;
  out.attention_mass /= count;
  out.output_error /= count;
  if (needles > 0) out.needle_hit_rate = static_cast<double>(hits) / static_cast<double>(needles);
  return out;
}

}  // namespace prism::workload
