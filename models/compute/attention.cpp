// SPDX-License-Identifier: Apache-2.0
#include "models/compute/attention.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace prism::compute {

namespace {
// Keys and values of a tile, widened once for all heads, stay in the first- and second-level caches.
constexpr std::size_t kTile = 64;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
}  // namespace

void OnlineAttention::start(std::span<const Bfloat16> queries, std::uint32_t heads, std::uint32_t dimension,
                            ElementFormat format) {
  assert(heads > 0 && dimension > 0 && queries.size() >= std::size_t{heads} * dimension);
  heads_ = heads;
  dimension_ = dimension;
  format_ = format;
  stride_ = padded(dimension);
  score_scale_ = 1.0f / std::sqrt(static_cast<float>(dimension));
  queries_.resize(heads * stride_);
  kernels_.of(format_).widen(queries.data(), heads, dimension, queries_.data(), stride_);
  outputs_.assign(heads * stride_, 0.0f);
  maximum_.assign(heads, -kInfinity);
  sums_.assign(heads * kLanes, 0.0f);
  keys_.resize(dimension * kTile);
  values_.resize(kTile * stride_);
  scores_.resize(heads * kTile);
}

void OnlineAttention::accumulate(std::span<const Bfloat16> keys, std::span<const Bfloat16> values,
                                 std::uint32_t tokens) {
  assert(running() && keys.size() >= std::size_t{tokens} * dimension_ && values.size() >= keys.size());
  for (std::size_t first = 0; first < tokens; first += kTile) {
    accumulate_tile(keys.data() + first * dimension_, values.data() + first * dimension_,
                    std::min(kTile, tokens - first));
  }
}

void OnlineAttention::accumulate_tile(const Bfloat16* keys, const Bfloat16* values, std::size_t tokens) {
  const std::size_t columns = padded(tokens);
  kernels_.of(format_).widen_transposed(keys, tokens, dimension_, keys_.data(), kTile);
  kernels_.of(format_).widen(values, tokens, dimension_, values_.data(), stride_);
  std::fill(scores_.begin(), scores_.end(), 0.0f);
  kernels_.multiply_add(queries_.data(), stride_, keys_.data(), kTile, scores_.data(), kTile, heads_,
                        dimension_, columns);
  for (std::size_t head = 0; head < heads_; ++head) update_softmax(head, tokens);
  kernels_.multiply_add(scores_.data(), kTile, values_.data(), stride_, outputs_.data(), stride_, heads_,
                        tokens, stride_);
}

void OnlineAttention::update_softmax(std::size_t head, std::size_t tokens) {
  const std::size_t columns = padded(tokens);
  float* scores = &scores_[head * kTile];
  float* sums = &sums_[head * kLanes];
  kernels_.scale(scores, columns, score_scale_);
  std::fill(scores + tokens, scores + columns, -kInfinity);
  const float maximum = kernels_.maximum(scores, columns, maximum_[head]);
  if (maximum > maximum_[head]) {
    // What has been summed so far was relative to the old maximum.
    std::array<float, kLanes> factor{maximum_[head] - maximum};
    std::array<float, kLanes> unused{};
    kernels_.exponentials(factor.data(), kLanes, 0.0f, unused.data());
    kernels_.scale(&outputs_[head * stride_], stride_, factor[0]);
    kernels_.scale(sums, kLanes, factor[0]);
    maximum_[head] = maximum;
  }
  // While every score is -infinity, any finite reference gives the right weights: none.
  kernels_.exponentials(scores, columns, maximum == -kInfinity ? 0.0f : maximum, sums);
}

void OnlineAttention::finish(std::span<Bfloat16> out) {
  assert(running() && out.size() >= std::size_t{heads_} * dimension_);
  for (std::size_t head = 0; head < heads_; ++head) {
    const auto sums = std::span(sums_).subspan(head * kLanes, kLanes);
    const float sum = std::accumulate(sums.begin(), sums.end(), 0.0f);
    for (std::size_t i = 0; i < dimension_; ++i) {
      const float weighted = outputs_[head * stride_ + i];
      out[head * dimension_ + i] = sum == 0.0f ? Bfloat16{0} : result_from_float(weighted / sum, format_);
    }
  }
  abandon();
}

}  // namespace prism::compute
