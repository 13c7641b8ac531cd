// SPDX-License-Identifier: Apache-2.0
#include "models/common/ranking_core.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace prism {

namespace {

constexpr std::size_t kTileRows = 8;

}  // namespace

void RankingCore::load(std::span<const Bfloat16> signatures) {
  assert(signatures.size() % dimension_ == 0);
  blocks_ = static_cast<std::uint32_t>(signatures.size() / dimension_);
  const std::size_t tiles = (blocks_ + kTileRows - 1) / kTileRows;
  weights_.assign(tiles * kTileRows * dimension_, 0.0f);
  for (std::size_t row = 0; row < blocks_; ++row) {
    float* tile = weights_.data() + row / kTileRows * kTileRows * dimension_;
    for (std::size_t i = 0; i < dimension_; ++i) {
      tile[i * kTileRows + row % kTileRows] = float_from_bf16(signatures[row * dimension_ + i]);
    }
  }
}

void RankingCore::unload() {
  blocks_ = 0;
  weights_.clear();
}

std::vector<float> RankingCore::scores(std::span<const Bfloat16> query, std::uint32_t count) const {
  assert(query.size() == dimension_ && count <= blocks_);
  std::vector<double> factors(dimension_);
  std::transform(query.begin(), query.end(), factors.begin(),
                 [](Bfloat16 value) { return static_cast<double>(float_from_bf16(value)); });
  std::vector<float> out(count);
  const float* weight = weights_.data();
  for (std::size_t first = 0; first < count; first += kTileRows) {
    std::array<double, kTileRows> sums{};
    for (const double factor : factors) {
      for (std::size_t row = 0; row < kTileRows; ++row)
        sums[row] += static_cast<double>(weight[row]) * factor;
      weight += kTileRows;
    }
    const std::size_t rows = std::min<std::size_t>(kTileRows, count - first);
    for (std::size_t row = 0; row < rows; ++row) out[first + row] = static_cast<float>(sums[row]);
  }
  return out;
}

std::vector<RankedBlock> RankingCore::rank(std::span<const Bfloat16> query, std::uint32_t count,
                                           std::uint32_t k) const {
  return select_best(scores(query, count), k);
}

}  // namespace prism
