// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "models/common/random.h"

namespace prism::photonic {

/// Random quantities of the photonic core: the domains of CounterRandom under one seed.
enum class RandomDomain : std::uint32_t {
  kFabrication = 0x5048'0001,
  kCalibration,
  kAgeing,
  kAmbient,
  kGradient,
  kWeightDrift,
  kDetection,
};

inline CounterRandom random_of(std::uint64_t seed, RandomDomain domain) {
  return {seed, static_cast<std::uint32_t>(domain)};
}

/// Fills `out` with independent standard normal numbers: value i is a function of (random, event, i) alone.
void fill_normal(const CounterRandom& random, std::uint64_t event, std::span<float> out);

}  // namespace prism::photonic
