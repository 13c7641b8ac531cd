// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/accuracy.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <map>
#include <thread>
#include <tuple>
#include <utility>

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

AccuracyEvaluator::AccuracyEvaluator(const KvContent& content, const WorkloadConfig& workload,
                                     std::uint32_t block_tokens)
    : content_(content), sample_(workload), block_tokens_(block_tokens) {}

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
  const auto ranked_begin = attended.begin() + selection.first_ranked;
  const auto ranked_end = attended.begin() + selection.ranked_blocks;
  std::fill(attended.begin(), ranked_begin, 1);
  std::fill(ranked_end, attended.end(), 1);
  for (const std::uint32_t block : selection.blocks) {
    assert(block < attended.size());
    attended[block] = 1;
  }
  reference.compute(selection.head, selection.step, selection.tokens, attended);

  SelectionAccuracy out;
  out.head = selection.head;
  out.step = selection.step;
  out.retrieves = selection.retrieves;
  out.blocks = selection.blocks;
  const std::uint32_t candidates = selection.ranked_blocks - selection.first_ranked;
  const auto k = static_cast<std::uint32_t>(std::count(ranked_begin, ranked_end, 1));
  if (k < candidates) {
    const auto best =
        best_blocks(std::span(reference.block_mass()).subspan(selection.first_ranked), candidates, k);
    const auto hits =
        std::count_if(best.begin(), best.end(), [&](std::uint32_t b) { return ranked_begin[b] != 0; });
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
  std::uint64_t retrieving = 0;
  struct Question {
    std::uint64_t heads = 0;
    std::uint64_t hits = 0;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Question> questions;  // by sequence and step
  for (const SelectionAccuracy& one : selections) {
    if (one.retrieves) {
      ++retrieving;
      out.recall_at_k += one.recall_at_k;
      if (one.needle_hit) {
        Question& question = questions[{one.head.sequence, one.step}];
        ++question.heads;
        if (*one.needle_hit) ++question.hits;
      }
    }
    out.attention_mass += one.attention_mass;
    out.output_error += one.output_error;
    if (one.engine_error) out.engine_error = std::max(out.engine_error.value_or(0.0), *one.engine_error);
  }
  const auto count = static_cast<double>(selections.size());
  out.recall_at_k = retrieving > 0 ? out.recall_at_k / static_cast<double>(retrieving) : 1.0;
  out.attention_mass /= count;
  out.output_error /= count;
  if (questions.empty()) return out;
  Question all;
  std::uint64_t answered = 0;
  for (const auto& [when, question] : questions) {
    all.heads += question.heads;
    all.hits += question.hits;
    if (2 * question.hits >= question.heads) ++answered;
  }
  out.needle_hit_rate = static_cast<double>(all.hits) / static_cast<double>(all.heads);
  out.needle_answer_rate = static_cast<double>(answered) / static_cast<double>(questions.size());
  return out;
}

std::vector<HeadAccuracy> summarize_by_head(std::span<const SelectionAccuracy> selections) {
  using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;
  std::map<Place, std::vector<SelectionAccuracy>> heads;
  for (const SelectionAccuracy& one : selections) {
    heads[{one.head.sequence, one.head.layer, one.head.head}].push_back(one);
  }
  std::vector<HeadAccuracy> out;
  out.reserve(heads.size());
  for (const auto& [place, steps] : heads) {
    out.push_back({steps.front().head, steps.front().retrieves, summarize(steps), steps.back().blocks});
  }
  return out;
}

}  // namespace prism::workload
