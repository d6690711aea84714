// SPDX-License-Identifier: Apache-2.0
// A real etcd as child processes: members on loopback, the data of each in a folder of its own. Debian's, or the one
// that SOUK_ETCD names. Not thread-safe.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/certificates.h"
#include "base/status.h"
#include "tests/support/notify_socket.h"
#include "tests/support/process.h"

namespace souk::support {

struct EtcdOptions {
  std::filesystem::path directory;
  std::vector<std::string> flags = {};  // further flags of etcd
  // Where clients and members are to reach a member, by its number, instead of at its own address: at a proxy in front
  // of it. Null: at its own.
  std::function<std::string(size_t member, const std::string& address)> front = {};
  // Another folder for what the last member knows, such as a small disk (support/small_disk.h); its log stays. Empty:
  // as all.
  std::filesystem::path last_member_data = {};
  // Of the members: all three make them speak TLS, and ask each client for a certificate.
  CertificateFiles certificates = {};
};

class Etcd {
 public:
  // Launches a cluster of one on free ports and waits until it answers. UNAVAILABLE with its log if it does not.
  static StatusOr<std::unique_ptr<Etcd>> Start(EtcdOptions options);
  // The same for that many members of one cluster.
  static StatusOr<std::vector<std::unique_ptr<Etcd>>> StartMembers(const EtcdOptions& options, size_t members);
  ~Etcd();
  // True if there is an etcd to start.
  static bool IsInstalled();

  // "127.0.0.1:34567": where it listens to clients, whatever is in front of it.
  const std::string& endpoint() const { return endpoint_; }
  // Where clients are to reach it.
  const std::string& front() const { return front_; }
  Process& process() { return *process_; }
  // kill -9.
  void Kill();
  // Stands still, and keeps its connections, until it goes on.
  void Hang();
  void GoOn();
  // Once more on the same ports and data.
  Status Restart();
  Status KillAndRestart();
  // The same, without waiting: it is ready only once most of the members run and hear each other.
  Status Relaunch() { return Spawn(); }
  // Until it answers. UNAVAILABLE with its log if it does not in time or has ended; then it has to be launched again.
  Status AwaitReady();
  // A member that joins in the place of this one, which must not run any more: the same addresses, nothing that it
  // knew. `other` is a member that answers. UNAVAILABLE if the cluster does not take it; to be tried again then. It is
  // ready like one that was launched.
  Status Replace(const Etcd& other);
  // In its place another cluster, which knows nothing.
  Status ReplaceByAnother();
  // True if there are etcd's own tools for what follows (etcd_tools.cc): beside the etcd that SOUK_ETCD names,
  // else Debian's.
  static bool HasTools();
  // Removes a key, as somebody who is not Souk.
  Status Delete(const std::string& key) const;
  // As the runbook makes room where it is used up: removes the keys with the prefix, forgets what they were, gives the
  // room back to the disk, and ends the alarm. Of a member that is alone.
  Status MakeRoom(const std::string& prefix) const;
  // What the member holds, in a file.
  Status SaveSnapshot(const std::filesystem::path& file) const;
  // Of a member that does not run: from now on it holds what the snapshot does, as the runbook restores it. Alone in
  // its cluster.
  Status RestoreSnapshot(const std::filesystem::path& file) const;
  // Runs etcdctl on the member, as root once authentication is on. INTERNAL with what it says if it fails.
  Status Control(const std::vector<std::string>& words) const;
  // Makes a user that may read and write Souk's keys, as the runbook has it, and one named root.
  Status AddUser(const std::string& name, const std::string& password) const;
  // Switches authentication on for them.
  Status EnableUsers();
  // Ends each login that the user has; with the password that it has already, nothing else.
  Status SetPassword(const std::string& name, const std::string& password) const;
  // Where the member keeps what it knows; to be copied or replaced while it does not run.
  std::filesystem::path data() const { return data_; }

 private:
  Etcd(EtcdOptions options, std::string name);
  Status Spawn();
  std::vector<std::string> ControlCommand(const std::vector<std::string>& words) const;

  EtcdOptions options_;
  std::string name_;
  std::filesystem::path data_;
  std::string endpoint_;
  std::string peer_;
  std::string front_;
  std::string peer_front_;
  std::string cluster_;  // names and addresses of all members, as etcd takes them
  bool joins_ = false;   // a cluster that is there already
  bool users_ = false;   // authentication is on
  std::unique_ptr<NotifySocket> notice_;
  std::optional<Process> process_;
};

}  // namespace souk::support
