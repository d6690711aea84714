// SPDX-License-Identifier: Apache-2.0
#include "storage/etcd/user_file.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/owned.h"

namespace souk::storage::etcd {
namespace {

// A name and a password of any sensible length.
constexpr size_t kFileBytesMax = 4096;
constexpr unsigned char kDelete = 0x7f;  // the control character that is not below the space
constexpr unsigned kReadOrWrite = 6;     // of an entry of an access list

using File = Owned<std::FILE, std::fclose>;

Status Unusable(const std::string& path, const std::string& problem, std::string remedy) {
  ErrorDetail detail;
  detail.reason = "USER_FILE_UNUSABLE";
  detail.remedy = std::move(remedy);
  detail.metadata.emplace_back("file", path);
  return {Code::kFailedPrecondition, path + ": " + problem, std::move(detail)};
}

// Whether a list of its own lets a group read or write the file; its mask is what such lists grant at most. A list that
// names users only is how service managers give a secret to the one that a service runs as.
bool IsOpenToAGroup(const std::string& list) {
  posix_acl_xattr_header header{};
  std::vector<posix_acl_xattr_entry> entries(list.size() / sizeof(posix_acl_xattr_entry));
  const size_t bytes = entries.size() * sizeof(posix_acl_xattr_entry);
  if (list.size() != sizeof header + bytes) return true;  // none that we can read
  std::memcpy(&header, list.data(), sizeof header);
  if (header.a_version != POSIX_ACL_XATTR_VERSION) return true;
  std::memcpy(entries.data(), list.data() + sizeof header, bytes);
  unsigned mask = kReadOrWrite;
  for (const posix_acl_xattr_entry& entry : entries) {
    if (entry.e_tag == ACL_MASK) mask = entry.e_perm & kReadOrWrite;
  }
  return std::any_of(entries.begin(), entries.end(), [mask](const posix_acl_xattr_entry& entry) {
    return (entry.e_tag == ACL_GROUP_OBJ || entry.e_tag == ACL_GROUP) && (entry.e_perm & mask) != 0;
  });
}

bool IsOpenToOthers(int file, mode_t mode) {
  if ((mode & (S_IROTH | S_IWOTH)) != 0) return true;
  if ((mode & (S_IRGRP | S_IWGRP)) == 0) return false;
  // Where there is a list, these bits are its mask.
  std::string list(XATTR_SIZE_MAX, '\0');
  const ssize_t bytes = fgetxattr(file, "system.posix_acl_access", list.data(), list.size());
  if (bytes <= 0) return true;
  list.resize(static_cast<size_t>(bytes));
  return IsOpenToAGroup(list);
}

// What is looked at is what is read, whatever takes the place of the path meanwhile.
StatusOr<std::string> ReadPrivate(const std::string& path) {
  const auto unreadable = [&path](const std::string& problem) {
    return Unusable(path, problem, "Name a file that this process may read.");
  };
  const int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would keep it waiting
  if (opened < 0) return unreadable(std::generic_category().message(errno));
  const File file(fdopen(opened, "rb"));
  struct stat info {};
  if (fstat(opened, &info) != 0) return unreadable(std::generic_category().message(errno));
  if (!S_ISREG(info.st_mode)) return unreadable("is no file");
  if (IsOpenToOthers(opened, info.st_mode)) {
    return Unusable(path, "holds a password, and others than its owner may read or write it",
                    "Take that away: setfacl -b " + path + "; chmod go= " + path);
  }
  std::string text(kFileBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return unreadable("can't be read");
  if (text.size() > kFileBytesMax) return unreadable("is far too large for a name and a password");
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
  if (!IsCleanUtf8(text)) return malformed("is no UTF-8");
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return malformed("has no colon between a name and a password");
  if (colon == 0) return malformed("names no user");
  if (colon + 1 == text.size()) return malformed("has no password behind the name");
  return User{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace souk::storage::etcd
