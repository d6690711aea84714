// SPDX-License-Identifier: Apache-2.0
#include "tests/support/socket_owner.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace souk::support {
namespace {

constexpr int kHexadecimal = 16;

// Of "0100007F:1F90".
uint16_t PortOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return 0;
  return static_cast<uint16_t>(std::stoul(address.substr(colon + 1), nullptr, kHexadecimal));
}

// The number by which the kernel knows the socket; empty if there is none.
std::string InodeIn(const char* path, SocketPorts ports) {
  std::ifstream table(path);
  std::string line;
  std::getline(table, line);  // the titles
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
    if (PortOf(local) == ports.local && PortOf(remote) == ports.remote) return inode;
  }
  return {};
}

// A socket for both versions of IP stands in the other table, wherever it leads.
std::string InodeOf(SocketPorts ports) {
  const std::string inode = InodeIn("/proc/net/tcp", ports);
  return inode.empty() ? InodeIn("/proc/net/tcp6", ports) : inode;
}

bool Holds(pid_t process, const std::string& link) {
  std::error_code gone;
  const auto files = std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd", gone);
  if (gone) return false;
  for (auto file = files; file != std::filesystem::directory_iterator(); file.increment(gone)) {
    if (gone) return false;
    std::error_code closed;  // meanwhile
    if (std::filesystem::read_symlink(file->path(), closed) == link) return true;
  }
  return false;
}

}  // namespace

std::optional<pid_t> OwnerOf(SocketPorts ports, const std::vector<pid_t>& processes) {
  const std::string inode = InodeOf(ports);
  if (inode.empty() || inode == "0") return std::nullopt;
  for (const pid_t process : processes) {
    if (Holds(process, "socket:[" + inode + "]")) return process;
  }
  return std::nullopt;
}

}  // namespace souk::support
