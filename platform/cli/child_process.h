// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace prism::cli {

/// Child processes under way, each known by an index of the caller's. They die with this process, even when
/// it is killed.
class ChildProcesses {
 public:
  struct Ended {
    std::size_t index;
    int status;  // its exit status; 128 + the signal that ended it
  };

  ChildProcesses();
  ~ChildProcesses();
  ChildProcesses(const ChildProcesses&) = delete;
  ChildProcesses& operator=(const ChildProcesses&) = delete;

  /// Starts `arguments` (the first is the program's path); its standard error goes to `log`, its output
  /// nowhere.
  void start(std::size_t index, const std::vector<std::string>& arguments, const std::filesystem::path& log);

  std::size_t running() const { return children_.size(); }

  /// A child that has ended, as soon as one does; nothing after a short wait.
  std::optional<Ended> wait_briefly();

 private:
  std::optional<Ended> take_ended();

  sigset_t signals_before_{};
  std::map<int, std::size_t> children_;  // process id to index
};

}  // namespace prism::cli
