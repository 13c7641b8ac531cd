// SPDX-License-Identifier: Apache-2.0
// Typed memory-mapped registers, free of SystemC. A register is declared once with name, offset, width,
// access mode and reset value; behaviour is attached as small handlers. Partial writes are merged before a
// handler runs; debug reads have no side effects and never fail for mapped space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace prism {

enum class RegisterAccess : std::uint8_t {
  kReadOnly,   // a guest write is an error
  kWriteOnly,  // reads as zero
  kReadWrite,
  kWriteOneToClear,  // writing 1 clears the bit; the handler sees the cleared value
};

/// Outcome of a guest access.
enum class RegisterResult : std::uint8_t { kOk, kUnmapped, kBadSize, kReadOnlyWrite };

const char* describe(RegisterResult result);

class Register {
 public:
  struct Spec {
    std::string name;
    std::uint64_t offset;  // bytes from the bank's base, a multiple of `bytes`
    std::uint32_t bytes;   // 4 or 8; 1 in a byte-wide device
    RegisterAccess access;
    std::uint64_t reset;
    std::string description;
  };

  explicit Register(Spec spec) : spec_(std::move(spec)), value_(spec_.reset) {}

  const Spec& spec() const { return spec_; }
  std::uint64_t value() const { return value_; }
  std::uint32_t value32() const { return static_cast<std::uint32_t>(value_); }
  void set(std::uint64_t value) { value_ = value; }

  /// Computes the value on a read, guest or debug: must have no side effect.
  Register& on_read(std::function<std::uint64_t()> handler);
  /// Runs after the new value has been stored. Guest writes only.
  Register& on_write(std::function<void(std::uint64_t)> handler);
  /// The side effect of a guest read (claim, pop a queue): runs after the value has been taken, never on a
  /// debug read.
  Register& after_read(std::function<void()> handler);

 private:
  friend class RegisterBank;
  std::uint64_t current() const { return read_ ? read_() : value_; }

  Spec spec_;
  std::uint64_t value_;
  std::function<std::uint64_t()> read_;
  std::function<void(std::uint64_t)> write_;
  std::function<void()> after_read_;
};

/// A stretch of plain storage in a bank (query buffer, result window), accessed with any size.
struct RegisterWindow {
  std::string name;
  std::uint64_t offset;
  std::uint64_t bytes;
  bool writable;
  std::string description;
  std::vector<std::byte> storage;
};

class RegisterBank {
 public:
  /// `bytes`: size of the decoded window. Guest accesses to registers must be naturally aligned, 4 or 8 bytes
  /// (an 8-byte access to a pair of 4-byte registers is two accesses, lower first; a 4-byte access to a half
  /// of an 8-byte register is merged; any other access across registers is of a bad size). Banks of byte-wide
  /// devices (a 16550) pass min_access_bytes = 1.
  explicit RegisterBank(std::string name, std::uint64_t bytes, std::uint32_t min_access_bytes = 4);

  /// The reference stays valid for the bank's life. Overlaps and misalignment are bugs of ours: assert.
  Register& add(Register::Spec spec);
  RegisterWindow& add_window(std::string name, std::uint64_t offset, std::uint64_t bytes, bool writable,
                             std::string description);

  RegisterResult read(std::uint64_t offset, std::span<std::byte> data);
  RegisterResult write(std::uint64_t offset, std::span<const std::byte> data);
  /// Fills the whole span: unmapped bytes read as zero.
  void debug_read(std::uint64_t offset, std::span<std::byte> data) const;

  /// Every register back to its reset value; windows cleared. Handlers do not run.
  void reset();

  const std::string& name() const { return name_; }
  std::uint64_t bytes() const { return bytes_; }
  const std::vector<std::unique_ptr<Register>>& registers() const { return registers_; }
  const std::vector<std::unique_ptr<RegisterWindow>>& windows() const { return windows_; }

 private:
  Register* find(std::uint64_t offset) const;
  /// The one or two registers of a guest access.
  RegisterResult find_registers(std::uint64_t offset, std::size_t size, Register*& first,
                                Register*& last) const;
  RegisterWindow* find_window(std::uint64_t offset, std::uint64_t bytes) const;
  RegisterResult write_register(Register& target, std::uint64_t offset, std::span<const std::byte> data);

  std::string name_;
  std::uint64_t bytes_;
  std::uint32_t min_access_bytes_;
  std::vector<std::unique_ptr<Register>> registers_;  // sorted by offset
  std::vector<std::unique_ptr<RegisterWindow>> windows_;
};

}  // namespace prism
