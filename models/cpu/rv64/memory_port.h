// SPDX-License-Identifier: Apache-2.0
// What a hart needs from the system around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace prism::rv64 {

/// RAM or ROM that a hart may access through a pointer: guest addresses [first, first + bytes).
struct DirectMemory {
  std::uint64_t first = 0;  // multiple of 8, as is `bytes`
  std::uint64_t bytes = 0;
  std::byte* host = nullptr;
  bool writable = true;

  bool contains(std::uint64_t address, std::uint64_t count) const {
    return address >= first && count <= bytes && address - first <= bytes - count;
  }
};

/// The bus as a hart sees it. Accesses are naturally aligned, 1, 2, 4 or 8 bytes wide, happen once, and come
/// at the hart's exact local time: instructions(), cycles() and pc() of the hart tell it during the call.
/// They may block, and may call any method of the hart but run(), reset() and set_pc(). They return false on
/// a bus error.
class MemoryPort {
 public:
  virtual ~MemoryPort() = default;

  virtual bool read(std::uint64_t address, unsigned bytes, std::uint64_t& value) = 0;
  virtual bool write(std::uint64_t address, unsigned bytes, std::uint64_t value) = 0;
  /// Two bytes of an instruction outside direct memory.
  virtual bool fetch(std::uint64_t address, std::uint16_t& value) = 0;

  /// The direct memory around an address, if any. The hart remembers it until drop_direct_memory(), and asks
  /// again for every access outside all that it remembers.
  virtual std::optional<DirectMemory> direct(std::uint64_t address) = 0;

  /// Around the accesses of an sc or amo: no other hart's come between them. At its end, reservations of
  /// other harts on [address, address + written_bytes) do, too.
  virtual void begin_atomic() {}
  virtual void end_atomic(std::uint64_t /*address*/, unsigned /*written_bytes*/) {}

  /// The value of the CSR `time`.
  virtual std::uint64_t time() = 0;
};

}  // namespace prism::rv64
