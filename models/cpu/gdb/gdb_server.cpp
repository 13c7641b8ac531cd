// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/gdb_server.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "models/cpu/gdb/hex.h"
#include "models/cpu/gdb/target_description.h"

namespace prism::gdb {
namespace {

constexpr std::string_view kOk = "OK";
constexpr std::string_view kBadRequest = "E01";
constexpr std::string_view kNoSuchPlace = "E0e";  // EFAULT
constexpr std::string_view kNotSupported;
constexpr unsigned kSigint = 2;
constexpr unsigned kSigtrap = 5;

std::string ok() {
  return std::string(kOk);
}
std::string bad_request() {
  return std::string(kBadRequest);
}

struct Range {
  std::uint64_t address;
  std::uint64_t bytes;
};

/// "ADDRESS,LENGTH"
std::optional<Range> parse_range(std::string_view text) {
  const auto address = number_from_hex(take_until(text, ','));
  const auto bytes = number_from_hex(text);
  if (!address || !bytes) return std::nullopt;
  return Range{*address, *bytes};
}

}  // namespace

// A packet belongs to the first prefix that it begins with.
const GdbServer::Command GdbServer::kCommands[] = {
    {"qSupported", &GdbServer::query_supported},
    {"qXfer:features:read:target.xml:", &GdbServer::query_description},
    {"qRcmd,", &GdbServer::query_monitor},
    {"qfThreadInfo", &GdbServer::query_first_threads},
    {"qsThreadInfo", &GdbServer::query_more_threads},
    {"qThreadExtraInfo,", &GdbServer::query_thread_state},
    {"qC", &GdbServer::query_current_thread},
    {"qAttached", &GdbServer::query_attached},
    {"QStartNoAckMode", &GdbServer::stop_acknowledging},
    {"vCont?", &GdbServer::list_actions},
    {"vCont;", &GdbServer::resume_threads},
    {"vKill;", &GdbServer::kill_with_reply},
    {"?", &GdbServer::why_stopped},
    {"H", &GdbServer::select_thread},
    {"T", &GdbServer::check_thread},
    {"g", &GdbServer::read_registers},
    {"G", &GdbServer::write_registers},
    {"p", &GdbServer::read_register},
    {"P", &GdbServer::write_register},
    {"m", &GdbServer::read_memory},
    {"M", &GdbServer::write_memory},
    {"X", &GdbServer::write_binary},
    {"Z", &GdbServer::add_point},
    {"z", &GdbServer::remove_point},
    {"c", &GdbServer::resume_all},
    {"s", &GdbServer::step_one},
    {"D", &GdbServer::detach},
    {"k", &GdbServer::kill},
};

GdbServer::GdbServer(GdbTarget& target, GdbProtocol::Send send)
    : target_(target),
      protocol_(std::move(send), {.on_packet = [this](std::string_view packet) { handle(packet); },
                                  .on_interrupt =
                                      [this] {
                                        if (state_ == State::kRunning) target_.interrupt();
                                      }}),
      selected_(target.threads().front()) {
  stop_.thread = selected_;
}

void GdbServer::handle(std::string_view packet) {
  if (state_ != State::kStopped) return;  // gdb waits for a stop, and has nothing to ask
  const auto command = std::find_if(std::begin(kCommands), std::end(kCommands),
                                    [&](const Command& known) { return packet.starts_with(known.prefix); });
  if (command == std::end(kCommands)) return protocol_.send_packet(kNotSupported);
  packet.remove_prefix(command->prefix.size());
  const std::string reply = (this->*command->handler)(packet);
  if (state_ == State::kRunning) return;  // the reply is the next stop
  if (state_ == State::kStopped || !reply.empty()) protocol_.send_packet(reply);
  if (std::exchange(stop_acknowledging_, false)) protocol_.stop_acknowledging();
}

void GdbServer::report_stop(const Stop& stop) {
  stop_ = stop;
  selected_ = stop.thread;
  if (state_ != State::kRunning) return;
  state_ = State::kStopped;
  protocol_.send_packet(stop_reply());
}

void GdbServer::report_exit(int code) {
  if (state_ != State::kRunning) return;
  state_ = State::kGone;
  protocol_.send_packet("W" + to_hex(std::string(1, static_cast<char>(code))));
}

void GdbServer::print(std::string_view text) {
  if (state_ == State::kRunning) protocol_.send_packet("O" + to_hex(text));
}

std::string GdbServer::stop_reply() const {
  const unsigned signal = stop_.cause == Stop::Cause::kInterrupted ? kSigint : kSigtrap;
  std::string reply = "T" + to_hex(std::string(1, static_cast<char>(signal)));
  reply += "thread:" + number_to_hex(stop_.thread) + ";";
  if (stop_.cause == Stop::Cause::kBreakpoint && knows_swbreak_) reply += "swbreak:;";
  if (stop_.cause == Stop::Cause::kWatchpoint) {
    static const std::map<rv64::WatchKind, std::string_view> kNames = {{rv64::WatchKind::kRead, "rwatch:"},
                                                                       {rv64::WatchKind::kWrite, "watch:"},
                                                                       {rv64::WatchKind::kAccess, "awatch:"}};
    reply += kNames.at(stop_.watchpoint.kind);
    reply += number_to_hex(stop_.watchpoint.address) + ";";
  }
  return reply;
}

std::string GdbServer::query_supported(std::string_view features) {
  while (!features.empty()) {
    std::string_view feature = take_until(features, ';');
    if (feature.starts_with(':')) feature.remove_prefix(1);
    knows_swbreak_ |= feature == "swbreak+";
  }
  return "PacketSize=" + number_to_hex(GdbProtocol::kMaxPacketBytes) +
         ";qXfer:features:read+;swbreak+;vContSupported+;QStartNoAckMode+";
}

std::string GdbServer::query_description(std::string_view range) {
  const auto wanted = parse_range(range);
  if (!wanted) return bad_request();
  const std::string text = target_description();
  if (wanted->address > text.size()) return bad_request();
  const std::string part = text.substr(wanted->address, wanted->bytes);
  const bool is_last = wanted->address + part.size() == text.size();
  return (is_last ? "l" : "m") + part;
}

std::string GdbServer::query_monitor(std::string_view command) {
  const auto decoded = bytes_from_hex(command);
  if (!decoded) return bad_request();
  const std::string output = target_.monitor(as_text(*decoded));
  constexpr std::size_t kPart = GdbProtocol::kMaxPacketBytes / 2 - 1;
  for (std::size_t done = 0; done < output.size(); done += kPart) {
    protocol_.send_packet("O" + to_hex(std::string_view(output).substr(done, kPart)));
  }
  return ok();
}

std::string GdbServer::query_first_threads(std::string_view) {
  std::string reply;
  for (const Thread thread : target_.threads()) reply += (reply.empty() ? "m" : ",") + number_to_hex(thread);
  return reply;
}

std::string GdbServer::query_more_threads(std::string_view) {
  return "l";
}

std::string GdbServer::query_thread_state(std::string_view thread) {
  const auto known = parse_thread(thread);
  return known ? to_hex(target_.thread_state(*known)) : bad_request();
}

std::string GdbServer::query_current_thread(std::string_view rest) {
  if (!rest.empty()) return std::string(kNotSupported);  // another query that begins with qC
  return "QC" + number_to_hex(selected_);
}

std::string GdbServer::query_attached(std::string_view) {
  return "1";  // so gdb leaves by detaching, and the run goes on
}

std::string GdbServer::stop_acknowledging(std::string_view) {
  stop_acknowledging_ = true;
  return ok();
}

std::string GdbServer::why_stopped(std::string_view) {
  return stop_reply();
}

std::optional<Thread> GdbServer::parse_thread(std::string_view text) const {
  if (text == "-1" || text == "0") return stop_.thread;
  const auto number = number_from_hex(text);
  const std::vector<Thread> threads = target_.threads();
  if (!number || std::find(threads.begin(), threads.end(), *number) == threads.end()) return std::nullopt;
  return static_cast<Thread>(*number);
}

std::string GdbServer::select_thread(std::string_view thread) {
  if (thread.empty()) return bad_request();
  const auto known = parse_thread(thread.substr(1));
  if (!known) return bad_request();
  if (thread.front() == 'g') selected_ = *known;
  return ok();
}

std::string GdbServer::check_thread(std::string_view thread) {
  return parse_thread(thread) ? ok() : bad_request();
}

std::string GdbServer::read_registers(std::string_view) {
  std::string reply;
  for (unsigned i = 0; i <= kPcRegister; ++i) {
    reply += register_to_hex(target_.read_register(selected_, i).value_or(0));
  }
  return reply;
}

std::string GdbServer::write_registers(std::string_view values) {
  constexpr std::size_t kDigits = 16;
  if (values.size() != (kPcRegister + 1) * kDigits) return bad_request();
  for (unsigned i = 0; i <= kPcRegister; ++i) {
    const auto value = register_from_hex(values.substr(i * kDigits, kDigits));
    if (!value || !target_.write_register(selected_, i, *value)) return bad_request();
  }
  return ok();
}

std::string GdbServer::read_register(std::string_view number) {
  const auto index = number_from_hex(number);
  if (!index || *index > kLastCsrRegister) return bad_request();
  const auto value = target_.read_register(selected_, static_cast<unsigned>(*index));
  return value ? register_to_hex(*value) : bad_request();
}

std::string GdbServer::write_register(std::string_view assignment) {
  const auto index = number_from_hex(take_until(assignment, '='));
  const auto value = register_from_hex(assignment);
  if (!index || *index > kLastCsrRegister || !value) return bad_request();
  return target_.write_register(selected_, static_cast<unsigned>(*index), *value) ? ok() : bad_request();
}

std::string GdbServer::read_memory(std::string_view range) {
  const auto wanted = parse_range(range);
  if (!wanted) return bad_request();
  std::vector<std::byte> data(std::min<std::uint64_t>(wanted->bytes, GdbProtocol::kMaxPacketBytes / 2));
  if (!target_.read_memory(wanted->address, data)) return std::string(kNoSuchPlace);
  return to_hex(data);
}

std::string GdbServer::write_memory(std::string_view arguments) {
  const std::string_view range = take_until(arguments, ':');
  const auto data = bytes_from_hex(arguments);
  return data ? store(range, *data) : bad_request();
}

std::string GdbServer::write_binary(std::string_view arguments) {
  const std::string_view range = take_until(arguments, ':');
  return store(range, as_bytes(arguments));
}

std::string GdbServer::store(std::string_view range, std::span<const std::byte> data) {
  const auto place = parse_range(range);
  if (!place || place->bytes != data.size()) return bad_request();
  if (data.empty()) return ok();
  return target_.write_memory(place->address, data) ? ok() : std::string(kNoSuchPlace);
}

std::string GdbServer::add_point(std::string_view point) {
  return change_point(point, true);
}

std::string GdbServer::remove_point(std::string_view point) {
  return change_point(point, false);
}

std::string GdbServer::change_point(std::string_view point, bool add) {
  const std::string_view type = take_until(point, ',');
  const auto range = parse_range(take_until(point, ';'));  // behind it: conditions, which gdb checks itself
  if (!range) return bad_request();
  if (type == "0" || type == "1") {
    add ? target_.add_breakpoint(range->address) : target_.remove_breakpoint(range->address);
    return ok();
  }
  static const std::map<std::string_view, rv64::WatchKind> kKinds = {
      {"2", rv64::WatchKind::kWrite}, {"3", rv64::WatchKind::kRead}, {"4", rv64::WatchKind::kAccess}};
  const auto kind = kKinds.find(type);
  if (kind == kKinds.end()) return std::string(kNotSupported);
  if (range->bytes == 0) return bad_request();
  const rv64::Watchpoint watchpoint{.address = range->address, .bytes = range->bytes, .kind = kind->second};
  add ? target_.add_watchpoint(watchpoint) : target_.remove_watchpoint(watchpoint);
  return ok();
}

std::string GdbServer::list_actions(std::string_view) {
  return "vCont;c;C;s;S";
}

void GdbServer::go_on(Thread thread, Resume how) {
  target_.resume(thread, how);
  state_ = State::kRunning;
}

std::string GdbServer::resume_threads(std::string_view actions) {
  std::map<Thread, Resume> plan;
  while (!actions.empty()) {
    std::string_view action = take_until(actions, ';');
    const std::string_view verb =
        take_until(action, ':').substr(0, 1);  // behind it: a signal, which no hart has
    const bool known_verb = verb == "c" || verb == "C" || verb == "s" || verb == "S";
    if (!known_verb) return bad_request();
    const Resume how = verb == "s" || verb == "S" ? Resume::kStep : Resume::kContinue;
    // The first action that names a thread is the one.
    if (action.empty() || action == "-1") {
      for (const Thread thread : target_.threads()) plan.emplace(thread, how);
    } else {
      const auto thread = parse_thread(action);
      if (!thread) return bad_request();
      plan.emplace(*thread, how);
    }
  }
  if (plan.empty()) return bad_request();
  for (const auto& [thread, how] : plan) go_on(thread, how);
  return {};
}

std::string GdbServer::resume_all(std::string_view address) {
  return resume_at(address, Resume::kContinue);
}

std::string GdbServer::step_one(std::string_view address) {
  return resume_at(address, Resume::kStep);
}

std::string GdbServer::resume_at(std::string_view address, Resume how) {
  if (!address.empty()) {
    const auto pc = number_from_hex(address);
    if (!pc || !target_.write_register(selected_, kPcRegister, *pc)) return bad_request();
  }
  for (const Thread thread : target_.threads()) {
    if (how == Resume::kContinue || thread == selected_) go_on(thread, how);
  }
  return {};
}

std::string GdbServer::detach(std::string_view) {
  state_ = State::kGone;
  target_.detach();
  return ok();
}

std::string GdbServer::kill(std::string_view) {
  state_ = State::kGone;
  target_.kill();
  return {};
}

std::string GdbServer::kill_with_reply(std::string_view) {
  (void)kill({});
  return ok();
}

}  // namespace prism::gdb
