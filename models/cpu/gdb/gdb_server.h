// SPDX-License-Identifier: Apache-2.0
// A server of gdb's remote protocol, free of sockets and of SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "models/cpu/gdb/gdb_protocol.h"
#include "models/cpu/gdb/gdb_target.h"

namespace prism::gdb {

/// Why the machine stands still.
struct Stop {
  enum class Cause : std::uint8_t { kAttached, kInterrupted, kStepped, kBreakpoint, kWatchpoint };

  Cause cause = Cause::kAttached;
  Thread thread = 1;
  rv64::Watchpoint watchpoint;  // of kWatchpoint
};

/// Answers gdb's packets from a GdbTarget ("Packets" in gdb's manual): registers, memory, breakpoints and
/// watchpoints (which the hart keeps, so software and hardware ones are the same), step, continue, threads,
/// target description, monitor commands. All-stop mode: when one thread stops, all do. What gdb asks and this
/// does not know gets the empty answer, as the protocol wants; nonsense gets an error.
///
/// Not modelled: non-stop mode, tracepoints, reverse execution, extended-remote (run and restart), files.
class GdbServer {
 public:
  enum class State : std::uint8_t { kStopped, kRunning, kGone };

  /// `target` must outlive the server. `send` takes the bytes for gdb.
  GdbServer(GdbTarget& target, GdbProtocol::Send send);

  /// Bytes from gdb.
  void receive(std::string_view bytes) { protocol_.receive(bytes); }
  State state() const { return state_; }

  /// The machine has stopped. The first stop is not told before gdb asks.
  void report_stop(const Stop& stop);
  /// The machine has come to its end; does nothing unless gdb waits for it.
  void report_exit(int code);
  /// Text for gdb's console; only while the machine runs, before its stop is reported.
  void print(std::string_view text);

 private:
  using Handler = std::string (GdbServer::*)(std::string_view arguments);
  struct Command {
    std::string_view prefix;
    Handler handler;
  };
  static const Command kCommands[];

  void handle(std::string_view packet);
  std::string stop_reply() const;
  void go_on(Thread thread, Resume how);
  /// gdb says "-1" for all and "0" for any.
  std::optional<Thread> parse_thread(std::string_view text) const;

  // Each takes what follows the prefix and returns the reply.
  std::string query_supported(std::string_view features);
  std::string query_description(std::string_view range);
  std::string query_monitor(std::string_view command);
  std::string query_first_threads(std::string_view);
  std::string query_more_threads(std::string_view);
  std::string query_thread_state(std::string_view thread);
  std::string query_current_thread(std::string_view);
  std::string query_attached(std::string_view);
  std::string stop_acknowledging(std::string_view);
  std::string why_stopped(std::string_view);
  std::string select_thread(std::string_view thread);
  std::string check_thread(std::string_view thread);
  std::string read_registers(std::string_view);
  std::string write_registers(std::string_view values);
  std::string read_register(std::string_view number);
  std::string write_register(std::string_view assignment);
  std::string read_memory(std::string_view range);
  std::string write_memory(std::string_view arguments);
  std::string write_binary(std::string_view arguments);
  std::string store(std::string_view range, std::span<const std::byte> data);
  std::string add_point(std::string_view point);
  std::string remove_point(std::string_view point);
  std::string change_point(std::string_view point, bool add);
  std::string list_actions(std::string_view);
  std::string resume_threads(std::string_view actions);
  std::string resume_all(std::string_view address);
  std::string step_one(std::string_view address);
  std::string resume_at(std::string_view address, Resume how);
  std::string detach(std::string_view);
  std::string kill(std::string_view);
  std::string kill_with_reply(std::string_view);

  GdbTarget& target_;
  GdbProtocol protocol_;
  State state_ = State::kStopped;
  Stop stop_;
  Thread selected_ = 1;              // by H, for registers
  bool stop_acknowledging_ = false;  // once the reply is out
  bool knows_swbreak_ = false;       // gdb understands why a breakpoint stop came
};

}  // namespace prism::gdb
