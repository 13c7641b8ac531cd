// SPDX-License-Identifier: Apache-2.0
// Hart: operations that may trap, block, or change the hart's state.
#include <algorithm>
#include <array>
#include <utility>

#include "models/cpu/rv64/alu.h"
#include "models/cpu/rv64/encoding.h"
#include "models/cpu/rv64/hart.h"

namespace prism::rv64 {
namespace {

unsigned bytes_of(Operation operation) {
  switch (operation) {
    case Operation::kLb:
    case Operation::kLbu:
    case Operation::kSb:
      return 1;
    case Operation::kLh:
    case Operation::kLhu:
    case Operation::kSh:
      return 2;
    case Operation::kLw:
    case Operation::kLwu:
    case Operation::kSw:
      return 4;
    default:
      return 8;
  }
}

std::uint64_t extend_loaded(Operation operation, std::uint64_t value) {
  switch (operation) {
    case Operation::kLb:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int8_t>(value)});
    case Operation::kLh:
      return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int16_t>(value)});
    case Operation::kLw:
      return sign_extend_word(value);
    default:
      return value;
  }
}

constexpr auto index_of(Operation operation) {
  return static_cast<std::size_t>(operation);
}

constexpr bool is_double(Operation operation) {
  return operation >= Operation::kLrD && operation <= Operation::kAmomaxuD;
}

/// The word form of an atomic operation.
Operation word_form(Operation operation) {
  constexpr std::size_t kDistance = index_of(Operation::kLrD) - index_of(Operation::kLrW);
  return is_double(operation) ? static_cast<Operation>(index_of(operation) - kDistance) : operation;
}

using Modify = std::uint64_t (*)(std::uint64_t memory, std::uint64_t operand);

/// From kAmoswapW on. Words come sign-extended, which keeps both orders.
constexpr std::array<Modify, 9> kModify = {
    [](std::uint64_t, std::uint64_t b) { return b; },
    [](std::uint64_t a, std::uint64_t b) { return a + b; },
    [](std::uint64_t a, std::uint64_t b) { return a ^ b; },
    [](std::uint64_t a, std::uint64_t b) { return a & b; },
    [](std::uint64_t a, std::uint64_t b) { return a | b; },
    [](std::uint64_t a, std::uint64_t b) { return as_signed(a) < as_signed(b) ? a : b; },
    [](std::uint64_t a, std::uint64_t b) { return as_signed(a) < as_signed(b) ? b : a; },
    [](std::uint64_t a, std::uint64_t b) { return std::min(a, b); },
    [](std::uint64_t a, std::uint64_t b) { return std::max(a, b); },
};

std::uint64_t extend_atomic(std::uint64_t value, unsigned bytes) {
  return bytes == 4 ? sign_extend_word(value) : value;
}

}  // namespace

bool Hart::load(const Block& block, const Op* op) {
  rewind(block, op);
  const std::uint64_t address = x_[op->rs1] + static_cast<std::uint64_t>(std::int64_t{op->immediate});
  std::uint64_t value = 0;
  const DataMemory::Result result = memory_.load(address, bytes_of(op->operation), value);
  if (result == DataMemory::Result::kDone) x_[op->rd] = extend_loaded(op->operation, value);
  return finish_access(block, op, result, address);
}

bool Hart::store(const Block& block, const Op* op) {
  rewind(block, op);
  const std::uint64_t address = x_[op->rs1] + static_cast<std::uint64_t>(std::int64_t{op->immediate});
  return finish_access(block, op, memory_.store(address, bytes_of(op->operation), x_[op->rs2]), address);
}

bool Hart::atomic(const Block& block, const Op* op) {
  rewind(block, op);
  const std::uint64_t address = x_[op->rs1];
  const unsigned bytes = is_double(op->operation) ? 8 : 4;
  DataMemory::Result result = DataMemory::Result::kMisaligned;
  if (address % bytes != 0) return finish_access(block, op, result, address);
  switch (word_form(op->operation)) {
    case Operation::kLrW: {
      std::uint64_t value = 0;
      result = memory_.load(address, bytes, value);
      if (result != DataMemory::Result::kDone) break;
      x_[op->rd] = extend_atomic(value, bytes);
      reservation_ = {address, bytes, value};
      break;
    }
    case Operation::kScW:
      result = store_conditional(address, bytes, *op);
      break;
    default:
      result = modify(address, bytes, *op);
      break;
  }
  return finish_access(block, op, result, address);
}

DataMemory::Result Hart::store_conditional(std::uint64_t address, unsigned bytes, const Op& op) {
  const std::optional<Reservation> reservation = std::exchange(reservation_, std::nullopt);
  bool succeeds = reservation && reservation->address == address && reservation->bytes == bytes;
  port_.begin_atomic();
  DataMemory::Result result = DataMemory::Result::kDone;
  if (succeeds) {
    std::uint64_t value = 0;
    result = memory_.load(address, bytes, value);
    succeeds = result == DataMemory::Result::kDone && value == reservation->value;
  }
  if (succeeds) {
    result = memory_.store(address, bytes, x_[op.rs2]);
    succeeds = result == DataMemory::Result::kDone;
  }
  port_.end_atomic(address, succeeds ? bytes : 0);
  if (result == DataMemory::Result::kDone) x_[op.rd] = succeeds ? 0 : 1;
  return result;
}

DataMemory::Result Hart::modify(std::uint64_t address, unsigned bytes, const Op& op) {
  const Modify compute = kModify[index_of(word_form(op.operation)) - index_of(Operation::kAmoswapW)];
  const std::uint64_t operand = extend_atomic(x_[op.rs2], bytes);
  std::uint64_t before = 0;
  port_.begin_atomic();
  DataMemory::Result result = memory_.load(address, bytes, before);
  if (result == DataMemory::Result::kDone) {
    before = extend_atomic(before, bytes);
    result = memory_.store(address, bytes, compute(before, operand));
  }
  const bool done = result == DataMemory::Result::kDone;
  port_.end_atomic(address, done ? bytes : 0);
  if (done) x_[op.rd] = before;
  return result;
}

bool Hart::finish_access(const Block& block, const Op* op, DataMemory::Result result, std::uint64_t address) {
  if (result == DataMemory::Result::kDone) {
    if (const std::optional<Watchpoint> hit = memory_.take_hit()) {
      watchpoint_hit_ = *hit;
      exit_ = ExitReason::kWatchpoint;
      attention_ = true;
    }
    return resume(block, op);
  }
  const bool reads = op->operation <= Operation::kLwu || word_form(op->operation) == Operation::kLrW;
  const bool misaligned = result == DataMemory::Result::kMisaligned;
  if (reads) {
    enter_exception(misaligned ? Cause::kLoadMisaligned : Cause::kLoadFault, address);
  } else {
    enter_exception(misaligned ? Cause::kStoreMisaligned : Cause::kStoreFault, address);
  }
  return false;
}

bool Hart::trace(const Block& block, const Op* op) {
  rewind(block, op);
  trace_.on_instruction(pc_, static_cast<std::uint32_t>(op->immediate));
  return resume(block, op);
}

void Hart::system(const Block& block, const Op* op) {
  rewind(block, op);
  std::uint64_t next = block.end;
  switch (op->operation) {
    case Operation::kEcall:
      return enter_exception(Cause::kEcall, 0);
    case Operation::kEbreak:
      return enter_exception(Cause::kBreakpoint, 0);
    case Operation::kFenceI:
      code_is_stale_ = true;
      break;
    case Operation::kMret:
      next = csrs_.return_from_trap();
      break;
    case Operation::kWfi:
      if (!csrs_.interrupt_waits()) exit_ = ExitReason::kWfi;
      break;
    default:
      if (op->operation == Operation::kIllegal || !access_csr(*op)) {
        return enter_exception(Cause::kIllegalInstruction, static_cast<std::uint32_t>(op->immediate));
      }
      break;
  }
  pc_ = next;
  ++counters_.instructions;
  counters_.cycles += config_.cycles[static_cast<std::size_t>(InstructionClass::kSystem)];
}

bool Hart::access_csr(const Op& op) {
  const auto word = static_cast<std::uint32_t>(op.immediate);
  const std::uint32_t number = bits(word, 31, 20);
  const bool is_write = op.operation == Operation::kCsrrw || op.operation == Operation::kCsrrwi;
  const std::uint64_t operand = op.operation >= Operation::kCsrrwi ? op.rs1 : x_[op.rs1];

  const std::optional<std::uint64_t> before = csr(number);
  if (!before) return false;
  std::uint64_t after = operand;
  if (op.operation == Operation::kCsrrs || op.operation == Operation::kCsrrsi) after = *before | operand;
  if (op.operation == Operation::kCsrrc || op.operation == Operation::kCsrrci) after = *before & ~operand;
  if (is_write || op.rs1 != 0) {
    const std::uint32_t cost = config_.cycles[static_cast<std::size_t>(InstructionClass::kSystem)];
    if (!csrs_.write(number, after, {counters_.instructions + 1, counters_.cycles + cost})) return false;
  }
  x_[op.rd] = *before;
  return true;
}

}  // namespace prism::rv64
