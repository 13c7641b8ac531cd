// SPDX-License-Identifier: Apache-2.0
// Arithmetic whose corner cases differ from C++'s (unprivileged specification, 2.4 and chapter 7).
#pragma once

#include <cstdint>
#include <limits>
#include <type_traits>

namespace prism::rv64 {

/// The low 32 bits, sign-extended.
constexpr std::uint64_t sign_extend_word(std::uint64_t value) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(value)));
}

constexpr std::int64_t as_signed(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

constexpr std::uint64_t high_product_unsigned(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(Wide{a} * b >> 64);
}

constexpr std::uint64_t high_product_signed(std::uint64_t a, std::uint64_t b) {
  return high_product_unsigned(a, b) - (as_signed(a) < 0 ? b : 0) - (as_signed(b) < 0 ? a : 0);
}

/// `a` is signed and `b` is not.
constexpr std::uint64_t high_product_mixed(std::uint64_t a, std::uint64_t b) {
  return high_product_unsigned(a, b) - (as_signed(a) < 0 ? b : 0);
}

template <class Integer>
constexpr bool overflows(Integer a, Integer b) {
  return std::is_signed_v<Integer> && a == std::numeric_limits<Integer>::min() &&
         b == static_cast<Integer>(-1);
}

/// Division by zero gives all ones; overflow gives the dividend.
template <class Integer>
constexpr Integer divide(Integer a, Integer b) {
  if (b == 0) return static_cast<Integer>(-1);
  return overflows(a, b) ? a : static_cast<Integer>(a / b);
}

/// The remainder of division by zero is the dividend; of overflow, zero.
template <class Integer>
constexpr Integer remainder(Integer a, Integer b) {
  if (b == 0) return a;
  return overflows(a, b) ? Integer{0} : static_cast<Integer>(a % b);
}

}  // namespace prism::rv64
