// SPDX-License-Identifier: Apache-2.0
#include "models/compute/block_ranker.h"

#include <algorithm>
#include <cassert>

#include "models/common/top_k.h"
#include "models/compute/kernels.h"

namespace prism::compute {

namespace {

std::vector<Bfloat16> mean(std::span<const Bfloat16> vectors, std::uint32_t count) {
  const std::size_t dimension = vectors.size() / count;
  std::vector<float> sum(dimension);
  best_kernels().add_rows(vectors.data(), count, dimension, sum.data());
  std::vector<Bfloat16> out(dimension);
  std::transform(sum.begin(), sum.end(), out.begin(),
                 [count](float value) { return result_from_float(value / static_cast<float>(count)); });
  return out;
}

}  // namespace

void BlockRanker::start(std::span<const Bfloat16> queries, std::uint32_t heads, std::uint32_t dimension,
                        RowForm form, Pooling pooling) {
  assert(heads > 0 && dimension > 0 && queries.size() == std::size_t{heads} * dimension);
  dimension_ = dimension;
  form_ = form;
  scores_.clear();
  queries_.clear();
  if (pooling == Pooling::kMean && heads > 1) {
    queries_.push_back(mean(queries, heads));
    return;
  }
  for (std::uint32_t head = 0; head < heads; ++head) {
    const auto query = queries.subspan(std::size_t{head} * dimension, dimension);
    queries_.emplace_back(query.begin(), query.end());
  }
}

std::uint64_t BlockRanker::add(std::span<const Bfloat16> rows) {
  assert(rows.size() % row_elements() == 0);
  std::vector<float> best = score(queries_.front(), rows);
  for (std::size_t i = 1; i < queries_.size(); ++i) {
    const std::vector<float> scores = score(queries_[i], rows);
    std::transform(best.begin(), best.end(), scores.begin(), best.begin(),
                   [](float a, float b) { return std::max(a, b); });
  }
  scores_.insert(scores_.end(), best.begin(), best.end());
  return rows.size() * queries_.size();
}

std::vector<float> BlockRanker::score(std::span<const Bfloat16> query, std::span<const Bfloat16> rows) {
  const auto count = static_cast<std::uint32_t>(rows.size() / row_elements());
  if (form_ == RowForm::kSignature) {
    RankingCore core(dimension_);
    core.load(rows);
    return core.scores(query, count);
  }
  std::vector<double> factors(dimension_);
  std::transform(query.begin(), query.end(), factors.begin(),
                 [](Bfloat16 value) { return static_cast<double>(float_from_bf16(value)); });
  std::vector<float> out(count);
  for (std::uint32_t row = 0; row < count; ++row) {
    const Bfloat16* const low = &rows[std::size_t{row} * 2 * dimension_];
    const Bfloat16* const high = low + dimension_;
    double sum = 0.0;
    for (std::uint32_t i = 0; i < dimension_; ++i) {
      // The bound that the factor's sign makes the larger product.
      const Bfloat16 bound = factors[i] < 0.0 ? low[i] : high[i];
      sum += factors[i] * static_cast<double>(float_from_bf16(bound));
    }
    out[row] = static_cast<float>(sum);
  }
  return out;
}

std::vector<std::uint32_t> BlockRanker::best(std::uint32_t k) const {
  std::vector<std::uint32_t> out;
  for (const RankedBlock& block : select_best(scores_, k)) out.push_back(block.index);
  return out;
}

void bounds(std::span<const Bfloat16> vectors, std::uint32_t dimension, std::span<Bfloat16> out) {
  assert(!vectors.empty() && vectors.size() % dimension == 0 && out.size() == 2 * std::size_t{dimension});
  const std::span<Bfloat16> low = out.first(dimension);
  const std::span<Bfloat16> high = out.last(dimension);
  std::copy_n(vectors.begin(), dimension, low.begin());
  std::copy_n(vectors.begin(), dimension, high.begin());
  for (std::size_t i = dimension; i < vectors.size(); ++i) {
    const std::size_t column = i % dimension;
    const float value = float_from_bf16(vectors[i]);
    if (value < float_from_bf16(low[column])) low[column] = vectors[i];
    if (value > float_from_bf16(high[column])) high[column] = vectors[i];
  }
}

}  // namespace prism::compute
