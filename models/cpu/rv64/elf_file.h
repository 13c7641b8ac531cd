// SPDX-License-Identifier: Apache-2.0
// Programs and symbols from ELF files (read with libelf).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prism::rv64 {

/// Names of addresses.
class SymbolTable {
 public:
  struct Place {
    std::string_view name;
    std::uint64_t offset = 0;  // from the symbol
  };

  void add(std::string name, std::uint64_t address, std::uint64_t bytes);
  /// The symbol that covers `address`, or without known size is the last one before it.
  std::optional<Place> find(std::uint64_t address) const;
  std::optional<std::uint64_t> address_of(std::string_view name) const;
  /// "name", "name+0x10", or "0x80001234".
  std::string describe(std::uint64_t address) const;

 private:
  struct Symbol {
    std::string name;
    std::uint64_t bytes = 0;  // 0: unknown
  };
  std::map<std::uint64_t, Symbol> by_address_;
  std::map<std::string, std::uint64_t, std::less<>> by_name_;
};

/// A 64-bit little-endian RISC-V executable.
struct ElfFile {
  struct Segment {
    std::uint64_t address = 0;  // physical: where it is loaded
    std::vector<std::byte> data;
    std::uint64_t memory_bytes = 0;  // the rest is zero
  };

  std::uint64_t entry = 0;
  std::vector<Segment> segments;
  SymbolTable symbols;

  /// Throws std::runtime_error, "FILE: found ..., expected ...".
  static ElfFile read(const std::filesystem::path& path);
};

}  // namespace prism::rv64
