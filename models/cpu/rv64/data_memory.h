// SPDX-License-Identifier: Apache-2.0
// Loads and stores of one hart.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "models/cpu/rv64/memory_port.h"

namespace prism::rv64 {

enum class WatchKind : std::uint8_t { kRead = 1, kWrite = 2, kAccess = 3 };

struct Watchpoint {
  std::uint64_t address = 0;
  std::uint64_t bytes = 1;
  WatchKind kind = WatchKind::kWrite;

  bool operator==(const Watchpoint&) const = default;
};

/// Loads and stores of direct memory go through two small tables of 4 KiB pages; everything else (the first
/// access to a page, watched pages, devices, misaligned addresses) takes load() and store(). Remembers what
/// the port granted.
class DataMemory {
 public:
  enum class Result : std::uint8_t { kDone, kMisaligned, kFault };

  explicit DataMemory(MemoryPort& port) : port_(port) { forget_pages(); }

  /// The host's copy of an aligned value of `bytes` at `address` if the page is in the table, else nullptr.
  template <unsigned bytes>
  const std::byte* find_readable(std::uint64_t address) const {
    return readable_.find<bytes>(address);
  }
  template <unsigned bytes>
  std::byte* find_writable(std::uint64_t address) const {
    return writable_.find<bytes>(address);
  }

  /// Any access, with all checks; may block in the port. Direct memory takes any alignment; the port does
  /// not.
  Result load(std::uint64_t address, unsigned bytes, std::uint64_t& value);
  Result store(std::uint64_t address, unsigned bytes, std::uint64_t value);

  /// The direct memory that holds [address, address + bytes), if the port grants one.
  const DirectMemory* direct(std::uint64_t address, std::uint64_t bytes);
  void forget_direct_memory();

  void add_watchpoint(const Watchpoint& watchpoint);
  void remove_watchpoint(const Watchpoint& watchpoint);
  /// The watchpoint that has been hit since the last call.
  std::optional<Watchpoint> take_hit();

 private:
  static constexpr unsigned kPageBits = 12;
  static constexpr std::uint64_t kPageBytes = std::uint64_t{1} << kPageBits;

  class PageTable {
   public:
    void clear() { pages_.fill({kEmpty, nullptr}); }
    void insert(std::uint64_t address, std::byte* host) {
      const std::uint64_t offset = address % kPageBytes;
      pages_[slot(address)] = {address - offset, host - offset};
    }
    template <unsigned bytes>
    std::byte* find(std::uint64_t address) const {
      const Page& page = pages_[slot(address)];
      // One comparison checks the page and the alignment.
      const bool found = (address & ~(kPageBytes - bytes)) == page.tag;
      return found ? page.host + address % kPageBytes : nullptr;
    }

   private:
    static constexpr std::size_t kPages = 256;
    static constexpr std::uint64_t kEmpty = kPageBytes / 2;  // in no address & ~(kPageBytes - bytes)
    static std::size_t slot(std::uint64_t address) { return (address >> kPageBits) % kPages; }

    struct Page {
      std::uint64_t tag;
      std::byte* host;
    };
    std::array<Page, kPages> pages_;
  };

  void forget_pages();
  bool is_watched(std::uint64_t page) const;
  void check_watchpoints(std::uint64_t address, unsigned bytes, WatchKind kind);

  MemoryPort& port_;
  PageTable readable_;
  PageTable writable_;
  std::vector<DirectMemory> granted_;
  std::vector<Watchpoint> watchpoints_;
  std::optional<Watchpoint> hit_;
};

}  // namespace prism::rv64
