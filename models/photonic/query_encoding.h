// SPDX-License-Identifier: Apache-2.0
// A signed query as light intensities, which cannot be negative.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/common/bfloat16.h"
#include "models/photonic/physics_config.h"

namespace prism::photonic {

struct EncodedQuery {
  std::vector<std::vector<float>> passes;  // intensity of every line, 1: full; signed_ideal: [-1, 1]
  float scale;                             // largest magnitude of the query
  float sum;                               // of the signed values behind the DACs, in units of scale
};

/// The query over its largest magnitude, u in [-1, 1], through the DACs. signed_ideal: one pass of u. offset:
/// one pass of (1 + u) / 2; sum(w u) = 2 y - sum(w): half the signal, so twice the noise, and an error of the
/// correction sum(w) of every row. two_pass: max(u, 0), then max(-u, 0); sum(w u) = y1 - y2: twice the time
/// and energy of the analog stages, and two passes' noise. Does not model a modulator's finite extinction or
/// nonlinearity.
class QueryEncoder {
 public:
  /// Throws std::invalid_argument for values out of range.
  explicit QueryEncoder(const QueryConfig& config);

  EncodedQuery encode(std::span<const Bfloat16> query) const;
  /// sum(w u) of every row, from what the passes read; `corrections`: sum(w) of every row, for offset.
  std::vector<float> decode(std::span<const std::vector<float>> readings,
                            std::span<const float> corrections) const;
  /// rms noise of sum(w u) when pass i has rms noise `noises[i]`.
  double decoded_noise(std::span<const double> noises) const;

 private:
  QueryConfig config_;
};

/// Optical passes of one evaluation.
std::uint32_t passes_of(QueryEncoding encoding);

}  // namespace prism::photonic
