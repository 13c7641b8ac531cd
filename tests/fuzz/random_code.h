// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "models/common/random.h"
#include "models/cpu/rv64/encoding.h"

namespace prism::test {

/// Random bytes. Of every four seeds, one has nothing else; in the others some words are made loads, stores,
/// atomics, CSR moves, branches and jumps, so that the guest gets beyond its first illegal instruction and at
/// its surroundings.
inline std::vector<std::byte> random_code(std::uint64_t seed, std::size_t bytes) {
  using rv64::Operation;
  const CounterRandom random(seed, 0x66757a7a);
  std::vector<std::byte> code(bytes);
  constexpr std::array kOpcodes = {0x03u, 0x03u, 0x23u, 0x23u, 0x2fu, 0x73u,
                                   0x63u, 0x6fu, 0x67u, 0x13u, 0x33u};
  for (std::size_t i = 0; i + 4 <= bytes; i += 4) {
    const auto words = random.words(static_cast<std::uint32_t>(i));
    std::uint32_t word = words[0];
    if (seed % 4 != 0 && words[1] % 4 != 0) word = (word & ~0x7fu) | kOpcodes[words[2] % kOpcodes.size()];
    std::memcpy(&code[i], &word, sizeof word);
  }
  return code;
}

}  // namespace prism::test
