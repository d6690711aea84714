// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/user_file.h"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace souk::storage::etcd {
namespace {

// A name and a password of any sensible length.
constexpr off_t kFileBytesMax = 4096;
constexpr unsigned char kDelete = 0x7f;  // the control character that is not below the space

Status Unusable(const std::string& path, const std::string& problem, std::string remedy) {
  ErrorDetail detail;
  detail.reason = "USER_FILE_UNUSABLE";
  detail.remedy = std::move(remedy);
  detail.metadata.emplace_back("file", path);
  return {Code::kFailedPrecondition, path + ": " + problem, std::move(detail)};
}

// Where a file has a list of its own of who may read it, its group bits say no more than what that may grant at most.
// Services are given secrets so, each for the one user that it runs as.
bool HasAccessList(const std::string& path) {
  return getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

bool IsOpenToOthers(const std::string& path, mode_t mode) {
  if ((mode & (S_IROTH | S_IWOTH)) != 0) return true;
  return (mode & (S_IRGRP | S_IWGRP)) != 0 && !HasAccessList(path);
}

StatusOr<std::string> ReadPrivate(const std::string& path) {
  const auto unreadable = [&path](const std::string& problem) {
    return Unusable(path, problem, "Name a file that this process may read.");
  };
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return unreadable(std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return unreadable("is no file");
  if (IsOpenToOthers(path, info.st_mode)) {
    return Unusable(path, "holds a password, and others than its owner may read or write it",
                    "Take that away: chmod go= " + path);
  }
  if (info.st_size > kFileBytesMax) return unreadable("is far too large for a name and a password");
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(info.st_size), '\0');
  if (!file.read(text.data(), info.st_size)) return unreadable("can't be read");
  return text;
}

}  // namespace

StatusOr<User> ReadUserFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadPrivate(path));
  const auto malformed = [&path](const std::string& problem) {
    return Unusable(path, problem, "It must hold one line, NAME:PASSWORD, of a user of etcd.");
  };
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty()) return malformed("is empty");
  if (text.find('\n') != std::string::npos) return malformed("has more than one line");
  const auto is_control = [](unsigned char byte) { return byte < ' ' || byte == kDelete; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return malformed("has a control character in it, such as the line ends of another system");
  }
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return malformed("has no colon between a name and a password");
  if (colon == 0) return malformed("names no user");
  if (colon + 1 == text.size()) return malformed("has no password behind the name");
  return User{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace souk::storage::etcd
