// SPDX-License-Identifier: Apache-2.0
// Random chains of descriptors, valid and broken, on all channels at once, against the reference executor.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>
#include <random>

#include "models/common/bfloat16.h"
#include "tests/unit/dma/dma_fixture.h"
#include "tests/unit/dma/reference_executor.h"

namespace prism::dma {
namespace {

constexpr int kChains = 10'000;
constexpr std::uint32_t kChannels = 4;
constexpr std::uint64_t kWindow = 0x10000;  // of a channel's destinations
constexpr std::uint64_t kFloats = 0x40000;  // at the start of the source: fit for signatures
constexpr std::uint64_t kEndBytes = 3000;
constexpr std::uint64_t kListBytes = 0x1000;
constexpr std::uint64_t kListsEnd = kLists + kChannels * kEntries * kListBytes;
constexpr std::uint64_t kWatchedEnd = kTarget + (kChannels + 1) * kWindow;  // compared after every round

class DmaChainsTest : public DmaFixture {
 protected:
  DmaChainsTest() : model("model", kBase, kEnd - kBase, {}), reference(config, model, kBase, kEnd) {
    for (std::uint64_t at = 0; at < kFloats; at += 2) {
      const float value = static_cast<float>(static_cast<int>(below(2001)) - 1000) / 256.0f;
      memory.put(kSource + at, bf16_from_float(value));
    }
    for (std::byte& byte : memory.at(kSource, kTarget - kSource)) {
      if (byte == kCanary) byte = std::byte{0};  // so that every byte written can be told
    }
  }

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }

  /// Indices below `limit`: runs and repetitions; without repetitions for a scatter.
  std::uint64_t make_list(std::uint32_t channel, std::uint32_t slot, std::uint32_t count, std::uint32_t limit,
                          bool unique) {
    const std::uint64_t address = kLists + (channel * kEntries + slot) * kListBytes;
    std::vector<std::uint32_t> list(count);
    if (unique) {
      std::vector<std::uint32_t> all(limit);
      for (std::uint32_t i = 0; i < limit; ++i) all[i] = i;
      std::shuffle(all.begin(), all.end(), random);
      std::copy_n(all.begin(), count, list.begin());
    } else {
      for (std::uint32_t i = 0; i < count; ++i) {
        const bool run = i > 0 && below(2) == 0 && list[i - 1] + 1 < limit;
        list[i] = run ? list[i - 1] + 1 : static_cast<std::uint32_t>(below(limit));
      }
    }
    for (std::uint32_t i = 0; i < count; ++i) memory.put(address + 4 * i, list[i]);
    return address;
  }

  /// A valid descriptor whose destinations lie in `room` bytes at `place`.
  dma_descriptor valid(std::uint32_t channel, std::uint32_t slot, std::uint64_t place, std::uint64_t room) {
    dma_descriptor d{};
    d.opcode = static_cast<std::uint8_t>(between(DMA_OP_COPY, DMA_OP_NOP));
    d.flags = below(2) == 0 ? DMA_FLAG_INTERRUPT : 0;
    d.purpose = static_cast<std::uint8_t>(below(9));
    d.tag = static_cast<std::uint32_t>(random());
    d.source = kSource + below(0x100000);
    d.destination = place + below(64);
    room -= 64;
    d.count = static_cast<std::uint32_t>(between(1, 40));
    const std::uint64_t most = room / d.count;
    switch (d.opcode) {
      case DMA_OP_COPY:
        d.bytes = between(1, room);
        break;
      case DMA_OP_FILL:
        d.source = random() & 0x7F7F7F7F7F7F7F7F;  // no canaries
        d.bytes = between(1, room);
        break;
      case DMA_OP_GATHER:
        d.bytes = between(1, most);
        d.stride = below(2) == 0 ? d.bytes : below(5000);
        d.index_limit = static_cast<std::uint32_t>(between(1, 300));
        d.list_address = make_list(channel, slot, d.count, d.index_limit, false);
        if (below(4) == 0) d.index_limit = 0;
        break;
      case DMA_OP_SCATTER:
        d.index_limit = static_cast<std::uint32_t>(between(d.count, 60));
        d.stride = room / d.index_limit;
        d.bytes = between(1, d.stride);
        d.list_address = make_list(channel, slot, d.count, d.index_limit, true);
        break;
      case DMA_OP_COPY_2D:
        d.destination_stride = most;
        d.bytes = between(1, most);
        d.stride = below(3) == 0 ? d.bytes : below(6000);
        break;
      case DMA_OP_APPEND:
        d.stride = most;
        d.bytes = between(1, std::max<std::uint64_t>(most / 2, 1));
        d.destination_stride = between(d.bytes, most - d.bytes);
        break;
      case DMA_OP_SIGNATURE:
        d.source = kSource + 2 * below(kFloats / 8);
        d.list_address = kSource + kFloats / 2 + 2 * below(kFloats / 16);
        d.destination &= ~1ull;
        d.bytes = 2 * between(1, 128);
        d.output_dimension = static_cast<std::uint32_t>(between(1, 64));
        break;
      default:
        break;
    }
    return d;
  }

  /// Breaks a valid descriptor in one way; some ways do not fit every operation and leave it valid.
  void damage(dma_descriptor& d, std::uint64_t place) {
    const bool moves = d.opcode != DMA_OP_NOP;
    const bool reads = moves && d.opcode != DMA_OP_FILL;
    const bool listed = d.opcode == DMA_OP_GATHER || d.opcode == DMA_OP_SCATTER;
    switch (below(14)) {
      case 0:
        d.opcode = below(2) == 0 ? 0 : static_cast<std::uint8_t>(between(9, 255));
        break;
      case 1:
        d.flags |= 0x80;
        break;
      case 2:
        d.purpose = 200;
        break;
      case 3:
        d.bytes = 0;
        break;
      case 4:
        d.bytes = DMA_MAX_BYTES + 1;
        break;
      case 5:
        if (listed) d.list_address += 2;
        break;
      case 6:
        d.wait = 1;
        break;
      case 7:
        if (listed && d.index_limit != 0) {
          memory.put(d.list_address + 4 * below(d.count),
                     static_cast<std::uint32_t>(d.index_limit + below(9)));
        }
        break;
      case 8:
        if (reads && d.opcode != DMA_OP_SIGNATURE) d.source = kEnd - below(kEndBytes);
        break;
      case 9:
        if (listed) d.list_address = kEnd - 4 * below(std::min(d.count, config.list_entries));
        break;
      case 10:
        if (moves && d.opcode != DMA_OP_SCATTER && !end_used) d.destination = kEnd - 2 * below(kEndBytes / 2);
        end_used = true;  // two would write the same bytes
        break;
      case 11:
        if (reads) add_fault(d.source + below(6000), true);
        break;
      case 12:
        if (moves) add_fault(place + below(kWindow / 4), false);
        break;
      default:
        d.stride = d.destination_stride = 0;
        if (listed) d.list_address = kLists;
        break;
    }
  }

  void add_fault(std::uint64_t address, bool on_read) {
    memory.faults.push_back({address, address + 1 + below(8), on_read, !on_read});
  }

  /// Posts a chain to a channel and predicts its end: up to the first descriptor that fails.
  struct Chain {
    std::deque<dma_descriptor> descriptors;
    std::uint32_t first = 0;  // number of the first descriptor
  };

  void start(std::uint32_t channel, Chain& chain) {
    chain.first = producers[channel];
    for (const dma_descriptor& d : chain.descriptors) {
      memory.put(ring_of(channel) + producers[channel]++ % kEntries * sizeof d, d);
    }
    EXPECT_OK(bus.write32(DMA_CHANNEL(channel) + DMA_PRODUCER, producers[channel]));
  }

  /// True when the channel has halted in the middle and was resumed.
  bool check(std::uint32_t channel, Chain& chain) {
    const std::uint64_t registers = DMA_CHANNEL(channel);
    while (!chain.descriptors.empty()) {
      const dma_descriptor d = chain.descriptors.front();
      chain.descriptors.pop_front();
      const std::uint32_t number = chain.first++;
      test::Expected expected = reference.execute(d);
      const dma_completion record = completion(channel, number);
      if (expected.write_fault) take_over_partial_writes(expected, record.bytes);
      EXPECT_EQ(record.tag, d.tag);
      EXPECT_EQ(record.error, expected.error) << "opcode " << int{d.opcode};
      EXPECT_EQ(record.bytes, expected.bytes)
          << "opcode " << int{d.opcode} << " bytes " << d.bytes << " count " << d.count << " write fault "
          << expected.write_fault;
      if (expected.error == DMA_ERROR_NONE) continue;
      ++halts;
      EXPECT_EQ(status(channel), DMA_STATUS_HALTED);
      EXPECT_EQ(bus.get32(registers + DMA_ERROR), expected.error);
      EXPECT_EQ(bus.get64(registers + DMA_ERROR_DESCRIPTOR),
                ring_of(channel) + number % kEntries * sizeof(dma_descriptor));
      EXPECT_EQ(bus.get64(registers + DMA_ERROR_ADDRESS), expected.fault_address)
          << "error " << expected.error << " opcode " << int{d.opcode};
      EXPECT_EQ(bus.get64(registers + DMA_ERROR_BYTES), expected.bytes);
      EXPECT_EQ(consumer(channel), number);
      EXPECT_OK(bus.write32(registers + DMA_CONTROL, DMA_CONTROL_ENABLE | DMA_CONTROL_RESUME));
      return true;
    }
    EXPECT_EQ(status(channel), 0u);
    EXPECT_EQ(consumer(channel), producers[channel]);
    return false;
  }

  /// After a write fault any burst may or may not have been written: what the engine wrote must be right, and
  /// its count exact, but for bytes of signatures that look like canaries.
  void take_over_partial_writes(test::Expected& expected, std::uint64_t reported) {
    std::uint64_t doubtful = 0;
    for (const auto& [address, byte] : expected.written) {
      if (address < kBase || address >= kEnd) continue;
      const auto now = memory.get<std::byte>(address);
      if (byte == kCanary) ++doubtful;
      if (now == model.get<std::byte>(address)) continue;
      EXPECT_EQ(now, byte);
      model.put(address, now);
      ++expected.bytes;
    }
    if (reported > expected.bytes && reported <= expected.bytes + doubtful) expected.bytes = reported;
  }

  void copy_to_model(std::uint64_t begin, std::uint64_t end) {
    std::memcpy(model.at(begin, end - begin).data(), memory.at(begin, end - begin).data(), end - begin);
  }
  bool same_as_model(std::uint64_t begin, std::uint64_t end) {
    return std::memcmp(memory.at(begin, end - begin).data(), model.at(begin, end - begin).data(),
                       end - begin) == 0;
  }

  DmaConfig config = small_config();
  std::mt19937_64 random{20261125};
  prism::test::TestMemory model;  // the reference's memory; its socket stays unused
  prism::test::Stimulus model_bus{"model_bus"};
  test::ReferenceExecutor reference;
  bool end_used = false;  // by a descriptor that writes past the end of the memory
  int halts = 0;
};

TEST_F(DmaChainsTest, TenThousandChainsMatchTheReference) {
  model_bus.socket.bind(model.socket);
  copy_to_model(kBase, kEnd);
  bus.run([this] {
    for (std::uint32_t c = 0; c < kChannels; ++c) open(c);
    for (int done = 0; done < kChains && !HasFailure(); done += kChannels) {
      memory.faults.clear();
      memory.accesses.clear();
      end_used = false;
      const auto end = memory.at(kEnd - kEndBytes, kEndBytes);
      std::fill(end.begin(), end.end(), kCanary);
      std::array<Chain, kChannels> chains;
      for (std::uint32_t c = 0; c < kChannels; ++c) {
        const std::uint64_t window = kTarget + c * kWindow;
        const auto target = memory.at(window, kWindow);
        std::fill(target.begin(), target.end(), kCanary);
        const std::uint64_t count = between(1, 4);
        for (std::uint32_t i = 0; i < count; ++i) {
          const std::uint64_t place = window + i * kWindow / 4;
          dma_descriptor d = valid(c, (producers[c] + i) % kEntries, place, kWindow / 4);
          if (below(3) == 0) damage(d, place);
          chains[c].descriptors.push_back(d);
        }
      }
      model.faults = memory.faults;
      copy_to_model(kLists, kListsEnd);
      copy_to_model(kTarget, kWatchedEnd);
      copy_to_model(kEnd - kEndBytes, kEnd);
      for (std::uint32_t c = 0; c < kChannels; ++c) start(c, chains[c]);
      for (std::uint32_t c = 0; c < kChannels; ++c) {
        do {
          wait_idle(c);
        } while (check(c, chains[c]));
      }
      EXPECT_TRUE(same_as_model(kLists, kListsEnd)) << "chains from " << done;
      EXPECT_TRUE(same_as_model(kTarget, kWatchedEnd)) << "chains from " << done;
      EXPECT_TRUE(same_as_model(kEnd - kEndBytes, kEnd)) << "chains from " << done;
    }
    EXPECT_TRUE(same_as_model(kListsEnd, kEnd));
  });
  EXPECT_GT(halts, kChains / 2);
  ModuleStatistics out("dma");
  engine.report(out);
  EXPECT_EQ(out.to_json()["errors"], halts);
}

}  // namespace
}  // namespace prism::dma
