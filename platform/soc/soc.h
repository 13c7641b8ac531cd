// SPDX-License-Identifier: Apache-2.0
// The SoC: every device of one configuration, bound to the system bus and to the interrupt controller.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "models/common/statistics.h"
#include "models/compute/compute_engine.h"
#include "models/cpu/clint.h"
#include "models/cpu/hart_group.h"
#include "models/cpu/native_cpu.h"
#include "models/cpu/plic.h"
#include "models/cpu/rv64_cpu.h"
#include "models/cpu/test_finisher.h"
#include "models/cpu/uart.h"
#include "models/dma/dma_engine.h"
#include "models/hbm/hbm_controller.h"
#include "models/interconnect/bus.h"
#include "models/memory/memory.h"
#include "models/memory/page_source.h"
#include "models/memory/scratchpad.h"
#include "models/photonic/photonic_core.h"
#include "models/semaphores/semaphore_bank.h"
#include "platform/config/config.h"
#include "platform/soc/fault_injector.h"
#include "platform/soc/timeline_recorder.h"
#include "platform/soc/traffic_monitor.h"

namespace prism::soc {

class Soc : public sc_core::sc_module {
 public:
  struct Surroundings {
    const memory::PageSource* hbm_content = nullptr;  // what HBM holds before the first write
    const SignatureSource* signatures = nullptr;      // what on-chip signature stores hold at the start
    const compute::ActivationSource* activations = nullptr;  // what the projections of a new token yield
    const compute::ExactOrder* exact_order = nullptr;        // the oracle's
    const rv64::ElfFile* firmware = nullptr;                 // what the RISC-V CPU runs
    TrafficMonitor::Observer on_hbm_request;                 // sees every transaction that reaches HBM
    TimelineRecorder* timeline = nullptr;                    // watches everything; null: nobody does
    std::function<void(char)> on_console;                    // each character that the firmware prints
  };

  interconnect::Bus bus;
  memory::Memory rom;
  memory::Memory ram;
  memory::Scratchpad scratchpad;
  cpu::TestFinisher finisher;
  cpu::Clint clint;
  cpu::Plic plic;
  cpu::Uart uart;
  semaphores::SemaphoreBank semaphores;
  photonic::PhotonicCore photonic;
  dma::DmaEngine dma;
  compute::ComputeEngine compute;
  hbm::HbmController hbm;
  FaultInjector faults;

  /// `surroundings` is copied; what it points to outlives the SoC. The firmware's segments must lie in the
  /// RAM.
  Soc(sc_core::sc_module_name name, const config::PlatformConfig& config, const Surroundings& surroundings);

  /// The RISC-V harts, by number; none with the native CPU.
  const std::vector<std::unique_ptr<cpu::Rv64Cpu>>& harts() const { return harts_; }
  /// What every hart does, in words.
  std::string cpu_state() const;
  /// What a hart wrote to the firmware's symbol `tohost`, which ended the run; nothing before.
  std::optional<std::uint64_t> tohost() const { return tohost_; }

  /// Every module's statistics so far, in a fixed order; `simulated` is the time since the start.
  std::vector<ModuleStatistics> statistics(Picoseconds simulated) const;
  /// Successful bytes of all bus masters, by their own counts.
  PurposeCounters initiator_bytes() const;
  /// The same, as the bus saw them enter.
  PurposeCounters bus_bytes() const;

  struct NamedBank {
    const char* target;  // its name in the memory map
    RegisterBank* bank;
  };
  std::vector<NamedBank> register_banks();

 private:
  void bind_bus();
  template <typename Socket>
  void bind_master(Socket& socket, const char* name);
  void bind_interrupts();
  void add_cpu(const config::PlatformConfig& config, const rv64::ElfFile* firmware);
  std::vector<const cpu::HostCpu*> cpus() const;
  void load_firmware(const config::PlatformConfig& config, const rv64::ElfFile& firmware);

  TrafficMonitor hbm_monitor_;
  TimelineRecorder* timeline_;
  std::vector<std::unique_ptr<TrafficMonitor>> master_monitors_;  // with a timeline
  std::unique_ptr<cpu::NativeCpu> native_cpu_;                    // one of them
  std::unique_ptr<cpu::HartGroup> hart_group_;                    // of several harts
  std::vector<std::unique_ptr<cpu::Rv64Cpu>> harts_;
  std::optional<std::uint64_t> tohost_;
  sc_core::sc_signal<bool> photonic_irq_, dma_irq_, compute_irq_, uart_irq_;
  sc_core::sc_vector<sc_core::sc_signal<bool>> external_interrupts_;  // by context of the PLIC
  sc_core::sc_vector<sc_core::sc_signal<bool>> timer_interrupts_, software_interrupts_;  // by hart
};

}  // namespace prism::soc
