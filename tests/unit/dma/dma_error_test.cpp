// SPDX-License-Identifier: Apache-2.0
// Every way in which a channel halts, with its record, and how it goes on.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/dma/dma_fixture.h"

namespace prism::dma {
namespace {

class DmaErrorTest : public DmaFixture {
 protected:
  std::uint32_t error(std::uint32_t channel) { return bus.get32(DMA_CHANNEL(channel) + DMA_ERROR); }

  /// Waits for the halt and checks its record; acknowledges the interrupt.
  void expect_halt(std::uint32_t channel, std::uint32_t code, std::uint64_t descriptor, std::uint64_t address,
                   std::uint64_t bytes) {
    wait_idle(channel);
    EXPECT_EQ(status(channel), DMA_STATUS_HALTED);
    EXPECT_EQ(error(channel), code);
    EXPECT_EQ(bus.get64(DMA_CHANNEL(channel) + DMA_ERROR_DESCRIPTOR), descriptor);
    EXPECT_EQ(bus.get64(DMA_CHANNEL(channel) + DMA_ERROR_ADDRESS), address);
    EXPECT_EQ(bus.get64(DMA_CHANNEL(channel) + DMA_ERROR_BYTES), bytes);
    EXPECT_EQ(bus.get32(DMA_IRQ_ERROR), 1u << channel);
    EXPECT_TRUE(irq.read());
    EXPECT_OK(bus.write32(DMA_IRQ_ERROR, 1u << channel));
  }

  void resume(std::uint32_t channel) {
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESUME));
  }

  std::uint64_t descriptor_address(std::uint32_t channel, std::uint32_t number) {
    return ring_of(channel) + number % kEntries * sizeof(dma_descriptor);
  }
};

TEST_F(DmaErrorTest, RefusedDescriptorsHaltAndResumeSkipsThem) {
  bus.run([this] {
    open(0);
    dma_descriptor opcode = copy(kSource, kTarget, 64);
    opcode.opcode = 9;
    dma_descriptor length = copy(kSource, kTarget, 0);
    dma_descriptor alignment = gather(kSource, 64, kTarget, 64, kLists, {1, 2});
    alignment.list_address += 2;
    const std::vector<std::pair<dma_descriptor, std::uint32_t>> cases{
        {opcode, DMA_ERROR_OPCODE}, {length, DMA_ERROR_LENGTH}, {alignment, DMA_ERROR_ALIGNMENT}};
    std::uint32_t number = 0;
    for (const auto& [descriptor, code] : cases) {
      post(0, descriptor);
      expect_halt(0, code, descriptor_address(0, number), 0, 0);
      expect_completion(0, number, code, 0);
      EXPECT_EQ(consumer(0), number);  // not finished
      resume(0);
      EXPECT_EQ(consumer(0), ++number);
      EXPECT_EQ(status(0), 0u);
      EXPECT_EQ(error(0), DMA_ERROR_NONE);
    }
    EXPECT_TRUE(untouched(kTarget, kEnd));
    post(0, copy(kSource, kTarget, 64));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 4u);
    EXPECT_TRUE(same(kSource, kTarget, 64));
  });
}

TEST_F(DmaErrorTest, DescriptorsBehindAHaltWaitForResume) {
  bus.run([this] {
    open(0);
    post(0, copy(kSource, kTarget, 0));
    post(0, copy(kSource, kTarget, 128));
    expect_halt(0, DMA_ERROR_LENGTH, descriptor_address(0, 0), 0, 0);
    post(0, copy(kSource + 128, kTarget + 128, 128));
    sc_core::wait(sc_core::sc_time(100, sc_core::SC_US));
    EXPECT_EQ(consumer(0), 0u);
    EXPECT_TRUE(untouched(kTarget, kEnd));
    resume(0);
    wait_idle(0);
    EXPECT_EQ(consumer(0), 3u);
    EXPECT_TRUE(same(kSource, kTarget, 256));
  });
}

TEST_F(DmaErrorTest, OtherChannelsRunOn) {
  bus.run([this] {
    for (std::uint32_t c = 0; c < 3; ++c) open(c);
    post(0, copy(kSource, kTarget, 1 << 20));
    post(1, copy(kEnd, kTarget + (4 << 20), 64));
    post(2, copy(kSource + 64, kTarget + (8 << 20), 1 << 20));
    expect_halt(1, DMA_ERROR_UNMAPPED, descriptor_address(1, 0), kEnd, 0);
    for (const std::uint32_t c : {0u, 2u}) {
      wait_idle(c);
      EXPECT_EQ(status(c), 0u);
      EXPECT_EQ(consumer(c), 1u);
    }
    EXPECT_TRUE(same(kSource, kTarget, 1 << 20));
    EXPECT_TRUE(same(kSource + 64, kTarget + (8 << 20), 1 << 20));
    EXPECT_TRUE(untouched(kTarget + (4 << 20), kTarget + (8 << 20)));
  });
  ModuleStatistics out("dma");
  engine.report(out);
  EXPECT_EQ(out.to_json()["errors"], 1);
  EXPECT_EQ(out.to_json()["descriptors"], 2);
  EXPECT_EQ(out.to_json()["bus_errors"], 1);
}

TEST_F(DmaErrorTest, ReadFaultKeepsTheSlotsBeforeItAndNothingElse) {
  bus.run([this] {
    open(0);
    // Slots of 8 KiB, bursts of 1 KiB: the fault lies in the sixth slot, in the burst at 45 KiB; a later one
    // is ignored.
    memory.faults = {{kSource + 46'100, kSource + 46'101, true, false},
                     {kSource + 48'000, kSource + 48'001, true, false},
                     {kSource + 60'000, kSource + 60'001, true, false}};
    post(0, copy(kSource, kTarget + 77, 500'000));
    const std::uint64_t written = 5 * 8192;
    expect_halt(0, DMA_ERROR_BUS, descriptor_address(0, 0), kSource + 45 * 1024, written);
    expect_completion(0, 0, DMA_ERROR_BUS, written);
    EXPECT_TRUE(same(kSource, kTarget + 77, written));
    EXPECT_TRUE(untouched(kTarget, kTarget + 77));
    EXPECT_TRUE(untouched(kTarget + 77 + written, kEnd));
  });
}

TEST_F(DmaErrorTest, WriteFaultReportsTheLowestAddressAndTheExactBytes) {
  bus.run([this] {
    open(0);
    memory.faults = {{kTarget + 20'000, kTarget + 20'001, false, true},
                     {kTarget + 22'000, kTarget + 22'001, false, true}};
    const std::uint64_t bytes = 500'000;
    post(0, copy(kSource, kTarget, bytes));
    wait_idle(0);
    const std::uint64_t written = memory.bytes_of(Purpose::kKvRead, true);
    EXPECT_LT(written, bytes);
    EXPECT_GE(written, 2 * 8192 + 6 * 1024u);  // two slots, and the third without its two failed bursts
    expect_halt(0, DMA_ERROR_BUS, descriptor_address(0, 0), kTarget + 19 * 1024, written);
    expect_completion(0, 0, DMA_ERROR_BUS, written);
    EXPECT_TRUE(untouched(kTarget + 19 * 1024, kTarget + 20 * 1024));
    EXPECT_TRUE(untouched(kTarget + bytes, kEnd));
    std::uint64_t changed = 0;
    for (std::uint64_t burst = 0; burst * 1024 < bytes; ++burst) {
      const std::uint64_t at = burst * 1024;
      const std::uint64_t size = std::min<std::uint64_t>(1024, bytes - at);
      if (untouched(kTarget + at, kTarget + at + size)) continue;
      EXPECT_TRUE(same(kSource + at, kTarget + at, size));
      changed += size;
    }
    EXPECT_EQ(changed, written);
  });
}

TEST_F(DmaErrorTest, FaultOfAGatheredElement) {
  bus.run([this] {
    open(0);
    post(0, gather(kSource, 0x10000, kTarget, 8192, kLists, {0, 5, 0xFFFF, 6}));
    const std::uint64_t fault = kSource + 0xFFFFull * 0x10000;
    expect_halt(0, DMA_ERROR_UNMAPPED, descriptor_address(0, 0), fault, 2 * 8192);
    EXPECT_TRUE(same(kSource, kTarget, 8192));
    EXPECT_TRUE(same(kSource + 0x50000, kTarget + 8192, 8192));
    EXPECT_TRUE(untouched(kTarget + 2 * 8192, kEnd));
  });
}

TEST_F(DmaErrorTest, FaultsOfTheIndexList) {
  bus.run([this] {
    open(0);
    dma_descriptor outside = gather(kSource, 64, kTarget, 64, kLists, {1, 2});
    outside.list_address = kEnd;
    post(0, outside);
    expect_halt(0, DMA_ERROR_UNMAPPED, descriptor_address(0, 0), kEnd, 0);
    expect_completion(0, 0, DMA_ERROR_UNMAPPED, 0);
    EXPECT_TRUE(untouched(kTarget, kEnd));
    resume(0);

    // The list is fetched 16 indices at a time; its third part fails.
    const std::uint64_t list = kLists + 0x1000;
    memory.faults = {{list + 130, list + 131, true, false}};
    post(0, gather(kSource, 8192, kTarget, 8192, list, std::vector<std::uint32_t>(48, 3)));
    wait_idle(0);
    const std::uint64_t written = memory.bytes_of(Purpose::kKvRead, true);
    EXPECT_EQ(written, 32u * 8192);
    EXPECT_EQ(memory.bytes_of(Purpose::kKvRead, false), 2u * 8192);  // once for each part of the list
    expect_halt(0, DMA_ERROR_BUS, descriptor_address(0, 1), list + 128, written);
    EXPECT_TRUE(untouched(kTarget + written, kEnd));
  });
}

TEST_F(DmaErrorTest, FaultOfTheDescriptorItself) {
  bus.run([this] {
    open(0);
    memory.faults = {{descriptor_address(0, 1), descriptor_address(0, 2), true, false}};
    post(0, copy(kSource, kTarget, 64));
    post(0, copy(kSource, kTarget + 64, 64));
    post(0, copy(kSource, kTarget + 128, 64));
    expect_halt(0, DMA_ERROR_BUS, descriptor_address(0, 1), descriptor_address(0, 1), 0);
    EXPECT_EQ(consumer(0), 1u);
    resume(0);
    wait_idle(0);
    EXPECT_EQ(consumer(0), 3u);
    EXPECT_TRUE(untouched(kTarget + 64, kTarget + 128));
    EXPECT_TRUE(same(kSource, kTarget + 128, 64));
  });
}

TEST_F(DmaErrorTest, FaultOfTheCompletionRecord) {
  bus.run([this] {
    open(0);
    memory.faults = {{completions_of(0), completions_of(0) + 16, false, true}};
    post(0, copy(kSource, kTarget, 3000));
    expect_halt(0, DMA_ERROR_BUS, descriptor_address(0, 0), completions_of(0), 3000);
    EXPECT_EQ(consumer(0), 0u);
    EXPECT_TRUE(same(kSource, kTarget, 3000));  // the data had arrived
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET));

    // With an error before it, that one is reported.
    producers[0] = 0;
    post(0, copy(kSource, kTarget, 0));
    expect_halt(0, DMA_ERROR_LENGTH, descriptor_address(0, 0), 0, 0);
  });
}

TEST_F(DmaErrorTest, InvalidRingsHaltAndRetryAfterRepair) {
  bus.run([this] {
    open(0);
    const std::uint64_t registers = DMA_CHANNEL(0);
    EXPECT_OK(bus.write32(registers + DMA_RING_ENTRIES, 6));
    post(0, copy(kSource, kTarget, 64));
    expect_halt(0, DMA_ERROR_RING, 0, 0, 0);
    resume(0);  // still wrong
    expect_halt(0, DMA_ERROR_RING, 0, 0, 0);
    EXPECT_OK(bus.write32(registers + DMA_RING_ENTRIES, kEntries));
    EXPECT_OK(bus.write64(registers + DMA_RING_ADDRESS, ring_of(0) + 8));
    resume(0);
    expect_halt(0, DMA_ERROR_RING, 0, 0, 0);
    EXPECT_TRUE(memory.accesses.empty());
    EXPECT_OK(bus.write64(registers + DMA_RING_ADDRESS, ring_of(0)));
    resume(0);
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_TRUE(same(kSource, kTarget, 64));
  });
}

TEST_F(DmaErrorTest, ProducerTooFarAheadHalts) {
  bus.run([this] {
    open(0);
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_PRODUCER, kEntries + 1));
    expect_halt(0, DMA_ERROR_RING, 0, 0, 0);
    EXPECT_TRUE(memory.accesses.empty());
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET));
    EXPECT_EQ(status(0), 0u);
    EXPECT_EQ(error(0), DMA_ERROR_NONE);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_PRODUCER), 0u);
    post(0, copy(kSource, kTarget, 64));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
  });
}

TEST_F(DmaErrorTest, ResumeOfARunningChannelIsIgnored) {
  bus.run([this] {
    open(0);
    post(0, copy(kSource, kTarget, 5000));
    resume(0);
    wait_idle(0);
    resume(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_EQ(status(0), 0u);
    EXPECT_TRUE(same(kSource, kTarget, 5000));
  });
}

}  // namespace
}  // namespace prism::dma
