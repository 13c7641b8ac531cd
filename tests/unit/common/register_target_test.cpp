// SPDX-License-Identifier: Apache-2.0
#include "models/common/register_target.h"

#include <gtest/gtest.h>

#include "models/common/sc_time.h"
#include "tests/support/stimulus.h"

namespace prism {
namespace {

TEST(RegisterTarget, AnswersBlockingAndDebugAccesses) {
  RegisterBank bank("device", 0x100);
  bank.add({"CONTROL", 0x0, 4, RegisterAccess::kReadWrite, 0x10, ""});
  bank.add({"ID", 0x4, 4, RegisterAccess::kReadOnly, 0x1D, ""});
  bank.add({"ADDRESS", 0x8, 8, RegisterAccess::kReadWrite, 0, ""});
  RegisterTarget target("target", bank, 3'000);
  test::Stimulus bus("bus");
  bus.socket.bind(target.socket);
  bus.run([&] {
    EXPECT_EQ(bus.get32(0x0), 0x10u);
    EXPECT_EQ(now_ps(), 3'000);
    EXPECT_OK(bus.write32(0x0, 0x20));
    EXPECT_EQ(now_ps(), 6'000);
    EXPECT_OK(bus.write64(0x8, 0x123456789A));
    EXPECT_EQ(bus.get64(0x8), 0x123456789Au);
    EXPECT_EQ(bus.get64(0x0), 0x1D'00000020u);

    EXPECT_EQ(bus.write32(0x4, 0), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(0x10, 0), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(bus.write(0x0, std::as_bytes(std::span("ab", 2))), tlm::TLM_BURST_ERROR_RESPONSE);

    const sc_core::sc_time before = sc_core::sc_time_stamp();
    std::uint32_t value = 0;
    EXPECT_EQ(bus.debug(tlm::TLM_READ_COMMAND, 0x4, std::as_writable_bytes(std::span(&value, 1))), 4u);
    EXPECT_EQ(value, 0x1Du);
    EXPECT_EQ(bus.debug(tlm::TLM_WRITE_COMMAND, 0x0, std::as_writable_bytes(std::span(&value, 1))), 0u);
    EXPECT_EQ(bus.get32(0x0), 0x20u);
    EXPECT_EQ(sc_core::sc_time_stamp() - before, to_sc_time(3'000));  // the debug accesses took no time
  });
}

}  // namespace
}  // namespace prism
