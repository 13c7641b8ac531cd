// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "models/common/bfloat16.h"

namespace prism {

/// What the on-chip store, or the resident rings, hold when the simulation begins.
class SignatureSource {
 public:
  virtual ~SignatureSource() = default;
  /// Signatures of a context, block after block; it stays valid.
  virtual std::span<const Bfloat16> signatures(std::uint32_t context) const = 0;
};

}  // namespace prism
