// SPDX-License-Identifier: Apache-2.0
// What a gdb server needs from the machine that is debugged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/cpu/rv64/data_memory.h"

namespace prism::gdb {

/// A hart, as gdb numbers threads: 1, 2, ...
using Thread = std::uint32_t;

/// Numbers of registers in gdb's protocol.
inline constexpr unsigned kPcRegister = 32;
inline constexpr unsigned kFirstCsrRegister = 65;  // CSR 0
inline constexpr unsigned kLastCsrRegister = kFirstCsrRegister + 0xfff;

enum class Resume : std::uint8_t { kContinue, kStep };

/// Everything but kill() and detach() is called while all harts stand still. Looking has no side effects.
class GdbTarget {
 public:
  virtual ~GdbTarget() = default;

  virtual std::vector<Thread> threads() const = 0;  // never empty
  virtual std::string thread_state(Thread thread) = 0;

  /// x0 to x31, kPcRegister, or a CSR. Nothing, or false, for a register that does not exist.
  virtual std::optional<std::uint64_t> read_register(Thread thread, unsigned number) = 0;
  virtual bool write_register(Thread thread, unsigned number, std::uint64_t value) = 0;

  /// False unless all of it could be accessed.
  virtual bool read_memory(std::uint64_t address, std::span<std::byte> data) = 0;
  virtual bool write_memory(std::uint64_t address, std::span<const std::byte> data) = 0;

  virtual void add_breakpoint(std::uint64_t address) = 0;
  virtual void remove_breakpoint(std::uint64_t address) = 0;
  virtual void add_watchpoint(const rv64::Watchpoint& watchpoint) = 0;
  virtual void remove_watchpoint(const rv64::Watchpoint& watchpoint) = 0;

  /// Called for every thread that goes on; then the machine runs until it reports a stop.
  virtual void resume(Thread thread, Resume how) = 0;
  /// Ctrl-C while the machine runs: it soon reports a stop.
  virtual void interrupt() = 0;
  /// gdb leaves, and the machine runs on without it.
  virtual void detach() = 0;
  virtual void kill() = 0;

  /// gdb's command `monitor`; returns what it prints.
  virtual std::string monitor(std::string_view command) = 0;
};

}  // namespace prism::gdb
