// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2 where the target is x86: nothing here may run before avx2_kernels() has asked the
// processor.
#include "platform/workload/kernels.h"

#ifdef __AVX2__
#include <immintrin.h>

#include "platform/workload/kernels_body.h"
#endif

namespace prism::workload {
#ifdef __AVX2__
namespace {

/// Four Philox4x32 calls with consecutive counters. Each 32-bit word lives in its own 64-bit lane, whose
/// upper half holds rubbish that the next multiplication ignores: no shuffles between rounds. Returns the
/// 16-bit words of the calls in the order {0, 2} and {1, 3} (128 bits a call).
inline void philox(const NoiseStream& stream, std::uint32_t counter, __m256i& even_calls,
                   __m256i& odd_calls) {
  const __m256i multiplier0 = _mm256_set1_epi64x(0xD2511F53);
  const __m256i multiplier1 = _mm256_set1_epi64x(0xCD9E8D57);
  __m256i word0 = _mm256_add_epi64(_mm256_set1_epi64x(counter), _mm256_setr_epi64x(0, 1, 2, 3));
  __m256i word1 = _mm256_set1_epi64x(stream.b);
  __m256i word2 = _mm256_set1_epi64x(stream.c);
  __m256i word3 = _mm256_set1_epi64x(stream.d);
  std::uint32_t key0 = stream.key[0];
  std::uint32_t key1 = stream.key[1];
#pragma GCC unroll 10
  for (int round = 0; round < kNoiseRounds; ++round) {
    const __m256i product0 = _mm256_mul_epu32(word0, multiplier0);
    const __m256i product1 = _mm256_mul_epu32(word2, multiplier1);
    word0 =
        _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product1, 32), word1), _mm256_set1_epi64x(key0));
    word2 =
        _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(product0, 32), word3), _mm256_set1_epi64x(key1));
    word1 = product1;
    word3 = product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  const __m256i first = _mm256_blend_epi32(word0, _mm256_slli_epi64(word1, 32), 0xAA);
  const __m256i second = _mm256_blend_epi32(word2, _mm256_slli_epi64(word3, 32), 0xAA);
  even_calls = _mm256_unpacklo_epi64(first, second);
  odd_calls = _mm256_unpackhi_epi64(first, second);
}

/// Eight triangular sums to eight bf16 elements, each in a 32-bit lane.
inline __m256i to_elements(__m128i sums, __m256 scale, const float* offset) {
  const __m256 noise = _mm256_mul_ps(scale, _mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(sums)));
  const __m256i bits = _mm256_castps_si256(_mm256_add_ps(noise, _mm256_loadu_ps(offset)));
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  return _mm256_srli_epi32(_mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7FFF))), 16);
}

inline void store_pair(Bfloat16* out, __m256i first, __m256i second) {
  const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi32(first, second), 0xD8);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), packed);
}

void add_noise(const NoiseStream& stream, std::size_t rows, std::size_t dimension, float scale,
               const float* offset, Bfloat16* out) {
  constexpr std::size_t kGroup = kNoiseGroup;
  constexpr std::size_t kElements = 4 * kGroup;
  if (dimension % kElements != 0) {
    portable_kernels().add_noise(stream, rows, dimension, scale, offset, out);
    return;
  }
  const __m256 scales = _mm256_set1_ps(scale);
  const __m256i ones = _mm256_set1_epi8(1);
  const __m256i centre = _mm256_set1_epi16(255);
  std::uint32_t counter = stream.first;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < dimension; i += kElements, counter += 4, out += kElements) {
      __m256i even;
      __m256i odd;
      philox(stream, counter, even, odd);
      even = _mm256_sub_epi16(_mm256_maddubs_epi16(even, ones), centre);
      odd = _mm256_sub_epi16(_mm256_maddubs_epi16(odd, ones), centre);
      store_pair(out, to_elements(_mm256_castsi256_si128(even), scales, offset + i),
                 to_elements(_mm256_castsi256_si128(odd), scales, offset + i + kGroup));
      store_pair(out + 2 * kGroup,
                 to_elements(_mm256_extracti128_si256(even, 1), scales, offset + i + 2 * kGroup),
                 to_elements(_mm256_extracti128_si256(odd, 1), scales, offset + i + 3 * kGroup));
    }
  }
}

}  // namespace
#endif

const Kernels* avx2_kernels() {
#ifdef __AVX2__
  static constexpr Kernels kKernels = {"avx2", add_noise, multiply_add, exponentials};
  return __builtin_cpu_supports("avx2") ? &kKernels : nullptr;
#else
  return nullptr;
#endif
}

const Kernels& best_kernels() {
  const Kernels* avx2 = avx2_kernels();
  return avx2 != nullptr ? *avx2 : portable_kernels();
}

}  // namespace prism::workload
