// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/soc.h"

#include <array>
#include <span>

#include "prism/firmware.h"
#include "prism/hw/memory_map.h"
#include "prism/hw/plic.h"

namespace prism::soc {

namespace {

/// Of a hart: module, bus port and owner of statistics.
std::string cpu_name(std::size_t hart) {
  return config::cpu_port(static_cast<std::uint32_t>(hart));
}

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
      timeline_(surroundings.timeline),
      external_interrupts_("external_interrupts", config.cpu.plic.contexts),
      timer_interrupts_("timer_interrupts", config.cpu.clint.harts),
      software_interrupts_("software_interrupts", config.cpu.clint.harts) {
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
    native_cpu_->external_interrupt.bind(external_interrupts_[0]);
    return;
  }
  static const rv64::SymbolTable kNoSymbols;
  if (firmware != nullptr) load_firmware(config, *firmware);
  const rv64::SymbolTable& symbols = firmware != nullptr ? firmware->symbols : kNoSymbols;
  cpu::Rv64CpuConfig hart_config = config.cpu.rv64;
  if (hart_config.harts > 1) {
    const auto turn = static_cast<Picoseconds>(hart_config.turn_cycles) * period_ps(hart_config.clock_mhz);
    hart_group_ = std::make_unique<cpu::HartGroup>("hart_group", turn);
  }
  for (std::uint32_t i = 0; i < hart_config.harts; ++i) {
    hart_config.core.hart_id = i;
    const std::string name = cpu_name(i);
    auto& hart = *harts_.emplace_back(std::make_unique<cpu::Rv64Cpu>(
        name.c_str(), hart_config, [this] { return clint.mtime(); }, symbols, hart_group_.get()));
    bind_master(hart.socket, name.c_str());
    const std::uint32_t context = PLIC_MACHINE_CONTEXT(i);
    hart.external_interrupt.bind(external_interrupts_[context]);
    hart.timer_interrupt.bind(timer_interrupts_[i]);
    hart.software_interrupt.bind(software_interrupts_[i]);
    if (const auto address = symbols.address_of("tohost")) {
      hart.watch_doubleword(*address, [this](std::uint64_t value) {
        if (!tohost_) tohost_ = value;
        sc_core::sc_stop();
      });
    }
  }
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

std::vector<const cpu::HostCpu*> Soc::cpus() const {
  if (native_cpu_ != nullptr) return {native_cpu_.get()};
  std::vector<const cpu::HostCpu*> all;
  for (const auto& hart : harts_) all.push_back(hart.get());
  return all;
}

std::string Soc::cpu_state() const {
  std::string text;
  for (const cpu::HostCpu* cpu : cpus()) text += (text.empty() ? "" : "; ") + cpu->state();
  return text;
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
  plic.external_interrupts(external_interrupts_);
  clint.timer_interrupts(timer_interrupts_);
  clint.software_interrupts(software_interrupts_);
}

std::vector<ModuleStatistics> Soc::statistics(Picoseconds simulated) const {
  std::vector<ModuleStatistics> all;
  const auto add = [&](const std::string& owner, const auto& module) {
    module.report(all.emplace_back(owner));
  };
  const std::vector<const cpu::HostCpu*> processors = cpus();
  for (std::size_t i = 0; i < processors.size(); ++i) add(cpu_name(i), *processors[i]);
  photonic.report(all.emplace_back("photonic"), simulated);
  add("semaphores", semaphores);
  add("dma", dma);
  add("compute", compute);
  hbm.report(all.emplace_back("hbm"), simulated);
  add("scratchpad", scratchpad);
  add("ram", ram);
  add("rom", rom);
  add("bus", bus);
  for (std::size_t i = 0; i < processors.size(); ++i) all.back().energy_unknown(cpu_name(i));
  for (const char* component : {"dma", "scratchpad", "ram", "bus"}) all.back().energy_unknown(component);
  return all;
}

PurposeCounters Soc::initiator_bytes() const {
  PurposeCounters sum;
  for (const cpu::HostCpu* cpu : cpus()) {
    sum += cpu->bytes_read();
    sum += cpu->bytes_written();
  }
  for (const BurstPort* port : {&photonic.memory, &dma.memory, &compute.memory}) {
    sum += port->bytes_read();
    sum += port->bytes_written();
  }
  return sum;
}

PurposeCounters Soc::bus_bytes() const {
  PurposeCounters sum;
  for (std::size_t i = 0; i < cpus().size(); ++i) sum += bus.bytes_from(cpu_name(i));
  for (const char* device : {"photonic", "dma", "compute"}) sum += bus.bytes_from(device);
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
