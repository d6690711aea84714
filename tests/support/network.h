// SPDX-License-Identifier: Apache-2.0
// A network between processes of this machine whose links can be cut, without any privilege: a TCP proxy in front of
// each process, which knows by /proc who connects. A process that others shall reach only by it advertises the address
// of its front. Thread-safe; one thread of its own carries the bytes.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace souk::support {

// How the connections of one process to another fare.
enum class Flow {
  kOpen,
  // They stay, and nothing comes through; what was sent arrives once the link is open again. As where packets are
  // dropped: neither side learns of it.
  kSilent,
  // They are reset, new ones too.
  kCut,
};

class Network {
 public:
  // A process, whichever number the caller gives it. Negative numbers are the network's own.
  using End = int;

  Network();
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  // A new address that leads to the end's own; "" for none yet. Throws std::runtime_error if there is no free port.
  std::string Front(End end, const std::string& address);
  // The process has moved to another address: new connections go there.
  void Lead(const std::string& front, const std::string& address);
  // The process that the end is from now on.
  void SetProcess(End end, pid_t process);
  // Of the connections that `from` opened, or will, to `to`.
  void Set(End from, End to, Flow flow);
  // Both ways.
  void SetBetween(End one, End other, Flow flow);
  // All links are open.
  void Heal();

 private:
  struct Listener;
  struct Connection;

  void Run();
  void Wake() const;
  // These have the mutex.
  Flow FlowOf(const Connection& connection) const;
  void Identify(Connection& connection) const;
  void Accept(Listener& listener);
  void EndWhatIsCut();
  bool Carry(Connection& connection);

  int wake_[2];  // a pipe
  std::mutex mutex_;
  bool stopping_ = false;
  std::map<End, pid_t> processes_;
  std::map<std::pair<End, End>, Flow> flows_;
  std::list<Listener> listeners_;
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace souk::support
