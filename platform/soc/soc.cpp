// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/soc.h"

#include <array>
#include <span>

#include "prism/firmware.h"
#include "prism/hw/memory_map.h"

namespace prism::soc {

namespace {
constexpr std::array kInitiators = {"cpu", "photonic", "dma", "compute"};
}  // namespace

Soc::Soc(sc_core::sc_module_name name, const config::PlatformConfig& config, const Surroundings& surroundings)
    : sc_core::sc_module(name),
      bus("bus", config.bus),
      rom("rom", config.rom, false),
      ram("ram", config.ram, true),
      scratchpad("scratchpad", config.scratchpad),
      finisher("finisher", config.cpu.finisher, [](int) { sc_core::sc_stop(); }),
      clint("clint", config.cpu.clint),
      plic("plic", config.cpu.plic),
      uart("uart", config.cpu.uart, surroundings.on_console),
      semaphores("semaphores", config.semaphores),
      photonic("photonic", config.photonic, surroundings.signatures),
      dma("dma", config.dma),
      compute("compute", config.compute, surroundings.activations,
              {.signatures = surroundings.signatures, .exact = surroundings.exact_order}),
      hbm("hbm", config.hbm, surroundings.hbm_content),
      faults(plic, dma.registers.bank()),
      hbm_monitor_("hbm_monitor", surroundings.on_hbm_request,
                   surroundings.timeline != nullptr ? surroundings.timeline->observe_hbm()
                                                    : TrafficMonitor::TimedObserver{}),
      timeline_(surroundings.timeline) {
  for (const config::PlatformFault& fault : config.faults) faults.add(fault);
  bind_bus();
  bind_interrupts();
  add_cpu(config, surroundings.firmware);
}

/// Straight to the bus, or through a monitor where somebody watches.
template <typename Socket>
void Soc::bind_master(Socket& socket, const char* name) {
  if (timeline_ == nullptr) {
    socket.bind(bus.initiator_port(name));
    return;
  }
  const std::string monitor = std::string(name) + "_monitor";
  master_monitors_.push_back(std::make_unique<TrafficMonitor>(monitor.c_str(), TrafficMonitor::Observer{},
                                                              timeline_->observe_master(name)));
  socket.bind(master_monitors_.back()->from_bus);
  master_monitors_.back()->to_target.bind(bus.initiator_port(name));
}

void Soc::add_cpu(const config::PlatformConfig& config, const rv64::ElfFile* firmware) {
  if (config.cpu.model == config::CpuModel::kNative) {
    native_cpu_ =
        std::make_unique<cpu::NativeCpu>("cpu", config.cpu.native, prism_firmware_main, PRISM_JOB_ADDRESS);
    bind_master(native_cpu_->socket, "cpu");
    native_cpu_->external_interrupt.bind(external_interrupt_);
    return;
  }
  static const rv64::SymbolTable kNoSymbols;
  if (firmware != nullptr) load_firmware(config, *firmware);
  rv64_cpu_ = std::make_unique<cpu::Rv64Cpu>(
      "cpu", config.cpu.rv64, [this] { return clint.mtime(); },
      firmware != nullptr ? firmware->symbols : kNoSymbols);
  bind_master(rv64_cpu_->socket, "cpu");
  rv64_cpu_->external_interrupt.bind(external_interrupt_);
  rv64_cpu_->timer_interrupt.bind(timer_interrupt_);
  rv64_cpu_->software_interrupt.bind(software_interrupt_);
}

void Soc::load_firmware(const config::PlatformConfig& config, const rv64::ElfFile& firmware) {
  for (const rv64::ElfFile::Segment& segment : firmware.segments) {
    ram.load(segment.address - config.range("ram").base, segment.data);
  }
  // csrr a0, mhartid; auipc t0, 0; ld t0, 12(t0); jr t0; .dword entry: as QEMU's virt machine begins.
  const std::array<std::uint32_t, 6> reset = {0xF1402573u,
                                              0x00000297u,
                                              0x00C2B283u,
                                              0x00028067u,
                                              static_cast<std::uint32_t>(firmware.entry),
                                              static_cast<std::uint32_t>(firmware.entry >> 32)};
  rom.load(0, std::as_bytes(std::span(reset)));
}

const cpu::HostCpu& Soc::cpu() const {
  if (rv64_cpu_ != nullptr) return *rv64_cpu_;
  return *native_cpu_;
}

void Soc::bind_bus() {
  const auto bind_device = [this](BurstPort& port, const char* name) {
    port.socket.bind(faults.gate(name).from_master);
    bind_master(faults.gate(name).to_bus, name);
  };
  bind_device(photonic.memory, "photonic");
  bind_device(dma.memory, "dma");
  bind_device(compute.memory, "compute");

  bus.target_port("rom").bind(rom.socket);
  bus.target_port("ram").bind(ram.socket);
  bus.target_port("scratchpad").bind(scratchpad.socket);
  bus.target_port("hbm").bind(hbm_monitor_.from_bus);
  hbm_monitor_.to_target.bind(hbm.memory);
  bus.target_port("finisher").bind(finisher.registers.socket);
  bus.target_port("clint").bind(clint.registers.socket);
  bus.target_port("plic").bind(plic.registers.socket);
  bus.target_port("uart").bind(uart.registers.socket);
  bus.target_port("photonic").bind(photonic.registers.socket);
  bus.target_port("dma").bind(dma.registers.socket);
  bus.target_port("compute").bind(compute.registers.socket);
  bus.target_port("hbm_registers").bind(hbm.registers.socket);
  bus.target_port("semaphores").bind(semaphores.registers.socket);
  photonic.semaphores.bind(semaphores.wires);
  dma.semaphores.bind(semaphores.wires);
  compute.semaphores.bind(semaphores.wires);
}

void Soc::bind_interrupts() {
  photonic.irq.bind(photonic_irq_);
  dma.irq.bind(dma_irq_);
  compute.irq.bind(compute_irq_);
  uart.irq.bind(uart_irq_);
  plic.sources[PRISM_IRQ_PHOTONIC].bind(photonic_irq_);
  plic.sources[PRISM_IRQ_DMA].bind(dma_irq_);
  plic.sources[PRISM_IRQ_COMPUTE].bind(compute_irq_);
  plic.sources[PRISM_IRQ_UART].bind(uart_irq_);
  plic.external_interrupts[0].bind(external_interrupt_);
  clint.timer_interrupts[0].bind(timer_interrupt_);
  clint.software_interrupts[0].bind(software_interrupt_);
}

std::vector<ModuleStatistics> Soc::statistics(Picoseconds simulated) const {
  std::vector<ModuleStatistics> all;
  const auto add = [&](const char* owner, const auto& module) { module.report(all.emplace_back(owner)); };
  add("cpu", cpu());
  photonic.report(all.emplace_back("photonic"), simulated);
  add("semaphores", semaphores);
  add("dma", dma);
  add("compute", compute);
  hbm.report(all.emplace_back("hbm"), simulated);
  add("scratchpad", scratchpad);
  add("ram", ram);
  add("rom", rom);
  add("bus", bus);
  for (const char* component : {"cpu", "dma", "scratchpad", "ram", "bus"})
    all.back().energy_unknown(component);
  return all;
}

PurposeCounters Soc::initiator_bytes() const {
  PurposeCounters sum = cpu().bytes_read();
  sum += cpu().bytes_written();
  for (const BurstPort* port : {&photonic.memory, &dma.memory, &compute.memory}) {
    sum += port->bytes_read();
    sum += port->bytes_written();
  }
  return sum;
}

PurposeCounters Soc::bus_bytes() const {
  PurposeCounters sum;
  for (const char* initiator : kInitiators) sum += bus.bytes_from(initiator);
  return sum;
}

std::vector<Soc::NamedBank> Soc::register_banks() {
  return {{"finisher", &finisher.registers.bank()},
          {"clint", &clint.registers.bank()},
          {"plic", &plic.registers.bank()},
          {"uart", &uart.registers.bank()},
          {"photonic", &photonic.registers.bank()},
          {"dma", &dma.registers.bank()},
          {"compute", &compute.registers.bank()},
          {"hbm_registers", &hbm.registers.bank()},
          {"semaphores", &semaphores.registers.bank()}};
}

}  // namespace prism::soc
