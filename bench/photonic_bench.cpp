// SPDX-License-Identifier: Apache-2.0
// Speed of the photonic ranking core: one evaluation with its top-k, and the programming of a bank.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "models/common/random.h"
#include "models/photonic/photonic_ranker.h"

namespace prism::photonic {
namespace {

constexpr std::uint32_t kRows = 1024;
constexpr std::uint32_t kBest = 32;

std::vector<Bfloat16> normal_values(std::size_t count, std::uint32_t stream) {
  const CounterRandom random(1, 1);
  std::vector<Bfloat16> out(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto words = random.words(i, stream);
    out[i] = bf16_from_float(static_cast<float>(CounterRandom::normal(words[0], words[1])[0]));
  }
  return out;
}

/// `moving`: the temperatures, and so all weights, change between two evaluations.
void evaluate(benchmark::State& state, Fidelity fidelity, bool moving) {
  constexpr std::uint32_t kWavelengths = 32;
  const PhysicsConfig config = preset(fidelity);
  PhotonicRanker ranker(kRows, kWavelengths, config);
  ranker.load(normal_values(kRows * kWavelengths, 0), 0);
  const std::vector<Bfloat16> query = normal_values(kWavelengths, 1);
  const Picoseconds step = moving ? ps_from_ns(config.thermal.step_us * 1e3) : 0;
  Picoseconds now = 0;
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(ranker.rank(query, kRows, kBest, now += step));
  }
}
BENCHMARK_CAPTURE(evaluate, ideal, Fidelity::kIdeal, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluate, paper, Fidelity::kPaper, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluate, physical, Fidelity::kPhysical, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(evaluate, physical_moving, Fidelity::kPhysical, true)->Unit(benchmark::kMicrosecond);

void load(benchmark::State& state, Fidelity fidelity) {
  const auto wavelengths = static_cast<std::uint32_t>(state.range(0));
  PhotonicRanker ranker(kRows, wavelengths, preset(fidelity));
  const std::vector<Bfloat16> signatures = normal_values(std::size_t{kRows} * wavelengths, 0);
  for ([[maybe_unused]] auto iteration : state) ranker.load(signatures, 0);
}
BENCHMARK_CAPTURE(load, ideal, Fidelity::kIdeal)->Arg(32)->Arg(64)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(load, paper, Fidelity::kPaper)->Arg(32)->Arg(64)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(load, physical, Fidelity::kPhysical)->Arg(32)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace prism::photonic
