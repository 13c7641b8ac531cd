// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "prism/hw/memory_map.h"
#include "prism/hw/purpose.h"
#include "tests/firmware/fake_devices.h"
#include "tests/firmware/fake_machine.h"

extern "C" {
#include "prism/drivers/compute.h"
}

namespace prism::test {
namespace {

constexpr std::uint64_t kTimeoutNs = 10000;
constexpr std::uint32_t kDepth = 3;

class ComputeDriver : public testing::Test {
 protected:
  ComputeDriver() {
    machine.attach(PRISM_COMPUTE_BASE, engine.storage.size(), engine, PRISM_IRQ_COMPUTE);
    EXPECT_EQ(prism_interrupts_init(&interrupts, machine.handle(), FakeMachine::kPlicBase), PRISM_STATUS_OK);
  }

  prism_status initialize() {
    return prism_compute_init(&compute, machine.handle(), PRISM_COMPUTE_BASE, &interrupts, PRISM_IRQ_COMPUTE,
                              kTimeoutNs);
  }

  static prism_compute_command gemv(std::uint64_t source) {
    prism_compute_command command{};
    command.opcode = COMPUTE_OP_GEMV;
    command.source = source;
    command.bytes = 4096;
    command.count = 1;
    command.purpose = PRISM_PURPOSE_WEIGHTS;
    return command;
  }

  FakeMachine machine;
  FakeCompute engine{machine, {}, kDepth};
  prism_interrupts interrupts{};
  prism_compute compute{};
};

TEST_F(ComputeDriver, WritesEveryArgumentOnceThenOnlyChanges) {
  engine.set(COMPUTE_HEADS, 77u);  // left over from whatever ran before
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  EXPECT_EQ(engine.get(COMPUTE_HEADS), 0u);

  const prism_compute_command attend = {.opcode = COMPUTE_OP_ATTEND,
                                        .flags = COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST,
                                        .source = 0x1122334455667788,
                                        .query = 0x10,
                                        .destination = 0x20,
                                        .bytes = 0x30,
                                        .count = 0,
                                        .dimension = 5,
                                        .heads = 6,
                                        .output_dimension = 7,
                                        .block_tokens = 8,
                                        .layer = 9,
                                        .step = 10,
                                        .purpose = PRISM_PURPOSE_OTHER,
                                        .wait = 0,
                                        .signal = 0,
                                        .lap_source = 0,
                                        .lap_layer = 0,
                                        .reserved = 0};
  std::uint32_t ticket = 0;
  ASSERT_EQ(prism_compute_submit(&compute, &attend, &ticket), PRISM_STATUS_OK);
  EXPECT_EQ(ticket, 1u);
  engine.writes.clear();
  prism_compute_command next = attend;
  next.source += 64;
  ASSERT_EQ(prism_compute_submit(&compute, &next, &ticket), PRISM_STATUS_OK);
  const std::vector<StorageDevice::Write> expected = {{COMPUTE_SOURCE, 0x11223344556677C8},
                                                      {COMPUTE_DOORBELL, 1}};
  EXPECT_EQ(engine.writes, expected);

  ASSERT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_OK);
  ASSERT_EQ(engine.executed.size(), 2u);
  const ComputeCommand& seen = engine.executed[0];
  EXPECT_EQ(seen.opcode, COMPUTE_OP_ATTEND);
  EXPECT_EQ(seen.flags, COMPUTE_FLAG_INTERRUPT | COMPUTE_FLAG_FIRST | COMPUTE_FLAG_LAST);
  EXPECT_EQ(seen.source, 0x1122334455667788u);
  EXPECT_EQ(seen.query, 0x10u);
  EXPECT_EQ(seen.destination, 0x20u);
  EXPECT_EQ(seen.bytes, 0x30u);
  EXPECT_EQ(seen.count, 0u);
  EXPECT_EQ(seen.dimension, 5u);
  EXPECT_EQ(seen.heads, 6u);
  EXPECT_EQ(seen.output_dimension, 7u);
  EXPECT_EQ(seen.block_tokens, 8u);
  EXPECT_EQ(seen.layer, 9u);
  EXPECT_EQ(seen.step, 10u);
  EXPECT_EQ(seen.purpose, PRISM_PURPOSE_OTHER);
}

TEST_F(ComputeDriver, NeverOverfillsTheQueue) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  std::uint32_t ticket = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const prism_compute_command command = gemv(i * 4096);
    ASSERT_EQ(prism_compute_submit(&compute, &command, &ticket), PRISM_STATUS_OK);
  }
  ASSERT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_OK);
  EXPECT_EQ(engine.most_queued, kDepth);
  ASSERT_EQ(engine.executed.size(), 20u);
  for (std::uint64_t i = 0; i < 20; ++i) EXPECT_EQ(engine.executed[i].source, i * 4096);
}

TEST_F(ComputeDriver, CountsFromWhereTheEngineStands) {
  engine.first_count = 0xFFFFFFFFu;
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  std::uint32_t ticket = 0;
  for (int i = 0; i < 3; ++i) {
    const prism_compute_command command = gemv(0);
    ASSERT_EQ(prism_compute_submit(&compute, &command, &ticket), PRISM_STATUS_OK);
  }
  EXPECT_EQ(ticket, 2u);
  EXPECT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_OK);
  EXPECT_EQ(engine.executed.size(), 3u);
}

TEST_F(ComputeDriver, ReportsTheFailedCommand) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  engine.fail_at = 1;
  std::uint32_t ticket = 0;
  for (int i = 0; i < 3; ++i) {
    const prism_compute_command command = gemv(0);
    ASSERT_EQ(prism_compute_submit(&compute, &command, &ticket), PRISM_STATUS_OK);
  }
  EXPECT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_COMPUTE_ERROR);
  EXPECT_EQ(compute.error, COMPUTE_ERROR_BUS);
  EXPECT_EQ(compute.error_command, 2u);
  EXPECT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_COMPUTE_ERROR);  // until it is reset
}

TEST_F(ComputeDriver, TimesOut) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  const std::uint64_t start = machine.time_ns();
  EXPECT_EQ(prism_compute_wait(&compute, 1), PRISM_STATUS_TIMEOUT);  // never submitted
  EXPECT_GE(machine.time_ns() - start, kTimeoutNs);
}

TEST_F(ComputeDriver, DistrustsAnImpossibleCount) {
  ASSERT_EQ(initialize(), PRISM_STATUS_OK);
  const prism_compute_command command = gemv(0);
  std::uint32_t ticket = 0;
  ASSERT_EQ(prism_compute_submit(&compute, &command, &ticket), PRISM_STATUS_OK);
  engine.work();
  engine.set(COMPUTE_COMPLETED, 5u);
  EXPECT_EQ(prism_compute_wait(&compute, ticket), PRISM_STATUS_PROTOCOL);
}

TEST_F(ComputeDriver, RefusesAnotherDevice) {
  engine.set(COMPUTE_ID, 0u);
  EXPECT_EQ(initialize(), PRISM_STATUS_NO_DEVICE);
  engine.set(COMPUTE_ID, COMPUTE_ID_VALUE);
  engine.set(COMPUTE_QUEUE_DEPTH, 0u);
  EXPECT_EQ(initialize(), PRISM_STATUS_PROTOCOL);
}

}  // namespace
}  // namespace prism::test
