// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/clint.h"

#include <gtest/gtest.h>

#include "models/common/sc_time.h"
#include "prism/hw/clint.h"
#include "tests/support/stimulus.h"

namespace prism::cpu {
namespace {

constexpr Picoseconds kTick = 100000;  // 10 MHz

class ClintTest : public testing::Test {
 protected:
  ClintTest() {
    bus.socket.bind(clint.registers.socket);
    for (std::size_t hart = 0; hart < 2; ++hart) {
      clint.timer_interrupts[hart].bind(timer[hart]);
      clint.software_interrupts[hart].bind(software[hart]);
    }
  }

  static void sleep_until(Picoseconds time) { sc_core::wait(to_sc_time(time - now_ps())); }

  test::Stimulus bus{"bus"};
  Clint clint{"clint", {.harts = 2, .tick_ps = kTick, .access_ps = 1000}};
  sc_core::sc_vector<sc_core::sc_signal<bool>> timer{"timer", 2};
  sc_core::sc_vector<sc_core::sc_signal<bool>> software{"software", 2};
};

TEST_F(ClintTest, HasTheStandardLayout) {
  EXPECT_EQ(CLINT_MSIP(1u), 0x4u);
  EXPECT_EQ(CLINT_MTIMECMP(1u), 0x4008u);
  EXPECT_EQ(CLINT_MTIME, 0xBFF8u);
}

TEST_F(ClintTest, MtimeFollowsSimulatedTime) {
  bus.run([&] {
    sleep_until(7 * kTick - 1);
    EXPECT_EQ(clint.mtime(), 6u);
    sleep_until(7 * kTick);
    EXPECT_EQ(bus.get64(CLINT_MTIME), 7u);
    EXPECT_EQ(bus.get32(CLINT_MTIME), 7u);
    EXPECT_EQ(bus.get32(CLINT_MTIME + 4), 0u);
  });
}

TEST_F(ClintTest, MtimeMayBeWrittenInHalves) {
  bus.run([&] {
    EXPECT_OK(bus.write32(CLINT_MTIME + 4, 2));
    EXPECT_OK(bus.write32(CLINT_MTIME, 0xFFFFFFFE));
    EXPECT_EQ(bus.get64(CLINT_MTIME), 0x2FFFFFFFEu);
    sleep_until(3 * kTick);
    EXPECT_EQ(bus.get64(CLINT_MTIME), 0x300000001u);
    EXPECT_OK(bus.write64(CLINT_MTIME, 5));
    EXPECT_EQ(bus.get64(CLINT_MTIME), 5u);
  });
}

TEST_F(ClintTest, TimerRisesExactlyAtItsTick) {
  bus.run([&] {
    EXPECT_FALSE(timer[0].read());
    EXPECT_OK(bus.write64(CLINT_MTIMECMP(0), 12));
    sc_core::wait(timer[0].posedge_event());
    EXPECT_EQ(now_ps(), 12 * kTick);
    EXPECT_FALSE(timer[1].read());
    EXPECT_OK(bus.write64(CLINT_MTIMECMP(0), 20));
    EXPECT_FALSE(timer[0].read());
    sc_core::wait(timer[0].posedge_event());
    EXPECT_EQ(now_ps(), 20 * kTick);
  });
}

TEST_F(ClintTest, TimerFollowsAChangedMtime) {
  bus.run([&] {
    EXPECT_OK(bus.write64(CLINT_MTIMECMP(1), 1000000));
    EXPECT_FALSE(timer[1].read());
    EXPECT_OK(bus.write64(CLINT_MTIME, 999999));
    EXPECT_FALSE(timer[1].read());
    sc_core::wait(timer[1].posedge_event());
    EXPECT_EQ(now_ps(), kTick);
    EXPECT_OK(bus.write32(CLINT_MTIMECMP(1) + 4, 1));  // the upper half alone
    EXPECT_FALSE(timer[1].read());
    EXPECT_EQ(bus.get64(CLINT_MTIMECMP(1)), 0x100000000u + 1000000u);
  });
}

TEST_F(ClintTest, SoftwareInterruptIsBitZeroOfMsip) {
  bus.run([&] {
    EXPECT_OK(bus.write32(CLINT_MSIP(1), 0xFFFFFFFF));
    EXPECT_EQ(bus.get32(CLINT_MSIP(1)), 1u);
    EXPECT_TRUE(software[1].read());
    EXPECT_FALSE(software[0].read());
    EXPECT_OK(bus.write32(CLINT_MSIP(1), 0));
    EXPECT_FALSE(software[1].read());
  });
}

}  // namespace
}  // namespace prism::cpu
