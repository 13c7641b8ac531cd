// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/query_encoding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/photonic/check.h"

namespace prism::photonic {

namespace {

/// `value` to the nearest of 2^bits - 1 equal steps over [low, 1].
float converted(float value, float low, std::uint32_t bits) {
  if (bits == 0) return value;
  const float step = (1.0f - low) / static_cast<float>((1u << bits) - 1u);
  return std::floor((value - low) / step + 0.5f) * step + low;
}

}  // namespace

std::uint32_t passes_of(QueryEncoding encoding) {
  return encoding == QueryEncoding::kTwoPass ? 2 : 1;
}

QueryEncoder::QueryEncoder(const QueryConfig& config) : config_(config) {
  require_bits("query.dac_bits", config.dac_bits);
}

EncodedQuery QueryEncoder::encode(std::span<const Bfloat16> query) const {
  std::vector<float> u(query.size());
  std::transform(query.begin(), query.end(), u.begin(), float_from_bf16);
  EncodedQuery out{std::vector(passes_of(config_.encoding), std::vector<float>(u.size())), 0.0f, 0.0f};
  for (const float value : u) out.scale = std::max(out.scale, std::abs(value));
  if (out.scale > 0.0f) {
    for (float& value : u) value /= out.scale;
  }
  for (std::size_t line = 0; line < u.size(); ++line) {
    switch (config_.encoding) {
      case QueryEncoding::kSignedIdeal:
        out.passes[0][line] = converted(u[line], -1.0f, config_.dac_bits);
        out.sum += out.passes[0][line];
        break;
      case QueryEncoding::kOffset:
        out.passes[0][line] = converted((1.0f + u[line]) / 2.0f, 0.0f, config_.dac_bits);
        out.sum += 2.0f * out.passes[0][line] - 1.0f;
        break;
      case QueryEncoding::kTwoPass:
        out.passes[0][line] = converted(std::max(u[line], 0.0f), 0.0f, config_.dac_bits);
        out.passes[1][line] = converted(std::max(-u[line], 0.0f), 0.0f, config_.dac_bits);
        out.sum += out.passes[0][line] - out.passes[1][line];
        break;
    }
  }
  return out;
}

std::vector<float> QueryEncoder::decode(std::span<const std::vector<float>> readings,
                                        std::span<const float> corrections) const {
  std::vector<float> sums = readings[0];
  if (config_.encoding == QueryEncoding::kOffset) {
    for (std::size_t row = 0; row < sums.size(); ++row) sums[row] = 2.0f * sums[row] - corrections[row];
  } else if (config_.encoding == QueryEncoding::kTwoPass) {
    for (std::size_t row = 0; row < sums.size(); ++row) sums[row] -= readings[1][row];
  }
  return sums;
}

double QueryEncoder::decoded_noise(std::span<const double> noises) const {
  const double squares = std::inner_product(noises.begin(), noises.end(), noises.begin(), 0.0);
  return std::sqrt(squares) * (config_.encoding == QueryEncoding::kOffset ? 2.0 : 1.0);
}

}  // namespace prism::photonic
