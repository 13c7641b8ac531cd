// SPDX-License-Identifier: Apache-2.0
// IEEE-754 binary16, rounded to nearest even.
#pragma once

#include <bit>
#include <cstdint>

namespace prism {

using Float16 = std::uint16_t;

inline float float_from_fp16(Float16 value) {
  // As the bits of a float, a half's magnitude is 2^112 times too small, subnormal ones included.
  const std::uint32_t magnitude = (value & 0x7FFFu) << 13;
  const float scaled = std::bit_cast<float>(magnitude) * 0x1p112f;
  const std::uint32_t special = (value & 0x7C00u) == 0x7C00u ? 0x7F800000u : 0u;
  const std::uint32_t sign = (value & 0x8000u) << 16;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | special | sign);
}

/// Rounds to nearest even; NaN becomes 0x7E00, overflow becomes infinity.
inline Float16 fp16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return 0x7E00;
  if (magnitude >= 0x47800000u) return static_cast<Float16>(sign | 0x7C00u);  // 65536 and above
  if (magnitude < 0x38800000u) {
    // Below 2^-14: adding 0.5 leaves a multiple of 2^-24, rounded by the addition, in the low bits.
    const float rounded = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<Float16>(sign | (std::bit_cast<std::uint32_t>(rounded) - 0x3F000000u));
  }
  const std::uint32_t rounded = magnitude + 0xFFFu + ((magnitude >> 13) & 1u);
  return static_cast<Float16>(sign | ((rounded >> 13) - (112u << 10)));
}

}  // namespace prism
