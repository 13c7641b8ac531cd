// SPDX-License-Identifier: Apache-2.0
// gdb on the simulated hart.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "models/cpu/gdb/gdb_server.h"
#include "models/cpu/gdb/local_socket.h"
#include "models/cpu/rv64_cpu.h"
#include "platform/config/config.h"
#include "platform/soc/monitor.h"
#include "platform/soc/soc.h"

namespace prism::soc {

/// One session, from the first instruction to the end of the run or until gdb leaves: by detaching or by
/// hanging up (the run goes on without it), or by `kill` (the run ends). Thread 1 is hart 0. While one hart
/// is stopped, all are, and simulated time stands still. Apart from what the user changes (with several
/// harts: stepping one of them alone, too), the run is the same as without gdb.
class DebugSession : private gdb::GdbTarget, private cpu::HartDebugger {
 public:
  /// Waits for gdb to connect. All must outlive the session; the SoC has the RISC-V CPU.
  DebugSession(gdb::LocalSocket& socket, Soc& soc, const config::PlatformConfig& config);

  /// Instead of sc_start(): looks for Ctrl-C now and then.
  void run(Picoseconds limit);
  bool was_killed() const { return killed_; }
  /// Tells gdb that the program has ended.
  void finish(int exit_code) { server_.report_exit(exit_code); }

 private:
  void leave();
  void poll();

  std::vector<gdb::Thread> threads() const override;
  std::string thread_state(gdb::Thread thread) override;
  std::optional<std::uint64_t> read_register(gdb::Thread thread, unsigned number) override;
  bool write_register(gdb::Thread thread, unsigned number, std::uint64_t value) override;
  bool read_memory(std::uint64_t address, std::span<std::byte> data) override;
  bool write_memory(std::uint64_t address, std::span<const std::byte> data) override;
  void add_breakpoint(std::uint64_t address) override;
  void remove_breakpoint(std::uint64_t address) override;
  void add_watchpoint(const rv64::Watchpoint& watchpoint) override;
  void remove_watchpoint(const rv64::Watchpoint& watchpoint) override;
  void resume(gdb::Thread thread, gdb::Resume how) override;
  void interrupt() override;
  void detach() override;
  void kill() override;
  std::string monitor(std::string_view command) override { return monitor_.execute(command); }

  Then on_stop(cpu::Rv64Cpu& cpu, StopCause cause) override;
  cpu::Rv64Cpu& cpu_of(gdb::Thread thread) const { return *soc_.harts()[thread - 1]; }

  gdb::LocalSocket& socket_;
  Soc& soc_;
  Monitor monitor_;
  gdb::GdbServer server_;
  std::map<gdb::Thread, gdb::Resume> resumed_;  // since the last stop
  bool attached_ = true;
  bool killed_ = false;
  std::set<std::uint64_t> breakpoints_;
  std::vector<rv64::Watchpoint> watchpoints_;
};

}  // namespace prism::soc
