// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/gdb_protocol.h"

#include <utility>

#include "models/cpu/gdb/hex.h"

namespace prism::gdb {
namespace {

constexpr char kInterrupt = '\x03';
constexpr char kEscape = '}';
constexpr unsigned char kEscapeMask = 0x20;

constexpr bool must_be_escaped(char byte) {
  return byte == '#' || byte == '$' || byte == kEscape || byte == '*';
}

constexpr char toggle_escape(char byte) {
  return static_cast<char>(static_cast<unsigned char>(byte) ^ kEscapeMask);
}

unsigned add(unsigned sum, char byte) {
  return (sum + static_cast<unsigned char>(byte)) & 0xff;
}

}  // namespace

GdbProtocol::GdbProtocol(Send send, Handlers handlers)
    : send_(std::move(send)), handlers_(std::move(handlers)) {}

void GdbProtocol::receive(std::string_view bytes) {
  for (const char byte : bytes) receive(byte);
}

void GdbProtocol::receive(char byte) {
  if (state_ == State::kOutside) return receive_outside(byte);
  if (state_ == State::kFirstDigit) {
    digits_ = byte;
    state_ = State::kSecondDigit;
    return;
  }
  if (state_ == State::kSecondDigit) {
    digits_ += byte;
    state_ = State::kOutside;
    return end_packet();
  }
  if (byte == '#') {
    state_ = State::kFirstDigit;
    return;
  }
  sum_ = add(sum_, byte);
  if (state_ == State::kPayload && byte == kEscape) {
    state_ = State::kEscape;
    return;
  }
  payload_ += state_ == State::kEscape ? toggle_escape(byte) : byte;
  state_ = payload_.size() > kMaxPacketBytes ? State::kOutside : State::kPayload;
}

void GdbProtocol::receive_outside(char byte) {
  if (byte == '$') {
    payload_.clear();
    sum_ = 0;
    state_ = State::kPayload;
  } else if (byte == kInterrupt) {
    handlers_.on_interrupt();
  } else if (byte == '-' && acknowledging_) {
    send_(last_sent_);
  }
}

void GdbProtocol::end_packet() {
  if (acknowledging_) {
    const bool intact = number_from_hex(digits_) == sum_;
    send_(intact ? "+" : "-");
    if (!intact) return;
  }
  const std::string payload = std::exchange(payload_, {});
  handlers_.on_packet(payload);
}

void GdbProtocol::send_packet(std::string_view payload) {
  last_sent_ = "$";
  for (const char byte : payload) {
    if (must_be_escaped(byte)) {
      last_sent_ += kEscape;
      last_sent_ += toggle_escape(byte);
    } else {
      last_sent_ += byte;
    }
  }
  unsigned sum = 0;
  for (const char byte : std::string_view(last_sent_).substr(1)) sum = add(sum, byte);
  last_sent_ += '#';
  last_sent_ += to_hex(std::string(1, static_cast<char>(sum)));
  send_(last_sent_);
}

}  // namespace prism::gdb
