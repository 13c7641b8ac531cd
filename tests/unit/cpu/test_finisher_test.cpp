// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/test_finisher.h"

#include <gtest/gtest.h>

#include <vector>

#include "prism/hw/finisher.h"
#include "tests/support/stimulus.h"

namespace prism::cpu {
namespace {

class TestFinisherTest : public testing::Test {
 protected:
  TestFinisherTest() { bus.socket.bind(finisher.registers.socket); }

  void write(std::uint32_t value) {
    bus.run([this, value] { EXPECT_OK(bus.write32(FINISHER_CONTROL, value)); });
  }

  test::Stimulus bus{"bus"};
  std::vector<int> exits;
  TestFinisher finisher{"finisher", {}, [this](int code) { exits.push_back(code); }};
};

TEST_F(TestFinisherTest, Passes) {
  write(FINISHER_PASS);
  EXPECT_EQ(exits, std::vector<int>{0});
  EXPECT_EQ(finisher.exit_code(), 0);
}

TEST_F(TestFinisherTest, FailsWithTheUpperHalf) {
  write(17u << 16 | FINISHER_FAIL);
  EXPECT_EQ(exits, std::vector<int>{17});
  EXPECT_EQ(finisher.exit_code(), 17);
}

TEST_F(TestFinisherTest, AFailureNeverLooksLikeSuccess) {
  write(FINISHER_FAIL);
  EXPECT_EQ(exits, std::vector<int>{1});
}

TEST_F(TestFinisherTest, IgnoresUnknownCommands) {
  write(0x7777);
  EXPECT_TRUE(exits.empty());
  EXPECT_EQ(finisher.exit_code(), std::nullopt);
}

TEST_F(TestFinisherTest, TheFirstExitCounts) {
  bus.run([this] {
    EXPECT_OK(bus.write32(FINISHER_CONTROL, 3u << 16 | FINISHER_FAIL));
    EXPECT_OK(bus.write32(FINISHER_CONTROL, FINISHER_PASS));
  });
  EXPECT_EQ(exits, std::vector<int>{3});
}

TEST_F(TestFinisherTest, AcceptsAHalfWord) {
  bus.run([this] {
    const std::uint16_t value = FINISHER_PASS;
    EXPECT_OK(bus.write(FINISHER_CONTROL, std::as_bytes(std::span(&value, 1))));
  });
  EXPECT_EQ(finisher.exit_code(), 0);
}

}  // namespace
}  // namespace prism::cpu
