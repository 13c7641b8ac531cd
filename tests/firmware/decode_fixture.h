// SPDX-License-Identifier: Apache-2.0
// The fake machine with every device, a job, and a KV cache full of labels.
#pragma once

#include <cstdint>
#include <string>

#include "prism/firmware.h"
#include "prism/hw/finisher.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/uart.h"
#include "prism/job.h"
#include "prism/status.h"
#include "tests/firmware/fake_devices.h"
#include "tests/firmware/fake_machine.h"

namespace prism::test {

inline constexpr std::uint64_t kRamBytes = 1 << 20;
inline constexpr std::uint64_t kHbmBytes = 8 << 20;

struct DecodeCase {
  std::string name = {};
  std::uint32_t policy = PRISM_POLICY_PRISM;
  std::uint32_t context_tokens = 64;
  std::uint32_t steps = 3;
  std::uint32_t batch = 1;
  std::uint32_t k = 3;
  std::uint32_t window_tokens = 0;
  std::uint32_t chunk_blocks = 2;
  std::uint32_t dma_channels = 4;
  std::uint32_t seed = 1;
  std::uint32_t attempts = 0;  // of recovery
  bool eager = false;
  std::uint32_t sink_tokens = 0;
  std::uint32_t retrieval_share_ppm = 1000000;
  bool chained = false;
  std::uint32_t queue_depth = 1;  // of the photonic core
  bool on_chip = false;           // signatures live in the photonic core, not in HBM
};

inline prism_job make_job(const DecodeCase& test_case) {
  constexpr std::uint64_t kKvBase = PRISM_HBM_BASE;
  prism_job job{};
  job.magic = PRISM_JOB_MAGIC;
  job.version = PRISM_JOB_VERSION;
  job.photonic_base = PRISM_PHOTONIC_BASE;
  job.dma_base = PRISM_DMA_BASE;
  job.compute_base = PRISM_COMPUTE_BASE;
  job.hbm_registers_base = PRISM_HBM_REGISTERS_BASE;
  job.plic_base = FakeMachine::kPlicBase;
  job.uart_base = PRISM_UART_BASE;
  job.finisher_base = PRISM_FINISHER_BASE;
  job.heap_base = PRISM_RAM_BASE + 0x1000;
  job.heap_bytes = kRamBytes - 0x1000;
  job.scratchpad_base = PRISM_SCRATCHPAD_BASE;
  job.scratchpad_bytes = 64 << 10;
  job.layers = 2;
  job.retrieval_share_ppm = test_case.retrieval_share_ppm;
  job.sink_tokens = test_case.sink_tokens;
  job.query_heads = 6;
  job.kv_heads = 2;
  job.head_dimension = 16;
  job.qkv_weight_bytes = 1000;
  job.layer_weight_bytes = 3000;
  job.final_weight_bytes = 500;
  job.batch = test_case.batch;
  job.steps = test_case.steps;
  job.context_tokens = test_case.context_tokens;
  job.block_tokens = 8;
  job.max_blocks = (test_case.context_tokens + test_case.steps + 7) / 8;
  job.policy = test_case.policy;
  job.k = test_case.k;
  job.window_tokens = test_case.window_tokens;
  job.signature_dimension = 8;
  job.chunk_blocks = test_case.chunk_blocks;
  job.recovery = {.timeout_ns = 1'000'000'000,
                  .poll_ns = 0,
                  .attempts = test_case.attempts,
                  .monitor_steps = 0,
                  .health_limit = 0,
                  .ring_entries = 64};
  job.dispatch = test_case.chained ? PRISM_DISPATCH_CHAINED : PRISM_DISPATCH_CPU_DRIVEN;
  job.fetch_channels = 3;
  job.semaphores_base = PRISM_SEMAPHORES_BASE;
  job.hbm_base = PRISM_HBM_BASE;
  job.kv_base = kKvBase;
  job.kv_head_stride = job.max_blocks * 512 + 256;  // more than needed: strides are not derived
  job.signature_base = kKvBase + kHbmBytes / 2;
  job.signature_head_stride = job.max_blocks * 16 + 64;
  job.projection_base = kKvBase + kHbmBytes - 4096;
  job.weights_base = PRISM_HBM_BASE + (1ull << 36);  // timing only: never read
  return job;
}

class DecodeMachine {
 public:
  explicit DecodeMachine(const DecodeCase& test_case)
      : job(make_job(test_case)),
        machine(test_case.seed, test_case.eager),
        dma(machine, test_case.dma_channels),
        compute(machine, {job.query_heads, job.kv_heads, job.context_tokens}, 4),
        photonic(machine, job.signature_dimension, 64) {
    machine.add_memory(PRISM_RAM_BASE, kRamBytes);
    machine.add_memory(PRISM_SCRATCHPAD_BASE, job.scratchpad_bytes);
    machine.add_memory(PRISM_HBM_BASE, kHbmBytes);
    machine.attach(PRISM_PHOTONIC_BASE, photonic.storage.size(), photonic, PRISM_IRQ_PHOTONIC);
    machine.attach(PRISM_DMA_BASE, dma.storage.size(), dma, PRISM_IRQ_DMA);
    machine.attach(PRISM_COMPUTE_BASE, compute.storage.size(), compute, PRISM_IRQ_COMPUTE);
    machine.attach(PRISM_SEMAPHORES_BASE, semaphores.storage.size(), semaphores);
    dma.semaphores = compute.semaphores = photonic.semaphores = &semaphores;
    photonic.set(PHOTONIC_QUEUE_DEPTH, test_case.queue_depth);
    machine.attach(PRISM_UART_BASE, PRISM_UART_BYTES, uart);
    machine.attach(PRISM_FINISHER_BASE, PRISM_FINISHER_BYTES, finisher);
    uart.set<std::uint8_t>(UART_LSR, UART_LSR_TRANSMIT_EMPTY);
    if (test_case.on_chip) {
      photonic.set(PHOTONIC_PLACEMENT, PHOTONIC_PLACEMENT_SRAM);
      photonic.set(PHOTONIC_CONTEXTS, job.batch * job.layers * job.kv_heads);
    }
    on_chip_ = test_case.on_chip;
    fill_cache();
    machine.set(job.projection_base, Label{Kind::kProjection});
  }

  int run() {
    machine.set(PRISM_JOB_ADDRESS, job);
    return decode_run(machine.handle(), PRISM_JOB_ADDRESS);
  }
  int run_main() {
    machine.set(PRISM_JOB_ADDRESS, job);
    return prism_firmware_main(machine.handle(), PRISM_JOB_ADDRESS);
  }
  prism_job job_after() { return machine.get<prism_job>(PRISM_JOB_ADDRESS); }

  /// Written out anew, independently of the firmware: [sequence][layer][KV head][block], keys then values.
  std::uint64_t head_index(const Label& head) const {
    return (std::uint64_t{head.sequence} * job.layers + head.layer) * job.kv_heads + head.head;
  }
  std::uint64_t kv_address(const Label& vector) const {
    const std::uint64_t half = vector.kind == Kind::kValue ? 1 : 0;
    const std::uint64_t block = vector.token / 8;
    return job.kv_base + head_index(vector) * job.kv_head_stride + block * 512 + half * 256 +
           vector.token % 8 * 32;
  }
  std::uint64_t signature_address(const Label& signature) const {
    return job.signature_base + head_index(signature) * job.signature_head_stride + signature.token / 8 * 16;
  }

  prism_job job;
  FakeMachine machine;
  FakeDma dma;
  FakeCompute compute;
  FakePhotonic photonic;
  FakeSemaphores semaphores{16};
  StorageDevice uart{PRISM_UART_BYTES};
  StorageDevice finisher{PRISM_FINISHER_BYTES};

 private:
  void fill_cache() {
    Label head;
    for (head.sequence = 0; head.sequence < job.batch; ++head.sequence) {
      for (head.layer = 0; head.layer < job.layers; ++head.layer) {
        for (head.head = 0; head.head < job.kv_heads; ++head.head) fill_head(head);
      }
    }
  }

  void fill_head(Label vector) {
    for (vector.token = 0; vector.token < job.context_tokens; ++vector.token) {
      for (const Kind kind : {Kind::kKey, Kind::kValue}) {
        vector.kind = kind;
        machine.set(kv_address(vector), vector);
      }
    }
    vector.kind = Kind::kSignature;
    vector.count = 8;
    for (vector.token = 0; vector.token + 8u <= job.context_tokens; vector.token = vector.token + 8) {
      if (on_chip_) {
        photonic.on_chip[static_cast<std::uint32_t>(head_index(vector))].push_back(vector);
      } else {
        machine.set(signature_address(vector), vector);
      }
    }
  }

  bool on_chip_ = false;
};

}  // namespace prism::test
