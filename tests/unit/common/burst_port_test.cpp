// SPDX-License-Identifier: Apache-2.0
#include "models/common/burst_port.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tests/support/at_target.h"
#include "tests/support/protocol_checker.h"

namespace prism {
namespace {

using test::Answer;
using test::AtTarget;

constexpr Picoseconds kAccept = 2'000;
constexpr Picoseconds kResponse = 30'000;

std::vector<std::byte> pattern(std::size_t bytes, unsigned seed = 1) {
  std::vector<std::byte> data(bytes);
  for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::byte>((i * 131 + i / 251 + seed) & 0xFF);
  return data;
}

/// A port, a protocol checker and a target that answers in one way.
struct Bench {
  explicit Bench(Answer answer,
                 const BurstPortConfig& config = {.max_burst_bytes = 256, .max_outstanding = 4})
      : port("port", "dma", config), target("target", 0x10000, answer, kAccept, kResponse) {
    port.socket.bind(checker.from_master);
    checker.to_target.bind(target.socket);
  }
  ~Bench() {
    EXPECT_EQ(checker.violations(), std::vector<std::string>{});
    EXPECT_EQ(checker.in_flight(), 0u);
    EXPECT_EQ(target.pending(), 0u);
  }

  void run(const std::function<void()>& body) {
    sc_core::sc_spawn(body);
    sc_core::sc_start();
  }

  BurstPort port;
  test::ProtocolChecker checker{"checker"};
  AtTarget target;
};

class BurstPortAnswer : public testing::TestWithParam<Answer> {};

TEST_P(BurstPortAnswer, MovesDataWithinItsLimits) {
  Bench bench(GetParam());
  const std::vector<std::byte> image = pattern(5'000);
  std::vector<std::byte> back(image.size());
  bool finished = false;
  bench.run([&] {
    TransferBatch batch;
    bench.port.run({.address = 100,
                    .bytes = image.size(),
                    .data = const_cast<std::byte*>(image.data()),
                    .is_write = true,
                    .purpose = Purpose::kKvAppend},
                   batch);
    EXPECT_TRUE(batch.ok());
    EXPECT_EQ(batch.bytes_done(), image.size());
    EXPECT_EQ(batch.outstanding(), 0u);
    bench.port.run({100, back.size(), back.data(), false, Purpose::kKvRead}, batch);
    finished = true;
  });
  ASSERT_TRUE(finished);
  EXPECT_EQ(back, image);
  // 5000 bytes from 100 touch 20 blocks of 256 bytes.
  EXPECT_EQ(bench.checker.completed(), 2 * 20u);
  EXPECT_LE(bench.checker.max_in_flight(), 4u);
  EXPECT_EQ(bench.port.bytes_written()[Purpose::kKvAppend], image.size());
  EXPECT_EQ(bench.port.bytes_read()[Purpose::kKvRead], image.size());
  EXPECT_STREQ(bench.target.accesses.front().initiator, "dma");
}

TEST_P(BurstPortAnswer, TwoProcessesShareThePort) {
  Bench bench(GetParam());
  const std::vector<std::byte> a = pattern(3'000, 1);
  const std::vector<std::byte> b = pattern(3'000, 2);
  int finished = 0;
  const auto writer = [&](const std::vector<std::byte>& data, std::uint64_t address) {
    TransferBatch batch;
    bench.port.run({address, data.size(), const_cast<std::byte*>(data.data()), true, Purpose::kOther}, batch);
    EXPECT_TRUE(batch.ok());
    ++finished;
  };
  sc_core::sc_spawn([&] { writer(a, 0x1000); });
  bench.run([&] { writer(b, 0x3000); });
  EXPECT_EQ(finished, 2);
  EXPECT_TRUE(std::equal(a.begin(), a.end(), bench.target.memory.begin() + 0x1000));
  EXPECT_TRUE(std::equal(b.begin(), b.end(), bench.target.memory.begin() + 0x3000));
}

TEST_P(BurstPortAnswer, ReportsTheLowestFaultAddress) {
  Bench bench(GetParam());
  bench.target.fault_address = 0x310;
  // Bursts with lower addresses answer later, so that faults do not arrive in the order of addresses.
  bench.target.extra_response_ps = [](std::uint64_t address) { return address < 0x400 ? 500'000 : 0; };
  std::vector<std::byte> data(0x600);
  bench.run([&] {
    TransferBatch batch;
    const Transfer transfers[] = {{0xFF00, 0x200, data.data(), false, Purpose::kOther},  // past the end
                                  {0x200, 0x400, data.data(), false, Purpose::kOther}};
    bench.port.run(transfers, batch);
    EXPECT_FALSE(batch.ok());
    EXPECT_EQ(batch.fault_address(), 0x300u);  // of the burst
    EXPECT_EQ(batch.status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(batch.bytes_done(), 0x600u - 2 * 0x100);
  });
  ModuleStatistics statistics("port");
  bench.port.report(statistics);
  EXPECT_EQ(statistics.to_json()["bus_errors"], 2);
  EXPECT_EQ(statistics.to_json()["bursts"], 6);
}

INSTANTIATE_TEST_SUITE_P(Answers, BurstPortAnswer,
                         testing::Values(Answer::kCompleted, Answer::kUpdatedEndRequest,
                                         Answer::kUpdatedBeginResponse, Answer::kAccepted,
                                         Answer::kAcceptedNoEndRequest, Answer::kEach));

TEST(BurstPort, SplitsAtBurstBoundaries) {
  Bench bench(Answer::kUpdatedEndRequest);
  std::vector<std::byte> data(600);
  bench.run([&] {
    TransferBatch batch;
    bench.port.run({0x1F0, 0x220, data.data(), false, Purpose::kOther}, batch);
  });
  std::vector<std::pair<std::uint64_t, std::uint64_t>> bursts;
  for (const AtTarget::Access& access : bench.target.accesses)
    bursts.emplace_back(access.address, access.bytes);
  EXPECT_EQ(bursts, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{
                        {0x1F0, 0x10}, {0x200, 0x100}, {0x300, 0x100}, {0x400, 0x10}}));
}

TEST(BurstPort, KeepsExactlyTheAllowedBurstsOutstanding) {
  Bench bench(Answer::kUpdatedEndRequest, {.max_burst_bytes = 256, .max_outstanding = 3});
  std::vector<std::byte> data(256 * 12);
  Picoseconds end = 0;
  bench.run([&] {
    TransferBatch batch;
    bench.port.run({0, data.size(), data.data(), false, Purpose::kOther}, batch);
    end = now_ps();
  });
  EXPECT_EQ(bench.target.max_pending(), 3u);
  // Requests 2 ns apart, responses 30 ns after their request: a fourth request waits for the first response,
  // so twelve bursts take four rounds of 32 ns, and the third burst of a round ends 4 ns after its first.
  EXPECT_EQ(end, 4 * (kAccept + kResponse) + 2 * kAccept);
}

TEST(BurstPort, TimingOnlyTransfersCarryNoData) {
  Bench bench(Answer::kUpdatedEndRequest);
  bench.target.memory.assign(bench.target.memory.size(), std::byte{0x5A});
  bench.run([&] {
    TransferBatch batch;
    bench.port.run({0, 4096, nullptr, true, Purpose::kWeights}, batch);
    EXPECT_EQ(batch.bytes_done(), 4096u);
  });
  EXPECT_EQ(bench.target.memory[0], std::byte{0x5A});
  EXPECT_EQ(bench.port.bytes_written()[Purpose::kWeights], 4096u);
}

/// Sends END_REQ annotated with the very time at which it then sends the response without annotation.
struct LateEndRequest : sc_core::sc_module {
  tlm_utils::simple_target_socket<LateEndRequest> socket{"socket"};
  tlm_utils::peq_with_cb_and_phase<LateEndRequest> phases{this, &LateEndRequest::on_phase};

  explicit LateEndRequest(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    socket.register_nb_transport_fw(this, &LateEndRequest::nb_transport_fw);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_core::sc_time&) {
    payload.acquire();
    phases.notify(payload, tlm::BEGIN_RESP, to_sc_time(kResponse));
    phases.notify(payload, tlm::END_REQ, to_sc_time(kAccept));
    return tlm::TLM_ACCEPTED;
  }
  void on_phase(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
    tlm::tlm_phase sent = phase;
    sc_core::sc_time delay = phase == tlm::END_REQ ? to_sc_time(kResponse - kAccept) : sc_core::SC_ZERO_TIME;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (socket->nb_transport_bw(payload, sent, delay) == tlm::TLM_COMPLETED) payload.release();
  }
};

TEST(BurstPort, SurvivesEndRequestAndResponseOfOneMoment) {
  BurstPort port("port", "dma", {.max_burst_bytes = 256, .max_outstanding = 2});
  LateEndRequest target("target");
  port.socket.bind(target.socket);
  bool finished = false;
  sc_core::sc_spawn([&] {
    TransferBatch batch;
    port.run({0, 2048, nullptr, false, Purpose::kOther}, batch);
    EXPECT_EQ(batch.bytes_done(), 2048u);
    EXPECT_EQ(now_ps(), 8 * kResponse);
    finished = true;
  });
  sc_core::sc_start();
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace prism
