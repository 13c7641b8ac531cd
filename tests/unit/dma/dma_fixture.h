// SPDX-License-Identifier: Apache-2.0
// The DMA engine between a bus master and a memory, with rings set up by the test.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <systemc>
#include <vector>

#include "models/common/sc_time.h"
#include "models/dma/dma_engine.h"
#include "prism/hw/dma.h"
#include "prism/hw/purpose.h"
#include "tests/support/stimulus.h"
#include "tests/support/test_memory.h"

namespace prism::dma {

inline constexpr std::uint64_t kBase = 0x100000;
inline constexpr std::uint64_t kRings = kBase;              // 0x4000 a channel, completions at + 0x2000
inline constexpr std::uint64_t kLists = kBase + 0x40000;    // index lists
inline constexpr std::uint64_t kSource = kBase + 0x100000;  // filled with a pattern
inline constexpr std::uint64_t kTarget = kBase + 0x600000;  // filled with canaries
inline constexpr std::uint64_t kEnd = kBase + 0x1400000;
inline constexpr std::uint32_t kEntries = 8;
inline constexpr std::byte kCanary{0xC5};

inline DmaConfig small_config() {
  DmaConfig config;
  config.buffer_bytes = 64 << 10;
  config.buffer_slots = 8;
  config.list_entries = 16;
  config.port.max_burst_bytes = 1024;
  config.port.max_outstanding = 32;
  return config;
}

class DmaFixture : public testing::Test {
 protected:
  explicit DmaFixture(const DmaConfig& config = small_config(), const test::TestMemory::Timing& timing = {})
      : engine("dma", config), memory("memory", kBase, kEnd - kBase, timing), bus("bus") {
    bus.socket.bind(engine.registers.socket);
    engine.memory.socket.bind(memory.socket);
    engine.irq.bind(irq);
    std::uint64_t state = 1;
    for (std::byte& byte : memory.at(kSource, kTarget - kSource)) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      byte = static_cast<std::byte>(state >> 56);
    }
    const auto target = memory.at(kTarget, kEnd - kTarget);
    std::fill(target.begin(), target.end(), kCanary);
  }

  static std::uint64_t ring_of(std::uint32_t channel) { return kRings + channel * 0x4000; }
  static std::uint64_t completions_of(std::uint32_t channel) { return ring_of(channel) + 0x2000; }

  void open(std::uint32_t channel) {
    EXPECT_OK(bus.write64(DMA_CHANNEL(channel) + DMA_RING_ADDRESS, ring_of(channel)));
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + DMA_RING_ENTRIES, kEntries));
    EXPECT_OK(bus.write64(DMA_CHANNEL(channel) + DMA_COMPLETION_ADDRESS, completions_of(channel)));
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + DMA_CONTROL, DMA_CONTROL_ENABLE));
    EXPECT_OK(bus.write32(DMA_IRQ_ENABLE, bus.get32(DMA_IRQ_ENABLE) | 1u << channel));
  }

  static dma_descriptor copy(std::uint64_t source, std::uint64_t destination, std::uint64_t bytes) {
    dma_descriptor descriptor{};
    descriptor.opcode = DMA_OP_COPY;
    descriptor.flags = DMA_FLAG_INTERRUPT;
    descriptor.purpose = PRISM_PURPOSE_KV_READ;
    descriptor.source = source;
    descriptor.destination = destination;
    descriptor.bytes = bytes;
    return descriptor;
  }

  /// The list is written to `list_address`.
  dma_descriptor gather(std::uint64_t source, std::uint64_t stride, std::uint64_t destination,
                        std::uint64_t bytes, std::uint64_t list_address,
                        const std::vector<std::uint32_t>& list) {
    dma_descriptor descriptor = copy(source, destination, bytes);
    descriptor.opcode = DMA_OP_GATHER;
    descriptor.stride = stride;
    descriptor.list_address = list_address;
    descriptor.count = static_cast<std::uint32_t>(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) memory.put(list_address + i * 4, list[i]);
    return descriptor;
  }

  /// Writes the descriptor at the producer and rings the doorbell. Its tag is its number.
  void post(std::uint32_t channel, dma_descriptor descriptor) {
    std::uint32_t& number = producers[channel];
    descriptor.tag = number;
    memory.put(ring_of(channel) + number % kEntries * sizeof descriptor, descriptor);
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + DMA_PRODUCER, ++number));
  }

  std::uint32_t status(std::uint32_t channel) { return bus.get32(DMA_CHANNEL(channel) + DMA_STATUS); }
  std::uint32_t consumer(std::uint32_t channel) { return bus.get32(DMA_CHANNEL(channel) + DMA_CONSUMER); }

  void wait_idle(std::uint32_t channel) {
    for (int i = 0; i < 100'000 && (status(channel) & DMA_STATUS_BUSY) != 0; ++i) {
      sc_core::wait(sc_core::sc_time(100, sc_core::SC_NS));
    }
    ASSERT_EQ(status(channel) & DMA_STATUS_BUSY, 0u);
  }

  dma_completion completion(std::uint32_t channel, std::uint32_t number) {
    return memory.get<dma_completion>(completions_of(channel) + number % kEntries * sizeof(dma_completion));
  }

  void expect_completion(std::uint32_t channel, std::uint32_t number, std::uint32_t error,
                         std::uint64_t bytes) {
    const dma_completion record = completion(channel, number);
    EXPECT_EQ(record.tag, number);
    EXPECT_EQ(record.error, error);
    EXPECT_EQ(record.bytes, bytes);
  }

  bool same(std::uint64_t a, std::uint64_t b, std::uint64_t bytes) {
    return std::memcmp(memory.at(a, bytes).data(), memory.at(b, bytes).data(), bytes) == 0;
  }

  /// Nothing but canaries from `begin` to `end`.
  bool untouched(std::uint64_t begin, std::uint64_t end) {
    const auto range = memory.at(begin, end - begin);
    return std::all_of(range.begin(), range.end(), [](std::byte byte) { return byte == kCanary; });
  }

  DmaEngine engine;
  test::TestMemory memory;
  test::Stimulus bus;
  sc_core::sc_signal<bool> irq;
  std::array<std::uint32_t, 16> producers{};
};

}  // namespace prism::dma
