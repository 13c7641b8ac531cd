// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/rv64_cpu.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/common/sc_time.h"

namespace prism::cpu {

Rv64Cpu::Rv64Cpu(sc_core::sc_module_name name, const Rv64CpuConfig& config,
                 std::function<std::uint64_t()> mtime, const rv64::SymbolTable& symbols)
    : sc_core::sc_module(name),
      socket("socket"),
      external_interrupt("external_interrupt"),
      timer_interrupt("timer_interrupt"),
      software_interrupt("software_interrupt"),
      config_(config),
      period_(period_ps(config.clock_mhz)),
      mtime_(std::move(mtime)),
      symbols_(symbols),
      hart_(config.core, *this) {
  assert(config_.quantum_instructions > 0);
  info_.initiator = this->name();
  info_.purpose = Purpose::kFirmware;
  socket.register_invalidate_direct_mem_ptr(this, &Rv64Cpu::invalidate_direct_memory);
  SC_THREAD(run);
  SC_METHOD(update_interrupts);
  sensitive << external_interrupt << timer_interrupt << software_interrupt;
}

void Rv64Cpu::invalidate_direct_memory(sc_dt::uint64, sc_dt::uint64) {
  hart_.drop_direct_memory();
}

void Rv64Cpu::update_interrupts() {
  hart_.set_interrupt(rv64::Interrupt::kExternal, external_interrupt.read());
  hart_.set_interrupt(rv64::Interrupt::kTimer, timer_interrupt.read());
  hart_.set_interrupt(rv64::Interrupt::kSoftware, software_interrupt.read());
  interrupt_changed_.notify();
}

void Rv64Cpu::run() {
  wait(sc_core::SC_ZERO_TIME);  // interrupt lines have their first values
  while (true) {
    synchronize();
    if (sc_core::sc_pending_activity_at_current_time()) {
      wait(sc_core::SC_ZERO_TIME);
      continue;
    }
    if (stop_) consult_debugger();
    limit_reached_ = progress() >= config_.max_instructions;
    if (limit_reached_ || traps_forever()) {
      sc_core::sc_stop();
      return;
    }
    rv64::RunLimits limits;
    limits.instructions =
        std::min(step_from_ ? 1 : config_.quantum_instructions, config_.max_instructions - progress());
    if (const sc_core::sc_time pause = sc_core::sc_time_to_pending_activity();
        pause < sc_core::sc_max_time() - sc_core::sc_time_stamp()) {
      limits.until_cycle = cycles_until(now_ps() + to_ps(pause));
    }
    const rv64::ExitReason exit = hart_.run(limits);
    if (exit == rv64::ExitReason::kWfi) sleep();
    if (debugger_ != nullptr) look_for_stop(exit);
  }
}

bool Rv64Cpu::traps_forever() {
  if (hart_.instructions() != instructions_seen_) {
    instructions_seen_ = hart_.instructions();
    exceptions_seen_ = hart_.exceptions();
  }
  // A handler that cannot be fetched, or starts with what traps: no interrupt will change that soon.
  constexpr std::uint64_t kForever = 100'000;
  trap_loop_ = hart_.exceptions() - exceptions_seen_ >= kForever;
  return trap_loop_;
}

void Rv64Cpu::attach(HartDebugger* debugger) {
  debugger_ = debugger;
  stop_.reset();
  step_from_.reset();
  if (debugger_ != nullptr) request_stop();
}

void Rv64Cpu::request_stop() {
  stop_ = HartDebugger::StopCause::kRequested;
  interrupt_changed_.notify(sc_core::SC_ZERO_TIME);
}

void Rv64Cpu::look_for_stop(rv64::ExitReason exit) {
  using Cause = HartDebugger::StopCause;
  if (step_from_ && progress() != *step_from_) stop_ = Cause::kStepped;
  if (exit == rv64::ExitReason::kBreakpoint) stop_ = Cause::kBreakpoint;
  if (exit == rv64::ExitReason::kWatchpoint) stop_ = Cause::kWatchpoint;
}

void Rv64Cpu::consult_debugger() {
  const HartDebugger::StopCause cause = *std::exchange(stop_, std::nullopt);
  step_from_.reset();
  const HartDebugger::Then then = debugger_->on_stop(cause);
  if (then == HartDebugger::Then::kStep) step_from_ = progress();
  if (then == HartDebugger::Then::kEndTheRun) {
    sc_core::sc_stop();
    wait(sc_core::SC_ZERO_TIME);  // never returns
  }
}

void Rv64Cpu::sleep() {
  synchronize();
  const Picoseconds begun = now_ps();
  asleep_now_ = true;
  while (!hart_.interrupt_waits()) {
    wait(interrupt_changed_);
    if (!stop_) continue;
    catch_up(now_ps());
    const std::uint64_t pc = hart_.pc();
    consult_debugger();
    if (hart_.pc() != pc) break;  // the debugger wants it elsewhere
  }
  asleep_now_ = false;
  asleep_ += now_ps() - begun;
  catch_up(now_ps());
}

Picoseconds Rv64Cpu::local_time() const {
  return static_cast<Picoseconds>(hart_.cycles()) * period_;
}

void Rv64Cpu::synchronize() {
  if (const Picoseconds ahead = local_time() - now_ps(); ahead > 0) wait(to_sc_time(ahead));
}

std::uint64_t Rv64Cpu::cycles_until(Picoseconds time) const {
  return static_cast<std::uint64_t>((time + period_ - 1) / period_);
}

void Rv64Cpu::catch_up(Picoseconds time) {
  const std::uint64_t cycles = cycles_until(time);
  if (cycles > hart_.cycles()) hart_.add_cycles(cycles - hart_.cycles());
}

bool Rv64Cpu::access(tlm::tlm_command command, std::uint64_t address, unsigned bytes, void* data) {
  synchronize();
  info_.program_counter = hart_.pc();
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_extension(&info_);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  socket->b_transport(payload, delay);
  payload.clear_extension(&info_);
  catch_up(now_ps() + to_ps(delay));
  hart_.stop();  // the access may have begun something that ends before what was the next event

  ++accesses_;
  if (payload.is_response_ok()) {
    (command == tlm::TLM_READ_COMMAND ? bytes_read_ : bytes_written_).add(Purpose::kFirmware, bytes);
    return true;
  }
  ++bus_errors_;  // the target has said why
  return false;
}

bool Rv64Cpu::read(std::uint64_t address, unsigned bytes, std::uint64_t& value) {
  value = 0;
  return access(tlm::TLM_READ_COMMAND, address, bytes, &value);
}

bool Rv64Cpu::write(std::uint64_t address, unsigned bytes, std::uint64_t value) {
  return access(tlm::TLM_WRITE_COMMAND, address, bytes, &value);
}

bool Rv64Cpu::fetch(std::uint64_t address, std::uint16_t& value) {
  return access(tlm::TLM_READ_COMMAND, address, sizeof value, &value);
}

bool Rv64Cpu::debug_access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_extension(&info_);
  const bool done = socket->transport_dbg(payload) == bytes;
  payload.clear_extension(&info_);
  return done;
}

bool Rv64Cpu::debug_read(std::uint64_t address, std::span<std::byte> data) {
  return debug_access(tlm::TLM_READ_COMMAND, address, data.data(), data.size());
}

bool Rv64Cpu::debug_write(std::uint64_t address, std::span<const std::byte> data) {
  std::vector<std::byte> copy(data.begin(), data.end());  // TLM has no constant data
  const bool done = debug_access(tlm::TLM_WRITE_COMMAND, address, copy.data(), copy.size());
  hart_.break_reservation(address, data.size());
  hart_.invalidate_code();
  return done;
}

std::optional<rv64::DirectMemory> Rv64Cpu::direct(std::uint64_t address) {
  tlm::tlm_generic_payload payload;
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(address);
  payload.set_extension(&info_);
  tlm::tlm_dmi dmi;
  const bool granted = socket->get_direct_mem_ptr(payload, dmi) && dmi.is_read_allowed();
  payload.clear_extension(&info_);
  if (!granted) return std::nullopt;
  return rv64::DirectMemory{.first = dmi.get_start_address(),
                            .bytes = dmi.get_end_address() - dmi.get_start_address() + 1,
                            .host = reinterpret_cast<std::byte*>(dmi.get_dmi_ptr()),
                            .writable = dmi.is_write_allowed()};
}

std::uint64_t Rv64Cpu::time() {
  synchronize();
  return mtime_();
}

std::string Rv64Cpu::state() const {
  return std::string("hart 0 ") + (asleep_now_ ? "sleeps" : "runs") + " at " + symbols_.describe(hart_.pc()) +
         " after " + std::to_string(hart_.instructions()) + " instructions";
}

void Rv64Cpu::report(ModuleStatistics& out) const {
  out.count("instructions", "1", "instructions retired", hart_.instructions());
  out.count("cycles", "1", "clock cycles, asleep or awake", hart_.cycles());
  out.count("accesses", "1", "bus accesses; RAM and ROM are accessed directly", accesses_);
  out.by_purpose("bytes_read", "bytes", "bytes read over the bus", bytes_read_);
  out.by_purpose("bytes_written", "bytes", "bytes written over the bus", bytes_written_);
  out.count("bus_errors", "1", "accesses that failed", bus_errors_);
  out.count("exceptions", "1", "exceptions taken", hart_.exceptions());
  out.count("interrupts", "1", "interrupts taken", hart_.interrupts());
  out.gauge("wfi_ns", "ns", "time asleep, waiting for an interrupt", ns_from_ps(asleep_));
  out.gauge("busy_ns", "ns", "time awake", ns_from_ps(local_time() - asleep_));

  constexpr std::size_t kBusiest = 10;
  std::map<std::string, std::uint64_t> by_function;
  for (const auto& [pc, instructions] : hart_.profile()) {
    const auto place = symbols_.find(pc);
    by_function[place ? std::string(place->name) : "unknown"] += instructions;
  }
  std::vector<std::pair<std::uint64_t, std::string>> busiest;
  for (const auto& [function, instructions] : by_function) busiest.emplace_back(instructions, function);
  std::sort(busiest.rbegin(), busiest.rend());
  busiest.resize(std::min(busiest.size(), kBusiest));
  for (const auto& [instructions, function] : busiest) {
    out.count("instructions_in_" + function, "1", "instructions executed in this function", instructions);
  }
}

}  // namespace prism::cpu
