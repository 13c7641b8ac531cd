// SPDX-License-Identifier: Apache-2.0
// RAM, a console and a test finisher at the addresses of QEMU's virt machine, around one hart.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/cpu/rv64/elf_file.h"
#include "models/cpu/rv64/hart.h"

namespace prism::rv64 {

class TestMachine : public MemoryPort {
 public:
  static constexpr std::uint64_t kRam = 0x8000'0000;
  static constexpr std::uint64_t kUart = 0x1000'0000;  // transmits what is written to its first byte
  static constexpr std::uint64_t kFinisher = 0x10'0000;
  static constexpr std::uint64_t kDevice = 0x2000'0000;  // 4 KiB that a test gives behaviour

  struct Access {
    std::uint64_t address;
    unsigned bytes;
    bool is_write;
    std::uint64_t value;
    std::uint64_t cycle;

    bool operator==(const Access&) const = default;
  };

  explicit TestMachine(std::size_t ram_bytes = 1 << 20, Rv64Config config = {.reset_address = kRam})
      : ram(ram_bytes), hart(config, *this) {}

  bool read(std::uint64_t address, unsigned bytes, std::uint64_t& value) override {
    value = 0;
    if (address == kUart + 5) {
      value = 0x60;  // ready to transmit
      return true;
    }
    if (address - kDevice >= 0x1000) return false;
    value = on_read ? on_read(address) : 0;
    accesses.push_back({address, bytes, false, value, hart.cycles()});
    return !device_fails;
  }

  bool write(std::uint64_t address, unsigned bytes, std::uint64_t value) override {
    if (address == kUart) {
      console.push_back(static_cast<char>(value));
      return true;
    }
    if (address == kFinisher) {
      finished = static_cast<std::uint32_t>(value);
      hart.stop();
      return true;
    }
    if (address - kDevice >= 0x1000) return false;
    accesses.push_back({address, bytes, true, value, hart.cycles()});
    if (on_write) on_write(address, value);
    return !device_fails;
  }

  bool fetch(std::uint64_t address, std::uint16_t& value) override {
    if (address - kDevice >= 0x1000 || !on_fetch) return false;
    value = on_fetch(address);
    return true;
  }

  std::optional<DirectMemory> direct(std::uint64_t address) override {
    if (!grants || address - kRam >= ram.size()) return std::nullopt;
    return DirectMemory{kRam, ram.size(), ram.data()};
  }

  std::uint64_t time() override { return hart.cycles() / 10; }

  void load(const ElfFile& elf) {
    for (const ElfFile::Segment& segment : elf.segments) {
      if (segment.address < kRam || segment.address - kRam + segment.memory_bytes > ram.size()) {
        throw std::runtime_error("the program does not fit the RAM of the test");
      }
      if (!segment.data.empty()) {
        std::memcpy(&ram[segment.address - kRam], segment.data.data(), segment.data.size());
      }
    }
    hart.set_pc(elf.entry);
    hart.invalidate_code();
  }

  /// Puts instruction words at an address in RAM.
  void put(std::uint64_t address, const std::vector<std::uint32_t>& words) {
    std::memcpy(&ram.at(address - kRam), words.data(), 4 * words.size());
    hart.invalidate_code();
  }

  template <class Value>
  Value get(std::uint64_t address) const {
    Value value;
    std::memcpy(&value, &ram.at(address - kRam), sizeof value);
    return value;
  }

  std::vector<std::byte> ram;
  bool grants = true;         // whether RAM may be accessed directly
  bool device_fails = false;  // accesses to kDevice are bus errors
  std::function<std::uint64_t(std::uint64_t address)> on_read;
  std::function<void(std::uint64_t address, std::uint64_t value)> on_write;
  std::function<std::uint16_t(std::uint64_t address)> on_fetch;
  std::vector<Access> accesses;  // to kDevice
  std::string console;
  std::optional<std::uint32_t> finished;  // what was written to the finisher
  Hart hart;
};

inline constexpr std::uint32_t kFinisherPass = 0x5555;

}  // namespace prism::rv64
