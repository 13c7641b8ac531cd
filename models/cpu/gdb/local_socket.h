// SPDX-License-Identifier: Apache-2.0
// One TCP connection from a program on this machine: a debugger, or a terminal for the console.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace prism::gdb {

/// Listens on 127.0.0.1 only: who can talk to it can read and write all of the simulated machine.
class LocalSocket {
 public:
  /// 0: any free port. Throws std::runtime_error when the port cannot be had.
  explicit LocalSocket(std::uint16_t port);
  ~LocalSocket();

  /// Before accept().
  std::uint16_t port() const;
  /// Waits for a peer, and takes no other after it.
  void accept();
  bool connected() const;
  /// What has arrived since the last call; waits for something unless it is there, or the peer has gone.
  std::string receive();
  /// The same, without waiting.
  std::string poll();
  void send(std::string_view bytes);

 private:
  struct Sockets;  // keeps Boost.Asio out of whoever includes this
  std::string read(bool waits);

  std::unique_ptr<Sockets> sockets_;
};

}  // namespace prism::gdb
