// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/local_socket.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace prism::gdb {

using boost::asio::ip::tcp;

struct LocalSocket::Sockets {
  boost::asio::io_context context;
  tcp::acceptor acceptor{context};
  tcp::socket peer{context};

  void hang_up() {
    boost::system::error_code ignored;  // the peer has gone already
    peer.close(ignored);
  }
};

LocalSocket::LocalSocket(std::uint16_t port) : sockets_(std::make_unique<Sockets>()) {
  const tcp::endpoint place(boost::asio::ip::address_v4::loopback(), port);
  try {
    sockets_->acceptor.open(place.protocol());
    sockets_->acceptor.set_option(tcp::acceptor::reuse_address(true));
    sockets_->acceptor.bind(place);
    sockets_->acceptor.listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error(error.code().message());
  }
}

LocalSocket::~LocalSocket() = default;

std::uint16_t LocalSocket::port() const {
  return sockets_->acceptor.local_endpoint().port();
}

void LocalSocket::accept() {
  sockets_->acceptor.accept(sockets_->peer);
  sockets_->acceptor.close();
  sockets_->peer.set_option(tcp::no_delay(true));
}

bool LocalSocket::connected() const {
  return sockets_->peer.is_open();
}

std::string LocalSocket::read(bool waits) {
  if (!connected()) return {};
  sockets_->peer.non_blocking(!waits);
  std::array<char, 4096> buffer;
  boost::system::error_code error;
  const std::size_t bytes = sockets_->peer.read_some(boost::asio::buffer(buffer), error);
  if (error && error != boost::asio::error::would_block) sockets_->hang_up();
  return {buffer.data(), bytes};
}

std::string LocalSocket::receive() {
  return read(true);
}

std::string LocalSocket::poll() {
  return read(false);
}

void LocalSocket::send(std::string_view bytes) {
  if (!connected()) return;
  sockets_->peer.non_blocking(false);
  boost::system::error_code error;
  boost::asio::write(sockets_->peer, boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) sockets_->hang_up();
}

}  // namespace prism::gdb
