// SPDX-License-Identifier: Apache-2.0
// Recall trials as the paper runs them: unit-norm Gaussian signatures and query, ranked exactly and by a
// device.
#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "models/photonic/normal.h"
#include "models/photonic/photonic_ranker.h"

namespace prism::photonic {

/// `count` vectors of `dimension` values with the distribution of uniform directions.
inline std::vector<Bfloat16> unit_vectors(std::uint32_t count, std::uint32_t dimension, std::uint32_t trial,
                                          std::uint32_t stream) {
  const CounterRandom random(11, stream);
  std::vector<Bfloat16> out;
  out.reserve(std::size_t{count} * dimension);
  std::vector<float> values(std::size_t{count} * dimension);
  fill_normal(random, trial, values);
  for (auto row = values.begin(); row != values.end(); row += dimension) {
    const float norm = std::sqrt(std::inner_product(row, row + dimension, row, 0.0f));
    for (std::uint32_t i = 0; i < dimension; ++i) out.push_back(bf16_from_float(row[i] / norm));
  }
  return out;
}

/// Mean over `trials` of |best k of the device and best k exactly| / k, for one device of each configuration,
/// calibrated at 0 and used at `now`. All see the same signatures and queries.
inline std::vector<double> recalls(std::span<const PhysicsConfig> configs, std::uint32_t rows,
                                   std::uint32_t dimension, std::uint32_t k, std::uint32_t trials,
                                   Picoseconds now = 0) {
  std::vector<PhotonicRanker> devices;
  for (const PhysicsConfig& config : configs) devices.emplace_back(rows, dimension, config);
  std::vector<double> sums(configs.size());
  RankingCore exact(dimension);
  for (std::uint32_t trial = 0; trial < trials; ++trial) {
    const std::vector<Bfloat16> signatures = unit_vectors(rows, dimension, trial, 0);
    const std::vector<Bfloat16> query = unit_vectors(1, dimension, trial, 1);
    exact.load(signatures);
    std::vector<bool> wanted(rows);
    for (const RankedBlock& block : exact.rank(query, rows, k)) wanted[block.index] = true;
    for (std::size_t i = 0; i < devices.size(); ++i) {
      devices[i].load(signatures, now);
      for (const RankedBlock& block : devices[i].rank(query, rows, k, now))
        sums[i] += wanted[block.index] ? 1 : 0;
    }
  }
  for (double& sum : sums) sum /= static_cast<double>(k) * trials;
  return sums;
}

}  // namespace prism::photonic
