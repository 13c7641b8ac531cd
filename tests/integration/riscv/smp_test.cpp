// SPDX-License-Identifier: Apache-2.0
// Several harts (tests/riscv/smp.c): what they share, and what the report says of each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kConsole =
    "hart 0 has the token\nhart 1 has the token\nhart 2 has the token\nhart 3 has the token\n"
    "hart 0 counted 500, timer interrupts 3\nhart 1 counted 500, timer interrupts 3\n"
    "hart 2 counted 500, timer interrupts 3\nhart 3 counted 500, timer interrupts 3\n"
    "under the lock 2000\nby amo 5000\nby reservation 6000\nmaximum 3499\nhart 2 claimed 10\n";

class SmpTest : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> settings, const std::string& program = "") {
    std::vector<std::string> arguments = {"run", (kConfigs / "tiny.json").string(), "--quiet", "--out",
                                          "result"};
    for (std::string& setting : settings) arguments.insert(arguments.end(), {"--set", std::move(setting)});
    if (!program.empty()) {
      arguments.insert(arguments.end(), {"--firmware", PRISM_RISCV_PROGRAMS "/" + program + ".elf"});
    }
    return run_program(folder_, arguments);
  }
  /// Without what differs between any two runs.
  json report() {
    json all = json::parse(TemporaryFolder::read(folder_.path() / "result/report.json"));
    for (const char* part : {"config", "provenance", "simulation"}) all.erase(part);
    return all;
  }

  TemporaryFolder folder_;
};

TEST_F(SmpTest, HartsShareMemoryLocksAndInterrupts) {
  for (const char* turn : {"1", "7", "100", "5000"}) {
    const Outcome outcome = run({"cpu.rv64.harts=4", std::string("cpu.rv64.turn_cycles=") + turn}, "smp");
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_THAT(outcome.out, StartsWith(kConsole)) << turn;
  }
  const json modules = report()["modules"];
  for (const char* cpu : {"cpu", "cpu1", "cpu2", "cpu3"}) {
    EXPECT_GT(modules[cpu]["instructions"], 500 * 10) << cpu;
    EXPECT_GT(modules[cpu]["wfi_ns"], 0.0) << cpu;
    EXPECT_EQ(modules["bus"][std::string("from_") + cpu + ".transactions"], modules[cpu]["accesses"]);
  }
  EXPECT_TRUE(report()["traffic_check"]["closes"].get<bool>());
}

TEST_F(SmpTest, AtomicsBehindTheBusAreAtomic) {
  for (const char* turn : {"1", "100"}) {
    const Outcome outcome =
        run({"cpu.rv64.harts=4", std::string("cpu.rv64.turn_cycles=") + turn,
             "cpu.rv64.max_instructions=1000000"},  // what is not atomic ends in a lock that nobody holds
            "smp_hbm");
    EXPECT_EQ(outcome.status, 0) << outcome.error;
    EXPECT_THAT(outcome.out, StartsWith(kConsole)) << turn;
  }
}

TEST_F(SmpTest, NothingDependsOnTheQuantum) {
  json first;
  for (const char* quantum : {"1", "100", "10000", "1000000"}) {
    ASSERT_EQ(
        run({"cpu.rv64.harts=4", std::string("cpu.rv64.quantum_instructions=") + quantum}, "smp").status, 0);
    json now = report();
    for (auto& [name, module] : now["modules"].items()) {
      // The profile counts blocks, which a quantum may cut.
      for (auto it = module.begin(); it != module.end();) {
        it = it.key().starts_with("instructions_in_") ? module.erase(it) : std::next(it);
      }
    }
    if (first.is_null()) first = now;
    EXPECT_EQ(now, first) << quantum;
  }
}

TEST_F(SmpTest, TurnsAreAKnob) {
  ASSERT_EQ(run({"cpu.rv64.harts=4", "cpu.rv64.turn_cycles=10"}, "smp").status, 0);
  const json fine = report();
  ASSERT_EQ(run({"cpu.rv64.harts=4", "cpu.rv64.turn_cycles=5000"}, "smp").status, 0);
  // Whoever waits for a lock waits for the holder's turn.
  EXPECT_GT(report()["modules"]["cpu"]["instructions"], fine["modules"]["cpu"]["instructions"]);
}

TEST_F(SmpTest, FirmwareOfOneHartRunsOnTheFirst) {
  ASSERT_EQ(run({}).status, 0);
  const json alone = report();
  ASSERT_EQ(run({"cpu.rv64.harts=8"}).status, 0);
  const json first_of_eight = report();
  EXPECT_EQ(first_of_eight["decode"], alone["decode"]);
  EXPECT_EQ(first_of_eight["selection"], alone["selection"]);
  EXPECT_EQ(first_of_eight["modules"]["cpu"], alone["modules"]["cpu"]);
  EXPECT_LT(first_of_eight["modules"]["cpu7"]["instructions"], 20);
  EXPECT_TRUE(first_of_eight["traffic_check"]["closes"].get<bool>());
}

TEST_F(SmpTest, AHangSaysWhereEveryHartIs) {
  const Outcome outcome = run({"cpu.rv64.harts=4", "cpu.rv64.max_instructions=1000"}, "smp");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("(cpu.rv64.max_instructions): hart 0 runs at main_of+0x"));
  for (const char* hart : {"; hart 1 runs at main_of+0x", "; hart 2 runs at ", "; hart 3 runs at "}) {
    EXPECT_THAT(outcome.error, HasSubstr(hart));
  }
}

TEST_F(SmpTest, TracesNameTheHart) {
  const std::string elf = PRISM_RISCV_PROGRAMS "/smp.elf";
  const Outcome outcome = run_program(
      folder_, {"run", (kConfigs / "tiny.json").string(), "--quiet", "--set", "cpu.rv64.harts=4",
                "--firmware", elf, "--trace-instructions", "trace", "--trace-range", "_start:main_of"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const std::string trace = TemporaryFolder::read(folder_.path() / "trace");
  for (const char* hart : {"hart 0", "hart 1", "hart 2", "hart 3"}) {
    EXPECT_THAT(trace, HasSubstr(std::string(" ") + hart + " 0x80000000 _start f1402573\n"));
  }
}

TEST_F(SmpTest, NineHartsAreTooMany) {
  const Outcome outcome = run({"cpu.rv64.harts=9"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.error, HasSubstr("/cpu/rv64/harts"));
}

}  // namespace
}  // namespace prism::test
