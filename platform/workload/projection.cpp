// SPDX-License-Identifier: Apache-2.0
#include "platform/workload/projection.h"

#include <cassert>
#include <cmath>
#include <numeric>

#include "models/common/random.h"

namespace prism::workload {

std::vector<Bfloat16> random_projection(std::uint64_t seed, std::uint32_t rows, std::uint32_t columns) {
  assert(rows <= columns);
  constexpr std::uint32_t kDomain = 0x574C0100u;
  const CounterRandom random(seed, kDomain);
  std::vector<std::vector<double>> basis;
  std::vector<Bfloat16> out;
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::vector<double> row(columns);
    for (std::uint32_t c = 0; c < columns; ++c) {
      const CounterRandom::Words words = random.words(r, c);
      row[c] = CounterRandom::normal(words[0], words[1])[0];
    }
    // Twice: the second pass removes what rounding left of the earlier rows.
    for (int pass = 0; pass < 2; ++pass) {
      for (const std::vector<double>& earlier : basis) {
        const double along = std::inner_product(row.begin(), row.end(), earlier.begin(), 0.0);
        for (std::uint32_t c = 0; c < columns; ++c) row[c] -= along * earlier[c];
      }
    }
    const double norm = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
    for (double& value : row) {
      value /= norm;
      out.push_back(bf16_from_float(static_cast<float>(value)));
    }
    basis.push_back(std::move(row));
  }
  return out;
}

}  // namespace prism::workload
