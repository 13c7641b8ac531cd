// SPDX-License-Identifier: Apache-2.0
// What temporal decoupling of the masters costs in accuracy: the same traffic from masters that run ahead of
// the simulation by up to a quantum, from masters that never do, and from approximately-timed ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/common/burst_port.h"
#include "models/common/random.h"
#include "models/common/sc_time.h"
#include "models/hbm/hbm_controller.h"
#include "tests/support/stimulus.h"
#include "tests/unit/hbm/preset.h"

namespace prism::hbm {
namespace {

using prism::test::Stimulus;

constexpr Picoseconds kNs = kPicosecondsPerNanosecond;
constexpr std::uint32_t kMasters = 16;
constexpr std::uint32_t kSteps = 750;  // of work, each followed by an access with probability 1/2
constexpr unsigned kBytes = 512;

/// A master's work: `time` on its own, then maybe an access.
struct Step {
  Picoseconds time;
  bool accesses;
  bool is_write;
  std::uint64_t address;
};

Step step_of(std::uint32_t master, std::uint32_t index) {
  const auto words = CounterRandom(3, 9).words(master, index);
  const bool accesses = (words[1] & 1) != 0;
  // Two accesses in the same picosecond, or one at a clock edge, would be served in the kernel's order.
  const Picoseconds fraction = accesses ? 1 + words[3] % 999 : 0;
  return {(5 + words[0] % 20) * kNs + fraction, accesses, (words[1] & 6) == 0,
          words[2] % (std::uint32_t{1} << 20) * std::uint64_t{kBytes}};
}

/// One HBM system with its masters; the time at which the last of them has finished.
class System {
 public:
  System(const std::string& name, const HbmConfig& config)
      : hbm((name + "_hbm").c_str(), config, nullptr), firmware((name + "_firmware").c_str()) {
    firmware.socket.bind(hbm.registers.socket);
  }
  virtual ~System() = default;

  /// The process of one master.
  virtual void run(std::uint32_t master) = 0;
  double gbps() const {
    return gbps_of(hbm.read_by_purpose().total() + hbm.written_by_purpose().total(), finished);
  }

  HbmController hbm;
  Stimulus firmware;
  Picoseconds finished = 0;
};

/// Loosely timed: runs ahead of the simulation by up to `quantum`, and passes on by how much.
class LooseSystem final : public System {
 public:
  LooseSystem(const std::string& name, const HbmConfig& config, Picoseconds quantum)
      : System(name, config), quantum_(quantum), bus_((name + "_bus").c_str()) {
    bus_.socket.bind(hbm.memory);
  }
  void run(std::uint32_t master) override {
    Picoseconds ahead = 0;
    for (std::uint32_t i = 0; i < kSteps; ++i) {
      const Step step = step_of(master, i);
      ahead += step.time;
      if (ahead > quantum_) {
        sc_core::wait(to_sc_time(ahead));
        ahead = 0;
      }
      if (!step.accesses) continue;
      std::array<unsigned char, kBytes> data{};
      tlm::tlm_generic_payload payload;
      payload.set_command(step.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
      payload.set_address(step.address);
      payload.set_data_ptr(data.data());
      payload.set_data_length(kBytes);
      payload.set_streaming_width(kBytes);
      sc_core::sc_time delay = to_sc_time(ahead);
      bus_.socket->b_transport(payload, delay);
      EXPECT_TRUE(payload.is_response_ok());
      ahead = to_ps(delay);
    }
    finished = std::max(finished, now_ps() + ahead);
  }

 private:
  Picoseconds quantum_;
  Stimulus bus_;
};

/// Approximately timed: four phases, at the simulation's time.
class ApproximateSystem final : public System {
 public:
  ApproximateSystem(const std::string& name, const HbmConfig& config)
      : System(name, config), port_((name + "_port").c_str(), "port", {kBytes, 64}) {
    port_.socket.bind(hbm.memory);
  }
  void run(std::uint32_t master) override {
    for (std::uint32_t i = 0; i < kSteps; ++i) {
      const Step step = step_of(master, i);
      sc_core::wait(to_sc_time(step.time));
      if (!step.accesses) continue;
      TransferBatch batch;
      port_.run(Transfer{step.address, kBytes, nullptr, step.is_write, Purpose::kOther}, batch);
      EXPECT_TRUE(batch.ok());
    }
    finished = std::max(finished, now_ps());
  }

 private:
  BurstPort port_;
};

/// The times at which masters of each kind have finished: approximately timed first, then quanta of 0, 100 ns
/// and 1 us.
void compare(Fidelity fidelity) {
  HbmConfig config = test::load_preset("hbm2_2gbps_dramsys");  // one channel: the masters compete
  config.controller.fidelity = fidelity;
  std::vector<std::unique_ptr<System>> systems;
  systems.push_back(std::make_unique<ApproximateSystem>("at", config));
  systems.push_back(std::make_unique<LooseSystem>("q0", config, 0));
  systems.push_back(std::make_unique<LooseSystem>("q100", config, 100 * kNs));
  systems.push_back(std::make_unique<LooseSystem>("q1000", config, 1000 * kNs));
  for (const auto& system : systems) {
    for (std::uint32_t master = 0; master < kMasters; ++master) {
      sc_core::sc_spawn([&system = *system, master] { system.run(master); });
    }
  }
  sc_core::sc_start();

  const System& at = *systems[0];
  EXPECT_GT(at.gbps(), 0.3 * config.organization.peak_gbps());  // enough to be in each other's way
  for (const auto& system : systems) {
    // No access is early or late: the target waits for the caller's local time.
    EXPECT_EQ(system->finished, at.finished);
    EXPECT_EQ(system->gbps(), at.gbps());
  }
}

TEST(TemporalDecoupling, ShiftsNothingFast) {
  compare(Fidelity::kFast);
}
TEST(TemporalDecoupling, ShiftsNothingDetailed) {
  compare(Fidelity::kDetailed);
}

}  // namespace
}  // namespace prism::hbm
