// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/reference_attention.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/compute/kernels.h"

namespace prism::workload {

ReferenceAttention::ReferenceAttention(const KvContent& content, std::uint32_t block_tokens,
                                       const Kernels& kernels)
    : content_(content),
      kernels_(kernels),
      block_tokens_(block_tokens),
      heads_(content.model().group_size()),
      dimension_(content.model().head_dimension),
      block_stride_(compute::padded(block_tokens)),
      dimension_stride_(compute::padded(dimension_)),
      vectors_(block_tokens_ * dimension_),
      widened_(std::max(dimension_ * block_stride_, block_tokens_ * dimension_stride_)) {
  static_assert(compute::kPanel % kPanel == 0);
}

void ReferenceAttention::compute(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens,
                                 std::span<const std::uint8_t> attended) {
  prepare(head, step, tokens);
  assert(attended.size() == block_mass_.size());
  compute_weights(attended);
  compute_outputs(head, tokens, attended);
}

void ReferenceAttention::compute_mass(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens) {
  prepare(head, step, tokens);
  compute_weights(std::vector<std::uint8_t>(block_mass_.size(), 1));
}

void ReferenceAttention::prepare(const HeadIndex& head, std::uint32_t step, std::uint32_t tokens) {
  assert(tokens > 0 && tokens <= content_.tokens());
  block_mass_.assign((tokens + block_tokens_ - 1) / block_tokens_, 0.0);
  load_queries(head, step);
  compute_scores(head, tokens);
}

void ReferenceAttention::load_queries(const HeadIndex& head, std::uint32_t step) {
  std::vector<Bfloat16> queries(heads_ * dimension_);
  content_.queries(head, step, queries);
  const double scale = 1.0 / std::sqrt(static_cast<double>(dimension_));
  queries_.resize(queries.size());
  std::transform(queries.begin(), queries.end(), queries_.begin(),
                 [scale](Bfloat16 element) { return scale * float_from_bf16(element); });
}

void ReferenceAttention::compute_scores(const HeadIndex& head, std::uint32_t tokens) {
  const std::size_t stride = block_mass_.size() * block_stride_;
  weights_.assign(heads_ * stride, 0.0);
  for (std::uint32_t block = 0; block < blocks(); ++block) {
    const std::uint32_t first = block * block_tokens_;
    const std::size_t count = std::min(block_tokens_, tokens - first);
    content_.keys(head, first, std::span(vectors_).first(count * dimension_));
    compute::best_kernels().widen_transposed(vectors_.data(), count, dimension_, widened_.data(),
                                             block_stride_);
    double* scores = &weights_[block * block_stride_];
    kernels_.multiply_add(queries_.data(), dimension_, widened_.data(), block_stride_, scores, stride, heads_,
                          dimension_, compute::padded(count));
    // Places without a token weigh nothing.
    for (std::size_t h = 0; h < heads_; ++h) {
      std::fill(scores + h * stride + count, scores + h * stride + block_stride_,
                -std::numeric_limits<double>::infinity());
    }
  }
}

void ReferenceAttention::compute_weights(std::span<const std::uint8_t> attended) {
  const std::size_t stride = block_mass_.size() * block_stride_;
  total_.assign(heads_, 0.0);
  kept_.assign(heads_, 0.0);
  std::vector<double> sums(block_mass_.size());
  for (std::size_t h = 0; h < heads_; ++h) {
    double* const row = &weights_[h * stride];
    kernels_.exponentials(row, stride, *std::max_element(row, row + stride));
    for (std::size_t block = 0; block < sums.size(); ++block) {
      const double* const begin = row + block * block_stride_;
      sums[block] = std::accumulate(begin, begin + block_stride_, 0.0);
      total_[h] += sums[block];
      if (attended[block] != 0) kept_[h] += sums[block];
    }
    for (std::size_t block = 0; block < sums.size(); ++block) {
      block_mass_[block] += sums[block] / total_[h] / static_cast<double>(heads_);
    }
  }
}

void ReferenceAttention::compute_outputs(const HeadIndex& head, std::uint32_t tokens,
                                         std::span<const std::uint8_t> attended) {
  const std::size_t stride = block_mass_.size() * block_stride_;
  std::vector<double> kept(heads_ * dimension_stride_);
  std::vector<double> dropped(heads_ * dimension_stride_);
  for (std::uint32_t block = 0; block < blocks(); ++block) {
    const std::uint32_t first = block * block_tokens_;
    const std::size_t count = std::min(block_tokens_, tokens - first);
    content_.values(head, first, std::span(vectors_).first(count * dimension_));
    compute::best_kernels().widen(vectors_.data(), count, dimension_, widened_.data(), dimension_stride_);
    std::vector<double>& sums = attended[block] != 0 ? kept : dropped;
    kernels_.multiply_add(&weights_[block * block_stride_], stride, widened_.data(), dimension_stride_,
                          sums.data(), dimension_stride_, heads_, count, dimension_stride_);
  }
  dense_.assign(heads_ * dimension_, 0.0);
  restricted_.assign(heads_ * dimension_, 0.0);
  for (std::size_t h = 0; h < heads_; ++h) {
    for (std::size_t i = 0; i < dimension_; ++i) {
      const std::size_t from = h * dimension_stride_ + i;
      dense_[h * dimension_ + i] = (kept[from] + dropped[from]) / total_[h];
      if (kept_[h] > 0) restricted_[h * dimension_ + i] = kept[from] / kept_[h];
    }
  }
}

std::vector<std::uint32_t> best_blocks(std::span<const double> block_mass, std::uint32_t candidates,
                                       std::uint32_t k) {
  assert(candidates <= block_mass.size());
  std::vector<std::uint32_t> order(candidates);
  std::iota(order.begin(), order.end(), 0u);
  const auto end = order.begin() + std::min(k, candidates);
  std::partial_sort(order.begin(), end, order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return block_mass[a] != block_mass[b] ? block_mass[a] > block_mass[b] : a < b;
  });
  order.erase(end, order.end());
  return order;
}

}  // namespace prism::workload
