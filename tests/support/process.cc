// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

#include "tests/support/temp_directory.h"

namespace souk::support {
namespace {

constexpr int kCannotRun = 127;
constexpr int kSignalBase = 128;
constexpr int kFileMode = 0644;

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::vector<std::string>& first) {
  std::vector<std::string> all = first;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const std::string name = text.substr(0, text.find('=') + 1);
    bool replaced = false;
    for (const std::string& own : first) replaced = replaced || own.starts_with(name);
    if (!replaced) all.push_back(text);
  }
  return all;
}

int Open(const std::filesystem::path& path, int flags) {
  return open(path.empty() ? "/dev/null" : path.c_str(), flags | O_CLOEXEC, kFileMode);
}

// Between fork and exec only calls that are safe there.
[[noreturn]] void Become(const std::vector<char*>& command, const std::vector<char*>& environment,
                         const char* directory, const int (&files)[3]) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A test that sets a limit on file sizes wants an error from write, not a signal.
  signal(SIGXFSZ, SIG_IGN);
  for (int i = 0; i < 3; ++i) {
    if (dup2(files[i], i) < 0) _exit(kCannotRun);
  }
  if (*directory != 0 && chdir(directory) != 0) _exit(kCannotRun);
  execve(command[0], command.data(), environment.data());
  _exit(kCannotRun);
}

}  // namespace

StatusOr<Process> Process::Start(const ProcessOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> environment = Environment(options.environment);
  const std::vector<char*> command_pointers = Pointers(command);
  const std::vector<char*> environment_pointers = Pointers(environment);
  const std::string directory = options.directory.string();
  const int writing = O_WRONLY | O_CREAT | O_APPEND;
  const int files[3] = {Open(options.input, O_RDONLY), Open(options.output, writing), Open(options.errors, writing)};
  const pid_t pid = fork();
  if (pid == 0) Become(command_pointers, environment_pointers, directory.c_str(), files);
  for (const int file : files) close(file);
  if (pid < 0) return Status(Code::kInternal, "fork failed");
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  Process process(pid, pidfd);
  if (pidfd < 0) return Status(Code::kInternal, "pidfd_open failed");
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::exchange(other.pidfd_, -1)), exit_code_(other.exit_code_) {}

Process::~Process() {
  if (pid_ > 0 && !exit_code_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (pidfd_ >= 0) close(pidfd_);
}

void Process::Signal(int signal) const {
  if (pid_ > 0 && !exit_code_) kill(pid_, signal);
}

std::optional<int> Process::Wait(std::chrono::milliseconds duration_max) {
  if (exit_code_) return exit_code_;
  const auto until = std::chrono::steady_clock::now() + duration_max;
  pollfd ended{pidfd_, POLLIN, 0};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int found = poll(&ended, 1, static_cast<int>(std::max<int64_t>(left.count(), 0)));
    if (found > 0) break;
    if (found == 0) return std::nullopt;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
  return exit_code_;
}

CommandResult Run(const std::vector<std::string>& command, const RunOptions& options) {
  const TempDirectory folder;
  WriteFile(folder / "in", options.input);
  auto process = Process::Start({.command = command,
                                 .environment = options.environment,
                                 .directory = options.directory,
                                 .input = folder / "in",
                                 .output = folder / "out",
                                 .errors = folder / "err"});
  CommandResult result;
  if (!process.ok()) {
    result.err = process.status().ToString();
    return result;
  }
  if (const auto code = process->Wait(options.duration_max)) result.exit_code = *code;
  result.out = ReadFile(folder / "out");
  result.err = ReadFile(folder / "err");
  return result;
}

}  // namespace souk::support
