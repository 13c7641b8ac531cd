// SPDX-License-Identifier: Apache-2.0
// Speed of the RV64 core on four guest programs; items_per_second counts guest instructions.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>

#include "models/cpu/rv64/elf_file.h"
#include "tests/unit/rv64/test_machine.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kQuantum = 10'000;

void run(benchmark::State& state, const char* program) {
  const ElfFile elf = ElfFile::read(std::filesystem::path(PRISM_RISCV_PROGRAMS) / program);
  std::int64_t instructions = 0;
  for ([[maybe_unused]] const auto _ : state) {
    TestMachine machine;
    machine.load(elf);
    while (machine.hart.run({.instructions = kQuantum}) == ExitReason::kLimit) {
    }
    if (machine.finished != kFinisherPass) state.SkipWithError("the program failed");
    instructions += static_cast<std::int64_t>(machine.hart.instructions());
  }
  state.SetItemsProcessed(instructions);
}

BENCHMARK_CAPTURE(run, crc, "bench_crc.elf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, qsort, "bench_qsort.elf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, calls, "bench_calls.elf")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, stores, "bench_stores.elf")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace prism::rv64
