// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64/data_memory.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace prism::rv64 {

static_assert(std::endian::native == std::endian::little, "guest memory is little-endian, as the host's");

namespace {

/// The low `bytes` of a value.
std::uint64_t narrow(std::uint64_t value, unsigned bytes) {
  return value & (~std::uint64_t{0} >> (64 - 8 * bytes));
}

}  // namespace

DataMemory::Result DataMemory::load(std::uint64_t address, unsigned bytes, std::uint64_t& value) {
  const DirectMemory* memory = direct(address, bytes);
  if (address % bytes != 0 && memory == nullptr) return Result::kMisaligned;
  if (memory != nullptr) {
    std::byte* host = memory->host + (address - memory->first);
    value = 0;
    std::memcpy(&value, host, bytes);
    const std::uint64_t page = address & ~(kPageBytes - 1);
    if (memory->contains(page, kPageBytes) && !is_watched(page)) readable_.insert(address, host);
  } else {
    if (!port_.read(address, bytes, value)) return Result::kFault;
    value = narrow(value, bytes);
  }
  check_watchpoints(address, bytes, WatchKind::kRead);
  return Result::kDone;
}

DataMemory::Result DataMemory::store(std::uint64_t address, unsigned bytes, std::uint64_t value) {
  const DirectMemory* memory = direct(address, bytes);
  if (memory != nullptr && !memory->writable) memory = nullptr;
  if (address % bytes != 0 && memory == nullptr) return Result::kMisaligned;
  if (memory != nullptr) {
    std::byte* host = memory->host + (address - memory->first);
    std::memcpy(host, &value, bytes);
    const std::uint64_t page = address & ~(kPageBytes - 1);
    if (memory->contains(page, kPageBytes) && !is_watched(page)) writable_.insert(address, host);
  } else if (!port_.write(address, bytes, narrow(value, bytes))) {
    return Result::kFault;
  }
  check_watchpoints(address, bytes, WatchKind::kWrite);
  return Result::kDone;
}

const DirectMemory* DataMemory::direct(std::uint64_t address, std::uint64_t bytes) {
  for (const DirectMemory& memory : granted_) {
    if (memory.contains(address, bytes)) return &memory;
  }
  const std::optional<DirectMemory> found = port_.direct(address);
  if (!found || !found->contains(address, bytes)) return nullptr;
  return &granted_.emplace_back(*found);
}

void DataMemory::forget_direct_memory() {
  granted_.clear();
  forget_pages();
}

void DataMemory::forget_pages() {
  readable_.clear();
  writable_.clear();
}

void DataMemory::add_watchpoint(const Watchpoint& watchpoint) {
  watchpoints_.push_back(watchpoint);
  forget_pages();
}

void DataMemory::remove_watchpoint(const Watchpoint& watchpoint) {
  const auto found = std::find(watchpoints_.begin(), watchpoints_.end(), watchpoint);
  if (found != watchpoints_.end()) watchpoints_.erase(found);
}

std::optional<Watchpoint> DataMemory::take_hit() {
  return std::exchange(hit_, std::nullopt);
}

bool DataMemory::is_watched(std::uint64_t page) const {
  return std::any_of(watchpoints_.begin(), watchpoints_.end(), [&](const Watchpoint& watchpoint) {
    return watchpoint.address < page + kPageBytes && page < watchpoint.address + watchpoint.bytes;
  });
}

void DataMemory::check_watchpoints(std::uint64_t address, unsigned bytes, WatchKind kind) {
  for (const Watchpoint& watchpoint : watchpoints_) {
    const bool kinds_meet = (static_cast<unsigned>(watchpoint.kind) & static_cast<unsigned>(kind)) != 0;
    if (kinds_meet && watchpoint.address < address + bytes &&
        address < watchpoint.address + watchpoint.bytes) {
      hit_ = watchpoint;
    }
  }
}

}  // namespace prism::rv64
