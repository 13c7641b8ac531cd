// SPDX-License-Identifier: Apache-2.0
// The host CPU as a RISC-V hart on the bus.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <systemc>

#include "models/common/transaction_info.h"
#include "models/common/units.h"
#include "models/cpu/cpu_config.h"
#include "models/cpu/hart_group.h"
#include "models/cpu/host_cpu.h"
#include "models/cpu/rv64/elf_file.h"
#include "models/cpu/rv64/hart.h"

namespace prism::cpu {

class Rv64Cpu;

/// Takes the hart over whenever it stops: see Rv64Cpu::attach().
class HartDebugger {
 public:
  enum class StopCause : std::uint8_t { kRequested, kStepped, kBreakpoint, kWatchpoint };
  enum class Then : std::uint8_t { kGoOn, kEndTheRun };

  virtual ~HartDebugger() = default;
  /// The simulation stands still at the hart's time until this returns.
  virtual Then on_stop(Rv64Cpu& cpu, StopCause cause) = 0;
};

/// Drives rv64::Hart in simulated time. Memory that the bus grants by DMI (RAM, ROM) costs what the
/// instruction's class costs and does not appear on the bus: the model stands for a CPU with caches that
/// always hit. Everything else is a blocking transaction at the hart's exact local time, of the instruction's
/// width, once.
///
/// The hart runs ahead of the simulation up to its next event and no further, so that interrupts come at the
/// first instruction that begins after they are raised, however many instructions a quantum has: the quantum
/// bounds only how long the simulator stays in the hart. Several harts take turns as HartGroup says.
class Rv64Cpu : public sc_core::sc_module, public HostCpu, private rv64::MemoryPort {
 public:
  tlm_utils::simple_initiator_socket<Rv64Cpu> socket;
  sc_core::sc_in<bool> external_interrupt;
  sc_core::sc_in<bool> timer_interrupt;
  sc_core::sc_in<bool> software_interrupt;

  /// `mtime`: the CLINT's count now. `symbols` and `group` (null for a hart alone) outlive this.
  Rv64Cpu(sc_core::sc_module_name name, const Rv64CpuConfig& config, std::function<std::uint64_t()> mtime,
          const rv64::SymbolTable& symbols, HartGroup* group = nullptr);

  rv64::Hart& hart() { return hart_; }
  std::uint64_t hart_id() const { return config_.core.hart_id; }
  /// Of the hart: the simulation's, or ahead of it.
  Picoseconds local_time() const;

  /// From now on `debugger` (null: nobody) gets the hart's stops. Without a debugger nothing of this costs
  /// anything.
  void attach(HartDebugger* debugger);
  /// A stop at the next quantum or turn, or now when the hart sleeps. For use outside processes, too.
  void request_stop();
  /// How the hart goes on after a stop of any hart: until its own next one, for one instruction or trap, or
  /// standing still while others run.
  enum class GoOn : std::uint8_t { kContinue, kStep, kHold };
  void go_on(GoOn how);
  bool is_held() const { return held_; }
  /// Accesses that take no time, have no effect on devices, and appear in no statistics. Return whether all
  /// bytes were accessed. A hart sees what is written after forget().
  bool debug_read(std::uint64_t address, std::span<std::byte> data);
  bool debug_write(std::uint64_t address, std::span<const std::byte> data);
  void forget(std::uint64_t address, std::size_t bytes);

  /// Calls `on_write` after each store of this hart that leaves a value other than 0 in the doubleword at
  /// `address`.
  void watch_doubleword(std::uint64_t address, std::function<void(std::uint64_t value)> on_write);

  /// The hart has executed config.max_instructions, traps included, and the simulation has been stopped.
  bool limit_reached() const { return limit_reached_; }
  /// The hart has only taken exceptions for long, and the simulation has been stopped.
  bool trap_loop() const { return trap_loop_; }

  const PurposeCounters& bytes_read() const override { return bytes_read_; }
  const PurposeCounters& bytes_written() const override { return bytes_written_; }
  std::string state() const override;
  /// Adds instructions, cycles, accesses, bytes_read, bytes_written, bus_errors, exceptions, interrupts,
  /// wfi_ns, busy_ns, and instructions_in_NAME for the busiest functions.
  void report(ModuleStatistics& out) const override;

 private:
  SC_HAS_PROCESS(Rv64Cpu);

  void run();                // SC_THREAD
  void update_interrupts();  // SC_METHOD
  void invalidate_direct_memory(sc_dt::uint64 first, sc_dt::uint64 last);
  void sleep();
  /// What else happens at the present time has happened, and it is the hart's turn.
  void settle();
  /// The end of the turn, or the simulation's next event; kNever: neither comes.
  Picoseconds run_until() const;
  rv64::RunLimits limits() const;
  bool traps_forever();
  void consult_debugger();
  void look_at_watched();
  /// After a run of the hart: is that where it stops?
  void look_for_stop(rv64::ExitReason exit);
  /// Grows with every instruction and trap.
  std::uint64_t progress() const { return hart_.instructions() + hart_.exceptions() + hart_.interrupts(); }
  bool debug_access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t bytes);
  /// Lets the simulation catch up with the hart.
  void synchronize();
  /// Lets the hart catch up with the simulation, in whole cycles.
  void catch_up(Picoseconds time);
  /// Cycles whose end is not before `time`.
  std::uint64_t cycles_until(Picoseconds time) const;
  bool access(tlm::tlm_command command, std::uint64_t address, unsigned bytes, void* data);

  bool read(std::uint64_t address, unsigned bytes, std::uint64_t& value) override;
  bool write(std::uint64_t address, unsigned bytes, std::uint64_t value) override;
  bool fetch(std::uint64_t address, std::uint16_t& value) override;
  std::optional<rv64::DirectMemory> direct(std::uint64_t address) override;
  void begin_atomic() override { in_atomic_ = true; }
  void end_atomic(std::uint64_t address, unsigned written_bytes) override;
  std::uint64_t time() override;

  struct WatchedDoubleword {
    std::uint64_t address;
    std::function<void(std::uint64_t)> on_write;
  };

  Rv64CpuConfig config_;
  Picoseconds period_;
  std::function<std::uint64_t()> mtime_;
  const rv64::SymbolTable& symbols_;
  rv64::Hart hart_;
  HartGroup* group_;
  std::size_t member_ = 0;  // of the group
  bool in_atomic_ = false;
  TransactionInfo info_;
  HartDebugger* debugger_ = nullptr;
  std::optional<HartDebugger::StopCause> stop_;  // to be told to the debugger
  std::optional<std::uint64_t> step_from_;       // progress() when the debugger asked for a step
  sc_core::sc_event interrupt_changed_;          // or a stop is asked for
  std::optional<WatchedDoubleword> watched_;
  bool held_ = false;
  sc_core::sc_event released_;
  bool limit_reached_ = false;
  bool trap_loop_ = false;
  std::uint64_t instructions_seen_ = 0;  // when last some had been retired
  std::uint64_t exceptions_seen_ = 0;    // by then
  std::uint64_t accesses_ = 0;
  std::uint64_t bus_errors_ = 0;
  Picoseconds asleep_ = 0;                  // up to the last time awake
  std::optional<Picoseconds> sleep_begun_;  // asleep since
  PurposeCounters bytes_read_;
  PurposeCounters bytes_written_;
};

}  // namespace prism::cpu
