// SPDX-License-Identifier: Apache-2.0
// How good the blocks were that a run chose, against exact attention over the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "platform/workload/head_sample.h"
#include "platform/workload/reference_attention.h"

namespace prism::workload {

/// What the simulated system did for one head at one step.
struct Selection {
  HeadIndex head;
  std::uint32_t step = 0;
  std::uint32_t tokens = 0;  // that dense attention would cover, appended ones included
  std::uint32_t ranked_blocks =
      0;  // blocks first_ranked .. ranked_blocks - 1 were chosen from; later ones are always attended
  std::vector<std::uint32_t>
      blocks;                      // chosen, in any order; entries that are always attended anyway do no harm
  std::vector<Bfloat16> output;    // [query head of the group][dimension] as simulated; empty: not compared
  std::uint32_t first_ranked = 0;  // blocks before it (sinks) are always attended
  bool retrieves = true;           // the policy chose; false: a head that attends to sinks and window
};

/// docs/workload.md defines the metrics.
struct SelectionAccuracy {
  HeadIndex head;
  std::uint32_t step = 0;
  bool retrieves = true;
  std::vector<std::uint32_t> blocks;  // as in Selection
  double recall_at_k = 1.0;
  double attention_mass = 1.0;
  std::optional<bool> needle_hit;  // none planted: nothing
  double output_error = 0.0;       // of ideal attention over the kept tokens, relative to dense
  std::optional<double>
      engine_error;  // of the simulated output, relative to ideal attention over the same tokens
};

struct AccuracySummary {
  std::uint64_t selections = 0;
  double recall_at_k = 1.0;  // means over all selections; recall and needles: of heads that retrieve
  double attention_mass = 1.0;
  std::optional<double> needle_hit_rate;
  std::optional<double> needle_answer_rate;  // of questions: the steps of the sequences
  double output_error = 0.0;
  std::optional<double> engine_error;  // the largest
};

/// Collects the selections of a sample of heads during a run, and evaluates them afterwards.
class AccuracyEvaluator {
 public:
  AccuracyEvaluator(const KvContent& content, const WorkloadConfig& workload, std::uint32_t block_tokens);

  /// Whether this head belongs to the sample.
  bool wants(const HeadIndex& head) const { return sample_.contains(head); }
  std::uint32_t sample_size() const { return sample_.size(); }

  void record(Selection selection);

  /// One entry a recorded selection, in order. The result does not depend on the number of threads.
  std::vector<SelectionAccuracy> evaluate(unsigned threads) const;

 private:
  SelectionAccuracy evaluate(const Selection& selection, ReferenceAttention& reference) const;

  const KvContent& content_;
  HeadSample sample_;
  std::uint32_t block_tokens_;
  std::vector<Selection> selections_;
};

AccuracySummary summarize(std::span<const SelectionAccuracy> selections);

struct HeadAccuracy {
  HeadIndex head;
  bool retrieves = true;
  AccuracySummary accuracy;
  std::vector<std::uint32_t> blocks;  // chosen in the last step
};

/// The same for each head over its steps, in order of sequence, layer and KV head.
std::vector<HeadAccuracy> summarize_by_head(std::span<const SelectionAccuracy> selections);

}  // namespace prism::workload
