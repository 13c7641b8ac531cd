// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/csr_file.h"

namespace prism::rv64 {
namespace {

constexpr std::uint64_t kMie = 1u << 3;
constexpr std::uint64_t kMpie = 1u << 7;
constexpr std::uint64_t kMppMachine = 3u << 11;
constexpr std::uint64_t kInterruptBit = std::uint64_t{1} << 63;
constexpr std::uint64_t kMisa =
    std::uint64_t{2} << 62 | 1u << ('I' - 'A') | 1u << ('M' - 'A') | 1u << ('A' - 'A') | 1u << ('C' - 'A');

constexpr std::uint64_t bit_of(Interrupt interrupt) {
  return std::uint64_t{1} << static_cast<unsigned>(interrupt);
}
constexpr std::uint64_t kInterrupts =
    bit_of(Interrupt::kSoftware) | bit_of(Interrupt::kTimer) | bit_of(Interrupt::kExternal);

constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMisaNumber = 0x301;
constexpr std::uint32_t kMieNumber = 0x304;
constexpr std::uint32_t kMtvec = 0x305;
constexpr std::uint32_t kMcountinhibit = 0x320;
constexpr std::uint32_t kMscratch = 0x340;
constexpr std::uint32_t kMepc = 0x341;
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;
constexpr std::uint32_t kMip = 0x344;
constexpr std::uint32_t kPmpcfg0 = 0x3a0;
constexpr std::uint32_t kPmpcfg2 = 0x3a2;
constexpr std::uint32_t kPmpaddr0 = 0x3b0;
constexpr std::uint32_t kMcycle = 0xb00;
constexpr std::uint32_t kMinstret = 0xb02;
constexpr std::uint32_t kCycle = 0xc00;
constexpr std::uint32_t kInstret = 0xc02;
constexpr std::uint32_t kMvendorid = 0xf11;
constexpr std::uint32_t kMhartid = 0xf14;
constexpr std::uint32_t kMconfigptr = 0xf15;

bool is_between(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
  return number >= first && number <= last;
}

/// Exists and is always zero: further PMP entries, triggers, programmable counters, vendor, architecture and
/// implementation ids.
bool reads_as_zero(std::uint32_t number) {
  return is_between(number, 0x323, 0x33f) || is_between(number, 0x3b0, 0x3ef) ||
         is_between(number, 0x7a0, 0x7a5) || (is_between(number, 0x3a0, 0x3af) && number % 2 == 0) ||
         is_between(number, 0xb03, 0xb1f) || is_between(number, 0xc03, 0xc1f) ||
         is_between(number, kMvendorid, kMconfigptr) || number == kMcountinhibit;
}

constexpr std::uint64_t kPmpaddrBits = (std::uint64_t{1} << 54) - 1;
constexpr std::uint64_t kPmpcfgBits = 0x1f1f1f1f1f1f1f1f;  // no lock

/// Place of a PMP register in CsrFile: pmpaddr0 to 15, pmpcfg0, pmpcfg2.
std::optional<std::size_t> pmp_index(std::uint32_t number) {
  if (is_between(number, kPmpaddr0, kPmpaddr0 + 15)) return number - kPmpaddr0;
  if (number == kPmpcfg0) return 16;
  if (number == kPmpcfg2) return 17;
  return std::nullopt;
}

}  // namespace

void CsrFile::reset() {
  const std::uint64_t inputs = mip_;
  *this = CsrFile(hart_id_);
  mip_ = inputs;
}

std::optional<std::uint64_t> CsrFile::read(std::uint32_t number, const HartCounters& counters) const {
  switch (number) {
    case kMstatus:
      return kMppMachine | (interrupts_enabled_ ? kMie : 0) | (previous_enabled_ ? kMpie : 0);
    case kMisaNumber:
      return kMisa;
    case kMieNumber:
      return mie_;
    case kMtvec:
      return mtvec_;
    case kMscratch:
      return mscratch_;
    case kMepc:
      return mepc_;
    case kMcause:
      return mcause_;
    case kMtval:
      return mtval_;
    case kMip:
      return mip_;
    case kMcycle:
    case kCycle:
      return counters.cycles + mcycle_offset_;
    case kMinstret:
    case kInstret:
      return counters.instructions + minstret_offset_;
    case kMhartid:
      return hart_id_;
    default:
      if (const auto index = pmp_index(number)) return pmp_[*index];
      return reads_as_zero(number) ? std::optional<std::uint64_t>(0) : std::nullopt;
  }
}

bool CsrFile::write(std::uint32_t number, std::uint64_t value, const HartCounters& counters) {
  const bool read_only = number >> 10 == 3;
  if (read_only) return false;
  switch (number) {
    case kMstatus:
      interrupts_enabled_ = (value & kMie) != 0;
      previous_enabled_ = (value & kMpie) != 0;
      return true;
    case kMieNumber:
      mie_ = value & kInterrupts;
      return true;
    case kMtvec:
      if ((value & 2) == 0) mtvec_ = value;  // the other modes are reserved
      return true;
    case kMscratch:
      mscratch_ = value;
      return true;
    case kMepc:
      mepc_ = value & ~std::uint64_t{1};
      return true;
    case kMcause:
      mcause_ = value;
      return true;
    case kMtval:
      mtval_ = value;
      return true;
    case kMcycle:
      mcycle_offset_ = value - counters.cycles;
      return true;
    case kMinstret:
      minstret_offset_ = value - counters.instructions;
      return true;
    case kMisaNumber:
    case kMip:
      return true;  // no writable bits
    default:
      if (const auto index = pmp_index(number)) {
        pmp_[*index] = value & (number >= kPmpaddr0 ? kPmpaddrBits : kPmpcfgBits);
        return true;
      }
      return reads_as_zero(number);
  }
}

void CsrFile::set_interrupt(Interrupt interrupt, bool level) {
  mip_ = level ? mip_ | bit_of(interrupt) : mip_ & ~bit_of(interrupt);
}

std::optional<Interrupt> CsrFile::interrupt_to_take() const {
  if (!interrupts_enabled_) return std::nullopt;
  for (const Interrupt interrupt : {Interrupt::kExternal, Interrupt::kSoftware, Interrupt::kTimer}) {
    if ((mip_ & mie_ & bit_of(interrupt)) != 0) return interrupt;
  }
  return std::nullopt;
}

void CsrFile::enter(std::uint64_t cause, std::uint64_t value, std::uint64_t pc) {
  mcause_ = cause;
  mtval_ = value;
  mepc_ = pc;
  previous_enabled_ = interrupts_enabled_;
  interrupts_enabled_ = false;
}

std::uint64_t CsrFile::enter_exception(Cause cause, std::uint64_t value, std::uint64_t pc) {
  enter(static_cast<std::uint64_t>(cause), value, pc);
  return mtvec_ & ~std::uint64_t{3};
}

std::uint64_t CsrFile::enter_interrupt(Interrupt interrupt, std::uint64_t pc) {
  const auto code = static_cast<std::uint64_t>(interrupt);
  enter(kInterruptBit | code, 0, pc);
  const bool vectored = (mtvec_ & 3) == 1;
  return (mtvec_ & ~std::uint64_t{3}) + (vectored ? 4 * code : 0);
}

std::uint64_t CsrFile::return_from_trap() {
  interrupts_enabled_ = previous_enabled_;
  previous_enabled_ = true;
  return mepc_;
}

}  // namespace prism::rv64
