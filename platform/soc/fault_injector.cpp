// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/fault_injector.h"

#include <algorithm>
#include <span>

#include "prism/hw/dma.h"
#include "prism/hw/memory_map.h"

namespace prism::soc {
namespace {

template <class Value>
Value register_value(const RegisterBank& bank, std::uint64_t offset) {
  Value value{};
  bank.debug_read(offset, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

}  // namespace

FaultInjector::FaultInjector(cpu::Plic& plic, RegisterBank& dma)
    : plic_(plic),
      dma_(dma),
      devices_{Device{"dma", PRISM_IRQ_DMA, FaultGate("dma_gate", rings())},
               Device{"compute", PRISM_IRQ_COMPUTE, FaultGate("compute_gate")},
               Device{"photonic", PRISM_IRQ_PHOTONIC, FaultGate("photonic_gate")}} {}

FaultGate::Rings FaultInjector::rings() {
  return {.has_descriptor = [this](std::uint64_t address) { return channel_at(address).has_value(); },
          .overfill =
              [this](std::uint64_t address) {
                // One too many even when this descriptor has been done.
                const std::uint64_t registers = DMA_CHANNEL(*channel_at(address));
                const std::uint32_t value =
                    register_value<std::uint32_t>(dma_, registers + DMA_CONSUMER) +
                    register_value<std::uint32_t>(dma_, registers + DMA_RING_ENTRIES) + 2;
                dma_.write(registers + DMA_PRODUCER, std::as_bytes(std::span(&value, 1)));
              }};
}

std::optional<std::uint32_t> FaultInjector::channel_at(std::uint64_t address) const {
  const auto channels = register_value<std::uint32_t>(dma_, DMA_CHANNELS);
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    const std::uint64_t registers = DMA_CHANNEL(channel);
    const auto ring = register_value<std::uint64_t>(dma_, registers + DMA_RING_ADDRESS);
    const auto entries = register_value<std::uint32_t>(dma_, registers + DMA_RING_ENTRIES);
    if (address >= ring && address - ring < entries * sizeof(dma_descriptor)) return channel;
  }
  return std::nullopt;
}

FaultInjector::Device& FaultInjector::device(const std::string& name) {
  return *std::find_if(devices_.begin(), devices_.end(),
                       [&](const Device& candidate) { return candidate.name == name; });
}

bool FaultInjector::has(const std::string& name) const {
  return std::any_of(devices_.begin(), devices_.end(),
                     [&](const Device& candidate) { return candidate.name == name; });
}

FaultGate& FaultInjector::gate(const std::string& name) {
  return device(name).gate;
}

void FaultInjector::add(const config::PlatformFault& fault) {
  Device& target = device(fault.device);
  if (fault.kind == config::PlatformFaultKind::kLostInterrupt) {
    plic_.lose_interrupts(target.interrupt, fault.trigger);
  } else {
    target.gate.add(fault);
  }
}

std::map<std::string, std::uint64_t> FaultInjector::struck() const {
  std::map<std::string, std::uint64_t> counts;
  for (const Device& item : devices_) {
    for (const config::PlatformFault& fault : item.gate.faults())
      counts[std::string(config::name_of(fault.kind))] += fault.trigger.hits();
  }
  counts[std::string(config::name_of(config::PlatformFaultKind::kLostInterrupt))] += plic_.lost_interrupts();
  return counts;
}

}  // namespace prism::soc
