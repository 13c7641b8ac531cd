// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/native_cpu.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <cstring>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/common/sc_time.h"
#include "prism/hal.h"

namespace prism::cpu {
namespace {

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;
constexpr std::uint64_t kMemoryBytes = 4096;

/// Memory that adds 7 ns to every access and remembers it.
class RecordingTarget : public sc_core::sc_module {
 public:
  struct Access {
    Picoseconds kernel_time;
    Picoseconds local_time;
    tlm::tlm_command command;
    std::uint64_t address;
    unsigned int bytes;
    Purpose purpose;
    std::string initiator;
  };

  tlm_utils::simple_target_socket<RecordingTarget> socket;
  std::vector<Access> accesses;
  std::array<unsigned char, kMemoryBytes> memory{};

  explicit RecordingTarget(sc_core::sc_module_name name) : sc_core::sc_module(name), socket("socket") {
    socket.register_b_transport(this, &RecordingTarget::b_transport);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const TransactionInfo& info = transaction_info(payload);
    accesses.push_back({now_ps(), now_ps() + to_ps(delay), payload.get_command(), payload.get_address(),
                        payload.get_data_length(), info.purpose, info.initiator});
    delay += to_sc_time(7 * kNs);
    if (payload.get_address() + payload.get_data_length() > kMemoryBytes) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    unsigned char* place = memory.data() + payload.get_address();
    if (payload.is_read()) {
      std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
    } else {
      std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

using Body = std::function<int(struct hal*)>;

int run_body(struct hal* hal, std::uint64_t job_address) {
  return (*reinterpret_cast<const Body*>(job_address))(hal);
}

/// A CPU that runs a test's body against a recording target.
class NativeCpuTest : public testing::Test {
 protected:
  void run(Body body, const NativeCpuConfig& config = {}) {
    body_ = std::move(body);
    cpu.emplace("cpu", config, run_body, reinterpret_cast<std::uint64_t>(&body_));
    cpu->socket.bind(target.socket);
    cpu->external_interrupt(interrupt);
    sc_core::sc_start();
  }

  void raise_at(Picoseconds time) {
    sc_core::sc_spawn([this, time] {
      sc_core::wait(to_sc_time(time));
      interrupt.write(true);
    });
  }

  nlohmann::json statistics() const {
    ModuleStatistics statistics("cpu");
    cpu->report(statistics);
    return statistics.to_json();
  }

  RecordingTarget target{"target"};
  sc_core::sc_signal<bool> interrupt{"interrupt"};
  std::optional<NativeCpu> cpu;

 private:
  Body body_;
};

TEST_F(NativeCpuTest, RegisterAccessesHappenAtTheirExactTime) {
  std::uint64_t end = 0;
  run([&](struct hal* hal) {
    hal_write32(hal, 0x10, 0x11223344);
    EXPECT_EQ(hal_read8(hal, 0x11), 0x33);
    EXPECT_EQ(hal_read64(hal, 0x10), 0x11223344u);
    end = hal_time_ns(hal);
    return 0;
  });
  ASSERT_EQ(target.accesses.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    // 5 ns in the CPU, then 7 ns at the target, each.
    EXPECT_EQ(target.accesses[i].kernel_time, static_cast<Picoseconds>(12 * i + 5) * kNs);
    EXPECT_EQ(target.accesses[i].local_time, target.accesses[i].kernel_time);
    EXPECT_EQ(target.accesses[i].purpose, Purpose::kFirmware);
    EXPECT_EQ(target.accesses[i].initiator, "cpu");
  }
  EXPECT_EQ(target.accesses[0].bytes, 4u);
  EXPECT_EQ(target.accesses[1].bytes, 1u);
  EXPECT_EQ(target.accesses[2].bytes, 8u);
  EXPECT_EQ(end, 36u);
}

TEST_F(NativeCpuTest, MemoryAccessesRunAheadByLessThanTheQuantum) {
  const NativeCpuConfig config{.quantum_ps = 30 * kNs};
  run(
      [&](struct hal* hal) {
        std::array<std::uint32_t, 4> data{1, 2, 3, 4};
        std::array<std::uint32_t, 4> back{};
        for (std::uint64_t i = 0; i < 8; ++i) hal_write_block(hal, 16 * i, data.data(), sizeof data);
        hal_read_block(hal, 16 * 7, back.data(), sizeof back);
        EXPECT_EQ(back, data);
        return 0;
      },
      config);
  ASSERT_EQ(target.accesses.size(), 9u);
  bool ran_ahead = false;
  for (std::size_t i = 0; i < 9; ++i) {
    const auto& access = target.accesses[i];
    EXPECT_EQ(access.local_time, static_cast<Picoseconds>(12 * i + 5) * kNs);
    EXPECT_LT(access.local_time - access.kernel_time, config.quantum_ps);
    ran_ahead = ran_ahead || access.local_time > access.kernel_time;
  }
  EXPECT_TRUE(ran_ahead);
  EXPECT_EQ(sc_core::sc_time_stamp(), to_sc_time(9 * 12 * kNs));
}

TEST_F(NativeCpuTest, DriverCallsAndAccessesAreCharged) {
  run([](struct hal* hal) {
    hal_driver_call(hal, "first");
    hal_driver_call(hal, "second");
    EXPECT_EQ(hal_time_ns(hal), 100u);
    hal_write32(hal, 0, 1);
    std::array<char, 100> block{};
    hal_read_block(hal, 0, block.data(), block.size());
    return 0;
  });
  const nlohmann::json found = statistics();
  EXPECT_EQ(found["driver_calls"], 2);
  EXPECT_EQ(found["accesses"], 2);
  EXPECT_EQ(found["bytes_written"]["firmware"], 4);
  EXPECT_EQ(found["bytes_read"]["firmware"], 100);
  EXPECT_EQ(found["busy_ns"], 124.0);
  EXPECT_EQ(found["wfi_ns"], 0.0);
}

TEST_F(NativeCpuTest, SleepsUntilTheInterrupt) {
  raise_at(1000 * kNs);
  run([](struct hal* hal) {
    hal_write32(hal, 0, 1);
    hal_wait_for_interrupt(hal, 5000);
    EXPECT_EQ(hal_time_ns(hal), 1100u);  // with the interrupt's cost
    hal_wait_for_interrupt(hal, 5000);   // still pending: at once
    EXPECT_EQ(hal_time_ns(hal), 1200u);
    return 0;
  });
  const nlohmann::json found = statistics();
  EXPECT_EQ(found["interrupts"], 2);
  EXPECT_EQ(found["wfi_ns"], 988.0);
  EXPECT_EQ(found["busy_ns"], 212.0);
}

TEST_F(NativeCpuTest, SleepEndsAtTheDeadline) {
  run([](struct hal* hal) {
    hal_wait_for_interrupt(hal, 300);
    EXPECT_EQ(hal_time_ns(hal), 300u);
    hal_wait_for_interrupt(hal, 200);  // already past
    EXPECT_EQ(hal_time_ns(hal), 300u);
    return 0;
  });
  EXPECT_EQ(statistics()["interrupts"], 0);
  EXPECT_EQ(statistics()["wfi_ns"], 300.0);
}

TEST_F(NativeCpuTest, AnUnreachableDeadlineIsNoOverflow) {
  raise_at(50 * kNs);
  run([](struct hal* hal) {
    hal_wait_for_interrupt(hal, ~std::uint64_t{0});
    EXPECT_EQ(hal_time_ns(hal), 150u);
    return 0;
  });
  EXPECT_EQ(statistics()["interrupts"], 1);
}

TEST_F(NativeCpuTest, KeepsTheFirstFaultUntilItIsTaken) {
  run([](struct hal* hal) {
    std::uint64_t address = 1;
    EXPECT_EQ(hal_take_fault(hal, &address), 0);
    EXPECT_EQ(address, 1u);
    EXPECT_EQ(hal_read32(hal, 0x5000), 0u);
    hal_write64(hal, 0x6000, 1);
    EXPECT_EQ(hal_take_fault(hal, &address), 1);
    EXPECT_EQ(address, 0x5000u);
    EXPECT_EQ(hal_take_fault(hal, &address), 0);
    return 0;
  });
  EXPECT_EQ(statistics()["bus_errors"], 2);
  EXPECT_EQ(statistics()["bytes_read"]["firmware"], 0);
  EXPECT_EQ(statistics()["bytes_written"]["firmware"], 0);
}

TEST_F(NativeCpuTest, ReportsTheExitCode) {
  run([](struct hal* hal) {
    hal_driver_call(hal, "only");
    return 42;
  });
  EXPECT_EQ(cpu->exit_code(), 42);
  EXPECT_EQ(statistics()["busy_ns"], 50.0);
}

TEST_F(NativeCpuTest, CallsBackWhenTheEntryReturns) {
  std::optional<int> called_with;
  bool returned_before = true;
  Body body = [&](struct hal*) {
    returned_before = called_with.has_value();
    return 7;
  };
  cpu.emplace("cpu", NativeCpuConfig{}, run_body, reinterpret_cast<std::uint64_t>(&body));
  cpu->socket.bind(target.socket);
  cpu->external_interrupt(interrupt);
  cpu->on_finished([&](int code) { called_with = code; });
  sc_core::sc_start();
  EXPECT_FALSE(returned_before);
  EXPECT_EQ(called_with, 7);
}

}  // namespace
}  // namespace prism::cpu
