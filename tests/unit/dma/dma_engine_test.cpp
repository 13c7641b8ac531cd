// SPDX-License-Identifier: Apache-2.0
#include "models/dma/dma_engine.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/common/random.h"
#include "tests/unit/dma/dma_fixture.h"

namespace prism::dma {
namespace {

class DmaEngineTest : public DmaFixture {};

TEST_F(DmaEngineTest, IdentityAndResetState) {
  bus.run([this] {
    EXPECT_EQ(bus.get32(DMA_ID), DMA_ID_VALUE);
    EXPECT_EQ(bus.get32(DMA_CHANNELS), 4u);
    EXPECT_EQ(status(3), 0u);
    EXPECT_EQ(consumer(0), 0u);
    EXPECT_EQ(bus.write32(DMA_CHANNEL(4) + DMA_CONTROL, 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(DMA_CHANNEL(0) + DMA_CONSUMER, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_FALSE(irq.read());
  });
}

TEST_F(DmaEngineTest, CopiesAndCompletesInOrder) {
  bus.run([this] {
    open(0);
    post(0, copy(kSource + 3, kTarget + 5, 100'001));
    EXPECT_EQ(status(0), DMA_STATUS_BUSY);
    sc_core::wait(irq.posedge_event());
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), 1u);
    EXPECT_EQ(bus.get32(DMA_IRQ_ERROR), 0u);
    EXPECT_TRUE(same(kSource + 3, kTarget + 5, 100'001));
    EXPECT_TRUE(untouched(kTarget, kTarget + 5));
    EXPECT_TRUE(untouched(kTarget + 5 + 100'001, kEnd));
    expect_completion(0, 0, DMA_ERROR_NONE, 100'001);

    // The record was the last write, after every write of data.
    const auto& last = memory.accesses.back();
    EXPECT_EQ(last.address, completions_of(0));
    EXPECT_TRUE(last.is_write);
    EXPECT_EQ(last.purpose, Purpose::kDescriptors);

    EXPECT_OK(bus.write32(DMA_IRQ_COMPLETE, 1u));
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(status(0), 0u);
  });
}

TEST_F(DmaEngineTest, LapsOfARingMoveItsAddresses) {
  constexpr std::uint64_t kSourceStep = 0x1010;
  constexpr std::uint64_t kTargetStep = 0x208;
  bus.run([this] {
    open(0);
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_RING_ENTRIES, 2));
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_LAPS, 3));
    EXPECT_OK(bus.write64(DMA_CHANNEL(0) + DMA_LAP_SOURCE, kSourceStep));
    EXPECT_OK(bus.write64(DMA_CHANNEL(0) + DMA_LAP_DESTINATION, kTargetStep));
    memory.put(ring_of(0), copy(kSource, kTarget, 100));
    memory.put(ring_of(0) + sizeof(dma_descriptor), copy(kSource + 0x8000, kTarget + 0x8000, 64));
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_PRODUCER, 6));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 6u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_ERROR), DMA_ERROR_NONE);
    for (std::uint64_t lap = 0; lap < 3; ++lap) {
      const std::uint64_t target = kTarget + lap * kTargetStep;
      EXPECT_TRUE(same(kSource + lap * kSourceStep, target, 100)) << lap;
      EXPECT_TRUE(untouched(target + 100, target + kTargetStep)) << lap;
      EXPECT_TRUE(same(kSource + 0x8000 + lap * kSourceStep, target + 0x8000, 64)) << lap;
    }
    // RESET begins with lap 0 again; the producer may be three rings ahead, and no more.
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET));
    memory.put(ring_of(0), copy(kSource + 0x20000, kTarget + 0x20000, 64));
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_PRODUCER, 1));
    wait_idle(0);
    EXPECT_TRUE(same(kSource + 0x20000, kTarget + 0x20000, 64));
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_PRODUCER, 1 + 7));
    wait_idle(0);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_ERROR), DMA_ERROR_RING);
  });
}

TEST_F(DmaEngineTest, InterruptsOnlyWhereAsked) {
  bus.run([this] {
    open(0);
    dma_descriptor silent = copy(kSource, kTarget, 64);
    silent.flags = 0;
    post(0, silent);
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), 0u);
    EXPECT_OK(bus.write32(DMA_IRQ_ENABLE, 0x2));
    post(0, copy(kSource, kTarget, 64));
    wait_idle(0);
    EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), 1u);  // pending, but not enabled
    EXPECT_FALSE(irq.read());
    EXPECT_OK(bus.write32(DMA_IRQ_ENABLE, 0x1));
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS));
    EXPECT_TRUE(irq.read());
  });
}

TEST_F(DmaEngineTest, GathersMoreIndicesThanTheListBufferHolds) {
  bus.run([this] {
    open(1);
    std::vector<std::uint32_t> list;
    for (std::uint32_t i = 0; i < 100; ++i) list.push_back(i * 37 % 101);
    post(1, gather(kSource, 5000, kTarget, 3000, kLists, list));
    wait_idle(1);
    for (std::uint64_t i = 0; i < list.size(); ++i) {
      EXPECT_TRUE(same(kSource + list[i] * 5000, kTarget + i * 3000, 3000)) << i;
    }
    EXPECT_TRUE(untouched(kTarget + 300'000, kEnd));
    expect_completion(1, 0, DMA_ERROR_NONE, 300'000);
  });
}

TEST_F(DmaEngineTest, NeighbouringIndicesAreReadTogether) {
  bus.run([this] {
    open(0);
    const std::vector<std::uint32_t> list{8, 9, 10, 11, 12, 13, 14, 15};
    post(0, gather(kSource, 128, kTarget, 128, kLists, list));
    wait_idle(0);
    EXPECT_TRUE(same(kSource + 1024, kTarget, 1024));
    const auto reads = std::count_if(memory.accesses.begin(), memory.accesses.end(), [](const auto& access) {
      return access.address >= kSource && access.address < kTarget;
    });
    EXPECT_EQ(reads, 1);
  });
}

TEST_F(DmaEngineTest, PurposesFollowTheDescriptor) {
  bus.run([this] {
    open(0);
    dma_descriptor append = gather(kSource, 512, kTarget, 512, kLists, {4, 2});
    append.purpose = PRISM_PURPOSE_KV_APPEND;
    post(0, append);
    wait_idle(0);
    EXPECT_EQ(memory.bytes_of(Purpose::kKvAppend, false), 1024u);
    EXPECT_EQ(memory.bytes_of(Purpose::kKvAppend, true), 1024u);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, false), 64u + 8);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, true), 16u);
  });
}

TEST_F(DmaEngineTest, TheRingWrapsManyTimes) {
  bus.run([this] {
    open(2);
    std::uint32_t number = 0;
    for (std::uint32_t round = 0; round < 10; ++round) {
      // A full ring in one go: one doorbell for all.
      for (std::uint32_t i = 0; i < kEntries; ++i, ++number) {
        dma_descriptor descriptor = copy(kSource + number * 1000, kTarget + number * 1200, 1000);
        descriptor.tag = number;
        memory.put(ring_of(2) + number % kEntries * sizeof descriptor, descriptor);
      }
      EXPECT_OK(bus.write32(DMA_CHANNEL(2) + DMA_PRODUCER, number));
      wait_idle(2);
      ASSERT_EQ(consumer(2), number);
    }
    for (std::uint64_t i = 0; i < number; ++i) {
      EXPECT_TRUE(same(kSource + i * 1000, kTarget + i * 1200, 1000));
      EXPECT_TRUE(untouched(kTarget + i * 1200 + 1000, kTarget + (i + 1) * 1200));
    }
    for (std::uint32_t i = number - kEntries; i < number; ++i) expect_completion(2, i, DMA_ERROR_NONE, 1000);
  });
}

TEST_F(DmaEngineTest, WithoutACompletionRingNoRecordsAreWritten) {
  bus.run([this] {
    open(0);
    EXPECT_OK(bus.write64(DMA_CHANNEL(0) + DMA_COMPLETION_ADDRESS, 0));
    post(0, copy(kSource, kTarget, 500));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_EQ(memory.bytes_of(Purpose::kDescriptors, true), 0u);
  });
}

TEST_F(DmaEngineTest, ADisabledChannelWaits) {
  bus.run([this] {
    open(0);
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, 0));
    post(0, copy(kSource, kTarget, 500));
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_MS));
    EXPECT_EQ(consumer(0), 0u);
    EXPECT_TRUE(memory.accesses.empty());
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_TRUE(same(kSource, kTarget, 500));
  });
}

TEST_F(DmaEngineTest, ResetStartsTheRingAgain) {
  bus.run([this] {
    open(0);
    for (int i = 0; i < 3; ++i) post(0, copy(kSource, kTarget, 64));
    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET));
    EXPECT_NE(status(0) & DMA_STATUS_BUSY, 0u);  // a busy channel goes on
    wait_idle(0);
    EXPECT_EQ(consumer(0), 3u);

    EXPECT_OK(bus.write32(DMA_CHANNEL(0) + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESET));
    EXPECT_EQ(consumer(0), 0u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_PRODUCER), 0u);
    EXPECT_EQ(bus.get32(DMA_CHANNEL(0) + DMA_CONTROL), DMA_CONTROL_ENABLE);
    producers[0] = 0;
    post(0, copy(kSource + 64, kTarget + 64, 64));
    wait_idle(0);
    EXPECT_EQ(consumer(0), 1u);
    EXPECT_TRUE(same(kSource, kTarget, 128));
  });
}

// The whole of the target region against memcpy, canaries included, with all channels busy at once.
TEST_F(DmaEngineTest, RandomOperationsMatchMemcpy) {
  const CounterRandom random(2024, 4);
  const std::span<std::byte> target = memory.at(kTarget, kEnd - kTarget);
  std::vector<std::byte> expected(target.begin(), target.end());
  const auto expect_move = [&](std::uint64_t source, std::uint64_t destination, std::uint64_t bytes) {
    std::memcpy(expected.data() + (destination - kTarget), memory.at(source, bytes).data(), bytes);
  };
  bus.run([&] {
    for (std::uint32_t c = 0; c < 4; ++c) open(c);
    std::uint64_t place = kTarget;
    for (std::uint32_t i = 0; i < 400; ++i) {
      const auto words = random.words(i);
      const std::uint32_t channel = words[0] % 4;
      const std::uint64_t list_address = kLists + i % 64 * 0x1000;
      const std::uint64_t destination = place + words[0] / 4 % 70;
      dma_descriptor descriptor{};
      if ((words[0] >> 31) != 0) {
        const std::uint64_t source = kSource + words[1] % 1'000'000;
        const std::uint64_t bytes = 1 + words[2] % (i % 10 == 0 ? 60'000 : 3'000);
        descriptor = copy(source, destination, bytes);
        expect_move(source, destination, bytes);
        place = destination + bytes;
      } else {
        const std::uint64_t bytes = 1 + words[1] % (i % 10 == 1 ? 8'000 : 700);
        const std::uint64_t stride = (words[2] & 1u) != 0 ? bytes : words[2] % 5'000;
        std::vector<std::uint32_t> list(1 + words[3] % 60);
        for (std::uint32_t j = 0; j < list.size(); ++j) {
          const auto draw = random.words(i, j + 1);
          list[j] = j > 0 && draw[0] % 2 == 0 ? list[j - 1] + 1 : draw[1] % 500;
          expect_move(kSource + list[j] * stride, destination + j * bytes, bytes);
        }
        descriptor = gather(kSource, stride, destination, bytes, list_address, list);
        place = destination + bytes * list.size();
      }
      ASSERT_LT(place + 100, kEnd);
      while (producers[channel] - consumer(channel) == kEntries)
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
      post(channel, descriptor);
      if (i % 64 == 63) {
        for (std::uint32_t c = 0; c < 4; ++c) wait_idle(c);  // lists are about to be reused
      }
    }
    for (std::uint32_t c = 0; c < 4; ++c) {
      wait_idle(c);
      EXPECT_EQ(status(c), 0u);
    }
  });
  EXPECT_TRUE(std::equal(target.begin(), target.end(), expected.begin()));
  ModuleStatistics out("dma");
  engine.report(out);
  const nlohmann::json json = out.to_json();
  EXPECT_EQ(json["descriptors"], 400);
  EXPECT_EQ(json["interrupts"], 400);
  EXPECT_EQ(json["errors"], 0);
  EXPECT_LT(json["bytes_read"]["kv_read"], json["bytes_written"]["kv_read"]);  // some indices repeat
  EXPECT_EQ(json["bytes_written"]["kv_read"], memory.bytes_of(Purpose::kKvRead, true));
  EXPECT_EQ(json["bytes_written"]["descriptors"], 400 * 16);
}

/// Time of one long copy between memory paths of the given speeds.
class DmaOverlapTest : public DmaFixture {
 protected:
  DmaOverlapTest(double read_gbps, double write_gbps)
      : DmaFixture(small_config(), {100'000, read_gbps, write_gbps}) {}

  void expect_time_of_slower_path(double slower_gbps) {
    constexpr std::uint64_t kBytes = 4 << 20;
    bus.run([&] {
      open(0);
      const Picoseconds start = now_ps();
      post(0, copy(kSource, kTarget, kBytes));
      sc_core::wait(irq.posedge_event());
      const double ideal = static_cast<double>(transfer_ps(kBytes, slower_gbps));
      const double measured = static_cast<double>(now_ps() - start);
      EXPECT_GE(measured, ideal);
      EXPECT_LE(measured, 1.05 * ideal);
      EXPECT_TRUE(same(kSource, kTarget, kBytes));
    });
    ModuleStatistics out("dma");
    engine.report(out);
    EXPECT_GT(out.to_json()["busy_ns"].get<double>(), ns_from_ps(transfer_ps(kBytes, slower_gbps)));
  }
};

struct DmaSlowWriteTest : DmaOverlapTest {
  DmaSlowWriteTest() : DmaOverlapTest(40.0, 20.0) {}
};
struct DmaSlowReadTest : DmaOverlapTest {
  DmaSlowReadTest() : DmaOverlapTest(20.0, 40.0) {}
};
struct DmaEqualPathsTest : DmaOverlapTest {
  DmaEqualPathsTest() : DmaOverlapTest(40.0, 40.0) {}
};

TEST_F(DmaSlowWriteTest, TakesTheTimeOfTheSlowerPath) {
  expect_time_of_slower_path(20.0);
}
TEST_F(DmaSlowReadTest, TakesTheTimeOfTheSlowerPath) {
  expect_time_of_slower_path(20.0);
}
TEST_F(DmaEqualPathsTest, TakesTheTimeOfTheSlowerPath) {
  expect_time_of_slower_path(40.0);
}

TEST_F(DmaEngineTest, ChannelsShareTheTime) {
  constexpr std::uint64_t kBytes = 1 << 20;
  bus.run([&] {
    for (std::uint32_t c = 0; c < 4; ++c) open(c);
    const Picoseconds start = now_ps();
    for (std::uint32_t c = 0; c < 4; ++c) post(c, copy(kSource + c * kBytes, kTarget + c * kBytes, kBytes));
    wait_idle(0);
    EXPECT_NE(bus.get32(DMA_IRQ_COMPLETE), 0u);
    for (std::uint32_t c = 1; c < 4; ++c) wait_idle(c);
    // Four equal copies at once end together, at the memory's 100 GB/s, within the polling interval.
    EXPECT_LE(now_ps() - start, transfer_ps(4 * kBytes, 100.0) * 11 / 10);
    EXPECT_EQ(bus.get32(DMA_IRQ_COMPLETE), 0xFu);
    EXPECT_TRUE(same(kSource, kTarget, 4 * kBytes));
  });
}

}  // namespace
}  // namespace prism::dma
