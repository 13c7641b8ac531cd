// SPDX-License-Identifier: Apache-2.0
// The DRAM commands of a pseudo-channel, and the hook that watches them being issued.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/common/units.h"

namespace prism::hbm {

enum class Command : std::uint8_t {
  kActivate,
  kPrecharge,     // one bank
  kPrechargeAll,  // every bank of the pseudo-channel
  kRead,
  kWrite,
  kReadAutoPrecharge,
  kWriteAutoPrecharge,
  kRefreshAll,   // every bank of the pseudo-channel
  kRefreshBank,  // one bank
};

inline constexpr bool is_read(Command command) {
  return command == Command::kRead || command == Command::kReadAutoPrecharge;
}
inline constexpr bool is_write(Command command) {
  return command == Command::kWrite || command == Command::kWriteAutoPrecharge;
}
inline constexpr bool is_column_command(Command command) {
  return is_read(command) || is_write(command);
}

inline constexpr std::string_view command_name(Command command) {
  constexpr std::string_view kNames[] = {"ACT", "PRE", "PREA", "RD", "WR", "RDA", "WRA", "REFab", "REFpb"};
  return kNames[static_cast<unsigned>(command)];
}

struct CommandRecord {
  Picoseconds time;  // of the command's first clock edge
  Command command;
  std::uint32_t channel;         // stack-major
  std::uint32_t pseudo_channel;  // of the channel
  std::uint32_t bank;  // of the pseudo-channel: (stack id, bank group, bank); 0 for all-bank commands
  std::uint32_t row;   // ACT: the row opened; column commands: the row addressed; otherwise 0
};

/// Sees every command, in order of time within a channel.
class CommandObserver {
 public:
  virtual ~CommandObserver() = default;
  virtual void on_command(const CommandRecord& record) = 0;
};

}  // namespace prism::hbm
