// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

namespace prism::cli {
namespace {

constexpr int kCannotStart = 127;  // as a shell says it

sigset_t child_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  return set;
}

void redirect(int descriptor, const char* file, int flags) {
  constexpr mode_t kMode = 0644;
  const int opened = open(file, flags, kMode);
  if (opened < 0 || dup2(opened, descriptor) < 0) _exit(kCannotStart);
  close(opened);
}

/// The child, between fork and exec: only system calls.
[[noreturn]] void become(char* const* arguments, const char* log, pid_t parent, const sigset_t& signals) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kCannotStart);  // it died before the line above
  sigprocmask(SIG_SETMASK, &signals, nullptr);
  redirect(STDOUT_FILENO, "/dev/null", O_WRONLY);
  redirect(STDERR_FILENO, log, O_WRONLY | O_CREAT | O_TRUNC);
  execv(arguments[0], arguments);
  _exit(kCannotStart);
}

}  // namespace

/// SIGCHLD stays blocked, so that wait_briefly() can wait for it.
ChildProcesses::ChildProcesses() {
  const sigset_t wanted = child_signal();
  sigprocmask(SIG_BLOCK, &wanted, &signals_before_);
}

ChildProcesses::~ChildProcesses() {
  sigprocmask(SIG_SETMASK, &signals_before_, nullptr);
}

void ChildProcesses::start(std::size_t index, const std::vector<std::string>& arguments,
                           const std::filesystem::path& log) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "cannot start " + arguments[0]);
  if (child == 0) become(pointers.data(), log.c_str(), parent, signals_before_);
  children_[child] = index;
}

std::optional<ChildProcesses::Ended> ChildProcesses::take_ended() {
  int status = 0;
  const pid_t child = waitpid(-1, &status, WNOHANG);
  if (child <= 0) return std::nullopt;
  const auto found = children_.find(child);
  const Ended ended{found->second, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
  children_.erase(found);
  return ended;
}

std::optional<ChildProcesses::Ended> ChildProcesses::wait_briefly() {
  constexpr timespec kLongest{0, 200'000'000};
  if (const auto ended = take_ended()) return ended;
  const sigset_t wanted = child_signal();
  sigtimedwait(&wanted, nullptr, &kLongest);
  return take_ended();
}

}  // namespace prism::cli
