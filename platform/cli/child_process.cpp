// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <thread>

namespace prism::cli {
namespace {

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  void open(int descriptor, const char* file, int flags) {
    constexpr mode_t kMode = 0644;
    posix_spawn_file_actions_addopen(&actions_, descriptor, file, flags, kMode);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

void ChildProcesses::start(std::size_t index, const std::vector<std::string>& arguments,
                           const std::filesystem::path& log) {
  FileActions actions;
  actions.open(STDOUT_FILENO, "/dev/null", O_WRONLY);
  actions.open(STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  pid_t child = 0;
  const int problem = posix_spawn(&child, pointers[0], actions.get(), nullptr, pointers.data(), environ);
  if (problem != 0) throw std::system_error(problem, std::generic_category(), "cannot start " + arguments[0]);
  children_[child] = index;
}

std::optional<ChildProcesses::Ended> ChildProcesses::wait_briefly() {
  constexpr auto kWait = std::chrono::milliseconds(20);
  int status = 0;
  const pid_t child = waitpid(-1, &status, WNOHANG);
  if (child <= 0) {
    std::this_thread::sleep_for(kWait);
    return std::nullopt;
  }
  const auto found = children_.find(child);
  const Ended ended{found->second, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
  children_.erase(found);
  return ended;
}

}  // namespace prism::cli
