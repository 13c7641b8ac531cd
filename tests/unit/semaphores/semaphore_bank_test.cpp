// SPDX-License-Identifier: Apache-2.0
#include "models/semaphores/semaphore_bank.h"

#include <gtest/gtest.h>

#include "models/common/sc_time.h"
#include "prism/hw/semaphores.h"
#include "tests/support/stimulus.h"

namespace prism::semaphores {
namespace {

class SemaphoreBankTest : public testing::Test {
 protected:
  SemaphoreBankTest() { bus.socket.bind(bank.registers.socket); }

  test::Stimulus bus{"bus"};
  SemaphoreBank bank{"semaphores", {.count = 4, .access_ps = 1000}};
};

TEST_F(SemaphoreBankTest, RegistersAndWiresSeeOneCount) {
  bus.run([&] {
    EXPECT_EQ(bus.get32(SEMAPHORES_ID), SEMAPHORES_ID_VALUE);
    EXPECT_EQ(bus.get32(SEMAPHORES_COUNT), 4u);
    EXPECT_OK(bus.write32(SEMAPHORES_ADD(2), 3));
    EXPECT_EQ(bus.get32(SEMAPHORES_VALUE(2)), 3u);
    EXPECT_FALSE(bank.take(2, 4));
    EXPECT_EQ(bus.get32(SEMAPHORES_VALUE(2)), 3u) << "a take that fails takes nothing";
    EXPECT_TRUE(bank.take(2, 2));
    EXPECT_EQ(bus.get32(SEMAPHORES_VALUE(2)), 1u);
    EXPECT_EQ(bus.get32(SEMAPHORES_VALUE(1)), 0u);
    EXPECT_OK(bus.write32(SEMAPHORES_VALUE(2), 7));
    EXPECT_TRUE(bank.take(2, 7));
  });
}

TEST_F(SemaphoreBankTest, RaisingWakesAWaiter) {
  Picoseconds woken = 0;
  bus.run([&] {
    sc_core::sc_spawn([&] {
      while (!bank.take(0, 2)) sc_core::wait(bank.raised(0));
      woken = now_ps();
    });
    sc_core::wait(to_sc_time(5000));
    bank.add(0, 1);
    sc_core::wait(to_sc_time(5000));
    EXPECT_EQ(woken, 0) << "one of two";
    bank.add(0, 1);
    sc_core::wait(to_sc_time(5000));
    EXPECT_EQ(woken, 10000);
  });
}

TEST_F(SemaphoreBankTest, CountsStayAtTheHighestValue) {
  bus.run([&] {
    EXPECT_OK(bus.write32(SEMAPHORES_VALUE(3), 0xFFFFFFFE));
    bank.add(3, 5);
    EXPECT_EQ(bus.get32(SEMAPHORES_VALUE(3)), 0xFFFFFFFFu);
    EXPECT_EQ(bus.get32(SEMAPHORES_OVERFLOWS), 1u);
  });
}

TEST_F(SemaphoreBankTest, AbsentSemaphoresAreUnmapped) {
  bus.run([&] {
    EXPECT_EQ(bus.write32(SEMAPHORES_ADD(4), 1), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(SEMAPHORES_COUNT, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
  });
}

TEST(SemaphoreOperand, PacksIndexAndAmount) {
  const std::uint32_t operand = SEMAPHORES_OPERAND(5, 9);
  EXPECT_NE(operand, 0u);
  EXPECT_EQ(SEMAPHORES_OPERAND_INDEX(operand), 5u);
  EXPECT_EQ(SEMAPHORES_OPERAND_AMOUNT(operand), 9u);
}

}  // namespace
}  // namespace prism::semaphores
