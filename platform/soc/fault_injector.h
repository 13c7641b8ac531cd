// SPDX-License-Identifier: Apache-2.0
// Everything that breaks the platform on purpose, apart from HBM and the photonic core, which break
// themselves.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "models/cpu/plic.h"
#include "platform/soc/fault_gate.h"

namespace prism::soc {

class FaultInjector {
 public:
  /// Makes the gates of the bus masters. `dma` has the registers of the DMA engine.
  FaultInjector(cpu::Plic& plic, RegisterBank& dma);

  /// Between a master ("dma", "compute", "photonic") and the bus.
  FaultGate& gate(const std::string& device);
  bool has(const std::string& device) const;
  /// Strikes from now on. The fault's device exists; kBadDescriptor and kFullRing are of "dma".
  void add(const config::PlatformFault& fault);
  /// Events struck so far, by kind of fault ("bus_error", ...).
  std::map<std::string, std::uint64_t> struck() const;

 private:
  struct Device {
    const char* name;
    std::uint32_t interrupt;
    FaultGate gate;
  };
  FaultGate::Rings rings();
  /// The DMA channel whose ring has a descriptor at `address`.
  std::optional<std::uint32_t> channel_at(std::uint64_t address) const;
  Device& device(const std::string& name);

  cpu::Plic& plic_;
  RegisterBank& dma_;
  std::array<Device, 3> devices_;
};

}  // namespace prism::soc
