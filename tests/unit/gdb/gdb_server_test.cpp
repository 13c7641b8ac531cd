// SPDX-License-Identifier: Apache-2.0
// Each packet against a machine of maps.
#include "models/cpu/gdb/gdb_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "models/cpu/gdb/hex.h"

namespace prism::gdb {
namespace {

using std::string;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

class FakeTarget : public GdbTarget {
 public:
  std::vector<Thread> threads() const override { return {1, 2}; }
  string thread_state(Thread thread) override { return "hart " + std::to_string(thread - 1); }
  std::optional<std::uint64_t> read_register(Thread thread, unsigned number) override {
    const auto found = registers.find({thread, number});
    if (found == registers.end()) return std::nullopt;
    return found->second;
  }
  bool write_register(Thread thread, unsigned number, std::uint64_t value) override {
    if (number > kPcRegister && number < kFirstCsrRegister) return false;
    registers[{thread, number}] = value;
    return true;
  }
  bool read_memory(std::uint64_t address, std::span<std::byte> data) override {
    if (!holds(address, data.size())) return false;
    std::memcpy(data.data(), memory.data() + (address - kBase), data.size());
    return true;
  }
  bool write_memory(std::uint64_t address, std::span<const std::byte> data) override {
    if (!holds(address, data.size())) return false;
    std::memcpy(memory.data() + (address - kBase), data.data(), data.size());
    return true;
  }
  void add_breakpoint(std::uint64_t address) override { breakpoints.push_back(address); }
  void remove_breakpoint(std::uint64_t address) override { std::erase(breakpoints, address); }
  void add_watchpoint(const rv64::Watchpoint& point) override { watchpoints.push_back(point); }
  void remove_watchpoint(const rv64::Watchpoint& point) override { std::erase(watchpoints, point); }
  void resume(Thread thread, Resume how) override { resumed[thread] = how; }
  void interrupt() override { ++interrupts; }
  void detach() override { left = "detached"; }
  void kill() override { left = "killed"; }
  string monitor(std::string_view command) override { return string(command) + output + "!"; }

  static constexpr std::uint64_t kBase = 0x80000000;
  std::map<std::pair<Thread, unsigned>, std::uint64_t> registers;
  string memory = string(16, '\0');
  std::vector<std::uint64_t> breakpoints;
  std::vector<rv64::Watchpoint> watchpoints;
  std::map<Thread, Resume> resumed;
  int interrupts = 0;
  string left;
  string output;

 private:
  bool holds(std::uint64_t address, std::size_t bytes) const {
    return address >= kBase && address - kBase + bytes <= memory.size();
  }
};

class GdbServerTest : public testing::Test {
 protected:
  static string frame(const string& payload) {
    unsigned sum = 0;
    for (const char byte : payload) sum += static_cast<unsigned char>(byte);
    return "$" + payload + "#" + to_hex(string(1, static_cast<char>(sum)));
  }
  /// The replies to one packet.
  std::vector<string> replies(const string& packet) {
    replies_.clear();
    server_.receive(frame(packet));
    return std::move(replies_);
  }
  string ask(const string& packet) {
    const std::vector<string> all = replies(packet);
    EXPECT_EQ(all.size(), 1u) << packet;
    return all.empty() ? "nothing" : all.front();
  }

  FakeTarget target_;
  std::vector<string> replies_;
  GdbProtocol client_{[](std::string_view) {},
                      {.on_packet = [this](std::string_view packet) { replies_.emplace_back(packet); },
                       .on_interrupt = [] {}}};
  GdbServer server_{target_, [this](std::string_view bytes) { client_.receive(bytes); }};
};

TEST_F(GdbServerTest, SaysWhatItSupports) {
  const string reply = ask("qSupported:multiprocess+;swbreak+;xmlRegisters=i386");
  EXPECT_THAT(reply, HasSubstr("PacketSize=4000"));
  EXPECT_THAT(reply, HasSubstr("qXfer:features:read+"));
  EXPECT_EQ(ask("vCont?"), "vCont;c;C;s;S");
  EXPECT_EQ(ask("qAttached"), "1");
}

TEST_F(GdbServerTest, AnswersNothingToWhatItDoesNotKnow) {
  for (const char* packet : {"vMustReplyEmpty", "qTStatus", "R00", "", "qCRC:0,1", "Z5,0,1"}) {
    EXPECT_EQ(ask(packet), "") << packet;
  }
}

TEST_F(GdbServerTest, SaysWhyItStands) {
  EXPECT_EQ(ask("?"), "T05thread:1;");
}

TEST_F(GdbServerTest, ReadsAndWritesRegisters) {
  target_.registers[{1, 10}] = 0x1122;
  target_.registers[{1, kPcRegister}] = 0x1000;
  const string all = ask("g");
  EXPECT_EQ(all.size(), 33u * 16);
  EXPECT_EQ(all.substr(10 * 16, 16), "2211000000000000");
  EXPECT_EQ(all.substr(32 * 16), "0010000000000000");
  EXPECT_EQ(ask("pa"), "2211000000000000");
  EXPECT_EQ(ask("Pa=0102030405060708"), "OK");
  EXPECT_EQ((target_.registers[{1, 10}]), 0x0807060504030201u);
  EXPECT_EQ(ask("G" + string(33 * 16, '1')), "OK");
  EXPECT_EQ((target_.registers[{1, kPcRegister}]), 0x1111111111111111u);
  EXPECT_EQ(ask("P341=0000000000000080"), "OK");  // 0x341 - 65 = 0x300: mstatus
  EXPECT_EQ((target_.registers[{1, kFirstCsrRegister + 0x300}]), 0x8000000000000000u);
}

TEST_F(GdbServerTest, RefusesNonsenseAboutRegisters) {
  for (const char* packet :
       {"p", "pzz", "p21", "p10000000000", "P1", "P1=00", "Pa", "P21=0000000000000000", "G00"}) {
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
  }
}

TEST_F(GdbServerTest, RegistersAreThoseOfTheSelectedThread) {
  target_.registers[{2, 1}] = 0xab;
  EXPECT_EQ(ask("Hg2"), "OK");
  EXPECT_EQ(ask("p1"), "ab00000000000000");
  EXPECT_EQ(ask("qC"), "QC2");
  EXPECT_EQ(ask("Hg0"), "OK");
  EXPECT_EQ(ask("qC"), "QC1");
  EXPECT_THAT(ask("Hg3"), StartsWith("E"));
  EXPECT_THAT(ask("H"), StartsWith("E"));
}

TEST_F(GdbServerTest, ListsThreads) {
  EXPECT_EQ(ask("qfThreadInfo"), "m1,2");
  EXPECT_EQ(ask("qsThreadInfo"), "l");
  EXPECT_EQ(ask("qThreadExtraInfo,2"), to_hex("hart 1"));
  EXPECT_EQ(ask("T2"), "OK");
  EXPECT_THAT(ask("T9"), StartsWith("E"));
}

TEST_F(GdbServerTest, ReadsAndWritesMemory) {
  EXPECT_EQ(ask("M80000002,3:c0ffee"), "OK");
  EXPECT_EQ(ask("m80000000,6"), "0000c0ffee00");
  EXPECT_EQ(ask("X80000008,2:}\x03*"), "OK");  // an escaped '#', and a byte that gdb need not escape
  EXPECT_EQ(target_.memory.substr(8, 2), "#*");
  EXPECT_EQ(ask("X0,0:"), "OK");  // how gdb asks whether X is known
}

TEST_F(GdbServerTest, RefusesMemoryThatIsNotThere) {
  for (const char* packet : {"m0,4", "m8000000e,4", "m80000000", "mx,1", "m,", "M80000000,2:00", "M0,1:00",
                             "M80000000,1:zz", "mffffffffffffffff,ffffffffffffffff"}) {
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
  }
}

TEST_F(GdbServerTest, SetsAndRemovesPoints) {
  using rv64::WatchKind;
  EXPECT_EQ(ask("Z0,80000004,2"), "OK");
  EXPECT_EQ(ask("Z1,80000008,4"), "OK");
  EXPECT_THAT(target_.breakpoints, ElementsAre(0x80000004, 0x80000008));
  EXPECT_EQ(ask("z0,80000004,2"), "OK");
  EXPECT_THAT(target_.breakpoints, ElementsAre(0x80000008));
  EXPECT_EQ(ask("Z2,10,4"), "OK");
  EXPECT_EQ(ask("Z3,20,8"), "OK");
  EXPECT_EQ(ask("Z4,30,1"), "OK");
  EXPECT_THAT(target_.watchpoints, ElementsAre(rv64::Watchpoint{0x10, 4, WatchKind::kWrite},
                                               rv64::Watchpoint{0x20, 8, WatchKind::kRead},
                                               rv64::Watchpoint{0x30, 1, WatchKind::kAccess}));
  EXPECT_EQ(ask("z3,20,8"), "OK");
  EXPECT_EQ(target_.watchpoints.size(), 2u);
  EXPECT_THAT(ask("Z2,10,0"), StartsWith("E"));
  EXPECT_THAT(ask("Z0"), StartsWith("E"));
}

TEST_F(GdbServerTest, StepsOneThreadAndContinuesTheOthers) {
  EXPECT_THAT(replies("vCont;s:2;c"), IsEmpty());
  EXPECT_THAT(target_.resumed, ElementsAre(Pair(1, Resume::kContinue), Pair(2, Resume::kStep)));
  EXPECT_EQ(server_.state(), GdbServer::State::kRunning);
  server_.report_stop({.cause = Stop::Cause::kStepped, .thread = 2, .watchpoint = {}});
  EXPECT_THAT(replies_, ElementsAre("T05thread:2;"));
  EXPECT_EQ(ask("qC"), "QC2");
}

TEST_F(GdbServerTest, ContinuesAndStepsWithoutVCont) {
  EXPECT_THAT(replies("c"), IsEmpty());
  EXPECT_THAT(target_.resumed, ElementsAre(Pair(1, Resume::kContinue), Pair(2, Resume::kContinue)));
  server_.report_stop({});
  target_.resumed.clear();
  EXPECT_THAT(replies("s80000010"), IsEmpty());
  EXPECT_THAT(target_.resumed, ElementsAre(Pair(1, Resume::kStep)));
  EXPECT_EQ((target_.registers[{1, kPcRegister}]), 0x80000010u);
}

TEST_F(GdbServerTest, RefusesNonsensicalActions) {
  for (const char* packet : {"vCont;", "vCont;x", "vCont;s:7", "vCont;:", "cx"}) {
    EXPECT_THAT(ask(packet), StartsWith("E")) << packet;
    EXPECT_EQ(server_.state(), GdbServer::State::kStopped);
  }
}

TEST_F(GdbServerTest, TellsTheCauseOfAStop) {
  ask("qSupported:swbreak+");
  const auto stop_by = [&](Stop::Cause cause, rv64::WatchKind kind) {
    (void)replies("c");
    server_.report_stop({.cause = cause, .thread = 1, .watchpoint = {0x80000010, 4, kind}});
    return replies_.empty() ? "" : replies_.back();
  };
  using rv64::WatchKind;
  EXPECT_EQ(stop_by(Stop::Cause::kInterrupted, WatchKind::kRead), "T02thread:1;");
  EXPECT_EQ(stop_by(Stop::Cause::kBreakpoint, WatchKind::kRead), "T05thread:1;swbreak:;");
  EXPECT_EQ(stop_by(Stop::Cause::kWatchpoint, WatchKind::kWrite), "T05thread:1;watch:80000010;");
  EXPECT_EQ(stop_by(Stop::Cause::kWatchpoint, WatchKind::kRead), "T05thread:1;rwatch:80000010;");
  EXPECT_EQ(stop_by(Stop::Cause::kWatchpoint, WatchKind::kAccess), "T05thread:1;awatch:80000010;");
}

TEST_F(GdbServerTest, CtrlCInterruptsARunningMachineOnly) {
  server_.receive("\x03");
  EXPECT_EQ(target_.interrupts, 0);
  (void)replies("c");
  server_.receive("\x03");
  EXPECT_EQ(target_.interrupts, 1);
}

TEST_F(GdbServerTest, TellsTheEndOfTheProgram) {
  server_.report_exit(7);
  EXPECT_THAT(replies_, IsEmpty());  // gdb has not let it run
  (void)replies("c");
  server_.print("bye");
  server_.report_exit(7);
  EXPECT_THAT(replies_, ElementsAre("O" + to_hex("bye"), "W07"));
  EXPECT_EQ(server_.state(), GdbServer::State::kGone);
}

TEST_F(GdbServerTest, DetachesAndDies) {
  EXPECT_EQ(ask("D"), "OK");
  EXPECT_EQ(target_.left, "detached");
  EXPECT_EQ(server_.state(), GdbServer::State::kGone);
  EXPECT_THAT(replies("g"), IsEmpty());

  FakeTarget other;
  string sent;
  GdbServer server(other, [&](std::string_view bytes) { sent += bytes; });
  server.receive(frame("vKill;1"));
  EXPECT_EQ(other.left, "killed");
  EXPECT_EQ(sent, "+$OK#9a");
}

TEST_F(GdbServerTest, MonitorCommandsPrint) {
  EXPECT_THAT(replies("qRcmd," + to_hex("time")), ElementsAre("O" + to_hex("time!"), "OK"));
  EXPECT_THAT(ask("qRcmd,0"), StartsWith("E"));
}

TEST_F(GdbServerTest, LongOutputComesInPackets) {
  target_.output = string(2 * GdbProtocol::kMaxPacketBytes, 'x');
  std::vector<string> all = replies("qRcmd,");
  ASSERT_GT(all.size(), 4u);
  EXPECT_EQ(all.back(), "OK");
  all.pop_back();
  string digits;
  for (const string& part : all) {
    EXPECT_LE(part.size(), GdbProtocol::kMaxPacketBytes);
    digits += part.substr(1);
  }
  EXPECT_EQ(digits, to_hex(target_.output + "!"));
}

TEST_F(GdbServerTest, DescribesTheRegistersInPieces) {
  string text;
  string part;
  do {
    part = ask("qXfer:features:read:target.xml:" + number_to_hex(text.size()) + ",100");
    ASSERT_FALSE(part.empty());
    text += part.substr(1);
  } while (part.front() == 'm');
  EXPECT_EQ(part.front(), 'l');
  EXPECT_THAT(text, HasSubstr("<architecture>riscv:rv64</architecture>"));
  EXPECT_THAT(text, HasSubstr("<reg name=\"a0\" bitsize=\"64\" regnum=\"10\" type=\"int\"/>"));
  EXPECT_THAT(text, HasSubstr("<reg name=\"pc\" bitsize=\"64\" regnum=\"32\" type=\"code_ptr\"/>"));
  EXPECT_THAT(text, HasSubstr("<reg name=\"mepc\" bitsize=\"64\" regnum=\"898\" type=\"int\"/>"));
  EXPECT_THAT(ask("qXfer:features:read:target.xml:fffff,100"), StartsWith("E"));
}

TEST_F(GdbServerTest, WithoutAcknowledgementsNothingButRepliesIsSent) {
  string sent;
  GdbServer server(target_, [&](std::string_view bytes) { sent += bytes; });
  server.receive("$QStartNoAckMode#b0");
  EXPECT_EQ(sent, "+$OK#9a");
  server.receive("$vCont?#49");
  EXPECT_EQ(sent, "+$OK#9a$vCont;c;C;s;S#62");
}

}  // namespace
}  // namespace prism::gdb
