// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/plic.h"

#include <gtest/gtest.h>

#include "models/common/sc_time.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/plic.h"
#include "tests/support/stimulus.h"

namespace prism::cpu {
namespace {

/// The controller without its ports.
class PlicCoreTest : public testing::Test {
 protected:
  std::uint32_t read(std::uint64_t offset) {
    std::uint32_t value = 0;
    EXPECT_EQ(bank.read(offset, std::as_writable_bytes(std::span(&value, 1))), RegisterResult::kOk);
    return value;
  }
  void write(std::uint64_t offset, std::uint32_t value) {
    EXPECT_EQ(bank.write(offset, std::as_bytes(std::span(&value, 1))), RegisterResult::kOk);
  }
  void enable(std::uint32_t source, std::uint32_t priority, std::uint32_t context = 0) {
    write(PLIC_PRIORITY(source), priority);
    const std::uint64_t word = PLIC_ENABLE(context, source);
    write(word, read(word) | 1u << (source % 32));
  }
  std::uint32_t claim(std::uint32_t context = 0) { return read(PLIC_CLAIM(context)); }
  void complete(std::uint32_t source, std::uint32_t context = 0) { write(PLIC_CLAIM(context), source); }

  RegisterBank bank{"plic", PRISM_PLIC_BYTES};
  int changes = 0;
  PlicCore plic{{.sources = 96, .contexts = 2}, bank, [this] { ++changes; }};
};

TEST_F(PlicCoreTest, HasTheStandardLayout) {
  EXPECT_EQ(PLIC_PRIORITY(95u), 0x17Cu);
  EXPECT_EQ(PLIC_PENDING(33u), 0x1004u);
  EXPECT_EQ(PLIC_ENABLE(1u, 64u), 0x2088u);
  EXPECT_EQ(PLIC_THRESHOLD(1u), 0x201000u);
  EXPECT_EQ(PLIC_CLAIM(0u), 0x200004u);
}

TEST_F(PlicCoreTest, ClaimsByPriorityThenByLowestId) {
  enable(3, 2);
  enable(40, 5);
  enable(41, 5);
  for (const std::uint32_t source : {41u, 3u, 40u}) plic.set_source(source, true);
  EXPECT_EQ(read(PLIC_PENDING(3u)), 1u << 3);
  EXPECT_EQ(read(PLIC_PENDING(40u)), 3u << 8);
  EXPECT_EQ(claim(), 40u);
  EXPECT_EQ(claim(), 41u);
  EXPECT_EQ(claim(), 3u);
  EXPECT_EQ(claim(), 0u);
  EXPECT_FALSE(plic.interrupt(0));
}

TEST_F(PlicCoreTest, DisabledOrZeroPrioritySourcesStayPending) {
  write(PLIC_PRIORITY(5), 1);
  enable(6, 0);
  plic.set_source(5, true);
  plic.set_source(6, true);
  EXPECT_FALSE(plic.interrupt(0));
  EXPECT_EQ(claim(), 0u);
  EXPECT_EQ(read(PLIC_PENDING(5u)), 3u << 5);
  enable(5, 1);
  EXPECT_TRUE(plic.interrupt(0));
  EXPECT_EQ(claim(), 5u);
}

TEST_F(PlicCoreTest, ThresholdHoldsBackTheSignalButNotTheClaim) {
  enable(7, 3);
  plic.set_source(7, true);
  write(PLIC_THRESHOLD(0), 3);
  EXPECT_FALSE(plic.interrupt(0));
  write(PLIC_THRESHOLD(0), 2);
  EXPECT_TRUE(plic.interrupt(0));
  write(PLIC_THRESHOLD(0), 7);
  EXPECT_EQ(claim(), 7u);
}

TEST_F(PlicCoreTest, CompletionSamplesTheLevelAgain) {
  enable(9, 1);
  plic.set_source(9, true);
  EXPECT_EQ(claim(), 9u);
  EXPECT_EQ(read(PLIC_PENDING(9u)), 0u);
  plic.set_source(9, false);
  plic.set_source(9, true);  // not forwarded while claimed
  EXPECT_EQ(claim(), 0u);
  complete(9);
  EXPECT_EQ(claim(), 9u);
  plic.set_source(9, false);
  complete(9);
  EXPECT_EQ(claim(), 0u);
  EXPECT_FALSE(plic.interrupt(0));
}

TEST_F(PlicCoreTest, StaysPendingWhenTheLevelFalls) {
  enable(9, 1);
  plic.set_source(9, true);
  plic.set_source(9, false);
  EXPECT_TRUE(plic.interrupt(0));
  EXPECT_EQ(claim(), 9u);
  complete(9);
  EXPECT_FALSE(plic.interrupt(0));
}

TEST_F(PlicCoreTest, IgnoresBadCompletions) {
  enable(9, 1);
  plic.set_source(9, true);
  EXPECT_EQ(claim(), 9u);
  complete(0);
  complete(5000);
  complete(9, 1);  // not enabled in context 1
  EXPECT_EQ(claim(), 0u);
  complete(9);
  EXPECT_EQ(claim(), 9u);
}

TEST_F(PlicCoreTest, ContextsAreIndependent) {
  enable(4, 1, 0);
  enable(5, 1, 1);
  plic.set_source(5, true);
  EXPECT_FALSE(plic.interrupt(0));
  EXPECT_TRUE(plic.interrupt(1));
  EXPECT_EQ(claim(0), 0u);
  EXPECT_EQ(claim(1), 5u);
}

TEST_F(PlicCoreTest, DebugReadDoesNotClaim) {
  enable(8, 1);
  plic.set_source(8, true);
  std::uint32_t value = 0;
  bank.debug_read(PLIC_CLAIM(0), std::as_writable_bytes(std::span(&value, 1)));
  EXPECT_EQ(value, 8u);
  EXPECT_TRUE(plic.interrupt(0));
  EXPECT_EQ(claim(), 8u);
}

TEST_F(PlicCoreTest, PrioritiesKeepThreeBits) {
  write(PLIC_PRIORITY(1), 0xFFFFFFFF);
  EXPECT_EQ(read(PLIC_PRIORITY(1)), 7u);
  write(PLIC_THRESHOLD(0), 9);
  EXPECT_EQ(read(PLIC_THRESHOLD(0)), 1u);
}

TEST(Plic, PassesLevelsToTheHart) {
  test::Stimulus bus("bus");
  Plic plic("plic", {.access_ps = 10000});
  sc_core::sc_signal<bool> dma("dma");
  sc_core::sc_signal<bool> uart("uart");
  sc_core::sc_signal<bool> hart("hart");
  bus.socket.bind(plic.registers.socket);
  plic.sources[PRISM_IRQ_DMA].bind(dma);
  plic.sources[PRISM_IRQ_UART].bind(uart);  // the others stay unbound
  plic.external_interrupts[0].bind(hart);

  bus.run([&] {
    EXPECT_FALSE(hart.read());
    EXPECT_OK(bus.write32(PLIC_PRIORITY(PRISM_IRQ_DMA), 1));
    EXPECT_OK(bus.write32(PLIC_ENABLE(0, PRISM_IRQ_DMA), 1u << PRISM_IRQ_DMA));
    dma.write(true);
    sc_core::wait(hart.posedge_event());
    EXPECT_EQ(now_ps(), 20000);  // two register accesses; the level itself takes no time
    EXPECT_EQ(bus.get32(PLIC_CLAIM(0)), PRISM_IRQ_DMA);
    EXPECT_FALSE(hart.read());
    EXPECT_OK(bus.write32(PLIC_CLAIM(0), PRISM_IRQ_DMA));
    EXPECT_TRUE(hart.read());  // the level is still high
    dma.write(false);
    EXPECT_EQ(bus.get32(PLIC_CLAIM(0)), PRISM_IRQ_DMA);
    EXPECT_OK(bus.write32(PLIC_CLAIM(0), PRISM_IRQ_DMA));
    EXPECT_FALSE(hart.read());
    std::uint32_t value = 0;
    EXPECT_EQ(bus.read32(PLIC_PRIORITY(0), value), tlm::TLM_ADDRESS_ERROR_RESPONSE);
  });
}

}  // namespace
}  // namespace prism::cpu
