// SPDX-License-Identifier: Apache-2.0
// Speed of the HBM timing engines: one channel, one thread. items_per_second counts bursts of 32 bytes; GB/s
// is the bandwidth simulated.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "models/common/random.h"
#include "models/hbm/detailed_engine.h"
#include "models/hbm/fast_engine.h"
#include "tests/unit/hbm/detailed_support.h"

namespace prism::hbm {
namespace {

constexpr std::uint64_t kBytes = 32u << 20;  // a run
constexpr std::uint64_t kBlockBytes = 32u << 10;

/// Addresses of the requests of a run.
std::vector<std::uint64_t> sequential(std::uint64_t request_bytes) {
  std::vector<std::uint64_t> addresses(kBytes / request_bytes);
  for (std::size_t i = 0; i < addresses.size(); ++i) addresses[i] = i * request_bytes;
  return addresses;
}

/// 32 KiB blocks of the first 512 MiB in a random order, each from start to end.
std::vector<std::uint64_t> blocks(std::uint64_t request_bytes) {
  std::vector<std::uint64_t> order((512u << 20) / kBlockBytes);
  std::iota(order.begin(), order.end(), 0);
  const CounterRandom random(1, 1);
  for (std::size_t i = order.size() - 1; i > 0; --i) {
    std::swap(order[i], order[random.words(static_cast<std::uint32_t>(i))[0] % (i + 1)]);
  }
  std::vector<std::uint64_t> addresses(kBytes / request_bytes);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::uint64_t offset = i * request_bytes;
    addresses[i] = order[offset / kBlockBytes] * kBlockBytes + offset % kBlockBytes;
  }
  return addresses;
}

std::vector<std::uint64_t> random_bursts(std::uint64_t request_bytes) {
  const std::uint64_t capacity = dramsys_hbm2().organization.capacity_bytes();
  const CounterRandom random(1, 2);
  std::vector<std::uint64_t> addresses(kBytes / request_bytes);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto words = random.words(static_cast<std::uint32_t>(i));
    addresses[i] = (std::uint64_t{words[0]} << 32 | words[1]) % (capacity / request_bytes) * request_bytes;
  }
  return addresses;
}

template <class Engine>
void run(benchmark::State& state, std::vector<std::uint64_t> (*pattern)(std::uint64_t),
         unsigned write_percent) {
  const auto request_bytes = static_cast<std::uint64_t>(state.range(0));
  const HbmConfig config = dramsys_hbm2();
  const std::vector<std::uint64_t> addresses = pattern(request_bytes);
  const CounterRandom random(1, 3);
  std::vector<Completion> found;
  Picoseconds last = 0;
  for (auto _ : state) {
    Engine engine(config);
    Picoseconds now = 0;
    last = 0;
    const auto advance = [&] {
      found.clear();
      now = engine.advance(kNever, found);
      for (const Completion& completion : found) last = std::max(last, completion.time);
    };
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const bool is_write =
          write_percent > 0 && random.words(static_cast<std::uint32_t>(i))[0] % 100 < write_percent;
      while (!engine.push({i, addresses[i], request_bytes, is_write, now})) advance();
    }
    while (!engine.idle()) advance();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * (kBytes / 32)));
  state.counters["GB/s"] = gbps_of(kBytes, last);
}

void detailed_sequential(benchmark::State& state) {
  run<DetailedEngine>(state, sequential, 0);
}
void detailed_blocks(benchmark::State& state) {
  run<DetailedEngine>(state, blocks, 0);
}
void detailed_random(benchmark::State& state) {
  run<DetailedEngine>(state, random_bursts, 0);
}
void detailed_mixed(benchmark::State& state) {
  run<DetailedEngine>(state, random_bursts, 30);
}
void fast_sequential(benchmark::State& state) {
  run<FastEngine>(state, sequential, 0);
}
void fast_blocks(benchmark::State& state) {
  run<FastEngine>(state, blocks, 0);
}
void fast_random(benchmark::State& state) {
  run<FastEngine>(state, random_bursts, 0);
}
void fast_mixed(benchmark::State& state) {
  run<FastEngine>(state, random_bursts, 30);
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
}  // namespace prism::hbm
