// SPDX-License-Identifier: Apache-2.0
// Times of the bus in closed form.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "models/interconnect/bus.h"
#include "tests/support/at_target.h"
#include "tests/support/protocol_checker.h"
#include "tests/support/stimulus.h"

namespace prism::interconnect {
namespace {

using test::Answer;
using testing::IsEmpty;

constexpr Picoseconds kClock = 1'000;
constexpr Picoseconds kFromLatency = 3'000;
constexpr Picoseconds kToLatency = 2'000;
constexpr Picoseconds kResponse = 90'000;

/// `cpu` (blocking) and `dma` (non-blocking), both of `from_width` bytes, to one target of `to_width`, all at
/// 1 GHz.
struct Bench {
  Bench(std::uint32_t from_width, std::uint32_t to_width, Answer answer, Picoseconds response = kResponse)
      : bus("bus", {.initiators = {{.name = "cpu", .width_bytes = from_width, .latency_ps = kFromLatency},
                                   {.name = "dma", .width_bytes = from_width, .latency_ps = kFromLatency}},
                    .targets = {{.name = "mem", .width_bytes = to_width, .latency_ps = kToLatency}},
                    .map = {{"mem", 0, 0x10000}}}),
        target("mem", 0x10000, answer, 0, response) {
    cpu.socket.bind(bus.initiator_port("cpu"));
    dma.socket.bind(checker.from_master);
    checker.to_target.bind(bus.initiator_port("dma"));
    bus.target_port("mem").bind(target_checker.from_master);
    target_checker.to_target.bind(target.socket);
  }
  ~Bench() {
    EXPECT_THAT(checker.violations(), IsEmpty());
    EXPECT_THAT(target_checker.violations(), IsEmpty());
  }

  /// Time that a blocking access takes on an otherwise idle bus.
  Picoseconds blocking(bool is_write, std::size_t bytes) {
    const Picoseconds start = now_ps();
    std::vector<std::byte> data(bytes);
    if (is_write) {
      EXPECT_OK(cpu.write(0, data));
    } else {
      EXPECT_OK(cpu.read(0, data));
    }
    return now_ps() - start;
  }
  /// Time that a non-blocking transfer takes, cut into bursts of 1024 bytes.
  Picoseconds non_blocking(bool is_write, std::size_t bytes) {
    const Picoseconds start = now_ps();
    std::vector<std::byte> data(bytes);
    TransferBatch batch;
    dma.run({0, bytes, data.data(), is_write, Purpose::kOther}, batch);
    EXPECT_TRUE(batch.ok());
    return now_ps() - start;
  }

  Bus bus;
  test::AtTarget target;
  test::Stimulus cpu{"cpu"};
  BurstPort dma{"dma", "dma", {.max_burst_bytes = 1024, .max_outstanding = 16}};
  test::ProtocolChecker checker{"checker"};
  test::ProtocolChecker target_checker{"target_checker"};
};

class BusTiming : public testing::TestWithParam<Answer> {};

TEST_P(BusTiming, BothPathsTakeTheSameTimeOnAnIdleBus) {
  Bench bench(8, 8, GetParam());
  constexpr Picoseconds kFixed = kFromLatency + kToLatency + kResponse;
  bench.cpu.run([&] {
    // A read's request takes a clock; its data leave while the target works.
    EXPECT_EQ(bench.blocking(false, 4), kFixed + kClock);
    EXPECT_EQ(bench.non_blocking(false, 4), kFixed + kClock);
    EXPECT_EQ(bench.blocking(false, 512), kFixed + kClock);
    EXPECT_EQ(bench.non_blocking(false, 512), kFixed + kClock);
    // 1024 bytes take 128 clocks, longer than the target.
    EXPECT_EQ(bench.blocking(false, 1024), kFixed - kResponse + 129 * kClock);
    EXPECT_EQ(bench.non_blocking(false, 1024), kFixed - kResponse + 129 * kClock);
    // A write's data come before the target starts.
    EXPECT_EQ(bench.blocking(true, 1), kFixed + kClock);
    EXPECT_EQ(bench.blocking(true, 100), kFixed + 13 * kClock);
    EXPECT_EQ(bench.non_blocking(true, 100), kFixed + 13 * kClock);
    EXPECT_EQ(bench.blocking(true, 1024), kFixed + 128 * kClock);
    EXPECT_EQ(bench.non_blocking(true, 1024), kFixed + 128 * kClock);
  });
}

/// Targets that end a request before they answer it.
class BusStreaming : public BusTiming {};

TEST_P(BusStreaming, AStreamOfReadsIsAsFastAsThePort) {
  if (GetParam() == Answer::kAcceptedNoEndRequest)
    GTEST_SKIP() << "such a target takes one request at a time";
  Bench bench(16, 16, GetParam());
  bench.cpu.run([&] {
    // Each 1024-byte burst takes 64 clocks of the return channel, the first of them hidden by the target.
    EXPECT_EQ(bench.non_blocking(false, 40 * 1024),
              kFromLatency + kToLatency + kClock + kResponse + 39 * 64 * kClock);
  });
}

TEST_P(BusStreaming, AStreamOfWritesIsAsFastAsThePort) {
  if (GetParam() == Answer::kAcceptedNoEndRequest)
    GTEST_SKIP() << "such a target takes one request at a time";
  Bench bench(16, 16, GetParam());
  bench.cpu.run([&] {
    EXPECT_EQ(bench.non_blocking(true, 40 * 1024), kFromLatency + kToLatency + kResponse + 40 * 64 * kClock);
  });
}

INSTANTIATE_TEST_SUITE_P(Answers, BusTiming,
                         testing::Values(Answer::kCompleted, Answer::kUpdatedEndRequest,
                                         Answer::kUpdatedBeginResponse, Answer::kAccepted,
                                         Answer::kAcceptedNoEndRequest));
INSTANTIATE_TEST_SUITE_P(Answers, BusStreaming,
                         testing::Values(Answer::kCompleted, Answer::kUpdatedEndRequest,
                                         Answer::kUpdatedBeginResponse, Answer::kAccepted));

TEST(BusTiming, TheNarrowerPortLimits) {
  Bench bench(32, 8, Answer::kUpdatedEndRequest);
  bench.cpu.run([&] {
    constexpr Picoseconds kLatency = kFromLatency + kToLatency;
    EXPECT_EQ(bench.non_blocking(true, 32 * 1024), kLatency + kResponse + 32 * 128 * kClock);
    // The data of a burst take longer than the target's answer.
    EXPECT_EQ(bench.non_blocking(false, 32 * 1024), kLatency + kClock + 32 * 128 * kClock);
  });
}

TEST(BusTiming, ANarrowMasterDoesNotHoldAWideTarget) {
  Bench bench(8, 32, Answer::kUpdatedEndRequest);
  bench.cpu.run([&] {
    EXPECT_EQ(bench.non_blocking(true, 32 * 1024), kFromLatency + kToLatency + kResponse + 32 * 128 * kClock);
    // The first burst leaves the target in 32 clocks before its completion and takes 128 to the master.
    EXPECT_EQ(bench.non_blocking(false, 32 * 1024),
              kFromLatency + kToLatency + kClock + kResponse - 32 * kClock + 32 * 128 * kClock);
  });
  ModuleStatistics statistics("bus");
  bench.bus.report(statistics);
  const nlohmann::json json = statistics.to_json();
  EXPECT_EQ(json["from_dma.request_busy_ns"], 32.0 * 128 + 32);
  EXPECT_EQ(json["to_mem.request_busy_ns"], 32.0 * 32 + 32);
  EXPECT_EQ(json["to_mem.return_busy_ns"], 32.0 * 32);
  EXPECT_EQ(json["from_dma.return_busy_ns"], 32.0 * 128);
}

TEST(BusTiming, BlockingAccessesOfOneMomentAreSerialized) {
  Bench bench(8, 8, Answer::kCompleted);
  bench.cpu.run([&] {
    std::vector<std::byte> data(80);
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(0);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    payload.set_data_length(80);
    payload.set_streaming_width(80);
    constexpr Picoseconds kAlone = kFromLatency + 10 * kClock + kResponse + kToLatency;
    for (int i = 0; i < 4; ++i) {
      payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      sc_core::sc_time delay = to_sc_time(500);
      bench.cpu.socket->b_transport(payload, delay);
      EXPECT_EQ(to_ps(delay), 500 + kAlone + i * 10 * kClock);
    }
    EXPECT_EQ(now_ps(), 0);  // annotated, not slept away
  });
}

TEST(BusTiming, BlockingAndNonBlockingAccessesShareTheTargetPort) {
  Bench bench(8, 8, Answer::kUpdatedEndRequest);
  bench.cpu.run([&] {
    std::vector<std::byte> data(1024);
    TransferBatch batch;
    bench.dma.submit({0, 1024, data.data(), true, Purpose::kOther}, batch);
    wait(to_sc_time(kClock));
    // The burst has 127 clocks of the request channel before it.
    EXPECT_EQ(bench.blocking(true, 8), 127 * kClock + kClock + kResponse + kToLatency);
    bench.dma.wait(batch);
  });
  ModuleStatistics statistics("bus");
  bench.bus.report(statistics);
  EXPECT_EQ(statistics.to_json()["from_cpu.wait_ns"], 127.0 - 3.0);  // its own latency is no waiting
  EXPECT_EQ(statistics.to_json()["from_dma.wait_ns"], 0.0);
}

}  // namespace
}  // namespace prism::interconnect
