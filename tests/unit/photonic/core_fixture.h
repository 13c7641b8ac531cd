// SPDX-License-Identifier: Apache-2.0
// The photonic core between a bus master, a memory and semaphores.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "models/common/random.h"
#include "models/common/sc_time.h"
#include "models/photonic/photonic_core.h"
#include "models/semaphores/semaphore_bank.h"
#include "prism/hw/photonic.h"
#include "tests/support/stimulus.h"
#include "tests/support/test_memory.h"

namespace prism::photonic {

inline constexpr std::uint64_t kMemoryBase = 0x10000;
inline constexpr std::uint64_t kMemoryBytes = 0x200000;
inline constexpr std::uint64_t kSignatures = 0x20000;
inline constexpr std::uint64_t kResults = 0x180000;
inline constexpr std::uint32_t kAllInterrupts =
    PHOTONIC_IRQ_LOADED | PHOTONIC_IRQ_RANKED | PHOTONIC_IRQ_ERROR | PHOTONIC_IRQ_DONE;

inline PhotonicConfig small_config() {
  PhotonicConfig config;
  config.rows = 256;
  config.port.max_burst_bytes = 4096;
  return config;
}

class PhotonicCoreTest : public testing::Test {
 protected:
  explicit PhotonicCoreTest(const PhotonicConfig& config = small_config(),
                            const SignatureSource* prefilled = nullptr)
      : device("photonic", config, prefilled),
        semaphores("semaphores", {.count = 4}),
        memory("memory", kMemoryBase, kMemoryBytes, {}),
        bus("bus") {
    bus.socket.bind(device.registers.socket);
    device.memory.socket.bind(memory.socket);
    device.irq.bind(irq);
    device.semaphores.bind(semaphores.wires);
    semaphore_bus.socket.bind(semaphores.registers.socket);
  }

  /// Random signatures at kSignatures and a random query; both kept for the reference.
  void prepare(std::uint32_t blocks) {
    const CounterRandom random(11, 3);
    signatures.resize(std::size_t{blocks} * 32);
    for (std::uint32_t i = 0; i < signatures.size(); ++i) {
      signatures[i] = bf16_from_float(static_cast<float>(CounterRandom::uniform(random.words(i)[0]) - 0.5));
      memory.put(kSignatures + i * sizeof(Bfloat16), signatures[i]);
    }
    query.resize(32);
    for (std::uint32_t i = 0; i < query.size(); ++i) {
      query[i] = bf16_from_float(static_cast<float>(CounterRandom::uniform(random.words(i, 1)[0]) - 0.5));
    }
  }

  void start_load(std::uint32_t blocks, std::uint32_t context = 5) {
    EXPECT_OK(bus.write64(PHOTONIC_SIGNATURE_ADDRESS, kSignatures));
    EXPECT_OK(bus.write32(PHOTONIC_SIGNATURE_COUNT, blocks));
    EXPECT_OK(bus.write32(PHOTONIC_BANK_CONTEXT, context));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_LOAD));
  }

  void start_rank(std::uint32_t k, std::uint64_t write_back = 0) {
    EXPECT_OK(bus.write(PHOTONIC_QUERY, std::as_bytes(std::span(query))));
    EXPECT_OK(bus.write32(PHOTONIC_K, k));
    EXPECT_OK(bus.write64(PHOTONIC_RESULT_ADDRESS, write_back));
    EXPECT_OK(bus.write32(PHOTONIC_CONTROL, PHOTONIC_CONTROL_RANK));
  }

  /// Waits for an interrupt and acknowledges it; returns what was pending.
  std::uint32_t take_interrupt() {
    if (!irq.read()) sc_core::wait(sc_core::sc_time(1, sc_core::SC_MS), irq.posedge_event());
    EXPECT_TRUE(irq.read());
    const std::uint32_t pending = bus.get32(PHOTONIC_IRQ_STATUS);
    EXPECT_OK(bus.write32(PHOTONIC_IRQ_STATUS, pending));
    sc_core::wait(sc_core::SC_ZERO_TIME);
    sc_core::wait(sc_core::SC_ZERO_TIME);
    EXPECT_FALSE(irq.read());
    return pending;
  }

  void enable_interrupts() { EXPECT_OK(bus.write32(PHOTONIC_IRQ_ENABLE, kAllInterrupts)); }

  void load(std::uint32_t blocks, std::uint32_t context = 5) {
    start_load(blocks, context);
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_LOADED);
  }

  void expect_error(std::uint32_t error) {
    EXPECT_EQ(take_interrupt(), PHOTONIC_IRQ_ERROR);
    EXPECT_EQ(bus.get32(PHOTONIC_ERROR), error);
    EXPECT_NE(bus.get32(PHOTONIC_STATUS) & PHOTONIC_STATUS_ERROR, 0u);
  }

  std::vector<RankedBlock> results() {
    std::vector<RankedBlock> out(bus.get32(PHOTONIC_RESULT_COUNT));
    EXPECT_OK(bus.read(PHOTONIC_RESULTS, std::as_writable_bytes(std::span(out))));
    return out;
  }

  std::vector<RankedBlock> reference(std::uint32_t blocks, std::uint32_t k) const {
    RankingCore core(32);
    core.load(std::span(signatures).first(std::size_t{blocks} * 32));
    return core.rank(query, blocks, k);
  }

  PhotonicCore device;
  semaphores::SemaphoreBank semaphores;
  test::TestMemory memory;
  test::Stimulus bus;
  test::Stimulus semaphore_bus{"semaphore_bus"};
  sc_core::sc_signal<bool> irq;
  std::vector<Bfloat16> signatures;
  std::vector<Bfloat16> query;
};

}  // namespace prism::photonic
