// SPDX-License-Identifier: Apache-2.0
// Packets of gdb's remote serial protocol.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace prism::gdb {

/// Bytes to packets and back: framing, checksums, escapes, acknowledgements ("GDB Remote Serial Protocol",
/// sections Overview and Packet Acknowledgment of gdb's manual). A packet with a wrong checksum is asked for
/// again; one longer than kMaxPacketBytes is dropped. Not modelled: run-length encoding of what is sent,
/// sequence numbers, notifications.
class GdbProtocol {
 public:
  using Send = std::function<void(std::string_view bytes)>;
  struct Handlers {
    std::function<void(std::string_view payload)> on_packet;
    std::function<void()> on_interrupt;  // Ctrl-C, which comes outside packets
  };

  /// What gdb is told it may send; a full packet still has its frame and escapes around it.
  static constexpr std::size_t kMaxPacketBytes = 0x4000;

  GdbProtocol(Send send, Handlers handlers);

  /// Bytes from gdb, however they were cut. Calls the handlers.
  void receive(std::string_view bytes);
  void send_packet(std::string_view payload);
  /// From now on nothing is acknowledged, on either side.
  void stop_acknowledging() { acknowledging_ = false; }

 private:
  enum class State { kOutside, kPayload, kEscape, kFirstDigit, kSecondDigit };

  void receive(char byte);
  void receive_outside(char byte);
  void end_packet();

  Send send_;
  Handlers handlers_;
  State state_ = State::kOutside;
  bool acknowledging_ = true;
  std::string payload_;
  unsigned sum_ = 0;
  std::string digits_;
  std::string last_sent_;
};

}  // namespace prism::gdb
