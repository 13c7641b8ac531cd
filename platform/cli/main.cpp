// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <systemc>

#include "platform/cli/command_line.h"

int sc_main(int argc, char** argv) {
  return prism::cli::run_command_line(argc, argv);
}

int main(int argc, char** argv) {
  // SystemC's banner would mix with our messages on standard error.
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return sc_core::sc_elab_and_sim(argc, argv);
}
