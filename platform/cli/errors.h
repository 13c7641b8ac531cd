// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace prism::cli {

/// A wrong command line, or an output that cannot be written: exit status 2. The message is one line.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws an InputError about an option or an argument.
[[noreturn]] inline void reject(const std::string& option, const std::string& found,
                                const std::string& expected) {
  throw InputError(option + ": found " + found + ", expected " + expected);
}

inline constexpr int kExitDone = 0;
inline constexpr int kExitSystemFailed = 1;  // the simulated system
inline constexpr int kExitInputWrong = 2;
inline constexpr int kExitInternalError = 3;

}  // namespace prism::cli
