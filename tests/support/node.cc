// SPDX-License-Identifier: Apache-2.0
#include "tests/support/node.h"

#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <sstream>
#include <utility>

#include "tests/support/file_wait.h"

namespace souk::support {
namespace {

constexpr char kReadyFile[] = "ready";
constexpr char kLogFile[] = "soukd.log";
constexpr size_t kLogBytesShown = 4000;

std::filesystem::path LogOf(const NodeOptions& options, const TempDirectory& folder) {
  return options.log.empty() ? folder / kLogFile : options.log;
}

std::map<std::string, std::string> ReadKeyValues(const std::filesystem::path& path) {
  std::map<std::string, std::string> values;
  std::istringstream lines(ReadFile(path));
  for (std::string line; std::getline(lines, line);) {
    const size_t equals = line.find('=');
    if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return values;
}

std::string Variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

Node::Node(NodeOptions options, std::unique_ptr<TempDirectory> folder, Process process)
    : options_(std::move(options)), folder_(std::move(folder)), process_(std::move(process)) {}

StatusOr<std::unique_ptr<Node>> Node::Launch(NodeOptions options) {
  auto folder = std::make_unique<TempDirectory>("souk-node");
  const std::filesystem::path log = LogOf(options, *folder);
  ProcessOptions process;
  process.command = {Binary("soukd").string(), "--data-dir=" + options.data_directory.string(),
                     "--grpc-address=" + options.grpc_address, "--http-address=" + options.http_address,
                     "--ready-file=" + (*folder / kReadyFile).string()};
  process.command.insert(process.command.end(), options.flags.begin(), options.flags.end());
  process.output = log;
  process.errors = log;
  ASSIGN_OR_RETURN(Process child, Process::Start(process));
  return std::unique_ptr<Node>(new Node(std::move(options), std::move(folder), std::move(child)));
}

Status Node::WaitReady() {
  const std::filesystem::path ready = *folder_ / kReadyFile;
  if (!FileWait(ready).For(process_.pidfd(), options_.start_duration_max)) {
    const auto code = process_.Wait(std::chrono::milliseconds(0));
    const std::string what = code ? "it exited with " + std::to_string(*code) : "it takes too long";
    return {Code::kUnavailable, "the node does not start: " + what + "\n" + Log()};
  }
  const auto values = ReadKeyValues(ready);
  for (const char* key : {"grpc", "http", "pid"}) {
    if (!values.contains(key)) return {Code::kInternal, std::string("the ready file lacks ") + key};
  }
  grpc_address_ = values.at("grpc");
  http_address_ = values.at("http");
  if (values.at("pid") == std::to_string(pid())) return Status::Ok();
  return {Code::kInternal, "the ready file names pid " + values.at("pid") + ", not " + std::to_string(pid())};
}

StatusOr<std::unique_ptr<Node>> Node::Start(NodeOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Node> node, Launch(std::move(options)));
  RETURN_IF_ERROR(node->WaitReady());
  return node;
}

std::string Node::Log() const {
  const std::string log = ReadFile(LogOf(options_, *folder_));
  return log.size() <= kLogBytesShown ? log : "…" + log.substr(log.size() - kLogBytesShown);
}

Status Node::Stop() {
  process_.Signal(SIGTERM);
  const auto code = process_.Wait(options_.stop_duration_max);
  if (code == 0) return Status::Ok();
  const std::string what = code ? "exited with " + std::to_string(*code) : "still drains";
  return {Code::kInternal, "after SIGTERM the node " + what + "\n" + Log()};
}

void Node::Kill() {
  process_.Signal(SIGKILL);
  process_.Wait(options_.stop_duration_max);
}

Status Node::LimitFileBytes(std::optional<uint64_t> bytes_max) const {
  rlimit limit{};
  if (prlimit(pid(), RLIMIT_FSIZE, nullptr, &limit) != 0) return {Code::kInternal, "prlimit can't read"};
  limit.rlim_cur = bytes_max ? *bytes_max : limit.rlim_max;
  if (prlimit(pid(), RLIMIT_FSIZE, &limit, nullptr) != 0) return {Code::kInternal, "prlimit can't set"};
  return Status::Ok();
}

std::filesystem::path Binary(std::string_view name) {
  const std::string folder = Variable("SOUK_BIN_DIR");
  if (!folder.empty()) return std::filesystem::path(folder) / name;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

std::filesystem::path SourceDirectory() {
  const std::string folder = Variable("SOUK_SOURCE_DIR");
  return folder.empty() ? std::filesystem::current_path() : std::filesystem::path(folder);
}

CommandResult RunSouk(const std::string& grpc_address, const std::vector<std::string>& arguments, RunOptions options) {
  const TempDirectory home;
  std::vector<std::string> command = {Binary("souk").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  options.environment.insert(options.environment.end(),
                             {"SOUK_ADDR=" + grpc_address, "HOME=" + home.path().string(),
                              "XDG_CONFIG_HOME=" + home.path().string(), "XDG_STATE_HOME=" + home.path().string()});
  return Run(command, options);
}

}  // namespace souk::support
