// SPDX-License-Identifier: Apache-2.0
#include "models/cpu/uart.h"

#include <gtest/gtest.h>

#include <string>

#include "prism/hw/uart.h"
#include "tests/support/stimulus.h"

namespace prism::cpu {
namespace {

class UartTest : public testing::Test {
 protected:
  UartTest() {
    bus.socket.bind(uart.registers.socket);
    uart.irq.bind(irq);
  }

  std::uint8_t get(std::uint64_t offset) {
    std::uint8_t value = 0;
    EXPECT_OK(bus.read(offset, std::as_writable_bytes(std::span(&value, 1))));
    return value;
  }
  void set(std::uint64_t offset, unsigned value) {
    const auto byte = static_cast<std::byte>(value);
    EXPECT_OK(bus.write(offset, std::span(&byte, 1)));
  }
  static void settle() { sc_core::wait(1, sc_core::SC_NS); }

  std::string output;
  test::Stimulus bus{"bus"};
  Uart uart{"uart", {}, [this](char character) { output += character; }};
  sc_core::sc_signal<bool> irq{"irq"};
};

TEST_F(UartTest, TransmitsAtOnce) {
  bus.run([&] {
    for (const char character : std::string("hello\n")) {
      EXPECT_EQ(get(UART_LSR), UART_LSR_TRANSMIT_EMPTY | UART_LSR_TRANSMIT_IDLE);
      set(UART_DATA, static_cast<unsigned char>(character));
    }
  });
  EXPECT_EQ(output, "hello\n");
  EXPECT_FALSE(irq.read());
}

TEST_F(UartTest, DivisorHidesBehindDlab) {
  bus.run([&] {
    set(UART_IER, UART_IER_RECEIVED);
    set(UART_LCR, UART_LCR_DLAB | 3);
    set(UART_DATA, 0x34);
    set(UART_IER, 0x12);
    EXPECT_EQ(get(UART_DATA), 0x34);
    EXPECT_EQ(get(UART_IER), 0x12);
    set(UART_LCR, 3);
    EXPECT_EQ(get(UART_LCR), 3);
    EXPECT_EQ(get(UART_IER), UART_IER_RECEIVED);
    set(UART_SCRATCH, 0xA5);
    EXPECT_EQ(get(UART_SCRATCH), 0xA5);
  });
  EXPECT_EQ(output, "");
}

TEST_F(UartTest, ReceivesInOrderWithAnInterrupt) {
  bus.run([&] {
    EXPECT_EQ(get(UART_IIR), UART_IIR_NONE);
    set(UART_IIR, UART_FCR_ENABLE);
    set(UART_IER, UART_IER_RECEIVED);
    uart.receive("ab");
    settle();
    EXPECT_TRUE(irq.read());
    EXPECT_EQ(get(UART_IIR), UART_IIR_RECEIVED | UART_IIR_FIFOS);
    EXPECT_EQ(get(UART_LSR) & UART_LSR_DATA_READY, UART_LSR_DATA_READY);
    EXPECT_EQ(get(UART_DATA), 'a');
    EXPECT_TRUE(irq.read());
    EXPECT_EQ(get(UART_DATA), 'b');
    settle();
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(get(UART_LSR) & UART_LSR_DATA_READY, 0u);
    EXPECT_EQ(get(UART_DATA), 0);
  });
}

TEST_F(UartTest, DebugReadDoesNotTakeACharacter) {
  bus.run([&] {
    uart.receive("x");
    std::byte value{};
    EXPECT_EQ(bus.debug(tlm::TLM_READ_COMMAND, UART_DATA, {&value, 1}), 1u);
    EXPECT_EQ(static_cast<char>(value), 'x');
    EXPECT_EQ(get(UART_DATA), 'x');
  });
}

TEST_F(UartTest, TransmitInterruptIsClearedByItsIdentification) {
  bus.run([&] {
    set(UART_IER, UART_IER_TRANSMIT_EMPTY);  // the register is empty: at once
    settle();
    EXPECT_TRUE(irq.read());
    EXPECT_EQ(get(UART_IIR), UART_IIR_TRANSMIT_EMPTY);
    settle();
    EXPECT_FALSE(irq.read());
    EXPECT_EQ(get(UART_IIR), UART_IIR_NONE);
    set(UART_DATA, 'x');
    settle();
    EXPECT_TRUE(irq.read());
    set(UART_IER, UART_IER_TRANSMIT_EMPTY | UART_IER_RECEIVED);
    uart.receive("y");
    EXPECT_EQ(get(UART_IIR), UART_IIR_RECEIVED);  // goes first, and does not clear the other
    EXPECT_EQ(get(UART_DATA), 'y');
    EXPECT_EQ(get(UART_IIR), UART_IIR_TRANSMIT_EMPTY);
    EXPECT_EQ(get(UART_IIR), UART_IIR_NONE);
  });
}

TEST_F(UartTest, ClearsTheReceiverAndIgnoresStatusWrites) {
  bus.run([&] {
    uart.receive("abc");
    set(UART_IIR, UART_FCR_ENABLE | UART_FCR_CLEAR_RECEIVE);
    EXPECT_EQ(get(UART_LSR) & UART_LSR_DATA_READY, 0u);
    set(UART_LSR, 0xFF);
    set(UART_MSR, 0);
    EXPECT_EQ(get(UART_LSR), UART_LSR_TRANSMIT_EMPTY | UART_LSR_TRANSMIT_IDLE);
    EXPECT_EQ(get(UART_MSR), UART_MSR_READY);
  });
}

TEST_F(UartTest, RefusesWordAccesses) {
  bus.run([&] {
    std::uint32_t value = 0;
    EXPECT_EQ(bus.read32(UART_DATA, value), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(bus.write32(UART_DATA, 'x'), tlm::TLM_BURST_ERROR_RESPONSE);
  });
  EXPECT_EQ(output, "");
}

}  // namespace
}  // namespace prism::cpu
