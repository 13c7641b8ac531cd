// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "models/common/bfloat16.h"

namespace prism::compute {

struct ActivationShape {
  std::uint32_t query_heads;
  std::uint32_t kv_heads;
  std::uint32_t head_dimension;
};

/// Supplies the vectors that a QKV projection yields. The compute engine streams the projection's weights,
/// for their time and traffic, but does not multiply them: no model's weights are in the simulation. The
/// workload, synthetic or a trace of a real model, decides what the new token's vectors are.
class ActivationSource {
 public:
  virtual ~ActivationSource() = default;

  /// Constant over a run.
  virtual ActivationShape shape() const = 0;

  /// Fills `queries` [query head][dimension], `keys` and `values` [KV head][dimension]. A pure function of
  /// its arguments; sequence, layer and step come from the guest, so every value must be accepted.
  virtual void fill(std::uint32_t sequence, std::uint32_t layer, std::uint32_t step,
                    std::span<Bfloat16> queries, std::span<Bfloat16> keys,
                    std::span<Bfloat16> values) const = 0;
};

}  // namespace prism::compute
