// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>

#include "models/compute/compute_engine.h"
#include "prism/hw/compute.h"
#include "prism/hw/purpose.h"
#include "tests/support/stimulus.h"
#include "tests/unit/compute/timed_memory.h"

namespace prism::compute::test {

/// Vectors that say where they belong: sequence, layer, step and index mixed into small numbers.
class CountingActivations : public ActivationSource {
 public:
  ActivationShape shape() const override { return {4, 2, 16}; }

  void fill(std::uint32_t sequence, std::uint32_t layer, std::uint32_t step, std::span<Bfloat16> queries,
            std::span<Bfloat16> keys, std::span<Bfloat16> values) const override {
    const auto base = static_cast<Bfloat16>(sequence * 4096 + layer * 512 + step * 64);
    for (std::size_t i = 0; i < queries.size(); ++i) queries[i] = static_cast<Bfloat16>(base + i);
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<Bfloat16>(base + 1000 + i);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Bfloat16>(base + 2000 + i);
  }
};

/// An engine with a memory, and a bus master at its registers.
struct EngineBench {
  static ComputeConfig small_config() {
    ComputeConfig config;
    config.register_ps = 0;
    config.queue_depth = 4;
    config.mac_pj = 0.25;
    return config;
  }

  explicit EngineBench(const ComputeConfig& config = small_config(), bool with_activations = true,
                       const RankingContent& ranking = {})
      : engine("engine", config, with_activations ? &activations : nullptr, ranking) {
    stimulus.socket.bind(engine.registers.socket);
    engine.memory.socket.bind(memory.socket);
    engine.irq(irq);
  }

  void run(std::function<void()> body) {
    stimulus.run(std::move(body));
    EXPECT_TRUE(sc_core::sc_get_status() == sc_core::SC_STOPPED);
  }

  void set(std::uint64_t offset, std::uint32_t value) { EXPECT_OK(stimulus.write32(offset, value)); }
  void set64(std::uint64_t offset, std::uint64_t value) { EXPECT_OK(stimulus.write64(offset, value)); }
  std::uint32_t get(std::uint64_t offset) { return stimulus.get32(offset); }
  void ring() { set(COMPUTE_DOORBELL, 1); }

  /// Rings, waits for the engine to be done or halted, and returns the simulated time that took.
  Picoseconds execute() {
    const Picoseconds start = now_ps();
    set(COMPUTE_IRQ_ENABLE, COMPUTE_IRQ_COMPLETE | COMPUTE_IRQ_ERROR);
    set(COMPUTE_FLAGS, get(COMPUTE_FLAGS) | COMPUTE_FLAG_INTERRUPT);
    ring();
    if (!irq.read()) wait(irq.posedge_event());
    set(COMPUTE_IRQ_STATUS, COMPUTE_IRQ_COMPLETE);
    return now_ps() - start;
  }

  void set_gemv(std::uint64_t source, std::uint64_t bytes, std::uint32_t batch) {
    set(COMPUTE_OPCODE, COMPUTE_OP_GEMV);
    set64(COMPUTE_SOURCE, source);
    set64(COMPUTE_BYTES, bytes);
    set(COMPUTE_COUNT, batch);
    set(COMPUTE_PURPOSE, PRISM_PURPOSE_WEIGHTS);
  }

  void set_attend(std::uint64_t source, std::uint32_t tokens, std::uint32_t block_tokens, std::uint32_t heads,
                  std::uint32_t dimension, std::uint64_t query, std::uint64_t destination) {
    set(COMPUTE_OPCODE, COMPUTE_OP_ATTEND);
    set64(COMPUTE_SOURCE, source);
    set64(COMPUTE_QUERY, query);
    set64(COMPUTE_DESTINATION, destination);
    set(COMPUTE_COUNT, tokens);
    set(COMPUTE_BLOCK_TOKENS, block_tokens);
    set(COMPUTE_HEADS, heads);
    set(COMPUTE_DIMENSION, dimension);
    set(COMPUTE_PURPOSE, PRISM_PURPOSE_KV_READ);
  }

  nlohmann::json statistics() const {
    ModuleStatistics out("engine");
    engine.report(out);
    return out.to_json();
  }

  CountingActivations activations;
  prism::test::Stimulus stimulus{"stimulus"};
  TimedMemory memory{"memory"};
  sc_core::sc_signal<bool> irq{"irq"};
  ComputeEngine engine;
};

}  // namespace prism::compute::test
