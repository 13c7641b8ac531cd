// SPDX-License-Identifier: Apache-2.0
// One simulation: elaborates the SoC of a configuration, runs it to its end, and reports. SystemC elaborates
// once a process, so this is called at most once in a process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/common/register_bank.h"
#include "models/common/statistics.h"
#include "models/cpu/gdb/local_socket.h"
#include "models/cpu/rv64/elf_file.h"
#include "platform/config/config.h"
#include "platform/soc/instruction_trace.h"
#include "platform/soc/timeline_recorder.h"

namespace prism::soc {

struct Progress {
  std::uint32_t steps_done = 0;
  std::uint32_t steps_total = 0;
  std::uint32_t layers_done = 0;  // of the step under way
  std::uint32_t layers_total = 0;
  double simulated_ns = 0;
};

struct MemoryRange {
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
};

struct RunOptions {
  std::function<void(const Progress&)> progress;  // called now and then; may be empty
  std::function<void(char)> on_console;           // each character that the firmware prints; may be empty
  std::function<std::string()> console_input;     // what has been typed since the last call; may be empty
  const rv64::ElfFile* firmware = nullptr;        // for cpu.model rv64, which needs it
  gdb::LocalSocket* debugger = nullptr;           // with a firmware: the run waits for gdb here
  InstructionTrace trace;                         // with a firmware
  MemoryRange signature;                          // with a firmware: what RunOutcome::signature holds
  TimelineRecorder* timeline = nullptr;           // null: no timeline; not together with a trace
  unsigned threads = 0;                           // of the work beside the simulation; 0: as the machine has
};

struct RunOutcome {
  int exit_code = 0;                 // 0: done; 1: the simulated system failed
  std::string failure;               // one line saying how; empty after success
  std::vector<std::byte> signature;  // that memory at the end
  nlohmann::json report;
};

RunOutcome simulate(const config::PlatformConfig& config, const RunOptions& options);

/// The registers of one device, as its model declares them.
struct DeviceRegisters {
  struct Window {
    std::string name;
    std::uint64_t offset;
    std::uint64_t bytes;
    bool writable;
    std::string description;
  };
  std::string device;  // its name in the memory map
  std::uint64_t base;
  std::vector<Register::Spec> registers;
  std::vector<Window> windows;
};

struct Inventory {
  std::vector<DeviceRegisters> devices;
  std::vector<ModuleStatistics> statistics;  // of every module, before the first step
};

/// Elaborates the SoC and says what is in it; runs nothing. Like simulate, at most once in a process.
Inventory take_inventory(const config::PlatformConfig& config);

}  // namespace prism::soc
