// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/native_cpu.h"

#include <algorithm>
#include <utility>

#include "models/common/guest_log.h"
#include "models/common/sc_time.h"
#include "prism/hal.h"

/// What firmware holds as its opaque context.
struct hal {
  prism::cpu::NativeCpu& cpu;
};

namespace prism::cpu {

namespace {

// Of the firmware's process: SystemC's default is tight for sanitizers.
constexpr std::size_t kStackBytes = std::size_t{256} * 1024;

}  // namespace

NativeCpu::NativeCpu(sc_core::sc_module_name name, const NativeCpuConfig& config, FirmwareEntry entry,
                     std::uint64_t job_address)
    : sc_core::sc_module(name),
      socket("socket"),
      external_interrupt("external_interrupt"),
      config_(config),
      entry_(entry),
      job_address_(job_address) {
  info_.purpose = Purpose::kFirmware;
  info_.initiator = this->name();
  SC_HAS_PROCESS(NativeCpu);
  SC_THREAD(run);
  set_stack_size(kStackBytes);
}

void NativeCpu::run() {
  hal context{*this};
  const int exit_code = entry_(&context, job_address_);
  synchronize();
  finished_at_ = now_ps();
  exit_code_ = exit_code;
  if (on_finished_) on_finished_(exit_code);
}

void NativeCpu::spend(Picoseconds time) {
  ahead_ += time;
  if (ahead_ >= config_.quantum_ps) synchronize();
}

void NativeCpu::synchronize() {
  if (ahead_ == 0) return;
  wait(to_sc_time(std::exchange(ahead_, 0)));
}

Picoseconds NativeCpu::local_time() const {
  return now_ps() + ahead_;
}

void NativeCpu::access_register(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  ahead_ += config_.access_ps;
  synchronize();
  access(command, address, data);
}

void NativeCpu::access_memory(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  spend(config_.access_ps);
  access(command, address, data);
}

void NativeCpu::access(tlm::tlm_command command, std::uint64_t address, std::span<std::byte> data) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
  payload.set_data_length(static_cast<unsigned int>(data.size()));
  payload.set_streaming_width(static_cast<unsigned int>(data.size()));
  payload.set_extension(&info_);
  sc_core::sc_time delay = to_sc_time(ahead_);
  socket->b_transport(payload, delay);
  payload.clear_extension(&info_);
  ahead_ = to_ps(delay);

  ++accesses_;
  if (payload.is_response_ok()) {
    (payload.is_read() ? bytes_read_ : bytes_written_).add(Purpose::kFirmware, data.size());
  } else {
    ++bus_errors_;
    log_guest_error(name(), payload, "bus error: " + payload.get_response_string());
    if (!fault_address_) fault_address_ = address;
    if (payload.is_read()) std::ranges::fill(data, std::byte{0});
  }
  spend(0);
}

std::optional<std::uint64_t> NativeCpu::take_fault() {
  return std::exchange(fault_address_, std::nullopt);
}

void NativeCpu::wait_for_interrupt(Picoseconds deadline) {
  synchronize();
  if (!external_interrupt.read() && now_ps() < deadline) {
    const Picoseconds start = now_ps();
    wait(to_sc_time(deadline - start), external_interrupt.posedge_event());
    asleep_ += now_ps() - start;
  }
  if (!external_interrupt.read()) return;
  ++interrupts_;
  spend(config_.interrupt_ps);
}

void NativeCpu::driver_call() {
  ++driver_calls_;
  spend(config_.call_ps);
}

std::string NativeCpu::state() const {
  if (exit_code_) return "the firmware has returned " + std::to_string(*exit_code_);
  return "the firmware runs natively, after " + std::to_string(accesses_) + " accesses";
}

void NativeCpu::report(ModuleStatistics& out) const {
  const Picoseconds ran = std::min(now_ps(), finished_at_);
  out.count("accesses", "1", "bus accesses by the firmware", accesses_);
  out.by_purpose("bytes_read", "bytes", "bytes read by the firmware", bytes_read_);
  out.by_purpose("bytes_written", "bytes", "bytes written by the firmware", bytes_written_);
  out.count("bus_errors", "1", "accesses that failed", bus_errors_);
  out.count("driver_calls", "1", "driver calls", driver_calls_);
  out.count("interrupts", "1", "times that an external interrupt was taken or ended a sleep", interrupts_);
  out.gauge("wfi_ns", "ns", "time asleep, waiting for an interrupt", ns_from_ps(asleep_));
  out.gauge("busy_ns", "ns", "time awake until the firmware's end", ns_from_ps(ran - asleep_));
}

}  // namespace prism::cpu

namespace {

using prism::Picoseconds;

template <typename Value>
Value read_register(struct hal* hal, uint64_t address) {
  Value value = 0;
  hal->cpu.access_register(tlm::TLM_READ_COMMAND, address, std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

template <typename Value>
void write_register(struct hal* hal, uint64_t address, Value value) {
  hal->cpu.access_register(tlm::TLM_WRITE_COMMAND, address, std::as_writable_bytes(std::span(&value, 1)));
}

}  // namespace

uint8_t hal_read8(struct hal* hal, uint64_t address) {
  return read_register<uint8_t>(hal, address);
}
uint32_t hal_read32(struct hal* hal, uint64_t address) {
  return read_register<uint32_t>(hal, address);
}
uint64_t hal_read64(struct hal* hal, uint64_t address) {
  return read_register<uint64_t>(hal, address);
}
void hal_write8(struct hal* hal, uint64_t address, uint8_t value) {
  write_register(hal, address, value);
}
void hal_write32(struct hal* hal, uint64_t address, uint32_t value) {
  write_register(hal, address, value);
}
void hal_write64(struct hal* hal, uint64_t address, uint64_t value) {
  write_register(hal, address, value);
}

void hal_read_block(struct hal* hal, uint64_t address, void* data, size_t bytes) {
  hal->cpu.access_memory(tlm::TLM_READ_COMMAND, address, {static_cast<std::byte*>(data), bytes});
}

void hal_write_block(struct hal* hal, uint64_t address, const void* data, size_t bytes) {
  // The payload's pointer is not const; a target of a write does not change the data.
  hal->cpu.access_memory(tlm::TLM_WRITE_COMMAND, address,
                         {static_cast<std::byte*>(const_cast<void*>(data)), bytes});
}

int hal_take_fault(struct hal* hal, uint64_t* address) {
  const std::optional<std::uint64_t> fault = hal->cpu.take_fault();
  if (fault) *address = *fault;
  return fault.has_value() ? 1 : 0;
}

uint64_t hal_time_ns(struct hal* hal) {
  return static_cast<uint64_t>(hal->cpu.local_time() / prism::kPicosecondsPerNanosecond);
}

void hal_wait_for_interrupt(struct hal* hal, uint64_t deadline_ns) {
  constexpr auto kLatest = static_cast<uint64_t>(prism::kNever / prism::kPicosecondsPerNanosecond);
  hal->cpu.wait_for_interrupt(static_cast<Picoseconds>(std::min(deadline_ns, kLatest)) *
                              prism::kPicosecondsPerNanosecond);
}

void hal_driver_call(struct hal* hal, const char*) {
  hal->cpu.driver_call();
}
