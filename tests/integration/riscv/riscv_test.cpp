// SPDX-License-Identifier: Apache-2.0
// Cross-compiled firmware on the platform: programs of a firmware developer, and the decode firmware against
// its native build.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/integration/cli/program.h"

namespace prism::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kTiny = (kConfigs / "tiny.json").string();

std::string elf(const std::string& name) {
  return std::string(PRISM_FIRMWARE_DIR) + "/" + name + ".elf";
}

class RiscvTest : public testing::Test {
 protected:
  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", kTiny, "--quiet", "--out", "result"});
    return run_program(folder_, arguments);
  }
  json report() { return json::parse(TemporaryFolder::read(folder_.path() / "result/report.json")); }

  TemporaryFolder folder_;
};

TEST_F(RiscvTest, HelloPrintsOnTheConsole) {
  const Outcome outcome = run({"--firmware", elf("hello")});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_THAT(outcome.out, StartsWith("hello from hart 0 of an RV64 machine\n"));
}

TEST_F(RiscvTest, InterruptsAndBusErrorsReachTheFirmware) {
  const Outcome outcome = run({"--firmware", elf("interrupt_test")});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("unmapped address"));
  EXPECT_EQ(report()["modules"]["cpu"]["interrupts"], 3);
}

TEST_F(RiscvTest, DecodesWithTheTrafficAndTheResultOfTheNativeBuild) {
  ASSERT_EQ(run({"--set", "cpu.model=native"}).status, 0);
  const json native = report();
  const Outcome outcome = run({"--set", "cpu.model=rv64"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const json rv64 = report();
  EXPECT_EQ(rv64["hbm"]["bytes_by_purpose"], native["hbm"]["bytes_by_purpose"]);
  EXPECT_EQ(rv64["selection"], native["selection"]);
  EXPECT_TRUE(rv64["traffic_check"]["closes"].get<bool>());
  EXPECT_GT(rv64["modules"]["cpu"]["instructions"], 1000);
  EXPECT_GT(rv64["modules"]["cpu"]["wfi_ns"], 0.0);
}

TEST_F(RiscvTest, NothingDependsOnTheQuantum) {
  for (const char* program : {"decode", "interrupt_test"}) {
    json first;
    std::string console;
    for (const char* quantum : {"1", "100", "10000", "1000000"}) {
      const Outcome outcome =
          run({"--firmware", elf(program), "--set", std::string("cpu.rv64.quantum_instructions=") + quantum});
      ASSERT_EQ(outcome.status, 0) << outcome.error;
      json now = report();
      for (const char* part : {"config", "provenance", "simulation"}) now.erase(part);
      json& cpu = now["modules"]["cpu"];
      // The profile counts blocks, which a quantum may cut.
      for (auto it = cpu.begin(); it != cpu.end();) {
        it = it.key().starts_with("instructions_in_") ? cpu.erase(it) : std::next(it);
      }
      if (first.is_null()) {
        first = now;
        console = outcome.out;
      }
      EXPECT_EQ(now, first) << program << ", " << quantum;
      EXPECT_EQ(outcome.out, console) << program << ", " << quantum;
    }
  }
}

TEST_F(RiscvTest, DriversWorkAndFailAsDocumented) {
  const Outcome outcome = run({"--firmware", elf("driver_test")});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("\n0 failed\n"));
}

TEST_F(RiscvTest, DriversStandStress) {
  const Outcome outcome = run({"--firmware", elf("stress_test")});
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, StartsWith("stress: 888 commands, ok\n"));
  EXPECT_EQ(report()["modules"]["dma"]["descriptors"], 12 * 4 * 12 + 1);
}

TEST_F(RiscvTest, TheConsoleCanBeAFile) {
  const Outcome outcome = run({"--firmware", elf("hello"), "--console", "console.txt"});
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "Report: result/report.json\n");
  EXPECT_EQ(TemporaryFolder::read(folder_.path() / "console.txt"), "hello from hart 0 of an RV64 machine\n");
  const Outcome wrong = run({"--firmware", elf("hello"), "--console", "no/such/folder"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error,
              HasSubstr("--console: found \"no/such/folder\", expected a file that can be written"));
  EXPECT_EQ(run({"--firmware", elf("hello"), "--console", "tcp:99999"}).status, 2);
}

/// Connects to the port that the program says it waits at, types, and returns what it sends.
std::string console_of(const std::filesystem::path& folder, const std::string& typed = "") {
  const std::string says = "waiting for a terminal: 127.0.0.1:";
  std::string text;
  for (int attempt = 0; attempt < 600 && text.find('\n') == std::string::npos; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    text = TemporaryFolder::read(folder / "stderr.txt");
  }
  const std::size_t place = text.find(says);
  if (place == std::string::npos) return "no port";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(text.substr(place + says.size()))));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  std::string received;
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    if (write(socket, typed.data(), typed.size()) != static_cast<ssize_t>(typed.size())) return "no write";
    char buffer[256];
    for (ssize_t bytes = 0; (bytes = read(socket, buffer, sizeof buffer)) > 0;) {
      received.append(buffer, static_cast<std::size_t>(bytes));
    }
  }
  close(socket);
  return received;
}

TEST_F(RiscvTest, TheConsoleCanBeATerminal) {
  std::string received;
  std::thread terminal([&] { received = console_of(folder_.path()); });
  const Outcome outcome = run({"--firmware", elf("hello"), "--console", "tcp"});
  terminal.join();
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(received, "hello from hart 0 of an RV64 machine\n");
}

TEST_F(RiscvTest, WhatIsTypedReachesTheFirmware) {
  std::string received;
  std::thread terminal([&] { received = console_of(folder_.path(), "Prism, hello 42\n"); });
  const Outcome outcome = run({"--firmware", PRISM_RISCV_PROGRAMS "/echo.elf", "--console", "tcp"});
  terminal.join();
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  EXPECT_EQ(received, "PRISM, HELLO 42\n");
}

TEST_F(RiscvTest, AnEndlessRowOfTrapsIsFoundAndLocated) {
  // An ELF of one instruction, j to address 0, where nothing is; nothing is at mtvec, 0 after reset, either.
  Outcome outcome = run({"--firmware", (folder_.path() / "lost.elf").string()});
  EXPECT_EQ(outcome.status, 2);
  std::string image = TemporaryFolder::read(elf("hello"));
  const auto offset = [&](std::size_t at) {
    std::uint64_t value = 0;
    std::memcpy(&value, &image[at], sizeof value);
    return value;
  };
  // The first loaded segment begins with _start: jr zero.
  std::size_t header = offset(0x20);
  while (static_cast<std::uint32_t>(offset(header)) != 1) header += 56;
  const std::uint32_t jump = 0x00000067;
  std::memcpy(&image[offset(header + 8)], &jump, sizeof jump);
  std::ofstream(folder_.path() / "lost.elf", std::ios::binary) << image;
  outcome = run({"--firmware", (folder_.path() / "lost.elf").string()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("the hart takes one exception after another"));
  EXPECT_THAT(outcome.error, HasSubstr("hart 0 runs at 0x0 after 5 instructions"));
}

TEST_F(RiscvTest, MaxInstructionsIsAnOption) {
  const Outcome outcome = run({"--firmware", elf("hello"), "--max-instructions", "50"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("(cpu.rv64.max_instructions): hart 0 runs at "));
  EXPECT_THAT(outcome.error, HasSubstr(" after 50 instructions"));
}

TEST_F(RiscvTest, ARunawayProgramIsGivenUpAndLocated) {
  const Outcome outcome = run({"--firmware", elf("hello"), "--set", "cpu.rv64.max_instructions=100"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("(cpu.rv64.max_instructions): hart 0 runs at "));
  EXPECT_THAT(outcome.error, HasSubstr(" after 100 instructions"));
}

TEST_F(RiscvTest, TracesEveryInstructionWithItsPlace) {
  const Outcome outcome = run({"--firmware", elf("hello"), "--trace-instructions", "trace.txt"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const std::string trace = TemporaryFolder::read(folder_.path() / "trace.txt");
  EXPECT_THAT(trace, StartsWith("0.000 0x1000 0x1000 f1402573\n"));  // csrr a0, mhartid of the boot ROM
  EXPECT_THAT(trace, HasSubstr(" 0x80000000 _start "));
  const auto lines = static_cast<std::uint64_t>(std::count(trace.begin(), trace.end(), '\n'));
  const json with = report();
  // Every instruction but the last ones, which run while the simulation ends.
  EXPECT_EQ(with["modules"]["cpu"]["instructions"], lines);
  ASSERT_EQ(run({"--firmware", elf("hello")}).status, 0);
  EXPECT_EQ(report()["modules"]["cpu"]["cycles"], with["modules"]["cpu"]["cycles"]);
}

TEST_F(RiscvTest, ATraceCanBeARangeOfSymbolsOrAddresses) {
  const Outcome outcome = run(
      {"--firmware", elf("hello"), "--trace-instructions", "trace.txt", "--trace-range", "0x1000:_start"});
  ASSERT_EQ(outcome.status, 0) << outcome.error;
  const std::string trace = TemporaryFolder::read(folder_.path() / "trace.txt");
  EXPECT_EQ(std::count(trace.begin(), trace.end(), '\n'), 4);  // the boot ROM
}

TEST_F(RiscvTest, WrongDebuggingOptionsAreOneLine) {
  const auto error_of = [&](std::vector<std::string> arguments) {
    const Outcome outcome = run(std::move(arguments));
    EXPECT_EQ(outcome.status, 2) << outcome.error;
    EXPECT_EQ(std::count(outcome.error.begin(), outcome.error.end(), '\n'), 1) << outcome.error;
    return outcome.error;
  };
  const std::string native = "cpu.model=native";
  EXPECT_THAT(error_of({"--set", native, "--gdb"}),
              HasSubstr("--gdb: found cpu.model \"native\", expected \"rv64\""));
  EXPECT_THAT(error_of({"--set", native, "--trace-instructions", "t"}),
              HasSubstr("--trace-instructions: found cpu.model \"native\", expected \"rv64\""));
  EXPECT_THAT(error_of({"--firmware", elf("hello"), "--gdb", "port"}), HasSubstr("--gdb"));
  EXPECT_THAT(error_of({"--firmware", elf("hello"), "--trace-range", "main:"}),
              HasSubstr("no --trace-instructions"));
  const auto range = [&](const std::string& text) {
    return error_of({"--firmware", elf("hello"), "--trace-instructions", "t", "--trace-range", text});
  };
  EXPECT_THAT(range("main"), HasSubstr("--trace-range: found \"main\", expected FIRST:LAST"));
  EXPECT_THAT(range("main:nowhere"), HasSubstr("found \"nowhere\", expected an address (0x...) or a symbol"));
  EXPECT_THAT(range("0x20:0x10"), HasSubstr("found 0x20 to 0x10, expected FIRST below LAST"));
}

TEST_F(RiscvTest, WhatIsNoFirmwareIsRefused) {
  const Outcome absent = run({"--firmware", "nowhere.elf"});
  EXPECT_EQ(absent.status, 2);
  EXPECT_THAT(absent.error, HasSubstr("nowhere.elf"));
  const Outcome wrong = run({"--firmware", kTiny});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.error, HasSubstr("expected an ELF file"));
}

}  // namespace
}  // namespace prism::test
