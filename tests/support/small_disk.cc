// SPDX-License-Identifier: Apache-2.0
#include "tests/support/small_disk.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace souk::support {
namespace {
constexpr char kFiller[] = "filler";
constexpr int kFileMode = 0644;
constexpr int kFillTries = 10;
}  // namespace

StatusOr<std::unique_ptr<SmallDisk>> SmallDisk::Make(uint64_t bytes) {
  std::unique_ptr<SmallDisk> disk(new SmallDisk());
  // A mount namespace of its own: nobody else sees the disk, and nothing is left of it, however this process ends.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return Status(Code::kPermissionDenied, "this user may not mount a disk");
  }
  const std::string size = "size=" + std::to_string(bytes);
  if (mount("tmpfs", disk->path().c_str(), "tmpfs", 0, size.c_str()) != 0) {
    return Status(Code::kPermissionDenied, "this user may not mount a disk");
  }
  disk->mounted_ = true;
  return disk;
}

SmallDisk::~SmallDisk() {
  if (mounted_) umount2(path().c_str(), MNT_DETACH);
}

Status SmallDisk::Fill(uint64_t bytes_left) {
  const int file = open((path() / kFiller).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
  int error = ENOSPC;
  // Others may take some of the room meanwhile.
  for (int tries = 0; tries < kFillTries && error == ENOSPC; ++tries) {
    const uint64_t room = std::filesystem::space(path()).available;
    error = 0;
    if (room <= bytes_left) break;
    const off_t end = lseek(file, 0, SEEK_END);
    error = posix_fallocate(file, end, static_cast<off_t>(room - bytes_left));
  }
  close(file);
  return error == 0 ? Status::Ok() : Status(Code::kInternal, "the disk can't be filled: " + std::to_string(error));
}

void SmallDisk::Empty() {
  std::error_code ignored;
  std::filesystem::remove(path() / kFiller, ignored);
}

}  // namespace souk::support
