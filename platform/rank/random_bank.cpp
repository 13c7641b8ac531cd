// SPDX-License-Identifier: Apache-2.0
#include "platform/rank/random_bank.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/photonic/normal.h"

namespace prism::rank_study {

namespace {

constexpr std::uint32_t kDomain = 0x524E'4B01;  // of the study's random numbers

}  // namespace

RandomBank make_random_bank(std::uint32_t blocks, std::uint32_t dimension, std::uint64_t seed,
                            std::uint64_t trial) {
  std::vector<float> values((std::size_t{blocks} + 1) * dimension);
  photonic::fill_normal(CounterRandom(seed, kDomain), trial, values);
  std::vector<Bfloat16> vectors(values.size());
  for (std::size_t first = 0; first < values.size(); first += dimension) {
    float* const vector = values.data() + first;
    const float norm = std::sqrt(std::inner_product(vector, vector + dimension, vector, 0.0f));
    std::transform(vector, vector + dimension, vectors.begin() + static_cast<std::ptrdiff_t>(first),
                   [norm](float value) { return bf16_from_float(value / norm); });
  }
  const auto query = vectors.end() - dimension;
  RandomBank bank{{}, {query, vectors.end()}};
  vectors.erase(query, vectors.end());
  bank.signatures = std::move(vectors);
  return bank;
}

}  // namespace prism::rank_study
