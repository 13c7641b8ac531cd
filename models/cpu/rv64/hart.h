// SPDX-License-Identifier: Apache-2.0
// A RISC-V hart: RV64IMAC_Zicsr_Zifencei, machine mode.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>

#include "models/cpu/rv64/block_cache.h"
#include "models/cpu/rv64/csr_file.h"
#include "models/cpu/rv64/data_memory.h"
#include "models/cpu/rv64/memory_port.h"
#include "models/cpu/rv64/rv64_config.h"

namespace prism::rv64 {

enum class ExitReason : std::uint8_t {
  kLimit,       // a limit of run() was reached
  kWfi,         // wfi, and no interrupt waits; pc() is behind it
  kBreakpoint,  // pc() is the breakpoint; its instruction has not been executed
  kWatchpoint,  // the instruction before pc() made the access; see watchpoint_hit()
  kStopped,     // stop() was called
};

struct RunLimits {
  std::uint64_t instructions = std::numeric_limits<std::uint64_t>::max();  // at most; a trap counts as one
  std::uint64_t until_cycle = std::numeric_limits<std::uint64_t>::max();   // of cycles()
};

/// Called before each instruction with pc in [first, last).
struct Trace {
  std::uint64_t first = 0;
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  std::function<void(std::uint64_t pc, std::uint32_t word)> on_instruction;
};

/// Interprets blocks of decoded instructions. Time is cycles(): what the classes of instructions and traps
/// cost, and what the port adds by add_cycles(); clock rate and bus are the shell's. Traps are precise.
/// Misaligned loads and stores work in direct memory and trap elsewhere; misaligned atomics always trap. Not
/// modelled: caches, branch prediction, privilege below machine mode, debug triggers.
///
/// Code is decoded once: changes are seen after fence.i, and after invalidate_code(). A reservation (lr) ends
/// with sc, with break_reservation(), and when the value in memory differs at sc; the last is how it ends by
/// another hart's plain store to direct memory.
///
/// run() looks for interrupts at its start, and before the next instruction when one changes within a call of
/// the port: the latency of an interrupt raised from elsewhere is what the caller gives run() as a limit.
class Hart {
 public:
  /// `port` must outlive the hart.
  Hart(const Rv64Config& config, MemoryPort& port);
  Hart(const Hart&) = delete;
  Hart& operator=(const Hart&) = delete;

  /// Executes until a limit or another reason to return. Results do not depend on how limits divide a run.
  ExitReason run(const RunLimits& limits);
  /// Makes run() return before the next instruction; for use within a call of the port or the trace.
  void stop();
  void reset();

  void set_interrupt(Interrupt interrupt, bool level);
  /// An interrupt that ends wfi is there: enabled in mie, whatever mstatus.MIE says.
  bool interrupt_waits() const { return csrs_.interrupt_waits(); }

  /// Retired instructions and cycles since construction; exact within calls of the port and the trace, too.
  std::uint64_t instructions() const { return counters_.instructions; }
  std::uint64_t cycles() const { return counters_.cycles; }
  /// Time that passes without instructions: waiting for a device, or sleeping.
  void add_cycles(std::uint64_t cycles);
  std::uint64_t exceptions() const { return exceptions_; }
  std::uint64_t interrupts() const { return interrupts_; }
  /// Where instructions were executed. Counts whole blocks: one that a trap or a limit cut counts in part or
  /// not.
  Profile profile() const;

  std::uint64_t pc() const { return pc_; }
  void set_pc(std::uint64_t pc);
  std::uint64_t reg(unsigned number) const { return x_[number]; }  // 0 to 31
  void set_reg(unsigned number, std::uint64_t value);
  std::optional<std::uint64_t> csr(std::uint32_t number);
  bool set_csr(std::uint32_t number, std::uint64_t value);

  /// Somebody else wrote memory that may hold code: forget what was decoded.
  void invalidate_code();
  /// Pointers that the port granted are no longer good.
  void drop_direct_memory();
  /// Somebody else wrote [address, address + bytes).
  void break_reservation(std::uint64_t address, std::uint64_t bytes);

  void add_breakpoint(std::uint64_t address);
  void remove_breakpoint(std::uint64_t address);
  bool has_breakpoint(std::uint64_t address) const { return breakpoints_.contains(address); }
  void add_watchpoint(const Watchpoint& watchpoint) { memory_.add_watchpoint(watchpoint); }
  void remove_watchpoint(const Watchpoint& watchpoint) { memory_.remove_watchpoint(watchpoint); }
  /// The watchpoint that made run() return kWatchpoint.
  const Watchpoint& watchpoint_hit() const { return watchpoint_hit_; }
  void set_trace(Trace trace);
  void clear_trace();

 private:
  struct Reservation {
    std::uint64_t address;
    unsigned bytes;
    std::uint64_t value;
  };
  struct BuildOptions {
    std::uint64_t instructions = Block::kMaxInstructions;
    std::uint64_t cycles = std::numeric_limits<std::uint64_t>::max();
    bool breakpoints = true;
  };
  using Handlers = const void* const*;

  // execute.cpp: the interpreter.
  /// Executes `block` (which the caller has made fit the limits) and the blocks that follow while they are
  /// known and fit, until something needs attention. Without a block: only gives the address of each
  /// operation's code.
  Handlers execute(Block* block);

  // block_builder.cpp
  struct Fetched {
    std::uint32_t word = 0;
    bool direct = true;                  // all of it was in direct memory
    std::optional<std::uint64_t> fault;  // address of the part that could not be read
  };
  std::optional<Block> build(std::uint64_t pc, const BuildOptions& options);
  void append(Block& block, const Instruction& instruction);
  Fetched fetch(std::uint64_t pc);
  std::optional<std::uint16_t> fetch_direct(std::uint64_t address);

  // hart.cpp
  /// nullptr: something else comes first (fetch fault, breakpoint, full cache).
  Block* find_or_build(std::uint64_t pc);
  /// The block at pc_, cut to fit the limits.
  Block* cut_block(BuildOptions options);
  bool fits(const Block& block) const {
    return counters_.instructions + block.instructions <= instruction_limit_ &&
           counters_.cycles + block.cycles <= cycle_limit_;
  }
  void enter_exception(Cause cause, std::uint64_t value);
  void spend_trap();
  /// Sets counters and pc_ to before `op`, of a block that was counted as a whole.
  void rewind(const Block& block, const Op* op);
  /// Undoes rewind() if the block may go on behind `op`; else sets counters and pc_ to behind `op`.
  bool resume(const Block& block, const Op* op);

  // slow_operations.cpp: operations that may trap, block or change the hart's state. Counters are exact and
  // pc_ is the operation's within them. Those that return bool say whether the block goes on.
  bool load(const Block& block, const Op* op);
  bool store(const Block& block, const Op* op);
  bool atomic(const Block& block, const Op* op);
  bool trace(const Block& block, const Op* op);
  void system(const Block& block, const Op* op);
  bool access_csr(const Op& op);
  DataMemory::Result store_conditional(std::uint64_t address, unsigned bytes, const Op& op);
  DataMemory::Result modify(std::uint64_t address, unsigned bytes, const Op& op);
  bool finish_access(const Block& block, const Op* op, DataMemory::Result result, std::uint64_t address);

  Rv64Config config_;
  MemoryPort& port_;
  Handlers handlers_ = nullptr;
  std::array<std::uint64_t, kRegisterSlots> x_{};
  std::uint64_t pc_ = 0;  // exact outside execute() and within slow operations
  HartCounters counters_;
  std::uint64_t instruction_limit_ = 0;  // of counters_
  std::uint64_t cycle_limit_ = 0;
  bool attention_ = false;  // run() must look before the next instruction
  DataMemory memory_;
  CsrFile csrs_;
  BlockCache blocks_;
  Block cut_;  // a block that was cut to fit the limits
  std::optional<Reservation> reservation_;
  bool code_is_stale_ = false;
  std::optional<ExitReason> exit_;
  std::uint64_t exceptions_ = 0;
  std::uint64_t interrupts_ = 0;
  Profile cut_profile_;

  std::set<std::uint64_t> breakpoints_;
  std::optional<std::uint64_t> reported_breakpoint_;  // run() stopped there last and has not gone on
  Watchpoint watchpoint_hit_;
  Trace trace_;
};

}  // namespace prism::rv64
