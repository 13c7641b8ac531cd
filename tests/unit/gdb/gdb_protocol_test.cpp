// SPDX-License-Identifier: Apache-2.0
// Frames of the remote protocol, with examples from gdb's manual.
#include "models/cpu/gdb/gdb_protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/cpu/gdb/hex.h"

namespace prism::gdb {
namespace {

using std::string;

class GdbProtocolTest : public testing::Test {
 protected:
  string sent_;
  std::vector<string> packets_;
  int interrupts_ = 0;
  GdbProtocol protocol_{[this](std::string_view bytes) { sent_ += bytes; },
                        {.on_packet = [this](std::string_view packet) { packets_.emplace_back(packet); },
                         .on_interrupt = [this] { ++interrupts_; }}};
};

TEST_F(GdbProtocolTest, AcknowledgesAPacketWithItsChecksum) {
  protocol_.receive("$vMustReplyEmpty#3a");
  EXPECT_EQ(packets_, std::vector<string>{"vMustReplyEmpty"});
  EXPECT_EQ(sent_, "+");
}

TEST_F(GdbProtocolTest, TakesPacketsHoweverTheyAreCut) {
  for (const char byte : string("+$g#67+$?#3f")) protocol_.receive(string(1, byte));
  EXPECT_EQ(packets_, (std::vector<string>{"g", "?"}));
}

TEST_F(GdbProtocolTest, AsksAgainForADamagedPacket) {
  protocol_.receive("$g#68");
  EXPECT_TRUE(packets_.empty());
  EXPECT_EQ(sent_, "-");
  protocol_.receive("$g#zz");
  EXPECT_EQ(sent_, "--");
  protocol_.receive("$g#67");
  EXPECT_EQ(packets_, std::vector<string>{"g"});
}

TEST_F(GdbProtocolTest, RepeatsWhatGdbDidNotUnderstand) {
  protocol_.send_packet("OK");
  EXPECT_EQ(sent_, "$OK#9a");
  protocol_.receive("-");
  EXPECT_EQ(sent_, "$OK#9a$OK#9a");
}

TEST_F(GdbProtocolTest, EscapesBothWays) {
  protocol_.send_packet("a#$}*b");
  EXPECT_EQ(sent_.substr(0, sent_.size() - 3), "$a}\x03}\x04}]}\nb");
  protocol_.stop_acknowledging();
  protocol_.receive(sent_);
  EXPECT_EQ(packets_, std::vector<string>{"a#$}*b"});
}

TEST_F(GdbProtocolTest, StopsAcknowledging) {
  protocol_.stop_acknowledging();
  protocol_.receive("$g#67-");
  EXPECT_EQ(packets_, std::vector<string>{"g"});
  EXPECT_EQ(sent_, "");
}

TEST_F(GdbProtocolTest, AnInterruptComesOutsidePacketsOnly) {
  protocol_.receive("\x03");
  EXPECT_EQ(interrupts_, 1);
  protocol_.stop_acknowledging();
  protocol_.receive("$X0,1:\x03#00");
  EXPECT_EQ(interrupts_, 1);
  EXPECT_EQ(packets_, std::vector<string>{"X0,1:\x03"});
}

TEST_F(GdbProtocolTest, DropsAnEndlessPacketAndGoesOn) {
  protocol_.receive("$" + string(3 * GdbProtocol::kMaxPacketBytes, 'x'));
  protocol_.receive("#00$g#67");
  EXPECT_EQ(packets_, std::vector<string>{"g"});
}

TEST(HexTest, ConvertsBothWays) {
  EXPECT_EQ(to_hex("gdb"), "676462");
  EXPECT_EQ(register_to_hex(0x0123456789abcdef), "efcdab8967452301");
  EXPECT_EQ(register_from_hex("efcdab8967452301"), 0x0123456789abcdefu);
  EXPECT_EQ(number_from_hex("80001234"), 0x80001234u);
  EXPECT_EQ(number_to_hex(0x80001234), "80001234");
}

TEST(HexTest, RefusesWhatIsNoHex) {
  EXPECT_FALSE(number_from_hex(""));
  EXPECT_FALSE(number_from_hex("12x"));
  EXPECT_FALSE(number_from_hex("-1"));
  EXPECT_FALSE(number_from_hex("10000000000000000"));  // 65 bits
  EXPECT_FALSE(bytes_from_hex("123"));
  EXPECT_FALSE(bytes_from_hex("0g"));
  EXPECT_FALSE(register_from_hex("00"));
}

}  // namespace
}  // namespace prism::gdb
