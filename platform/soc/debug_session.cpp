// SPDX-License-Identifier: Apache-2.0
#include "platform/soc/debug_session.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "models/common/sc_time.h"

namespace prism::soc {
namespace {

constexpr unsigned kTimeRegister = gdb::kFirstCsrRegister + 0xc01;

}  // namespace

using GoOn = cpu::Rv64Cpu::GoOn;

DebugSession::DebugSession(gdb::LocalSocket& socket, Soc& soc, const config::PlatformConfig& config)
    : socket_(socket),
      soc_(soc),
      monitor_(soc, config),
      server_(*this, [this](std::string_view bytes) { socket_.send(bytes); }) {
  socket_.accept();
  for (const auto& cpu : soc_.harts()) cpu->attach(this);
  soc_.harts().front()->request_stop();
}

void DebugSession::run(Picoseconds limit) {
  constexpr Picoseconds kBetweenLooks = 100'000'000;
  // Adds no event to the simulation: where a stretch has none, the next one begins where the last did.
  for (Picoseconds until = kBetweenLooks; attached_; until += kBetweenLooks) {
    sc_core::sc_start(to_sc_time(std::min(until, limit) - now_ps()), sc_core::SC_EXIT_ON_STARVATION);
    if (sc_core::sc_get_status() != sc_core::SC_PAUSED || until >= limit) return;
    poll();
    if (attached_ && !sc_core::sc_pending_activity()) {
      server_.print("Nothing more can happen: " + soc_.cpu_state() + ".\n");
      interrupt();
    }
  }
  sc_core::sc_start(to_sc_time(limit - now_ps()), sc_core::SC_EXIT_ON_STARVATION);
}

void DebugSession::poll() {
  server_.receive(socket_.poll());
  if (!socket_.connected() && attached_) leave();
}

cpu::HartDebugger::Then DebugSession::on_stop(cpu::Rv64Cpu& cpu, StopCause cause) {
  using Cause = gdb::Stop::Cause;
  static const std::map<StopCause, Cause> kCauses = {{StopCause::kRequested, Cause::kInterrupted},
                                                     {StopCause::kStepped, Cause::kStepped},
                                                     {StopCause::kBreakpoint, Cause::kBreakpoint},
                                                     {StopCause::kWatchpoint, Cause::kWatchpoint}};
  gdb::Stop stop;
  stop.cause = kCauses.at(cause);
  stop.thread = static_cast<gdb::Thread>(cpu.hart_id() + 1);
  stop.watchpoint = cpu.hart().watchpoint_hit();
  server_.report_stop(stop);
  resumed_.clear();
  while (attached_ && server_.state() == gdb::GdbServer::State::kStopped) {
    server_.receive(socket_.receive());
    if (!socket_.connected() && attached_) leave();
  }
  for (const gdb::Thread thread : threads()) {
    const auto found = resumed_.find(thread);
    const bool goes_on = !attached_ || found != resumed_.end();
    const bool steps = attached_ && goes_on && found->second == gdb::Resume::kStep;
    cpu_of(thread).go_on(!goes_on ? GoOn::kHold : steps ? GoOn::kStep : GoOn::kContinue);
  }
  return killed_ ? Then::kEndTheRun : Then::kGoOn;
}

void DebugSession::leave() {
  for (const auto& cpu : soc_.harts()) {
    for (const std::uint64_t address : breakpoints_) cpu->hart().remove_breakpoint(address);
    for (const rv64::Watchpoint& watchpoint : watchpoints_) cpu->hart().remove_watchpoint(watchpoint);
    cpu->attach(nullptr);
    cpu->go_on(GoOn::kContinue);
  }
  attached_ = false;
}

std::vector<gdb::Thread> DebugSession::threads() const {
  std::vector<gdb::Thread> all(soc_.harts().size());
  std::iota(all.begin(), all.end(), gdb::Thread{1});
  return all;
}

void DebugSession::interrupt() {
  const auto& harts = soc_.harts();
  const auto running =
      std::find_if(harts.begin(), harts.end(), [](const auto& cpu) { return !cpu->is_held(); });
  if (running != harts.end()) (*running)->request_stop();
}

void DebugSession::detach() {
  leave();
}

void DebugSession::kill() {
  leave();
  killed_ = true;
}

std::string DebugSession::thread_state(gdb::Thread thread) {
  return cpu_of(thread).state();
}

std::optional<std::uint64_t> DebugSession::read_register(gdb::Thread thread, unsigned number) {
  rv64::Hart& hart = cpu_of(thread).hart();
  if (number < gdb::kPcRegister) return hart.reg(number);
  if (number == gdb::kPcRegister) return hart.pc();
  if (number < gdb::kFirstCsrRegister) return std::nullopt;
  if (number == kTimeRegister) return soc_.clint.mtime();  // for a hart, reading it takes its time
  return hart.csr(number - gdb::kFirstCsrRegister);
}

bool DebugSession::write_register(gdb::Thread thread, unsigned number, std::uint64_t value) {
  rv64::Hart& hart = cpu_of(thread).hart();
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
  return soc_.harts().front()->debug_read(address, data);
}

bool DebugSession::write_memory(std::uint64_t address, std::span<const std::byte> data) {
  const bool done = soc_.harts().front()->debug_write(address, data);
  for (const auto& cpu : soc_.harts()) cpu->forget(address, data.size());
  return done;
}

void DebugSession::add_breakpoint(std::uint64_t address) {
  breakpoints_.insert(address);
  for (const auto& cpu : soc_.harts()) cpu->hart().add_breakpoint(address);
}

void DebugSession::remove_breakpoint(std::uint64_t address) {
  breakpoints_.erase(address);
  for (const auto& cpu : soc_.harts()) cpu->hart().remove_breakpoint(address);
}

void DebugSession::add_watchpoint(const rv64::Watchpoint& watchpoint) {
  if (std::find(watchpoints_.begin(), watchpoints_.end(), watchpoint) != watchpoints_.end()) return;
  watchpoints_.push_back(watchpoint);
  for (const auto& cpu : soc_.harts()) cpu->hart().add_watchpoint(watchpoint);
}

void DebugSession::remove_watchpoint(const rv64::Watchpoint& watchpoint) {
  std::erase(watchpoints_, watchpoint);
  for (const auto& cpu : soc_.harts()) cpu->hart().remove_watchpoint(watchpoint);
}

void DebugSession::resume(gdb::Thread thread, gdb::Resume how) {
  resumed_[thread] = how;
}

}  // namespace prism::soc
