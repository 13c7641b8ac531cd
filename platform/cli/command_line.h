// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace prism::cli {

/// The whole program: takes the command line apart, runs the subcommand, and turns exceptions into an exit
/// status and one line on standard error.
int run_command_line(int argc, const char* const* argv);

}  // namespace prism::cli
