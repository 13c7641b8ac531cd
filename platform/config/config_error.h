// SPDX-License-Identifier: Apache-2.0
// The user's mistake in a configuration: one line with file, JSON pointer, what was found, what was expected.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace prism::config {

class ConfigError : public std::runtime_error {
 public:
  /// `file`: as the user named it, with :line:column for a syntax error; for an override "--set path=value".
  /// `pointer`: JSON pointer (RFC 6901); empty for the whole document, which is shown as "/".
  ConfigError(std::string file, std::string pointer, std::string found, std::string expected)
      : std::runtime_error(file + ": " + (pointer.empty() ? "/" : pointer) + ": found " + found +
                           ", expected " + expected),
        file_(std::move(file)),
        pointer_(std::move(pointer)),
        found_(std::move(found)),
        expected_(std::move(expected)) {}

  const std::string& file() const { return file_; }
  const std::string& pointer() const { return pointer_; }
  const std::string& found() const { return found_; }
  const std::string& expected() const { return expected_; }

 private:
  std::string file_;
  std::string pointer_;
  std::string found_;
  std::string expected_;
};

}  // namespace prism::config
