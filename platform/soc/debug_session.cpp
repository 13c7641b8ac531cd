// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/debug_session.h"

#include <algorithm>
#include <map>

#include "models/common/sc_time.h"

namespace prism::soc {

DebugSession::DebugSession(gdb::LocalSocket& socket, Soc& soc, const config::PlatformConfig& config)
    : socket_(socket),
      soc_(soc),
      cpu_(*soc.rv64_cpu()),
      monitor_(soc, config),
      server_(*this, [this](std::string_view bytes) { socket_.send(bytes); }) {
  socket_.accept();
  cpu_.attach(this);
}

void DebugSession::run(Picoseconds limit) {
  constexpr Picoseconds kBetweenLooks = 100'000'000;
  // Adds no event to the simulation: where a stretch has none, the next one begins where the last did.
  for (Picoseconds until = kBetweenLooks; attached_; until += kBetweenLooks) {
    sc_core::sc_start(to_sc_time(std::min(until, limit) - now_ps()), sc_core::SC_EXIT_ON_STARVATION);
    if (sc_core::sc_get_status() != sc_core::SC_PAUSED || until >= limit) return;
    poll();
    if (attached_ && !sc_core::sc_pending_activity()) {
      server_.print("Nothing more can happen: " + cpu_.state() + ".\n");
      cpu_.request_stop();
    }
  }
  sc_core::sc_start(to_sc_time(limit - now_ps()), sc_core::SC_EXIT_ON_STARVATION);
}

void DebugSession::poll() {
  server_.receive(socket_.poll());
  if (!socket_.connected() && attached_) leave();
}

cpu::HartDebugger::Then DebugSession::on_stop(StopCause cause) {
  using Cause = gdb::Stop::Cause;
  static const std::map<StopCause, Cause> kCauses = {{StopCause::kRequested, Cause::kInterrupted},
                                                     {StopCause::kStepped, Cause::kStepped},
                                                     {StopCause::kBreakpoint, Cause::kBreakpoint},
                                                     {StopCause::kWatchpoint, Cause::kWatchpoint}};
  gdb::Stop stop;
  stop.cause = kCauses.at(cause);
  stop.watchpoint = cpu_.hart().watchpoint_hit();
  server_.report_stop(stop);
  then_ = Then::kContinue;
  while (attached_ && server_.state() == gdb::GdbServer::State::kStopped) {
    server_.receive(socket_.receive());
    if (!socket_.connected() && attached_) leave();
  }
  return then_;
}

void DebugSession::leave() {
  for (const std::uint64_t address : breakpoints_) cpu_.hart().remove_breakpoint(address);
  for (const rv64::Watchpoint& watchpoint : watchpoints_) cpu_.hart().remove_watchpoint(watchpoint);
  cpu_.attach(nullptr);
  attached_ = false;
}

void DebugSession::detach() {
  leave();
}

void DebugSession::kill() {
  leave();
  killed_ = true;
  then_ = Then::kEndTheRun;
}

std::string DebugSession::thread_state(gdb::Thread /*thread*/) {
  return soc_.cpu().state();
}

std::optional<std::uint64_t> DebugSession::read_register(gdb::Thread /*thread*/, unsigned number) {
  rv64::Hart& hart = cpu_.hart();
  if (number < gdb::kPcRegister) return hart.reg(number);
  if (number == gdb::kPcRegister) return hart.pc();
  if (number < gdb::kFirstCsrRegister) return std::nullopt;
  return hart.csr(number - gdb::kFirstCsrRegister);
}

bool DebugSession::write_register(gdb::Thread /*thread*/, unsigned number, std::uint64_t value) {
  rv64::Hart& hart = cpu_.hart();
  if (number < gdb::kPcRegister) {
    hart.set_reg(number, value);
    return true;
  }
  if (number == gdb::kPcRegister) {
    hart.set_pc(value);
    return true;
  }
  return number >= gdb::kFirstCsrRegister && hart.set_csr(number - gdb::kFirstCsrRegister, value);
}

bool DebugSession::read_memory(std::uint64_t address, std::span<std::byte> data) {
  return cpu_.debug_read(address, data);
}

bool DebugSession::write_memory(std::uint64_t address, std::span<const std::byte> data) {
  return cpu_.debug_write(address, data);
}

void DebugSession::add_breakpoint(std::uint64_t address) {
  breakpoints_.insert(address);
  cpu_.hart().add_breakpoint(address);
}

void DebugSession::remove_breakpoint(std::uint64_t address) {
  breakpoints_.erase(address);
  cpu_.hart().remove_breakpoint(address);
}

void DebugSession::add_watchpoint(const rv64::Watchpoint& watchpoint) {
  if (std::find(watchpoints_.begin(), watchpoints_.end(), watchpoint) != watchpoints_.end()) return;
  watchpoints_.push_back(watchpoint);
  cpu_.hart().add_watchpoint(watchpoint);
}

void DebugSession::remove_watchpoint(const rv64::Watchpoint& watchpoint) {
  std::erase(watchpoints_, watchpoint);
  cpu_.hart().remove_watchpoint(watchpoint);
}

void DebugSession::resume(gdb::Thread /*thread*/, gdb::Resume how) {
  then_ = how == gdb::Resume::kStep ? Then::kStep : Then::kContinue;
}

}  // namespace prism::soc
