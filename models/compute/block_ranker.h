// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/ranking_core.h"
#include "models/compute/ranker_config.h"

namespace prism::compute {

/// What a row of a ranking is.
enum class RowForm : std::uint8_t {
  kSignature,  // a vector; its score is the dot product with the query
  kBounds,     // element-wise minimum and then maximum of a page's keys; its score is the largest dot product
               // that a key within them could have with the query (Quest, arXiv 2406.10774)
};

/// How the queries of a group make one score.
enum class Pooling : std::uint8_t {
  kMean,  // their mean, rounded to bf16, is the query
  kMax,   // every query scores the row: the largest counts
};

/// Electronic block ranking: scores of rows that arrive piece by piece, then the best k. Signature scores are
/// RankingCore's, ties go to the lower row: with the same signatures and query an ideal photonic core picks
/// the same blocks. Bounds are summed in index order in double precision and rounded once to float.
class BlockRanker {
 public:
  /// `queries`: [heads][dimension], both > 0.
  void start(std::span<const Bfloat16> queries, std::uint32_t heads, std::uint32_t dimension, RowForm form,
             Pooling pooling);

  /// Values of a row.
  std::uint32_t row_elements() const { return form_ == RowForm::kBounds ? 2 * dimension_ : dimension_; }
  /// Scores `rows`, a whole number of them. Returns the multiply-accumulates.
  std::uint64_t add(std::span<const Bfloat16> rows);

  /// The best `k` (at most the rows added), best first.
  std::vector<std::uint32_t> best(std::uint32_t k) const;

 private:
  std::vector<float> score(std::span<const Bfloat16> query, std::span<const Bfloat16> rows);

  std::uint32_t dimension_ = 0;
  RowForm form_ = RowForm::kSignature;
  std::vector<std::vector<Bfloat16>> queries_;
  std::vector<float> scores_;
};

/// Element-wise minimum and maximum over `vectors`, [count][dimension], to `out`, [2][dimension].
void bounds(std::span<const Bfloat16> vectors, std::uint32_t dimension, std::span<Bfloat16> out);

}  // namespace prism::compute
