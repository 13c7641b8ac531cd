// SPDX-License-Identifier: Apache-2.0
// The double-precision kernels' one source, included by a translation unit for each instruction set (no
// include guard: each unit includes it once). Everything has internal linkage and calls nothing outside.
#include <cstdint>

#include "platform/workload/kernels.h"

namespace prism::workload {
namespace {

constexpr std::size_t kLanes = 4;
typedef double Doubles __attribute__((vector_size(8 * kLanes)));
typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef std::uint64_t Words __attribute__((vector_size(8 * kLanes)));

template <typename Vector, typename Element>
inline Vector load(const Element* from) {
  Vector out;
  __builtin_memcpy(&out, from, sizeof out);
  return out;
}

inline void store(double* to, Doubles values) {
  __builtin_memcpy(to, &values, sizeof values);
}

/// One panel of columns for kRows rows, its sums in registers over the whole depth.
template <std::size_t kRows>
inline void multiply_add_panel(const double* a, std::size_t a_stride, const float* b, std::size_t b_stride,
                               double* c, std::size_t c_stride, std::size_t depth) {
  Doubles low[kRows];
  Doubles high[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    low[r] = load<Doubles>(c + r * c_stride);
    high[r] = load<Doubles>(c + r * c_stride + kLanes);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    const Doubles b_low = __builtin_convertvector(load<Floats>(b + k * b_stride), Doubles);
    const Doubles b_high = __builtin_convertvector(load<Floats>(b + k * b_stride + kLanes), Doubles);
    for (std::size_t r = 0; r < kRows; ++r) {
      const double factor = a[r * a_stride + k];
      low[r] += factor * b_low;
      high[r] += factor * b_high;
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    store(c + r * c_stride, low[r]);
    store(c + r * c_stride + kLanes, high[r]);
  }
}

void multiply_add(const double* a, std::size_t a_stride, const float* b, std::size_t b_stride, double* c,
                  std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t columns) {
  static_assert(kPanel == 2 * kLanes);
  for (std::size_t j = 0; j < columns; j += kPanel) {
    std::size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
      multiply_add_panel<4>(a + i * a_stride, a_stride, b + j, b_stride, c + i * c_stride + j, c_stride,
                            depth);
    }
    const double* rest = a + i * a_stride;
    double* result = c + i * c_stride + j;
    if (rows - i == 3) multiply_add_panel<3>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
    if (rows - i == 2) multiply_add_panel<2>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
    if (rows - i == 1) multiply_add_panel<1>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
  }
}

/// exp(x) for x <= 0: x = n ln 2 + r with |r| <= ln 2 / 2, exp(r) by its Taylor series, and n added to the
/// exponent. Rounding to n uses the classic addition of 1.5 * 2^52, which leaves n in the low bits.
inline Doubles exponential(Doubles x) {
  constexpr double kInverseFactorial[] = {
      1.0,        1.0,         1.0 / 2,      1.0 / 6,       1.0 / 24,       1.0 / 120,      1.0 / 720,
      1.0 / 5040, 1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600};
  const Doubles zero = {};
  const double kSmallest = -708.0;  // exp() stays normal above this
  const double kRound = 6755399441055744.0;
  const Doubles in_range = x > kSmallest ? x : zero + kSmallest;
  const Doubles shifted = in_range * 1.4426950408889634 + kRound;
  const Doubles n = shifted - kRound;
  const Doubles r = (in_range - n * 0.693145751953125) - n * 1.42860682030941723212e-6;
  Doubles p = zero + kInverseFactorial[12];
  for (int i = 11; i >= 0; --i) p = p * r + kInverseFactorial[i];
  const Words exponent = reinterpret_cast<Words>(shifted) << 52;  // the constant's own bits are shifted out
  const Doubles result = reinterpret_cast<Doubles>(reinterpret_cast<Words>(p) + exponent);
  return x > kSmallest ? result : zero;
}

void exponentials(double* values, std::size_t count, double reference) {
  for (std::size_t i = 0; i < count; i += kLanes) {
    store(values + i, exponential(load<Doubles>(values + i) - reference));
  }
}

}  // namespace
}  // namespace prism::workload
