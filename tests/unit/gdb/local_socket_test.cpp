// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/gdb/local_socket.h"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

namespace prism::gdb {
namespace {

using boost::asio::ip::tcp;

class LocalSocketTest : public testing::Test {
 protected:
  void connect() {
    peer_.connect({boost::asio::ip::address_v4::loopback(), socket_.port()});
    socket_.accept();
  }

  LocalSocket socket_{0};
  boost::asio::io_context context_;
  tcp::socket peer_{context_};
};

TEST_F(LocalSocketTest, CarriesBytesBothWays) {
  connect();
  EXPECT_EQ(socket_.poll(), "");
  EXPECT_TRUE(socket_.connected());
  boost::asio::write(peer_, boost::asio::buffer("$g#67", 5));
  EXPECT_EQ(socket_.receive(), "$g#67");
  socket_.send("+");
  char byte = 0;
  boost::asio::read(peer_, boost::asio::buffer(&byte, 1));
  EXPECT_EQ(byte, '+');
}

TEST_F(LocalSocketTest, NoticesThatThePeerHasGone) {
  connect();
  peer_.close();
  EXPECT_EQ(socket_.receive(), "");
  EXPECT_FALSE(socket_.connected());
  socket_.send("into the void");
  EXPECT_EQ(socket_.poll(), "");
}

TEST_F(LocalSocketTest, TakesNoSecondPeer) {
  const std::uint16_t port = socket_.port();
  connect();
  tcp::socket second(context_);
  boost::system::error_code error;
  second.connect({boost::asio::ip::address_v4::loopback(), port}, error);
  EXPECT_TRUE(error);
}

TEST_F(LocalSocketTest, APortIsNotSharedAmongServers) {
  EXPECT_NE(socket_.port(), 0);
  EXPECT_THROW(LocalSocket{socket_.port()}, std::runtime_error);
}

}  // namespace
}  // namespace prism::gdb
