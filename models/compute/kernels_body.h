// SPDX-License-Identifier: Apache-2.0
// The kernels' one source, included by a translation unit for each instruction set (no include guard: each
// unit includes it once). Everything has internal linkage and calls nothing outside, so code built for one
// instruction set can never be linked into a function that another uses.
#include <cstdint>

#include "models/compute/kernels.h"

namespace prism::compute {
namespace {

// The machine's vectors. Their width shows in no result: each element is computed by itself, and sums that
// cross elements are defined on kLanes lanes.
#ifdef __AVX__
constexpr std::size_t kWidth = 8;
#else
constexpr std::size_t kWidth = 4;
#endif
constexpr std::size_t kParts = kLanes / kWidth;
typedef float Floats __attribute__((vector_size(4 * kWidth)));
typedef std::uint32_t Words __attribute__((vector_size(4 * kWidth)));
typedef std::uint16_t Halves __attribute__((vector_size(2 * kWidth)));

template <typename Vector, typename Element>
inline Vector load(const Element* from) {
  Vector out;
  __builtin_memcpy(&out, from, sizeof out);
  return out;
}

template <typename Vector, typename Element>
inline void store(Element* to, Vector values) {
  __builtin_memcpy(to, &values, sizeof values);
}

struct Bf16 {
  static Floats widened(Words bits) { return reinterpret_cast<Floats>(bits << 16); }
};

struct Fp16 {
  /// As float_from_fp16().
  static Floats widened(Words bits) {
    const Floats scaled = reinterpret_cast<Floats>((bits & 0x7FFFu) << 13) * 0x1p112f;
    const Words special = reinterpret_cast<Words>((bits & 0x7C00u) == 0x7C00u) & 0x7F800000u;
    return reinterpret_cast<Floats>(reinterpret_cast<Words>(scaled) | special | ((bits & 0x8000u) << 16));
  }
};

template <typename Format>
inline Floats widened(const std::uint16_t* from) {
  return Format::widened(__builtin_convertvector(load<Halves>(from), Words));
}

/// kLanes elements.
template <typename Format>
inline void widen_lanes(const std::uint16_t* from, float* to) {
  for (std::size_t part = 0; part < kLanes; part += kWidth) store(to + part, widened<Format>(from + part));
}

/// Up to kLanes elements, followed by zeros.
struct Padded {
  Padded(const std::uint16_t* from, std::size_t count) {
    __builtin_memcpy(elements, from, (count < kLanes ? count : kLanes) * sizeof(std::uint16_t));
  }
  std::uint16_t elements[kLanes] = {};
};

template <typename Format>
void widen(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* out, std::size_t stride) {
  for (std::size_t r = 0; r < rows; ++r) {
    const std::uint16_t* from = in + r * columns;
    float* to = out + r * stride;
    std::size_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) widen_lanes<Format>(from + c, to + c);
    if (c < columns) {
      widen_lanes<Format>(Padded(from + c, columns - c).elements, to + c);
      c += kLanes;
    }
    for (; c % kPanel != 0; ++c) to[c] = 0.0f;
  }
}

typedef std::uint16_t Row __attribute__((vector_size(16)));

/// Transposes 8 x 8 elements: three rounds of interleaving row i with row i + 4.
inline void transpose(Row (&rows)[kLanes]) {
  for (int round = 0; round < 3; ++round) {
    Row next[kLanes];
    for (std::size_t i = 0; i < kLanes / 2; ++i) {
      next[2 * i] = __builtin_shufflevector(rows[i], rows[i + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      next[2 * i + 1] = __builtin_shufflevector(rows[i], rows[i + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    for (std::size_t i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

template <typename Format>
void widen_transposed(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* out,
                      std::size_t stride) {
  for (std::size_t r = 0; r < padded(rows); r += kLanes) {
    for (std::size_t c = 0; c < columns; c += kLanes) {
      Row block[kLanes] = {};
      for (std::size_t i = 0; i < kLanes && r + i < rows; ++i) {
        const std::uint16_t* from = in + (r + i) * columns + c;
        block[i] = load<Row>(c + kLanes <= columns ? from : Padded(from, columns - c).elements);
      }
      transpose(block);
      for (std::size_t i = 0; i < kLanes && c + i < columns; ++i) {
        std::uint16_t column[kLanes];
        store(column, block[i]);
        widen_lanes<Format>(column, out + (c + i) * stride + r);
      }
    }
  }
}

/// One panel of columns for kRows rows, its sums in registers over the whole depth.
template <std::size_t kRows>
inline void multiply_add_panel(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride,
                               float* c, std::size_t c_stride, std::size_t depth) {
  constexpr std::size_t kVectors = kPanel / kWidth;
  Floats sums[kRows][kVectors];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = load<Floats>(c + r * c_stride + v * kWidth);
  }
  for (std::size_t k = 0; k < depth; ++k) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const Floats column = load<Floats>(b + k * b_stride + v * kWidth);
      for (std::size_t r = 0; r < kRows; ++r) sums[r][v] += a[r * a_stride + k] * column;
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) store(c + r * c_stride + v * kWidth, sums[r][v]);
  }
}

void multiply_add(const float* a, std::size_t a_stride, const float* b, std::size_t b_stride, float* c,
                  std::size_t c_stride, std::size_t rows, std::size_t depth, std::size_t columns) {
  constexpr std::size_t kBlock = kWidth / 2;  // rows whose sums fit into sixteen registers
  for (std::size_t j = 0; j < columns; j += kPanel) {
    std::size_t i = 0;
    for (; i + kBlock <= rows; i += kBlock) {
      multiply_add_panel<kBlock>(a + i * a_stride, a_stride, b + j, b_stride, c + i * c_stride + j, c_stride,
                                 depth);
    }
    const float* rest = a + i * a_stride;
    float* result = c + i * c_stride + j;
    if (rows - i == 3) multiply_add_panel<3>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
    if (rows - i == 2) multiply_add_panel<2>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
    if (rows - i == 1) multiply_add_panel<1>(rest, a_stride, b + j, b_stride, result, c_stride, depth);
  }
}

float maximum(const float* values, std::size_t count, float start) {
  Floats lanes = start - Floats{};
  for (std::size_t i = 0; i < count; i += kWidth) {
    const Floats next = load<Floats>(values + i);
    lanes = next > lanes ? next : lanes;
  }
  float out = start;
  for (std::size_t i = 0; i < kWidth; ++i) out = lanes[i] > out ? lanes[i] : out;
  return out;
}

/// exp(x) for x <= 0: x = n ln 2 + r with |r| <= ln 2 / 2, exp(r) by a polynomial (coefficients of Cephes'
/// expf), and n added to the exponent. Rounding to n uses the classic addition of 1.5 * 2^23, which leaves n
/// in the low bits.
inline Floats exponential(Floats x) {
  const Floats zero = {};
  const float kSmallest = -87.33f;  // exp() stays normal above this
  const float kRound = 12582912.0f;
  const Floats in_range = x > kSmallest ? x : zero + kSmallest;  // NaN and -infinity too, replaced below
  const Floats shifted = in_range * 1.44269504088896341f + kRound;
  const Floats n = shifted - kRound;
  const Floats r = (in_range - n * 0.693359375f) - n * -2.12194440e-4f;
  Floats p = zero + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = (p * (r * r) + r) + 1.0f;
  const Words exponent = reinterpret_cast<Words>(shifted) << 23;  // the constant's own bits are shifted out
  const Floats result = reinterpret_cast<Floats>(reinterpret_cast<Words>(p) + exponent);
  return x > kSmallest ? result : (x == x ? zero : x);
}

void exponentials(float* values, std::size_t count, float reference, float* sums) {
  Floats lanes[kParts];
  for (std::size_t part = 0; part < kParts; ++part) lanes[part] = load<Floats>(sums + part * kWidth);
  for (std::size_t i = 0; i < count; i += kLanes) {
    for (std::size_t part = 0; part < kParts; ++part) {
      float* place = values + i + part * kWidth;
      const Floats result = exponential(load<Floats>(place) - reference);
      store(place, result);
      lanes[part] += result;
    }
  }
  for (std::size_t part = 0; part < kParts; ++part) store(sums + part * kWidth, lanes[part]);
}

void scale(float* values, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; i += kWidth) store(values + i, load<Floats>(values + i) * factor);
}

/// Sums of kVectors * kWidth columns in registers over all rows.
template <typename Format, std::size_t kVectors>
inline void add_rows_panel(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* sums) {
  Floats lanes[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) lanes[v] = load<Floats>(sums + v * kWidth);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) lanes[v] += widened<Format>(in + r * columns + v * kWidth);
  }
  for (std::size_t v = 0; v < kVectors; ++v) store(sums + v * kWidth, lanes[v]);
}

template <typename Format>
void add_rows(const std::uint16_t* in, std::size_t rows, std::size_t columns, float* sums) {
  std::size_t c = 0;
  for (; c + 8 * kWidth <= columns; c += 8 * kWidth)
    add_rows_panel<Format, 8>(in + c, rows, columns, sums + c);
  for (; c + kWidth <= columns; c += kWidth) add_rows_panel<Format, 1>(in + c, rows, columns, sums + c);
  if (c == columns) return;
  // The last columns, fewer than a vector.
  for (std::size_t r = 0; r < rows; ++r) {
    const Floats row = widened<Format>(Padded(in + r * columns + c, columns - c).elements);
    for (std::size_t i = 0; c + i < columns; ++i) sums[c + i] += row[i];
  }
}

template <typename Format>
constexpr ElementKernels kElementKernels = {widen<Format>, widen_transposed<Format>, add_rows<Format>};

}  // namespace
}  // namespace prism::compute
