// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numeric>

#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"
#include "tests/firmware/fake_devices.h"
#include "tests/firmware/fake_machine.h"

extern "C" {
#include "prism/drivers/dma.h"
}

namespace prism::test {
namespace {

constexpr std::uint64_t kRam = PRISM_RAM_BASE;
constexpr std::uint64_t kRamBytes = 1 << 16;
constexpr std::uint64_t kHeap = kRam + 0x8000;
constexpr std::uint64_t kTimeoutNs = 10000;
constexpr std::uint32_t kEntries = 8;

class DmaDriver : public testing::Test {
 protected:
  DmaDriver() {
    machine.add_memory(kRam, kRamBytes);
    machine.attach(PRISM_DMA_BASE, engine.storage.size(), engine, PRISM_IRQ_DMA);
    EXPECT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
    prism_heap_init(&heap, kHeap, kRamBytes - 0x8000);
    EXPECT_EQ(prism_dma_init(&dma, machine.handle(), PRISM_DMA_BASE, &interrupts, PRISM_IRQ_DMA, kTimeoutNs),
              PRISM_STATUS_OK);
    EXPECT_EQ(prism_dma_open(&channel, &dma, 0, &heap, kEntries), PRISM_STATUS_OK);
    for (std::uint32_t i = 0; i < 1024; ++i) machine.set(kRam + 4 * i, i);
  }

  std::uint32_t copy(std::uint64_t source, std::uint64_t destination, std::uint64_t bytes) {
    std::uint32_t ticket = 0;
    EXPECT_EQ(prism_dma_copy(&channel, PRISM_PURPOSE_OTHER, source, destination, bytes, &ticket),
              PRISM_STATUS_OK);
    return ticket;
  }

  FakeMachine machine;
  FakeDma engine{machine, 2};
  prism_interrupts interrupts{};
  prism_heap heap{};
  prism_dma dma{};
  prism_dma_channel channel{};
};

TEST_F(DmaDriver, RepeatsARingInLaps) {
  dma_descriptor descriptors[2] = {};
  for (dma_descriptor& descriptor : descriptors) {
    descriptor.opcode = DMA_OP_COPY;
    descriptor.source = kRam;
    descriptor.destination = kRam + 0x2000;
    descriptor.bytes = 16;
  }
  descriptors[1].destination += 16;
  const auto queue = [&](std::uint32_t count) {
    return prism_dma_queue_laps(&channel, descriptors, count, 3, 0x100, 0x40);
  };
  EXPECT_EQ(queue(2), PRISM_STATUS_ARGUMENT);  // the channel keeps records
  ASSERT_EQ(prism_dma_drop_records(&channel), PRISM_STATUS_OK);
  EXPECT_EQ(queue(1), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(queue(2 * kEntries), PRISM_STATUS_ARGUMENT);
  ASSERT_EQ(queue(2), PRISM_STATUS_OK);
  EXPECT_EQ(queue(2), PRISM_STATUS_ARGUMENT);  // until the next reset
  ASSERT_EQ(prism_dma_drain(&channel), PRISM_STATUS_OK);
  ASSERT_EQ(engine.executed.size(), 6u);
  for (std::uint32_t lap = 0; lap < 3; ++lap) {
    EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x2000 + lap * 0x40), lap * 0x100 / 4);
    EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x2010 + lap * 0x40), lap * 0x100 / 4);
  }
  // Then the channel is as it was.
  ASSERT_EQ(prism_dma_reset(&channel), PRISM_STATUS_OK);
  EXPECT_EQ(engine.get(DMA_CHANNEL(0) + DMA_RING_ENTRIES), kEntries);
  const std::uint32_t ticket = copy(kRam + 0x200, kRam + 0x3000, 16);
  EXPECT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_OK);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x3000), 0x80u);
}

TEST_F(DmaDriver, OpensAChannelWithItsOwnRings) {
  EXPECT_EQ(dma.channels, 2u);
  EXPECT_EQ(engine.get<std::uint64_t>(DMA_CHANNEL(0) + DMA_RING_ADDRESS), channel.ring);
  EXPECT_EQ(engine.get(DMA_CHANNEL(0) + DMA_RING_ENTRIES), kEntries);
  EXPECT_EQ(engine.get<std::uint64_t>(DMA_CHANNEL(0) + DMA_COMPLETION_ADDRESS), channel.completions);
  EXPECT_EQ(engine.get(DMA_CHANNEL(0) + DMA_CONTROL), DMA_CONTROL_ENABLE);
  EXPECT_EQ(engine.get(DMA_IRQ_ENABLE), 1u);
  prism_dma_channel second{};
  ASSERT_EQ(prism_dma_open(&second, &dma, 1, &heap, kEntries), PRISM_STATUS_OK);
  EXPECT_EQ(engine.get(DMA_IRQ_ENABLE), 3u);
  EXPECT_GE(second.ring, channel.completions + kEntries * sizeof(dma_completion));
}

TEST_F(DmaDriver, RefusesImpossibleChannels) {
  prism_dma_channel other{};
  EXPECT_EQ(prism_dma_open(&other, &dma, 2, &heap, kEntries), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_open(&other, &dma, 1, &heap, 0), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_open(&other, &dma, 1, &heap, 1), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_open(&other, &dma, 1, &heap, 12), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_open(&other, &dma, 1, &heap, 131072), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_open(&other, &dma, 1, &heap, 1024), PRISM_STATUS_NO_MEMORY);
}

TEST_F(DmaDriver, CopiesAndGathers) {
  const std::uint32_t list[] = {3, 0, 2};
  machine.set(kRam + 0x4000, list);
  const std::uint32_t first = copy(kRam, kRam + 0x2000, 64);
  std::uint32_t second = 0;
  ASSERT_EQ(
      prism_dma_gather(&channel, PRISM_PURPOSE_KV_READ, kRam, kRam + 0x4000, 3, kRam + 0x3000, 16, &second),
      PRISM_STATUS_OK);
  EXPECT_EQ(second, first + 1);
  ASSERT_EQ(prism_dma_wait(&channel, second), PRISM_STATUS_OK);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x2000 + 60), 15u);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x3000), 12u);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x3010), 0u);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x3020), 8u);
  EXPECT_EQ(engine.executed[1].purpose, PRISM_PURPOSE_KV_READ);
  EXPECT_EQ(prism_dma_wait(&channel, first), PRISM_STATUS_OK);  // long done
}

TEST_F(DmaDriver, WrapsTheRingManyTimes) {
  for (std::uint32_t i = 0; i < 5 * kEntries + 3; ++i) {
    dma_descriptor pair[2] = {};
    for (std::uint32_t j = 0; j < 2; ++j) {
      pair[j].opcode = DMA_OP_COPY;
      pair[j].purpose = PRISM_PURPOSE_OTHER;
      pair[j].source = kRam + 4 * (2 * i + j);
      pair[j].destination = kRam + 0x2000 + 4 * (2 * i + j);
      pair[j].bytes = 4;
    }
    std::uint32_t ticket = 0;
    ASSERT_EQ(prism_dma_submit(&channel, pair, 2, &ticket), PRISM_STATUS_OK);
    EXPECT_EQ(ticket, 2 * i + 2);
    EXPECT_LE(channel.producer - channel.consumer, kEntries);
  }
  ASSERT_EQ(prism_dma_wait(&channel, channel.producer), PRISM_STATUS_OK);
  for (std::uint32_t i = 0; i < 10 * kEntries + 6; ++i) {
    EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x2000 + 4 * i), i);
    EXPECT_EQ(engine.executed[i].tag, i + 1);
    EXPECT_EQ(engine.executed[i].flags, i % 2 == 1 ? DMA_FLAG_INTERRUPT : 0);
  }
}

TEST_F(DmaDriver, TicketsWrapWithTheirCounter) {
  for (const std::uint32_t offset : {DMA_PRODUCER, DMA_CONSUMER}) {
    engine.set(DMA_CHANNEL(0) + offset, 0xFFFFFFFEu);
  }
  channel.producer = channel.consumer = 0xFFFFFFFE;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t ticket = copy(kRam + 4, kRam + 0x2000, 4);
    ASSERT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_OK);
  }
  EXPECT_EQ(channel.consumer, 2u);
  EXPECT_EQ(engine.executed.size(), 4u);
}

TEST_F(DmaDriver, SubmitRefusesMoreThanARing) {
  dma_descriptor many[kEntries + 1] = {};
  std::uint32_t ticket = 0;
  EXPECT_EQ(prism_dma_submit(&channel, many, kEntries + 1, &ticket), PRISM_STATUS_ARGUMENT);
  EXPECT_EQ(prism_dma_submit(&channel, many, 0, &ticket), PRISM_STATUS_ARGUMENT);
}

TEST_F(DmaDriver, TimesOutWhenNothingHappens) {
  const std::uint32_t ticket = copy(kRam, kRam + 0x2000, 4);
  engine.set(DMA_CHANNEL(0) + DMA_CONTROL, 0u);  // the engine never runs it
  const std::uint64_t start = machine.time_ns();
  EXPECT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_TIMEOUT);
  EXPECT_GE(machine.time_ns() - start, kTimeoutNs);
  EXPECT_LE(machine.time_ns() - start, kTimeoutNs + 100);
}

TEST_F(DmaDriver, AStuckInterruptStillTimesOut) {
  const std::uint32_t ticket = copy(kRam, kRam + 0x2000, 4);
  engine.set(DMA_CHANNEL(0) + DMA_CONTROL, 0u);
  class Stuck : public StorageDevice {
   public:
    bool irq() const override { return true; }
  } stuck;
  machine.attach(0x30000000, 0x1000, stuck, 7);
  ASSERT_EQ(prism_interrupts_attach(
                &interrupts, 7, [](void*) { return 0; }, nullptr),
            PRISM_STATUS_OK);
  EXPECT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_TIMEOUT);
}

TEST_F(DmaDriver, ReportsTheHaltPreciselyAndRecovers) {
  engine.fail_at = 1;
  const std::uint32_t first = copy(kRam, kRam + 0x2000, 4);
  const std::uint32_t second = copy(kRam + 0x100, kRam + 0x2100, 4);
  EXPECT_EQ(prism_dma_wait(&channel, second), PRISM_STATUS_DMA_ERROR);
  EXPECT_EQ(channel.fault.error, DMA_ERROR_BUS);
  EXPECT_EQ(channel.fault.descriptor, channel.ring + sizeof(dma_descriptor));
  EXPECT_EQ(channel.fault.address, kRam + 0x100);
  EXPECT_EQ(channel.fault.bytes, 5u);
  EXPECT_EQ(prism_dma_wait(&channel, first), PRISM_STATUS_OK);  // it did finish

  ASSERT_EQ(prism_dma_reset(&channel), PRISM_STATUS_OK);
  const std::uint32_t again = copy(kRam + 0x104, kRam + 0x2104, 4);
  EXPECT_EQ(prism_dma_wait(&channel, again), PRISM_STATUS_OK);
  EXPECT_EQ(machine.get<std::uint32_t>(kRam + 0x2104), 0x41u);
}

TEST_F(DmaDriver, AHaltOfOneChannelLeavesTheOtherAlone) {
  prism_dma_channel other{};
  ASSERT_EQ(prism_dma_open(&other, &dma, 1, &heap, kEntries), PRISM_STATUS_OK);
  engine.fail_at = 0;
  const std::uint32_t failing = copy(kRam, kRam + 0x2000, 4);
  std::uint32_t ticket = 0;
  ASSERT_EQ(prism_dma_copy(&other, PRISM_PURPOSE_OTHER, kRam + 8, kRam + 0x2008, 4, &ticket),
            PRISM_STATUS_OK);
  EXPECT_EQ(prism_dma_wait(&other, ticket), PRISM_STATUS_OK);
  EXPECT_EQ(prism_dma_wait(&channel, failing), PRISM_STATUS_DMA_ERROR);
}

TEST_F(DmaDriver, DistrustsAWrongCompletionRecord) {
  const std::uint32_t ticket = copy(kRam, kRam + 0x2000, 4);
  while (engine.work()) {
  }
  machine.set(channel.completions, dma_completion{99, 0, 4});
  EXPECT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_PROTOCOL);
}

TEST_F(DmaDriver, DistrustsAnImpossibleConsumer) {
  const std::uint32_t ticket = copy(kRam, kRam + 0x2000, 4);
  while (engine.work()) {
  }
  engine.set(DMA_CHANNEL(0) + DMA_CONSUMER, 7u);
  EXPECT_EQ(prism_dma_wait(&channel, ticket), PRISM_STATUS_PROTOCOL);
}

TEST_F(DmaDriver, ReportsItsOwnBusFaults) {
  channel.ring = 0xDEAD0000;
  std::uint32_t ticket = 0;
  EXPECT_EQ(prism_dma_copy(&channel, PRISM_PURPOSE_OTHER, kRam, kRam + 64, 4, &ticket),
            PRISM_STATUS_BUS_FAULT);
  prism_dma nowhere{};
  EXPECT_EQ(prism_dma_init(&nowhere, machine.handle(), 0xDEAD0000, &interrupts, PRISM_IRQ_DMA, kTimeoutNs),
            PRISM_STATUS_BUS_FAULT);
  engine.set(DMA_ID, 0x12345678u);
  EXPECT_EQ(
      prism_dma_init(&nowhere, machine.handle(), PRISM_DMA_BASE, &interrupts, PRISM_IRQ_DMA, kTimeoutNs),
      PRISM_STATUS_NO_DEVICE);
}

}  // namespace
}  // namespace prism::test
