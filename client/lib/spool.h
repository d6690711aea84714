// SPDX-License-Identifier: Apache-2.0
// Keeps changes that no node could take, one file each, until one can: a catalog that is down never blocks a deploy.
// A file appears complete or not at all, and is called NODES/TIME-DIGEST.spool: the same change twice is one file, and
// a change for one catalog is never sent to another. Several processes may share a directory. Thread-safe; errors of
// the file system are INTERNAL with the system's words.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "client/lib/client.h"

namespace google::protobuf {
class Any;
class Message;
}  // namespace google::protobuf

namespace souk::client {

class Spool {
 public:
  // For the nodes of these addresses, in whatever order; changes for others in the same directory are not touched. The
  // directory is made when something is added.
  Spool(const std::filesystem::path& directory, const std::vector<std::string>& addresses, const Clock& clock);

  // Keeps a RegisterProductRequest, UpdateTeamRequest or UpdateDomainRequest. Returns the file's name.
  StatusOr<std::string> Add(const google::protobuf::Message& request);
  // File names, oldest first. A directory that is not there has none.
  StatusOr<std::vector<std::string>> List() const;
  // DATA_LOSS if the file is not what was written.
  StatusOr<google::protobuf::Any> Read(const std::string& name) const;
  // OK if it is gone already.
  Status Remove(const std::string& name);
  // A node refused it: kept as NAME.refused for a person to look at, and not listed any more.
  Status SetAside(const std::string& name);

  // Where the files are: below the directory that was given.
  const std::filesystem::path& directory() const { return directory_; }

 private:
  const std::filesystem::path directory_;
  const Clock& clock_;
};

struct ResendReport {
  int sent = 0;
  int waiting = 0;                                        // no node took them: they stay
  std::vector<std::pair<std::string, Status>> set_aside;  // file name and why it was refused
};

// Sends what the spool holds, oldest first, until a node can't be reached. Errors: those of the spool.
StatusOr<ResendReport> Resend(Client& client, Spool& spool, Cancellation* cancellation);

// True for errors after which the same call may work later: UNAVAILABLE, DEADLINE_EXCEEDED, and RESOURCE_EXHAUSTED
// with a retry hint.
bool MayWorkLater(const Status& status);

}  // namespace souk::client
