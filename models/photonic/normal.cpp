// SPDX-License-Identifier: Apache-2.0
#include "models/photonic/normal.h"

#include <algorithm>
#include <array>

namespace prism::photonic {

void fill_normal(const CounterRandom& random, std::uint64_t event, std::span<float> out) {
  const auto low = static_cast<std::uint32_t>(event);
  const auto high = static_cast<std::uint32_t>(event >> 32);
  for (std::size_t first = 0; first < out.size(); first += 4) {
    const CounterRandom::Words words = random.words(static_cast<std::uint32_t>(first / 4), low, high);
    const auto one = CounterRandom::normal(words[0], words[1]);
    const auto two = CounterRandom::normal(words[2], words[3]);
    const std::array<float, 4> four = {static_cast<float>(one[0]), static_cast<float>(one[1]),
                                       static_cast<float>(two[0]), static_cast<float>(two[1])};
    std::copy_n(four.begin(), std::min<std::size_t>(4, out.size() - first), out.begin() + first);
  }
}

}  // namespace prism::photonic
