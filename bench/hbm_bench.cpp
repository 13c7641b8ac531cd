// SPDX-License-Identifier: Apache-2.0
// Speed of the HBM timing engines: one channel, one thread, from the generator of the requests to the
// histogram of their latencies. items_per_second counts bursts of 32 bytes; GB/s is the bandwidth simulated.
#include <benchmark/benchmark.h>

#include <cstdint>

#include "models/hbm/detailed_engine.h"
#include "models/hbm/fast_engine.h"
#include "platform/memory/generators.h"
#include "platform/memory/traffic_runner.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::memory_study {
namespace {

using hbm::DetailedEngine;
using hbm::FastEngine;

constexpr std::uint64_t kBytes = 32u << 20;  // a run

template <class Engine, class Traffic>
void run(benchmark::State& state, double write_share) {
  const auto request_bytes = static_cast<std::uint64_t>(state.range(0));
  const hbm::HbmConfig config = hbm::dramsys_hbm2();
  const TrafficShape shape{.requests = kBytes / request_bytes,
                           .request_bytes = request_bytes,
                           .capacity_bytes = config.organization.capacity_bytes(),
                           .block_bytes = 32u << 10,
                           .write_share = write_share};
  RunResult result;
  for (auto _ : state) {
    Engine engine(config);
    Traffic traffic(shape);
    result = TrafficRunner(engine, traffic, {}).run();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * (kBytes / 32)));
  state.counters["GB/s"] = result.achieved_gbps();
}

void detailed_sequential(benchmark::State& state) {
  run<DetailedEngine, SequentialTraffic>(state, 0.0);
}
void detailed_blocks(benchmark::State& state) {
  run<DetailedEngine, BlockTraffic>(state, 0.0);
}
void detailed_random(benchmark::State& state) {
  run<DetailedEngine, RandomTraffic>(state, 0.0);
}
void detailed_mixed(benchmark::State& state) {
  run<DetailedEngine, RandomTraffic>(state, 0.3);
}
void fast_sequential(benchmark::State& state) {
  run<FastEngine, SequentialTraffic>(state, 0.0);
}
void fast_blocks(benchmark::State& state) {
  run<FastEngine, BlockTraffic>(state, 0.0);
}
void fast_random(benchmark::State& state) {
  run<FastEngine, RandomTraffic>(state, 0.0);
}
void fast_mixed(benchmark::State& state) {
  run<FastEngine, RandomTraffic>(state, 0.3);
}

// The argument: bytes of a request.
BENCHMARK(detailed_sequential)->Arg(32)->Arg(4096)->Unit(benchmark::kMillisecond);
BENCHMARK(detailed_blocks)->Arg(32)->Arg(32768)->Unit(benchmark::kMillisecond);
BENCHMARK(detailed_random)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(detailed_mixed)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(fast_sequential)->Arg(32)->Arg(4096)->Arg(65536)->Unit(benchmark::kMillisecond);
BENCHMARK(fast_blocks)->Arg(32)->Arg(32768)->Unit(benchmark::kMillisecond);
BENCHMARK(fast_random)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(fast_mixed)->Arg(32)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prism::memory_study
