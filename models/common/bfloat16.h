// SPDX-License-Identifier: Apache-2.0
// bfloat16: the upper half of an IEEE-754 binary32, rounded to nearest even.
#pragma once

#include <bit>
#include <cstdint>

namespace prism {

using Bfloat16 = std::uint16_t;

inline float float_from_bf16(Bfloat16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16);
}

/// Rounds to nearest even; NaN stays NaN (quiet), overflow becomes infinity.
inline Bfloat16 bf16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<Bfloat16>((bits >> 16) | 0x0040u);
  return static_cast<Bfloat16>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

}  // namespace prism
