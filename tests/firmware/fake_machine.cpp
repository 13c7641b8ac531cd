// SPDX-License-Identifier: Apache-2.0
#include "tests/firmware/fake_machine.h"

#include <algorithm>
#include <utility>

#include "prism/hw/plic.h"

struct hal {
  prism::test::FakeMachine& machine;
};

namespace prism::test {

void StorageDevice::read(std::uint64_t offset, std::span<std::byte> data) {
  std::copy_n(storage.begin() + static_cast<std::ptrdiff_t>(offset), data.size(), data.begin());
}

void StorageDevice::write(std::uint64_t offset, std::span<const std::byte> data) {
  std::copy(data.begin(), data.end(), storage.begin() + static_cast<std::ptrdiff_t>(offset));
  std::uint64_t value = 0;
  std::memcpy(&value, data.data(), std::min(data.size(), sizeof value));
  writes.push_back({offset, value});
}

/// Levels straight from the devices: enough for firmware, without gateways and priorities.
class FakeMachine::Plic : public StorageDevice {
 public:
  explicit Plic(FakeMachine& machine) : StorageDevice(0x300000), machine_(machine) {}

  void read(std::uint64_t offset, std::span<std::byte> data) override {
    if (offset == PLIC_CLAIM(0)) set(offset, pending());
    StorageDevice::read(offset, data);
  }

  std::uint32_t pending() const {
    for (const Attachment& item : machine_.devices_) {
      const bool enabled = (get(PLIC_ENABLE(0, item.source)) >> (item.source % 32) & 1) != 0;
      if (item.source != 0 && enabled && get(PLIC_PRIORITY(item.source)) > 0 && item.device->irq()) {
        return item.source;
      }
    }
    return 0;
  }

 private:
  FakeMachine& machine_;
};

FakeMachine::FakeMachine(std::uint32_t seed, bool eager)
    : hal_(new ::hal{*this}), plic_(std::make_unique<Plic>(*this)), random_(seed), eager_(eager) {
  attach(kPlicBase, 0x300000, *plic_);
}

FakeMachine::~FakeMachine() = default;

void FakeMachine::add_memory(std::uint64_t base, std::uint64_t bytes) {
  memories_.push_back({base, std::vector<std::byte>(bytes)});
}

void FakeMachine::attach(std::uint64_t base, std::uint64_t bytes, FakeDevice& device, std::uint32_t source) {
  devices_.push_back({base, bytes, &device, source});
}

std::byte* FakeMachine::find_memory(std::uint64_t address, std::uint64_t bytes) {
  for (Memory& memory : memories_) {
    const std::uint64_t size = memory.bytes.size();
    const std::uint64_t offset = address - memory.base;
    if (offset < size && bytes <= size - offset) return memory.bytes.data() + offset;
  }
  return nullptr;
}

const FakeMachine::Attachment* FakeMachine::find_device(std::uint64_t address, std::uint64_t bytes) const {
  for (const Attachment& item : devices_) {
    if (address >= item.base && address + bytes <= item.base + item.bytes) return &item;
  }
  return nullptr;
}

bool FakeMachine::read(std::uint64_t address, std::span<std::byte> data) {
  if (const std::byte* memory = find_memory(address, data.size())) {
    std::copy_n(memory, data.size(), data.begin());
    return true;
  }
  const Attachment* found = find_device(address, data.size());
  if (found != nullptr) found->device->read(address - found->base, data);
  return found != nullptr;
}

bool FakeMachine::write(std::uint64_t address, std::span<const std::byte> data) {
  if (std::byte* memory = find_memory(address, data.size())) {
    std::copy(data.begin(), data.end(), memory);
    return true;
  }
  const Attachment* found = find_device(address, data.size());
  if (found != nullptr) found->device->write(address - found->base, data);
  return found != nullptr;
}

void FakeMachine::cpu_read(std::uint64_t address, std::span<std::byte> data) {
  if (!read(address, data)) {
    std::ranges::fill(data, std::byte{0});
    if (!fault_) fault_ = address;
  }
  after_access();
}

void FakeMachine::cpu_write(std::uint64_t address, std::span<const std::byte> data) {
  if (!write(address, data) && !fault_) fault_ = address;
  after_access();
}

void FakeMachine::after_access() {
  ++time_ns_;
  while (eager_ && work_somewhere()) {
  }
}

std::optional<std::uint64_t> FakeMachine::take_fault() {
  return std::exchange(fault_, std::nullopt);
}

bool FakeMachine::work_somewhere() {
  std::vector<FakeDevice*> order;
  for (const Attachment& item : devices_) order.push_back(item.device);
  std::shuffle(order.begin(), order.end(), random_);
  return std::any_of(order.begin(), order.end(), [](FakeDevice* device) { return device->work(); });
}

void FakeMachine::wait_for_interrupt(std::uint64_t deadline_ns) {
  ++sleeps_;
  while (plic_->pending() == 0 && time_ns_ < deadline_ns) {
    ++time_ns_;
    if (!work_somewhere()) time_ns_ = deadline_ns;
  }
}

}  // namespace prism::test

namespace {

template <typename Value>
Value read_value(struct hal* hal, std::uint64_t address) {
  Value value = 0;
  hal->machine.cpu_read(address, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

template <typename Value>
void write_value(struct hal* hal, std::uint64_t address, Value value) {
  hal->machine.cpu_write(address, std::as_bytes(std::span(&value, 1)));
}

}  // namespace

uint8_t hal_read8(struct hal* hal, uint64_t address) {
  return read_value<uint8_t>(hal, address);
}
uint32_t hal_read32(struct hal* hal, uint64_t address) {
  return read_value<uint32_t>(hal, address);
}
uint64_t hal_read64(struct hal* hal, uint64_t address) {
  return read_value<uint64_t>(hal, address);
}
void hal_write8(struct hal* hal, uint64_t address, uint8_t value) {
  write_value(hal, address, value);
}
void hal_write32(struct hal* hal, uint64_t address, uint32_t value) {
  write_value(hal, address, value);
}
void hal_write64(struct hal* hal, uint64_t address, uint64_t value) {
  write_value(hal, address, value);
}

void hal_read_block(struct hal* hal, uint64_t address, void* data, size_t bytes) {
  hal->machine.cpu_read(address, {static_cast<std::byte*>(data), bytes});
}

void hal_write_block(struct hal* hal, uint64_t address, const void* data, size_t bytes) {
  hal->machine.cpu_write(address, {static_cast<const std::byte*>(data), bytes});
}

int hal_take_fault(struct hal* hal, uint64_t* address) {
  const auto fault = hal->machine.take_fault();
  if (fault) *address = *fault;
  return fault.has_value() ? 1 : 0;
}

uint64_t hal_time_ns(struct hal* hal) {
  return hal->machine.time_ns();
}

void hal_wait_for_interrupt(struct hal* hal, uint64_t deadline_ns) {
  hal->machine.wait_for_interrupt(deadline_ns);
}

void hal_driver_call(struct hal* hal, const char* name) {
  hal->machine.driver_call(name);
}
