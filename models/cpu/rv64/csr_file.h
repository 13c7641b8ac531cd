// SPDX-License-Identifier: Apache-2.0
// Machine-mode control and status registers, and what traps do to them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace prism::rv64 {

/// Exception codes of mcause.
enum class Cause : std::uint64_t {
  kFetchMisaligned = 0,
  kFetchFault = 1,
  kIllegalInstruction = 2,
  kBreakpoint = 3,
  kLoadMisaligned = 4,
  kLoadFault = 5,
  kStoreMisaligned = 6,
  kStoreFault = 7,
  kEcall = 11,
};

/// Bits of mip and mie, and interrupt codes of mcause.
enum class Interrupt : unsigned { kSoftware = 3, kTimer = 7, kExternal = 11 };

/// What the hart has done, for the counter CSRs.
struct HartCounters {
  std::uint64_t instructions = 0;  // retired
  std::uint64_t cycles = 0;
};

/// Machine mode only (privileged specification 1.12): no supervisor, user or delegation registers; no
/// triggers and programmable counters (these read as zero). Registers of absent modes do not exist. PMP
/// entries hold what is written, but cannot be locked: so they restrict only modes below, of which there are
/// none.
class CsrFile {
 public:
  explicit CsrFile(std::uint64_t hart_id) : hart_id_(hart_id) {}

  /// Everything but the interrupt inputs.
  void reset();

  /// Nothing when there is no such register. `counters` are those before the instruction that reads;
  /// `time` is a callable that gives the CSR `time`.
  template <class Time>
  std::optional<std::uint64_t> read(std::uint32_t number, const HartCounters& counters, Time&& time) const {
    return number == kTime ? std::optional<std::uint64_t>(time()) : read(number, counters);
  }
  /// False when there is no such register, or it is read-only. `counters` are those after the instruction.
  bool write(std::uint32_t number, std::uint64_t value, const HartCounters& counters);

  void set_interrupt(Interrupt interrupt, bool level);
  /// Raised and enabled in mie, whether or not mstatus.MIE lets it in.
  bool interrupt_waits() const { return (mip_ & mie_) != 0; }
  /// The interrupt to be taken now, if any.
  std::optional<Interrupt> interrupt_to_take() const;

  /// Each returns the pc to go on from.
  std::uint64_t enter_exception(Cause cause, std::uint64_t value, std::uint64_t pc);
  std::uint64_t enter_interrupt(Interrupt interrupt, std::uint64_t pc);
  std::uint64_t return_from_trap();

 private:
  static constexpr std::uint32_t kTime = 0xc01;
  std::optional<std::uint64_t> read(std::uint32_t number, const HartCounters& counters) const;
  void enter(std::uint64_t cause, std::uint64_t value, std::uint64_t pc);

  std::uint64_t hart_id_;
  bool interrupts_enabled_ = false;  // mstatus.MIE
  bool previous_enabled_ = false;    // mstatus.MPIE
  std::uint64_t mie_ = 0;
  std::uint64_t mip_ = 0;
  std::uint64_t mtvec_ = 0;
  std::uint64_t mscratch_ = 0;
  std::uint64_t mepc_ = 0;
  std::uint64_t mcause_ = 0;
  std::uint64_t mtval_ = 0;
  std::uint64_t mcycle_offset_ = 0;  // what writes added, modulo 2^64
  std::uint64_t minstret_offset_ = 0;
  std::array<std::uint64_t, 18> pmp_{};  // pmpaddr0 to 15, pmpcfg0, pmpcfg2
};

}  // namespace prism::rv64
