// SPDX-License-Identifier: Apache-2.0
// Several masters at once: data integrity, protocol, arbitration, back-pressure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "models/common/burst_port.h"
#include "models/common/sc_time.h"
#include "models/interconnect/bus.h"
#include "tests/support/at_target.h"
#include "tests/support/protocol_checker.h"
#include "tests/support/stimulus.h"

namespace prism::interconnect {
namespace {

using test::Answer;
using test::AtTarget;
using test::ProtocolChecker;
using testing::IsEmpty;

constexpr std::size_t kMasters = 4;
constexpr std::uint64_t kBase = 0x10'0000;  // of target 1; target 0 is at 0

/// A target with blocking transport only, which sleeps: the socket converts.
struct BlockingTarget : sc_core::sc_module {
  tlm_utils::simple_target_socket<BlockingTarget> socket{"socket"};
  std::vector<std::byte> memory;

  BlockingTarget(sc_core::sc_module_name name, std::size_t bytes) : sc_core::sc_module(name), memory(bytes) {
    socket.register_b_transport(this, &BlockingTarget::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    wait(delay + to_sc_time(7'000));
    delay = to_sc_time(2'000);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    if (!transaction_info(payload).carries_data) return;
    std::byte* place = memory.data() + payload.get_address();
    if (payload.is_write()) std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
  }
};

/// Four masters and two targets, with protocol checkers everywhere.
struct Bench {
  explicit Bench(Arbitration arbitration, Answer answer = Answer::kEach) : bus("bus", config(arbitration)) {
    target = std::make_unique<AtTarget>("at_target", kBase, answer, 1'000, 20'000);
    for (std::size_t i = 0; i < kMasters; ++i) {
      const std::string name = port_name(i);
      masters[i] = std::make_unique<BurstPort>(
          (name + "_port").c_str(), name, BurstPortConfig{.max_burst_bytes = 1024, .max_outstanding = 6});
      ProtocolChecker& checker = add_checker(name + "_checker");
      masters[i]->socket.bind(checker.from_master);
      checker.to_target.bind(bus.initiator_port(name));
    }
    cpu.socket.bind(bus.initiator_port("cpu"));
    ProtocolChecker& at = add_checker("at_checker");
    bus.target_port("at").bind(at.from_master);
    at.to_target.bind(target->socket);
    ProtocolChecker& blocking = add_checker("blocking_checker");
    bus.target_port("blocking").bind(blocking.from_master);
    blocking.to_target.bind(blocking_target.socket);
  }

  static std::string port_name(std::size_t i) { return "master" + std::to_string(i); }

  static BusConfig config(Arbitration arbitration) {
    BusConfig config;
    config.arbitration = arbitration;
    for (std::uint32_t i = 0; i < kMasters; ++i) {
      config.initiators.push_back({.name = port_name(i),
                                   .width_bytes = 8u << i,
                                   .clock_mhz = 1000.0 + 100.0 * i,
                                   .latency_ps = 500 * i,
                                   .priority = i});
    }
    config.initiators.push_back({.name = "cpu", .latency_ps = 700});
    config.targets = {{.name = "at", .width_bytes = 16, .latency_ps = 1'500},
                      {.name = "blocking", .width_bytes = 32, .clock_mhz = 800.0}};
    config.map = {{"at", 0, kBase}, {"blocking", kBase, kBase}};
    return config;
  }

  ProtocolChecker& add_checker(const std::string& name) {
    return *checkers.emplace_back(std::make_unique<ProtocolChecker>(name.c_str()));
  }

  void expect_clean() const {
    for (const auto& checker : checkers) {
      EXPECT_THAT(checker->violations(), IsEmpty());
      EXPECT_EQ(checker->in_flight(), 0u) << checker->name();
    }
    EXPECT_EQ(target->pending(), 0u);
  }

  Bus bus;
  std::unique_ptr<AtTarget> target;
  BlockingTarget blocking_target{"blocking_target", kBase};
  std::array<std::unique_ptr<BurstPort>, kMasters> masters;
  test::Stimulus cpu{"cpu"};
  std::vector<std::unique_ptr<ProtocolChecker>> checkers;
};

/// 1000 bursts of random kind, target, place and length, eight at a time, each master in its own quarter of
/// both targets; every read is compared with what the master wrote.
class RandomTraffic {
 public:
  RandomTraffic(BurstPort& port, std::uint32_t index) : port_(port), index_(index), random_(index + 1) {}

  void run() {
    for (int round = 0; round < kRounds; ++round) run_round();
  }

  int mismatches = 0;
  std::uint64_t bytes = 0;

 private:
  static constexpr int kRounds = 125;
  static constexpr std::size_t kBurstsARound = 8;
  static constexpr std::uint64_t kSlotBytes = 1024;
  static constexpr std::uint64_t kQuarter = kBase / kMasters;
  static constexpr std::uint64_t kSlots = kQuarter / kSlotBytes - 1;  // the processor uses the last

  struct Burst {
    std::uint64_t address;
    std::vector<std::byte> data;
    bool is_write;
  };

  void run_round() {
    std::vector<Burst> bursts;
    TransferBatch batch;
    bursts.reserve(kBurstsARound);
    // Bursts of a round lie in different slots, so their order does not matter.
    const std::uint64_t first_slot = random_();
    for (std::size_t i = 0; i < kBurstsARound; ++i) {
      const std::uint64_t length = 1 + random_() % kSlotBytes;
      const std::uint64_t offset = random_() % (kSlotBytes - length + 1);
      const std::uint64_t slot = (first_slot + i) % kSlots;
      const std::uint64_t target = random_() % 2;
      Burst& burst = bursts.emplace_back(
          Burst{target * kBase + index_ * kQuarter + slot * kSlotBytes + offset, {}, random_() % 2 == 0});
      burst.data.resize(length);
      if (burst.is_write) {
        for (std::byte& value : burst.data) value = static_cast<std::byte>(random_());
      }
      port_.submit({burst.address, length, burst.data.data(), burst.is_write, Purpose::kOther}, batch);
      bytes += length;
    }
    port_.wait(batch);
    EXPECT_TRUE(batch.ok());
    for (const Burst& burst : bursts) {
      const auto expected = reference_.begin() + static_cast<std::ptrdiff_t>(burst.address);
      if (burst.is_write) {
        std::copy(burst.data.begin(), burst.data.end(), expected);
      } else if (!std::equal(burst.data.begin(), burst.data.end(), expected)) {
        ++mismatches;
      }
    }
  }

  BurstPort& port_;
  std::uint32_t index_;
  std::mt19937 random_;
  std::vector<std::byte> reference_ = std::vector<std::byte>(2 * kBase);
};

class BusConcurrency : public testing::TestWithParam<Arbitration> {};

TEST_P(BusConcurrency, RandomTrafficOfFourMastersStaysIntact) {
  Bench bench(GetParam());
  std::vector<std::unique_ptr<RandomTraffic>> traffic;
  std::size_t finished = 0;
  for (std::uint32_t i = 0; i < kMasters; ++i) {
    traffic.push_back(std::make_unique<RandomTraffic>(*bench.masters[i], i));
    sc_core::sc_spawn([&finished, &one = *traffic.back()] {
      one.run();
      ++finished;
    });
  }
  // A processor goes on with small blocking accesses meanwhile, in places of its own.
  bool cpu_finished = false;
  sc_core::sc_spawn([&] {
    for (std::uint32_t i = 0; i < 500; ++i) {
      const std::uint64_t address = (i % 2) * kBase + kBase - 4;
      EXPECT_OK(bench.cpu.write32(address, i));
      EXPECT_EQ(bench.cpu.get32(address), i);
    }
    cpu_finished = true;
  });
  sc_core::sc_start();
  ASSERT_EQ(finished, kMasters);
  ASSERT_TRUE(cpu_finished);
  bench.expect_clean();

  std::uint64_t from = bench.bus.bytes_from("cpu").total();
  EXPECT_EQ(from, 2u * 500 * 4);
  for (std::size_t i = 0; i < kMasters; ++i) {
    EXPECT_EQ(traffic[i]->mismatches, 0);
    EXPECT_EQ(bench.bus.bytes_from(Bench::port_name(i)).total(), traffic[i]->bytes);
    EXPECT_EQ(bench.masters[i]->bytes_read().total() + bench.masters[i]->bytes_written().total(),
              traffic[i]->bytes);
    EXPECT_EQ(bench.checkers[i]->completed(), 1'000u);
    from += traffic[i]->bytes;
  }
  EXPECT_EQ(bench.bus.bytes_to("at").total() + bench.bus.bytes_to("blocking").total(), from);
}

INSTANTIATE_TEST_SUITE_P(Policies, BusConcurrency,
                         testing::Values(Arbitration::kRoundRobin, Arbitration::kFixedPriority,
                                         Arbitration::kFifo));

/// Bytes that each of four equal masters wrote into one target in 200 us, all of them asking all the time.
std::vector<std::uint64_t> shares(Arbitration arbitration) {
  Bench bench(arbitration, Answer::kUpdatedEndRequest);
  for (std::size_t i = 0; i < kMasters; ++i) {
    sc_core::sc_spawn([&port = *bench.masters[i]] {
      TransferBatch batch;
      for (;;) port.submit({0, 64 * 1024, nullptr, true, Purpose::kOther}, batch);
    });
  }
  sc_core::sc_start(to_sc_time(200'000'000));
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < kMasters; ++i) out.push_back(bench.bus.bytes_from(Bench::port_name(i)).total());
  return out;
}

/// What the target takes in 200 us: a burst moves in 64 ns, and is accepted 1 ns later.
constexpr double kPortBytes = 200'000.0 / 65.0 * 1024.0;

TEST(BusArbitration, RoundRobinSharesEqually) {
  const std::vector<std::uint64_t> bytes = shares(Arbitration::kRoundRobin);
  const auto [least, most] = std::minmax_element(bytes.begin(), bytes.end());
  EXPECT_LE(*most - *least, 2u * 1024);
  EXPECT_NEAR(static_cast<double>(bytes[0] + bytes[1] + bytes[2] + bytes[3]), kPortBytes, 4 * 1024);
}

TEST(BusArbitration, FifoSharesEqually) {
  const std::vector<std::uint64_t> bytes = shares(Arbitration::kFifo);
  const auto [least, most] = std::minmax_element(bytes.begin(), bytes.end());
  EXPECT_LE(*most - *least, 2u * 1024);
}

TEST(BusArbitration, FixedPriorityStarvesTheLowest) {
  const std::vector<std::uint64_t> bytes = shares(Arbitration::kFixedPriority);
  const std::uint64_t total = bytes[0] + bytes[1] + bytes[2] + bytes[3];
  EXPECT_NEAR(static_cast<double>(total), kPortBytes, 4 * 1024);
  EXPECT_GT(bytes[3], total * 95 / 100);
  EXPECT_LE(bytes[0], 1024u);
}

TEST(BusBackPressure, AStalledTargetStallsOnlyItsOwnRequests) {
  Bench bench(Arbitration::kRoundRobin, Answer::kAccepted);
  bench.target->hold();
  std::array<Picoseconds, 4> ends{};
  const auto transfer = [&](std::size_t master, std::uint64_t address, std::size_t slot) {
    TransferBatch batch;
    bench.masters[master]->run({address, 512, nullptr, true, Purpose::kOther}, batch);
    EXPECT_TRUE(batch.ok());
    ends[slot] = now_ps();
  };
  constexpr Picoseconds kRelease = 5'000'000;
  sc_core::sc_spawn([&] { transfer(0, 0, 0); });  // held by the target, which has the request
  sc_core::sc_spawn([&] {
    wait(to_sc_time(100'000));
    transfer(1, 0x1000, 1);  // waits in the bus for the target
  });
  sc_core::sc_spawn([&] {
    wait(to_sc_time(200'000));
    transfer(2, kBase, 2);  // another master, another target: goes on
  });
  sc_core::sc_spawn([&] {
    wait(to_sc_time(300'000));
    transfer(0, kBase + 0x1000, 3);  // the stalled master's next request stalls behind its first
  });
  sc_core::sc_spawn([&] {
    wait(to_sc_time(kRelease));
    EXPECT_EQ(bench.target->accesses.size(), 1u);
    bench.target->release();
  });
  sc_core::sc_start();
  bench.expect_clean();
  EXPECT_GT(ends[0], kRelease);
  EXPECT_GT(ends[1], kRelease);
  EXPECT_GT(ends[2], 200'000);
  EXPECT_LT(ends[2], 400'000);
  EXPECT_GT(ends[3], kRelease);
  ModuleStatistics statistics("bus");
  bench.bus.report(statistics);
  EXPECT_GT(statistics.to_json()["from_master1.wait_ns"], 4'800.0);
  EXPECT_EQ(statistics.to_json()["from_master2.wait_ns"], 0.0);
}

/// A master that takes its time to end a response, and sees which order they come in.
struct SlowMaster : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<SlowMaster> socket{"socket"};
  tlm_utils::peq_with_cb_and_phase<SlowMaster> phases{this, &SlowMaster::end_response};
  PayloadPool pool;
  sc_core::sc_event request_ended;
  std::vector<std::uint64_t> responses;
  unsigned char data[64] = {};

  explicit SlowMaster(sc_core::sc_module_name name) : sc_core::sc_module(name) {
    socket.register_nb_transport_bw(this, &SlowMaster::nb_transport_bw);
  }
  void read(std::uint64_t address) {
    tlm::tlm_generic_payload& payload = pool.allocate();
    payload.set_read();
    payload.set_address(address);
    payload.set_data_ptr(data);
    payload.set_data_length(sizeof data);
    payload.set_streaming_width(sizeof data);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = to_sc_time(1'000);
    EXPECT_EQ(socket->nb_transport_fw(payload, phase, delay), tlm::TLM_ACCEPTED);
    wait(request_ended);
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_REQ) {
      request_ended.notify(delay);
    } else {
      responses.push_back(payload.get_address());
      phases.notify(payload, tlm::END_RESP, delay + to_sc_time(50'000));
    }
    return tlm::TLM_ACCEPTED;
  }
  void end_response(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
    tlm::tlm_phase end = phase;
    sc_core::sc_time delay = to_sc_time(2'000);
    socket->nb_transport_fw(payload, end, delay);
    payload.release();
  }
};

TEST(BusResponses, WaitForTheMasterInOrderOfTime) {
  Bus bus("bus",
          {.initiators = {{.name = "slow"}}, .targets = {{.name = "mem"}}, .map = {{"mem", 0x100, 0x1000}}});
  AtTarget target("target", 0x1000, Answer::kUpdatedEndRequest, 0, 10'000);
  target.extra_response_ps = [](std::uint64_t address) {
    return address == 0 ? 40'000 : 0;
  };  // the first is last
  SlowMaster master("master");
  ProtocolChecker checker("checker");
  master.socket.bind(checker.from_master);
  checker.to_target.bind(bus.initiator_port("slow"));
  bus.target_port("mem").bind(target.socket);
  sc_core::sc_spawn([&] {
    for (const std::uint64_t address : {0x100, 0x140, 0x180}) master.read(address);
  });
  sc_core::sc_start();
  EXPECT_EQ(master.responses, (std::vector<std::uint64_t>{0x140, 0x180, 0x100}));
  EXPECT_EQ(checker.completed(), 3u);
  EXPECT_THAT(checker.violations(), IsEmpty());
  EXPECT_EQ(master.pool.in_use(), 0u);
}

}  // namespace
}  // namespace prism::interconnect
