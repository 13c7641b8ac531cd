// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers (Philox4x32-10, Salmon et al., SC'11): a number is a pure function of a key
// and a counter, so results never depend on the order in which devices draw.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace prism {

/// A stream named by (seed, domain). `domain` separates users of one seed: one constant a device or quantity.
class CounterRandom {
 public:
  using Words = std::array<std::uint32_t, 4>;

  CounterRandom(std::uint64_t seed, std::uint32_t domain)
      : key_{{static_cast<std::uint32_t>(seed) ^ (domain * 0x9E3779B9u),
              static_cast<std::uint32_t>(seed >> 32) + domain}} {}

  /// Four independent 32-bit words for counter (a, b, c, d), e.g. layer, head, step, row.
  Words words(std::uint32_t a, std::uint32_t b = 0, std::uint32_t c = 0, std::uint32_t d = 0) const {
    const r123::Philox4x32::ctr_type out = r123::Philox4x32{}({{a, b, c, d}}, key_);
    return {out[0], out[1], out[2], out[3]};
  }

  /// The Philox key, for code that computes many counters at a time.
  std::array<std::uint32_t, 2> key() const { return {key_[0], key_[1]}; }

  /// Uniform in the open interval (0, 1), 32 bits.
  static double uniform(std::uint32_t word) { return (static_cast<double>(word) + 0.5) * 0x1p-32; }

  /// Two independent standard normal numbers from two words (Box-Muller).
  static std::array<double, 2> normal(std::uint32_t word0, std::uint32_t word1) {
    const double radius = std::sqrt(-2.0 * std::log(uniform(word0)));
    const double angle = 2.0 * std::numbers::pi * uniform(word1);
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }

 private:
  r123::Philox4x32::key_type key_;
};

}  // namespace prism
