// SPDX-License-Identifier: Apache-2.0
// How channels share the port, wait for each other by semaphores, and collect interrupts; what ABORT does.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/compute/sketch.h"
#include "models/semaphores/semaphore_bank.h"
#include "prism/hw/semaphores.h"
#include "tests/unit/compute/reference.h"
#include "tests/unit/dma/dma_fixture.h"

namespace prism::dma {
namespace {

constexpr std::uint64_t kBig = 1 << 20;

class DmaSharingTest : public DmaFixture {
 protected:
  DmaSharingTest() : bank("bank", {.count = 4, .access_ps = 0}) {
    engine.semaphores.bind(bank.wires);
    bank_bus.socket.bind(bank.registers.socket);
  }

  void set(std::uint32_t channel, std::uint64_t offset, std::uint32_t value) {
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + offset, value));
  }

  /// When each channel's interrupt bit was seen first, with every channel copying kBig from now.
  std::vector<Picoseconds> race(std::uint32_t channels) {
    const Picoseconds start = now_ps();
    for (std::uint32_t c = 0; c < channels; ++c) post(c, copy(kSource + c * kBig, kTarget + c * kBig, kBig));
    std::vector<Picoseconds> ends(channels, 0);
    for (std::uint32_t left = channels; left > 0;) {
      sc_core::wait(sc_core::sc_time(100, sc_core::SC_NS));
      for (std::uint32_t c = 0; c < channels; ++c) {
        if (ends[c] != 0 || (status(c) & DMA_STATUS_BUSY) != 0) continue;
        ends[c] = now_ps() - start;
        --left;
      }
    }
    for (std::uint32_t c = 0; c < channels; ++c) {
      EXPECT_TRUE(same(kSource + c * kBig, kTarget + c * kBig, kBig));
    }
    return ends;
  }

  static constexpr Picoseconds one() { return 10'490'000; }  // kBig at the memory's 100 GB/s

  semaphores::SemaphoreBank bank;
  prism::test::Stimulus bank_bus{"bank_bus"};
};

TEST_F(DmaSharingTest, TheHigherPriorityGoesFirst) {
  bus.run([this] {
    for (std::uint32_t c = 0; c < 3; ++c) open(c);
    set(1, DMA_PRIORITY, 5);
    const auto ends = race(3);
    EXPECT_LT(ends[1], one() * 115 / 100);
    EXPECT_GT(ends[0], one() * 27 / 10);
    EXPECT_GT(ends[2], one() * 27 / 10);
  });
}

TEST_F(DmaSharingTest, WeightsDivideThePort) {
  bus.run([this] {
    for (std::uint32_t c = 0; c < 2; ++c) open(c);
    set(0, DMA_WEIGHT, 3);
    const auto ends = race(2);
    // Three quarters of the port: 4/3 of the time alone.
    EXPECT_NEAR(static_cast<double>(ends[0]) / one(), 4.0 / 3.0, 0.1);
    EXPECT_NEAR(static_cast<double>(ends[1]) / one(), 2.0, 0.1);
  });
}

TEST_F(DmaSharingTest, ABandwidthLimitHoldsAndLeavesTheRestToOthers) {
  bus.run([this] {
    for (std::uint32_t c = 0; c < 2; ++c) open(c);
    set(0, DMA_BANDWIDTH, 10'000);  // 10 GB/s
    const auto ends = race(2);
    EXPECT_NEAR(static_cast<double>(ends[0]) / one(), 10.0, 0.2);
    EXPECT_NEAR(static_cast<double>(ends[1]) / one(), 10.0 / 9.0, 0.1);
  });
}

TEST_F(DmaSharingTest, AnOutstandingLimitIsBoundByLatency) {
  bus.run([this] {
    open(0);
    set(0, DMA_OUTSTANDING, 1);
    const auto ends = race(1);
    // Each burst of 1 KiB is read, then written, 50 ns and 10.24 ns each.
    EXPECT_NEAR(static_cast<double>(ends[0]), 2.0 * 1024 * 60'240, 2e6);
  });
}

TEST_F(DmaSharingTest, SemaphoresOrderChannels) {
  bus.run([this] {
    for (std::uint32_t c = 0; c < 2; ++c) open(c);
    dma_descriptor second = copy(kTarget, kTarget + kBig, 4096);
    second.wait = SEMAPHORES_OPERAND(2, 3);
    post(1, second);
    sc_core::wait(sc_core::sc_time(5, sc_core::SC_US));
    EXPECT_EQ(status(1), DMA_STATUS_BUSY | DMA_STATUS_WAITING);
    EXPECT_TRUE(untouched(kTarget, kEnd));
    dma_descriptor first = copy(kSource, kTarget, 4096);
    first.signal = SEMAPHORES_OPERAND(2, 2);
    post(0, first);
    wait_idle(0);
    EXPECT_EQ(bank_bus.get32(SEMAPHORES_VALUE(2)), 2u);
    dma_descriptor nothing = copy(0, 0, 0);
    nothing.opcode = DMA_OP_NOP;
    nothing.signal = SEMAPHORES_OPERAND(2, 1);
    post(0, nothing);
    wait_idle(1);
    EXPECT_TRUE(same(kSource, kTarget + kBig, 4096));
    EXPECT_EQ(bank_bus.get32(SEMAPHORES_VALUE(2)), 0u);
  });
  ModuleStatistics out("dma");
  engine.report(out);
  EXPECT_GT(out.to_json()["waiting_ns"], 5000.0);
  EXPECT_LT(out.to_json()["busy_ns"], 2000.0);
}

TEST_F(DmaSharingTest, AFailedDescriptorSignalsNothing) {
  bus.run([this] {
    open(0);
    dma_descriptor broken = copy(kEnd, kTarget, 64);
    broken.signal = SEMAPHORES_OPERAND(0, 1);
    post(0, broken);
    wait_idle(0);
    EXPECT_EQ(bank_bus.get32(SEMAPHORES_VALUE(0)), 0u);
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESUME);
    dma_descriptor unknown = copy(kSource, kTarget, 64);
    unknown.wait = SEMAPHORES_OPERAND(4, 1);
    post(0, unknown);
    wait_idle(0);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_ERROR), DMA_ERROR_SEMAPHORE);
    EXPECT_TRUE(untouched(kTarget, kEnd));
  });
}

TEST_F(DmaSharingTest, AbortEndsAWaitAndACopy) {
  bus.run([this] {
    open(0);
    dma_descriptor waits = copy(kSource, kTarget, 64);
    waits.wait = SEMAPHORES_OPERAND(0, 1);
    post(0, waits);
    sc_core::wait(sc_core::sc_time(2, sc_core::SC_US));
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_ABORT);
    wait_idle(0);
    EXPECT_EQ(status(0), DMA_STATUS_HALTED);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_ERROR), DMA_ERROR_ABORTED);
    EXPECT_EQ(bus.get64(DMA_CHANNEL(0) + DMA_ERROR_BYTES), 0u);
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESUME);
    EXPECT_EQ(consumer(0), 1u);

    post(0, copy(kSource, kTarget, kBig));
    sc_core::wait(sc_core::sc_time(4, sc_core::SC_US));
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_ABORT);
    wait_idle(0);
    const std::uint64_t bytes = bus.get64(DMA_CHANNEL(0) + DMA_ERROR_BYTES);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_ERROR), DMA_ERROR_ABORTED);
    EXPECT_GT(bytes, 0u);
    EXPECT_LT(bytes, kBig / 2);
    EXPECT_TRUE(same(kSource, kTarget, bytes));
    EXPECT_TRUE(untouched(kTarget + bytes, kEnd));
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET);
    producers[0] = 0;
    post(0, copy(kSource, kTarget, 64));
    wait_idle(0);
    EXPECT_EQ(status(0), 0u);
    set(0, DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_ABORT);  // idle: ignored
    EXPECT_EQ(status(0), 0u);
  });
}

TEST_F(DmaSharingTest, InterruptsAreCollectedByCountAndTime) {
  bus.run([this] {
    open(0);
    set(0, DMA_COALESCE_COUNT, 3);
    set(0, DMA_COALESCE_NS, 10'000);
    for (int i = 0; i < 3; ++i) {
      post(0, copy(kSource, kTarget, 64));
      wait_idle(0);
      EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), i < 2 ? 0u : 1u) << i;
    }
    EXPECT_OK(bus.write32(DMA_IRQ_COMPLETE, 1));
    const Picoseconds start = now_ps();
    post(0, copy(kSource, kTarget, 64));
    sc_core::wait(irq.posedge_event());
    EXPECT_GE(now_ps() - start, 10'000'000);
    EXPECT_LE(now_ps() - start, 11'000'000);
    EXPECT_OK(bus.write32(DMA_IRQ_COMPLETE, 1));
    post(0, copy(kSource, kTarget, 64));
    post(0, copy(kSource, kTarget, 0));  // a halt does not wait
    wait_idle(0);
    EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), 1u);
    EXPECT_EQ(bus.get32(DMA_IRQ_ERROR), 1u);
  });
  ModuleStatistics out("dma");
  engine.report(out);
  EXPECT_EQ(out.to_json()["interrupts"], 4);
}

TEST_F(DmaSharingTest, ASignatureIsTheSketchOfTheKeys) {
  bus.run([this] {
    open(0);
    constexpr std::uint32_t kKeys = 700, kDimension = 128, kOutput = 32;  // more than one piece of the buffer
    std::vector<std::uint16_t> keys(kKeys * kDimension), matrix(kOutput * kDimension);
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<std::uint16_t>(0x3C00 + i * 37 % 911);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      matrix[i] = static_cast<std::uint16_t>((i % 3 == 0 ? 0xB800 : 0x3800) + i * 13 % 701);
    }
    std::memcpy(memory.at(kSource, 2 * keys.size()).data(), keys.data(), 2 * keys.size());
    std::memcpy(memory.at(kSource + kBig, 2 * matrix.size()).data(), matrix.data(), 2 * matrix.size());
    dma_descriptor d = copy(kSource, kTarget, 2 * kDimension);
    d.opcode = DMA_OP_SIGNATURE;
    d.purpose = PRISM_PURPOSE_SIGNATURE_WRITE;
    d.count = kKeys;
    d.list_address = kSource + kBig;
    d.output_dimension = kOutput;
    post(0, d);
    wait_idle(0);
    const auto expected = compute::test::reference_sketch(keys, kKeys, kDimension, matrix, kOutput);
    for (std::uint32_t i = 0; i < kOutput; ++i) {
      EXPECT_EQ(memory.get<std::uint16_t>(kTarget + 2 * i), expected[i]) << i;
    }
    EXPECT_TRUE(untouched(kTarget + 2 * kOutput, kEnd));
    EXPECT_EQ(memory.bytes_of(Purpose::kSignatureWrite, false), 2u * (keys.size() + matrix.size()));

    d.flags |= DMA_FLAG_FP16;
    d.destination = kTarget + 4096;
    post(0, d);
    wait_idle(0);
    std::vector<std::uint16_t> half(kOutput);
    compute::SketchAccumulator sketch;
    sketch.start(kDimension, compute::ElementFormat::kFp16);
    sketch.add(keys, kKeys);
    sketch.finish(matrix, half);
    for (std::uint32_t i = 0; i < kOutput; ++i) {
      EXPECT_EQ(memory.get<std::uint16_t>(kTarget + 4096 + 2 * i), half[i]) << i;
    }
  });
}

struct DmaConfiguredTest : DmaFixture {
  static DmaConfig configured() {
    DmaConfig config = small_config();
    config.channel_defaults.weight = 2;
    config.channel_settings = {{.priority = 7, .weight = 9, .bandwidth_mbps = 1000, .outstanding = 3}};
    return config;
  }
  DmaConfiguredTest() : DmaFixture(configured()) {}
};

TEST_F(DmaConfiguredTest, ResetValuesComeFromTheConfiguration) {
  bus.run([this] {
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_PRIORITY), 7u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_WEIGHT), 9u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_BANDWIDTH), 1000u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_OUTSTANDING), 3u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(1) + DMA_WEIGHT), 2u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(1) + DMA_COALESCE_COUNT), 1u);
  });
}

}  // namespace
}  // namespace prism::dma
