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
                 std::function<std::uint64_t()> mtime, const rv64::SymbolTable& symbols, HartGroup* group)
    : sc_core::sc_module(name),
      socket("socket"),
      external_interrupt("external_interrupt"),
      timer_interrupt("timer_interrupt"),
      software_interrupt("software_interrupt"),
      config_(config),
      period_(period_ps(config.clock_mhz)),
      mtime_(std::move(mtime)),
      symbols_(symbols),
      hart_(config.core, *this),
      group_(group) {
  assert(config_.quantum_instructions > 0);
  if (group_ != nullptr) member_ = group_->add(hart_);
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
    settle();
    if (held_) {
      wait(released_);
      catch_up(now_ps());
      continue;
    }
    if (stop_) {
      consult_debugger();
      continue;
    }
    limit_reached_ = progress() >= config_.max_instructions;
    if (limit_reached_ || traps_forever()) {
      sc_core::sc_stop();
      return;
    }
    const rv64::ExitReason exit = hart_.run(limits());
    if (exit == rv64::ExitReason::kWfi) sleep();
    if (exit == rv64::ExitReason::kWatchpoint && watched_) look_at_watched();
    if (debugger_ != nullptr) look_for_stop(exit);
  }
}

void Rv64Cpu::settle() {
  if (group_ == nullptr || group_->end_of_turn() == kNever) synchronize();
  if (group_ == nullptr) {
    while (sc_core::sc_pending_activity_at_current_time()) wait(sc_core::SC_ZERO_TIME);
    return;
  }
  // Where a turn has ended, all harts go on at once: none wakes at its own local time and cuts the others'
  // turns short.
  group_->wait_for_turn(member_);
  for (Picoseconds end = run_until(); local_time() >= end; end = run_until()) {
    wait(to_sc_time(end - now_ps()));
    group_->wait_for_turn(member_);
  }
}

Picoseconds Rv64Cpu::run_until() const {
  if (group_ == nullptr) return next_event_time();
  return std::min(group_->end_of_turn(), group_->next_event());
}

rv64::RunLimits Rv64Cpu::limits() const {
  const bool alone = group_ == nullptr || group_->end_of_turn() == kNever;
  rv64::RunLimits limits;
  limits.instructions = config_.max_instructions - progress();
  // A turn has its end; a quantum must not divide it.
  if (alone) limits.instructions = std::min(limits.instructions, config_.quantum_instructions);
  if (step_from_) limits.instructions = 1;
  const Picoseconds until = run_until();
  if (until != kNever) limits.until_cycle = cycles_until(until);
  return limits;
}

void Rv64Cpu::watch_doubleword(std::uint64_t address, std::function<void(std::uint64_t)> on_write) {
  watched_ = {address, std::move(on_write)};
  hart_.add_watchpoint({.address = address, .bytes = sizeof(std::uint64_t)});
}

void Rv64Cpu::look_at_watched() {
  std::uint64_t value = 0;
  if (debug_read(watched_->address, std::as_writable_bytes(std::span(&value, 1))) && value != 0) {
    watched_->on_write(value);
    wait(sc_core::SC_ZERO_TIME);  // does not return if that has ended the run
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
}

void Rv64Cpu::go_on(GoOn how) {
  if (held_ && how != GoOn::kHold) released_.notify(sc_core::SC_ZERO_TIME);
  held_ = how == GoOn::kHold;
  step_from_.reset();
  if (how == GoOn::kStep) step_from_ = progress();
  // Not told yet, and nobody waits for it any more.
  using Cause = HartDebugger::StopCause;
  if (stop_ == Cause::kStepped) stop_.reset();
  if (stop_ == Cause::kBreakpoint && !hart_.has_breakpoint(hart_.pc())) stop_.reset();
}

void Rv64Cpu::request_stop() {
  stop_ = HartDebugger::StopCause::kRequested;
  interrupt_changed_.notify(sc_core::SC_ZERO_TIME);
}

void Rv64Cpu::look_for_stop(rv64::ExitReason exit) {
  using Cause = HartDebugger::StopCause;
  if (step_from_ && progress() != *step_from_) stop_ = Cause::kStepped;
  if (exit == rv64::ExitReason::kBreakpoint) stop_ = Cause::kBreakpoint;
  const bool only_watched = watched_ && hart_.watchpoint_hit().address == watched_->address &&
                            hart_.watchpoint_hit().bytes == sizeof(std::uint64_t);
  if (exit == rv64::ExitReason::kWatchpoint && !only_watched) stop_ = Cause::kWatchpoint;
}

void Rv64Cpu::consult_debugger() {
  const HartDebugger::StopCause cause = *std::exchange(stop_, std::nullopt);
  step_from_.reset();
  if (debugger_->on_stop(*this, cause) == HartDebugger::Then::kEndTheRun) {
    sc_core::sc_stop();
    wait(sc_core::SC_ZERO_TIME);  // never returns
  }
}

void Rv64Cpu::sleep() {
  synchronize();
  sleep_begun_ = now_ps();
  if (group_ != nullptr) group_->set_asleep(member_, true);
  while (!hart_.interrupt_waits()) {
    wait(interrupt_changed_);
    if (!stop_) continue;
    catch_up(now_ps());
    const std::uint64_t pc = hart_.pc();
    consult_debugger();
    if (hart_.pc() != pc) break;  // the debugger wants it elsewhere
  }
  if (group_ != nullptr) group_->set_asleep(member_, false);
  asleep_ += now_ps() - *std::exchange(sleep_begun_, std::nullopt);
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
  if (group_ != nullptr) in_atomic_ ? group_->lock(member_) : group_->wait_for_bus(member_);
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
  const bool done = access(tlm::TLM_WRITE_COMMAND, address, bytes, &value);
  if (done && group_ != nullptr) group_->break_reservations(member_, address, bytes);
  return done;
}

void Rv64Cpu::end_atomic(std::uint64_t address, unsigned written_bytes) {
  in_atomic_ = false;
  if (group_ == nullptr) return;
  group_->unlock(member_);
  if (written_bytes > 0) group_->break_reservations(member_, address, written_bytes);
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
  return debug_access(tlm::TLM_WRITE_COMMAND, address, copy.data(), copy.size());
}

void Rv64Cpu::forget(std::uint64_t address, std::size_t bytes) {
  hart_.break_reservation(address, bytes);
  hart_.invalidate_code();
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
  if (group_ != nullptr) hart_.stop();  // others may have run
  return mtime_();
}

std::string Rv64Cpu::state() const {
  return "hart " + std::to_string(hart_id()) + (sleep_begun_ ? " sleeps" : " runs") + " at " +
         symbols_.describe(hart_.pc()) + " after " + std::to_string(hart_.instructions()) + " instructions";
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
  out.gauge("wfi_ns", "ns", "time asleep, waiting for an interrupt",
            ns_from_ps(asleep_ + now_ps() - sleep_begun_.value_or(now_ps())));
  out.gauge("busy_ns", "ns", "time awake", ns_from_ps(local_time() - asleep_));

  constexpr std::size_t kBusiest = 10;
  std::map<std::string, std::uint64_t> by_function;
  for (const auto& [pc, instructions] : hart_.profile()) {
    const auto place = symbols_.find(pc);
    by_function[place ? std::string(place->name) : "unknown"] += instructions;
  }
  std::vector<std::pair<std::uint64_t, std::string>> busiest;
  busiest.reserve(by_function.size());
  for (const auto& [function, instructions] : by_function) busiest.emplace_back(instructions, function);
  std::sort(busiest.rbegin(), busiest.rend());
  busiest.resize(std::min(busiest.size(), kBusiest));
  for (const auto& [instructions, function] : busiest) {
    out.count("instructions_in_" + function, "1", "instructions executed in this function", instructions);
  }
}

}  // namespace prism::cpu
