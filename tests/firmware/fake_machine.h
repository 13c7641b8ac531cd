// SPDX-License-Identifier: Apache-2.0
// A machine for firmware tests: memory, fake devices and an interrupt controller behind the hal_* functions.
// Devices work when the CPU sleeps, one unit of work at a time in a pseudo-random order, so that firmware
// which does not wait for what it needs is found out; or at once after every access (`eager`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "prism/hal.h"

namespace prism::test {

class FakeDevice {
 public:
  virtual ~FakeDevice() = default;
  virtual void read(std::uint64_t offset, std::span<std::byte> data) = 0;
  virtual void write(std::uint64_t offset, std::span<const std::byte> data) = 0;
  virtual bool irq() const { return false; }
  /// Does one unit of work; false when there is none.
  virtual bool work() { return false; }
};

/// A device of plain storage, with the writes remembered.
class StorageDevice : public FakeDevice {
 public:
  struct Write {
    std::uint64_t offset;
    std::uint64_t value;
    bool operator==(const Write&) const = default;
  };

  explicit StorageDevice(std::size_t bytes = 0x4000) : storage(bytes) {}

  void read(std::uint64_t offset, std::span<std::byte> data) override;
  void write(std::uint64_t offset, std::span<const std::byte> data) override;

  template <typename Value = std::uint32_t>
  Value get(std::uint64_t offset) const {
    Value value;
    std::memcpy(&value, storage.data() + offset, sizeof value);
    return value;
  }
  template <typename Value = std::uint32_t>
  void set(std::uint64_t offset, Value value) {
    std::memcpy(storage.data() + offset, &value, sizeof value);
  }

  std::vector<std::byte> storage;
  std::vector<Write> writes;
};

class FakeMachine {
 public:
  static constexpr std::uint64_t kPlicBase = 0x0C000000;

  explicit FakeMachine(std::uint32_t seed = 1, bool eager = false);
  ~FakeMachine();

  void add_memory(std::uint64_t base, std::uint64_t bytes);
  /// `source`: the device's interrupt; 0: none.
  void attach(std::uint64_t base, std::uint64_t bytes, FakeDevice& device, std::uint32_t source = 0);

  ::hal* handle() { return hal_.get(); }

  /// Bus accesses, by whomever; false: a bus error, without effect.
  bool read(std::uint64_t address, std::span<std::byte> data);
  bool write(std::uint64_t address, std::span<const std::byte> data);

  template <typename Value>
  Value get(std::uint64_t address) {
    Value value{};
    read(address, std::as_writable_bytes(std::span(&value, 1)));
    return value;
  }
  template <typename Value>
  void set(std::uint64_t address, const Value& value) {
    write(address, std::as_bytes(std::span(&value, 1)));
  }

  std::uint64_t time_ns() const { return time_ns_; }
  std::uint64_t sleeps() const { return sleeps_; }
  const std::map<std::string, int>& driver_calls() const { return driver_calls_; }

  /// What the hal_* functions do.
  void cpu_read(std::uint64_t address, std::span<std::byte> data);
  void cpu_write(std::uint64_t address, std::span<const std::byte> data);
  std::optional<std::uint64_t> take_fault();
  void wait_for_interrupt(std::uint64_t deadline_ns);
  void driver_call(const char* name) { ++driver_calls_[name]; }

 private:
  class Plic;
  struct Memory {
    std::uint64_t base;
    std::vector<std::byte> bytes;
  };
  struct Attachment {
    std::uint64_t base;
    std::uint64_t bytes;
    FakeDevice* device;
    std::uint32_t source;
  };

  std::byte* find_memory(std::uint64_t address, std::uint64_t bytes);
  const Attachment* find_device(std::uint64_t address, std::uint64_t bytes) const;
  bool interrupt_pending() const;
  bool work_somewhere();
  void after_access();

  std::unique_ptr<struct hal> hal_;
  std::unique_ptr<Plic> plic_;
  std::vector<Memory> memories_;
  std::vector<Attachment> devices_;
  std::mt19937 random_;
  bool eager_;
  std::uint64_t time_ns_ = 0;
  std::uint64_t sleeps_ = 0;
  std::optional<std::uint64_t> fault_;
  std::map<std::string, int> driver_calls_;
};

}  // namespace prism::test
