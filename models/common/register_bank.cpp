// SPDX-License-Identifier: Apache-2.0
#include "models/common/register_bank.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace prism {

static_assert(std::endian::native == std::endian::little, "register images are little-endian");

const char* describe(RegisterResult result) {
  switch (result) {
    case RegisterResult::kOk:
      return "ok";
    case RegisterResult::kUnmapped:
      return "no register at this address";
    case RegisterResult::kBadSize:
      return "access size or alignment not allowed";
    case RegisterResult::kReadOnlyWrite:
      return "write to a read-only register";
  }
  return "unknown";
}

Register& Register::on_read(std::function<std::uint64_t()> handler) {
  read_ = std::move(handler);
  return *this;
}

Register& Register::on_write(std::function<void(std::uint64_t)> handler) {
  write_ = std::move(handler);
  return *this;
}

Register& Register::after_read(std::function<void()> handler) {
  after_read_ = std::move(handler);
  return *this;
}

RegisterBank::RegisterBank(std::string name, std::uint64_t bytes, std::uint32_t min_access_bytes)
    : name_(std::move(name)), bytes_(bytes), min_access_bytes_(min_access_bytes) {}

Register& RegisterBank::add(Register::Spec spec) {
  assert(spec.offset % spec.bytes == 0 && spec.offset + spec.bytes <= bytes_);
  assert(find(spec.offset) == nullptr && find(spec.offset + spec.bytes - 1) == nullptr);
  const auto place =
      std::upper_bound(registers_.begin(), registers_.end(), spec.offset,
                       [](std::uint64_t offset, const auto& other) { return offset < other->spec().offset; });
  return **registers_.insert(place, std::make_unique<Register>(std::move(spec)));
}

RegisterWindow& RegisterBank::add_window(std::string name, std::uint64_t offset, std::uint64_t bytes,
                                         bool writable, std::string description) {
  assert(offset + bytes <= bytes_);
  windows_.push_back(std::make_unique<RegisterWindow>(RegisterWindow{
      std::move(name), offset, bytes, writable, std::move(description), std::vector<std::byte>(bytes)}));
  return *windows_.back();
}

Register* RegisterBank::find(std::uint64_t offset) const {
  const auto after =
      std::upper_bound(registers_.begin(), registers_.end(), offset,
                       [](std::uint64_t value, const auto& other) { return value < other->spec().offset; });
  if (after == registers_.begin()) return nullptr;
  Register* candidate = std::prev(after)->get();
  return offset < candidate->spec().offset + candidate->spec().bytes ? candidate : nullptr;
}

RegisterWindow* RegisterBank::find_window(std::uint64_t offset, std::uint64_t bytes) const {
  for (const auto& window : windows_) {
    if (offset >= window->offset && bytes <= window->bytes &&
        offset - window->offset <= window->bytes - bytes) {
      return window.get();
    }
  }
  return nullptr;
}

RegisterResult RegisterBank::find_registers(std::uint64_t offset, std::size_t size, Register*& first,
                                            Register*& last) const {
  if (size < min_access_bytes_ || size > 8 || !std::has_single_bit(size) || offset % size != 0) {
    return RegisterResult::kBadSize;
  }
  first = find(offset);
  last = find(offset + size - 1);
  if (first == nullptr || last == nullptr) return RegisterResult::kUnmapped;
  const bool is_pair = first->spec().bytes + last->spec().bytes == size;
  return first == last || is_pair ? RegisterResult::kOk : RegisterResult::kBadSize;
}

RegisterResult RegisterBank::read(std::uint64_t offset, std::span<std::byte> data) {
  if (find_window(offset, data.size()) != nullptr) {
    debug_read(offset, data);
    return RegisterResult::kOk;
  }
  Register* first = nullptr;
  Register* last = nullptr;
  const RegisterResult result = find_registers(offset, data.size(), first, last);
  if (result != RegisterResult::kOk) return result;
  debug_read(offset, data);
  if (first->after_read_) first->after_read_();
  if (last != first && last->after_read_) last->after_read_();
  return RegisterResult::kOk;
}

RegisterResult RegisterBank::write(std::uint64_t offset, std::span<const std::byte> data) {
  if (RegisterWindow* window = find_window(offset, data.size())) {
    if (!window->writable) return RegisterResult::kReadOnlyWrite;
    std::memcpy(window->storage.data() + (offset - window->offset), data.data(), data.size());
    return RegisterResult::kOk;
  }
  Register* first = nullptr;
  Register* last = nullptr;
  const RegisterResult result = find_registers(offset, data.size(), first, last);
  if (result != RegisterResult::kOk) return result;
  if (first->spec().access == RegisterAccess::kReadOnly || last->spec().access == RegisterAccess::kReadOnly) {
    return RegisterResult::kReadOnlyWrite;
  }
  if (first == last) return write_register(*first, offset, data);
  write_register(*first, offset, data.first(data.size() / 2));
  return write_register(*last, offset + data.size() / 2, data.subspan(data.size() / 2));
}

RegisterResult RegisterBank::write_register(Register& target, std::uint64_t offset,
                                            std::span<const std::byte> data) {
  // A partial write keeps the other bytes, except that bits not written to a write-one-to-clear register
  // stay.
  const bool clears = target.spec().access == RegisterAccess::kWriteOneToClear;
  std::uint64_t written = clears ? 0 : target.value();
  std::memcpy(reinterpret_cast<std::byte*>(&written) + (offset - target.spec().offset), data.data(),
              data.size());
  target.value_ = clears ? (target.value_ & ~written) : written;
  if (target.write_) target.write_(target.value_);
  return RegisterResult::kOk;
}

void RegisterBank::debug_read(std::uint64_t offset, std::span<std::byte> data) const {
  if (const RegisterWindow* window = find_window(offset, data.size())) {
    std::memcpy(data.data(), window->storage.data() + (offset - window->offset), data.size());
    return;
  }
  for (std::size_t i = 0; i < data.size();) {
    const Register* source = find(offset + i);
    if (source == nullptr) {
      const RegisterWindow* window = find_window(offset + i, 1);
      data[i] = window != nullptr ? window->storage[offset + i - window->offset] : std::byte{0};
      ++i;
      continue;
    }
    const std::uint64_t value = source->spec().access == RegisterAccess::kWriteOnly ? 0 : source->current();
    const std::uint64_t skip = offset + i - source->spec().offset;
    const std::size_t count = std::min<std::size_t>(source->spec().bytes - skip, data.size() - i);
    std::memcpy(data.data() + i, reinterpret_cast<const std::byte*>(&value) + skip, count);
    i += count;
  }
}

void RegisterBank::reset() {
  for (auto& item : registers_) item->set(item->spec().reset);
  for (auto& window : windows_) std::fill(window->storage.begin(), window->storage.end(), std::byte{0});
}

}  // namespace prism
