// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/hart.h"

#include <utility>

namespace prism::rv64 {

Hart::Hart(const Rv64Config& config, MemoryPort& port)
    : config_(config), port_(port), handlers_(execute(nullptr)), memory_(port), csrs_(config.hart_id) {
  reset();
}

void Hart::reset() {
  x_.fill(0);
  csrs_.reset();
  reservation_.reset();
  set_pc(config_.reset_address);
  invalidate_code();
}

ExitReason Hart::run(const RunLimits& limits) {
  constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();
  const bool unlimited = limits.instructions > kUnlimited - counters_.instructions;
  instruction_limit_ = unlimited ? kUnlimited : counters_.instructions + limits.instructions;
  cycle_limit_ = limits.until_cycle;
  while (true) {
    attention_ = false;
    if (std::exchange(code_is_stale_, false)) blocks_.clear();
    if (exit_) return *std::exchange(exit_, std::nullopt);
    if (counters_.instructions >= instruction_limit_ || counters_.cycles >= cycle_limit_) {
      return ExitReason::kLimit;
    }
    if (const std::optional<Interrupt> interrupt = csrs_.interrupt_to_take()) {
      pc_ = csrs_.enter_interrupt(*interrupt, pc_);
      ++interrupts_;
      spend_trap();
      continue;
    }
    Block* block = nullptr;
    if (std::exchange(reported_breakpoint_, std::nullopt) == pc_) {
      block = cut_block({.instructions = 1, .breakpoints = false});
    } else {
      block = find_or_build(pc_);
      if (attention_) continue;
      if (block != nullptr && block->instructions > 1 && !fits(*block)) {
        block = cut_block({.instructions = instruction_limit_ - counters_.instructions,
                           .cycles = cycle_limit_ - counters_.cycles});
      }
    }
    if (block != nullptr) execute(block);
  }
}

void Hart::stop() {
  exit_ = ExitReason::kStopped;
  attention_ = true;
}

Block* Hart::find_or_build(std::uint64_t pc) {
  if (Block* block = blocks_.find(pc)) return block;
  if (breakpoints_.contains(pc)) {
    reported_breakpoint_ = pc;
    exit_ = ExitReason::kBreakpoint;
    return nullptr;
  }
  if (blocks_.full()) {
    code_is_stale_ = true;
    return nullptr;
  }
  std::optional<Block> block = build(pc, {});
  return block ? &blocks_.add(std::move(*block)) : nullptr;
}

Block* Hart::cut_block(BuildOptions options) {
  std::optional<Block> block = build(pc_, options);
  if (!block) return nullptr;
  cut_ = std::move(*block);
  cut_profile_[cut_.pc] += cut_.instructions;
  return &cut_;
}

void Hart::set_interrupt(Interrupt interrupt, bool level) {
  csrs_.set_interrupt(interrupt, level);
  attention_ = true;
}

void Hart::add_cycles(std::uint64_t cycles) {
  counters_.cycles += cycles;
  attention_ = true;
}

Profile Hart::profile() const {
  Profile result = blocks_.profile();
  for (const auto& [pc, instructions] : cut_profile_) result[pc] += instructions;
  return result;
}

void Hart::set_pc(std::uint64_t pc) {
  pc_ = pc & ~std::uint64_t{1};
  reported_breakpoint_.reset();
}

void Hart::set_reg(unsigned number, std::uint64_t value) {
  if (number != 0) x_[number] = value;
}

std::optional<std::uint64_t> Hart::csr(std::uint32_t number) {
  return csrs_.read(number, counters_, [this] { return port_.time(); });
}

bool Hart::set_csr(std::uint32_t number, std::uint64_t value) {
  return csrs_.write(number, value, counters_);
}

void Hart::invalidate_code() {
  code_is_stale_ = true;
  attention_ = true;
}

void Hart::drop_direct_memory() {
  memory_.forget_direct_memory();
  invalidate_code();
}

void Hart::break_reservation(std::uint64_t address, std::uint64_t bytes) {
  if (reservation_ && address < reservation_->address + reservation_->bytes &&
      reservation_->address < address + bytes) {
    reservation_.reset();
  }
}

void Hart::add_breakpoint(std::uint64_t address) {
  breakpoints_.insert(address);
  invalidate_code();
}

void Hart::remove_breakpoint(std::uint64_t address) {
  breakpoints_.erase(address);
  invalidate_code();
}

void Hart::set_trace(Trace trace) {
  trace_ = std::move(trace);
  invalidate_code();
}

void Hart::clear_trace() {
  set_trace({});
}

void Hart::enter_exception(Cause cause, std::uint64_t value) {
  pc_ = csrs_.enter_exception(cause, value, pc_);
  ++exceptions_;
  spend_trap();
}

void Hart::spend_trap() {
  --instruction_limit_;
  counters_.cycles += config_.trap_cycles;
}

void Hart::rewind(const Block& block, const Op* op) {
  const Progress& before = block.before(op);
  counters_.instructions -= block.instructions - before.instructions;
  counters_.cycles -= block.cycles - before.cycles;
  pc_ = block.pc + before.offset;
}

bool Hart::resume(const Block& block, const Op* op) {
  const Progress& before = block.before(op);
  const Progress end = {block.instructions, block.cycles, 0};
  const Progress& goal = attention_ ? block.before(op + 1) : end;
  counters_.instructions += goal.instructions - before.instructions;
  counters_.cycles += goal.cycles - before.cycles;
  if (attention_) pc_ = block.pc + goal.offset;
  return !attention_;
}

}  // namespace prism::rv64
