// SPDX-License-Identifier: Apache-2.0
#include "tests/support/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "tests/support/socket_owner.h"

namespace souk::support {
namespace {

constexpr size_t kBufferBytes = 64 * 1024;
constexpr int kBacklog = 128;
constexpr int kDecimal = 10;
constexpr Network::End kUnknownEnd = -1;

sockaddr_in Loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

uint16_t PortOf(const std::string& address) {
  return static_cast<uint16_t>(strtoul(address.c_str() + address.rfind(':') + 1, nullptr, kDecimal));
}

void SendAtOnce(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void Reset(int fd) {
  if (fd < 0) return;
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

// What was sent already still arrives.
void CloseGently(int fd) {
  if (fd >= 0) close(fd);
}

// One direction of a connection.
class Pipe {
 public:
  bool wants_input() const { return begin_ == end_; }
  bool has_output() const { return begin_ < end_; }

  // False once one of the two is no more.
  bool Move(int from, int to) {
    if (wants_input()) {
      const ssize_t got = recv(from, bytes_.data(), bytes_.size(), 0);
      if (got == 0) return false;
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      begin_ = 0;
      end_ = static_cast<size_t>(got);
    }
    const ssize_t sent = send(to, bytes_.data() + begin_, end_ - begin_, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    begin_ += static_cast<size_t>(sent);
    return true;
  }

 private:
  std::vector<char> bytes_ = std::vector<char>(kBufferBytes);
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace

struct Network::Listener {
  int fd;
  uint16_t port;
  End end;
  uint16_t target;  // 0: nobody is there
};

struct Network::Connection {
  int client;
  int server = -1;  // not connected yet, where the link was silent from the beginning
  SocketPorts ports;
  End from = kUnknownEnd;
  const Listener* listener;
  Pipe up = {};
  Pipe down = {};
  short client_events = 0;
  short server_events = 0;
};

Network::Network() {
  if (pipe2(wake_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
  thread_ = std::thread([this] { Run(); });
}

Network::~Network() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  for (const Connection& connection : connections_) {
    Reset(connection.client);
    Reset(connection.server);
  }
  for (const Listener& listener : listeners_) close(listener.fd);
  for (const int fd : wake_) close(fd);
}

void Network::Wake() const { static_cast<void>(!write(wake_[1], "", 1)); }  // full: it wakes anyway

std::string Network::Front(End end, const std::string& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in own = Loopback(0);
  socklen_t size = sizeof own;
  const bool listens = bind(fd, reinterpret_cast<sockaddr*>(&own), size) == 0 && listen(fd, kBacklog) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size) == 0;
  if (!listens) throw std::runtime_error("no free port on 127.0.0.1");
  const uint16_t port = ntohs(own.sin_port);
  const std::lock_guard lock(mutex_);
  listeners_.push_back({fd, port, end, address.empty() ? uint16_t{0} : PortOf(address)});
  Wake();
  return "127.0.0.1:" + std::to_string(port);
}

void Network::Lead(const std::string& front, const std::string& address) {
  const std::lock_guard lock(mutex_);
  for (Listener& listener : listeners_) {
    if (listener.port == PortOf(front)) listener.target = PortOf(address);
  }
}

void Network::SetProcess(End end, pid_t process) {
  const std::lock_guard lock(mutex_);
  processes_[end] = process;
  EndWhatIsCut();
}

void Network::Set(End from, End to, Flow flow) {
  const std::lock_guard lock(mutex_);
  flows_[{from, to}] = flow;
  EndWhatIsCut();
}

void Network::SetBetween(End one, End other, Flow flow) {
  Set(one, other, flow);
  Set(other, one, flow);
}

void Network::Heal() {
  const std::lock_guard lock(mutex_);
  flows_.clear();
  Wake();
}

Flow Network::FlowOf(const Connection& connection) const {
  const auto found = flows_.find({connection.from, connection.listener->end});
  return found == flows_.end() ? Flow::kOpen : found->second;
}

void Network::Identify(Connection& connection) const {
  std::vector<pid_t> all;
  for (const auto& [end, process] : processes_) all.push_back(process);
  const auto owner = OwnerOf(connection.ports, all);
  for (const auto& [end, process] : processes_) {
    if (owner == process) connection.from = end;
  }
}

// And makes the thread look again at what it waits for. A connection that came before its process was known is known
// from now on.
void Network::EndWhatIsCut() {
  for (Connection& connection : connections_) {
    if (connection.from == kUnknownEnd) Identify(connection);
  }
  connections_.remove_if([this](const Connection& connection) {
    if (FlowOf(connection) != Flow::kCut) return false;
    Reset(connection.client);
    Reset(connection.server);
    return true;
  });
  Wake();
}

void Network::Accept(Listener& listener) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const int fd = accept4(listener.fd, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  SendAtOnce(fd);
  Connection connection{.client = fd, .ports = {ntohs(peer.sin_port), listener.port}, .listener = &listener};
  Identify(connection);
  if (FlowOf(connection) == Flow::kCut || listener.target == 0) return Reset(fd);
  connections_.push_back(std::move(connection));
}

// False once it has ended.
bool Network::Carry(Connection& connection) {
  if (FlowOf(connection) == Flow::kSilent) return true;
  if (connection.server < 0) {
    connection.server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    SendAtOnce(connection.server);
    const sockaddr_in to = Loopback(connection.listener->target);
    const bool begun = connect(connection.server, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    return begun || errno == EINPROGRESS;
  }
  // Reset by its end: what is still to be carried is for nobody, or was never answered.
  constexpr short kGone = POLLERR | POLLHUP;
  if ((connection.client_events & kGone) != 0 && connection.up.has_output()) return false;
  if ((connection.server_events & kGone) != 0 && connection.down.has_output()) return false;
  const auto ready = [](short events, bool input) { return (events & (input ? ~POLLOUT : ~POLLIN)) != 0; };
  const bool up = ready(connection.up.wants_input() ? connection.client_events : connection.server_events,
                        connection.up.wants_input());
  const bool down = ready(connection.down.wants_input() ? connection.server_events : connection.client_events,
                          connection.down.wants_input());
  return (!up || connection.up.Move(connection.client, connection.server)) &&
         (!down || connection.down.Move(connection.server, connection.client));
}

void Network::Run() {
  while (true) {
    std::vector<pollfd> waiting = {{wake_[0], POLLIN, 0}};
    std::vector<Connection*> carried;
    size_t listeners = 0;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      for (const Listener& listener : listeners_) waiting.push_back({listener.fd, POLLIN, 0});
      listeners = listeners_.size();
      for (Connection& connection : connections_) {
        // A descriptor below zero is passed over: of a silent link not even its end is seen.
        const bool silent = FlowOf(connection) == Flow::kSilent;
        const auto events = [](const Pipe& in, const Pipe& out) {
          return static_cast<short>((in.wants_input() ? POLLIN : 0) | (out.has_output() ? POLLOUT : 0));
        };
        if (!silent && connection.server < 0) Wake();  // it may connect now
        waiting.push_back({silent ? -1 : connection.client, events(connection.up, connection.down), 0});
        waiting.push_back({silent ? -1 : connection.server, events(connection.down, connection.up), 0});
      }
    }
    poll(waiting.data(), waiting.size(), -1);
    const std::lock_guard lock(mutex_);
    std::array<char, 64> bytes;
    while (read(wake_[0], bytes.data(), bytes.size()) > 0) {
    }
    std::map<int, short> events;
    for (const pollfd& one : waiting) {
      if (one.fd >= 0) events[one.fd] = one.revents;
    }
    const auto of = [&events](int fd) { return events.contains(fd) ? events[fd] : short{0}; };
    connections_.remove_if([&](Connection& connection) {
      connection.client_events = of(connection.client);
      connection.server_events = of(connection.server);
      if (Carry(connection)) return false;
      CloseGently(connection.client);
      CloseGently(connection.server);
      return true;
    });
    size_t looked_at = 0;  // what has come since was not waited for
    for (Listener& listener : listeners_) {
      if (looked_at++ == listeners) break;
      if ((of(listener.fd) & POLLIN) != 0) Accept(listener);
    }
  }
}

}  // namespace souk::support
