// SPDX-License-Identifier: Apache-2.0
// What a ranker computes: the scores of signatures against a query, and the best k of
// them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/common/top_k.h"

namespace prism {

/// Exact ranking: score = sum over i, in index order, of w_i * q_i in double precision (the products of two
/// bf16 are exact), rounded once to float. What electronic rankers compute, and the photonic core when every
/// impairment is off.
class RankingCore {
 public:
  /// `dimension`: values of a signature, > 0.
  explicit RankingCore(std::uint32_t dimension) : dimension_(dimension) {}

  /// Replaces the bank. `signatures`: a whole number of signatures, each `dimension` values, one after
  /// another.
  void load(std::span<const Bfloat16> signatures);
  void unload();
  std::uint32_t blocks() const { return blocks_; }

  /// Scores of the first `count` blocks (at most blocks()). `query`: `dimension` values.
  std::vector<float> scores(std::span<const Bfloat16> query, std::uint32_t count) const;

  /// The best `k` of the first `count` blocks, best first: select_best of their scores.
  std::vector<RankedBlock> rank(std::span<const Bfloat16> query, std::uint32_t count, std::uint32_t k) const;

 private:
  std::uint32_t dimension_;
  std::uint32_t blocks_ = 0;
  std::vector<float>
      weights_;  // tiles of rows; in a tile [dimension][row], so that the loop over rows vectorises
};

}  // namespace prism
