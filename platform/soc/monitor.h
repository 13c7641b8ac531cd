// SPDX-License-Identifier: Apache-2.0
// What gdb's command `monitor` does: looks at the platform, and puts faults into it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/config/config.h"
#include "platform/soc/soc.h"

namespace prism::soc {

/// Commands are words. Only `inject` and `write` change anything; neither takes simulated time.
class Monitor {
 public:
  /// Both must outlive this.
  Monitor(Soc& soc, const config::PlatformConfig& config) : soc_(soc), config_(config) {}

  /// What the command prints; what is wrong with it, when it is no command.
  std::string execute(std::string_view command);

 private:
  using Words = std::vector<std::string>;
  struct Command {
    const char* name;
    const char* usage;
    std::string (Monitor::*execute)(const Words& arguments);
  };
  static const Command kCommands[];

  std::string help(const Words&);
  std::string time(const Words&);
  std::string state(const Words&);
  std::string statistics(const Words& arguments);
  std::string registers(const Words& arguments);
  std::string write(const Words& arguments);
  std::string inject(const Words& arguments);
  std::string inject_hbm_error(const Words& arguments);
  std::string inject_photonic(const Words& arguments);
  std::string inject_platform(config::PlatformFaultKind kind, const Words& arguments);
  RegisterBank* find_bank(const std::string& device) const;

  Soc& soc_;
  const config::PlatformConfig& config_;
};

}  // namespace prism::soc
