// SPDX-License-Identifier: Apache-2.0
// Speed of the compute engine's functional kernels: attention and block signatures.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/compute/attention.h"
#include "models/compute/sketch.h"

namespace prism::compute {
namespace {

/// Values in [-2, 2) with the structure of nothing in particular.
std::vector<Bfloat16> vectors(std::size_t count) {
  std::vector<Bfloat16> out(count);
  std::uint32_t state = 1;
  for (Bfloat16& value : out) {
    state = state * 1664525u + 1013904223u;
    value = bf16_from_float(static_cast<float>(static_cast<std::int32_t>(state)) * 0x1p-30f);
  }
  return out;
}

void attention_group(benchmark::State& state, const Kernels& kernels) {
  const auto heads = static_cast<std::uint32_t>(state.range(0));
  constexpr std::uint32_t kDimension = 128;
  constexpr std::uint32_t kTokens = 4096;  // 2 MiB of keys and values
  const std::vector<Bfloat16> queries = vectors(heads * kDimension);
  const std::vector<Bfloat16> keys = vectors(kTokens * kDimension);
  const std::vector<Bfloat16> values = vectors(kTokens * kDimension);
  std::vector<Bfloat16> out(heads * kDimension);
  OnlineAttention attention(kernels);
  for ([[maybe_unused]] auto iteration : state) {
    attention.start(queries, heads, kDimension);
    attention.accumulate(keys, values, kTokens);
    attention.finish(out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetLabel(kernels.name);
  state.counters["MAC/s"] =
      benchmark::Counter(2.0 * kTokens * kDimension * heads, benchmark::Counter::kIsIterationInvariantRate);
}

void attention_best(benchmark::State& state) {
  attention_group(state, best_kernels());
}
void attention_portable(benchmark::State& state) {
  attention_group(state, portable_kernels());
}
BENCHMARK(attention_best)->Arg(1)->Arg(4)->Arg(7)->Arg(8);
BENCHMARK(attention_portable)->Arg(7);

void block_signature(benchmark::State& state) {
  constexpr std::uint32_t kDimension = 128;
  constexpr std::uint32_t kTokens = 128;
  const std::vector<Bfloat16> keys = vectors(kTokens * kDimension);
  const std::vector<Bfloat16> matrix = vectors(32 * kDimension);
  std::vector<Bfloat16> out(32);
  for ([[maybe_unused]] auto iteration : state) {
    sketch(keys, kTokens, kDimension, matrix, out);
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["additions/s"] =
      benchmark::Counter(1.0 * kTokens * kDimension, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(block_signature);

}  // namespace
}  // namespace prism::compute
