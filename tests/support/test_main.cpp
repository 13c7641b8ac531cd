// SPDX-License-Identifier: Apache-2.0
// Entry point of every test executable. SystemC elaborates once a process, so ctest runs each test case in
// its own.
#include <gtest/gtest.h>

#include <systemc>

int sc_main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
