// SPDX-License-Identifier: Apache-2.0
// The host CPU without an instruction set: firmware compiled for the machine that runs the simulator.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <systemc>

#include "models/common/purpose.h"
#include "models/common/statistics.h"
#include "models/common/transaction_info.h"
#include "models/cpu/cpu_config.h"
#include "models/cpu/host_cpu.h"

struct hal;  // firmware/include/prism/hal.h

namespace prism::cpu {

using FirmwareEntry = int (*)(struct hal* hal, std::uint64_t job_address);

/// Runs `entry` in a process; the hal_* functions that it calls become bus transactions. Time passes for each
/// access (CPU side, then whatever the bus adds), driver call and interrupt, by the numbers of
/// NativeCpuConfig, which stand for the software and are assumptions. Register accesses happen at their exact
/// time; blocks of memory may be accessed up to `quantum_ps` early. Not modelled: instruction fetches,
/// caches, and code between two accesses, which costs nothing but what the driver-call charge covers.
/// Interrupts wake the CPU and do not preempt it.
class NativeCpu : public sc_core::sc_module, public HostCpu {
 public:
  tlm_utils::simple_initiator_socket<NativeCpu> socket;
  sc_core::sc_in<bool> external_interrupt;

  NativeCpu(sc_core::sc_module_name name, const NativeCpuConfig& config, FirmwareEntry entry,
            std::uint64_t job_address);

  /// What the entry returned; nothing while it runs.
  std::optional<int> exit_code() const { return exit_code_; }
  /// Called in the CPU's process when the entry has returned.
  void on_finished(std::function<void(int exit_code)> callback) { on_finished_ = std::move(callback); }

  const PurposeCounters& bytes_read() const override { return bytes_read_; }
  const PurposeCounters& bytes_written() const override { return bytes_written_; }
  std::string state() const override;
  /// Adds accesses, bytes_read, bytes_written, bus_errors, driver_calls, interrupts, wfi_ns, busy_ns.
  void report(ModuleStatistics& out) const override;

  /// What firmware does, through the hal_* functions.
  void access_register(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
  void access_memory(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
  std::optional<std::uint64_t> take_fault();
  Picoseconds local_time() const;
  void wait_for_interrupt(Picoseconds deadline);
  void driver_call();

 private:
  void run();
  void access(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data);
  void spend(Picoseconds time);
  void synchronize();

  NativeCpuConfig config_;
  FirmwareEntry entry_;
  std::uint64_t job_address_;
  std::optional<int> exit_code_;
  std::function<void(int)> on_finished_;
  TransactionInfo info_;
  Picoseconds ahead_ = 0;  // of the simulation's time
  Picoseconds finished_at_ = kNever;
  std::optional<std::uint64_t> fault_address_;

  std::uint64_t accesses_ = 0;
  std::uint64_t bus_errors_ = 0;
  std::uint64_t driver_calls_ = 0;
  std::uint64_t interrupts_ = 0;
  Picoseconds asleep_ = 0;
  PurposeCounters bytes_read_;
  PurposeCounters bytes_written_;
};

}  // namespace prism::cpu
