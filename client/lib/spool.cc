// SPDX-License-Identifier: Apache-2.0
#include "client/lib/spool.h"

#include <fcntl.h>
#include <google/protobuf/any.pb.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/digest.h"
#include "base/errors.h"

namespace souk::client {
namespace {

constexpr std::string_view kSuffix = ".spool";
constexpr size_t kTimeDigits = 20;   // microseconds, zero-padded: names sort by time
constexpr size_t kDigestChars = 24;  // 96 bits: no two changes share them

Status FileError(const std::string& what, const std::filesystem::path& path, const std::string& why) {
  return errors::Internal("the spool can't " + what + " " + path.string() + ": " + why);
}

std::string DigestOf(std::string_view bytes) { return Hex(Sha256(bytes)).substr(0, kDigestChars); }

std::string NameOf(int64_t time_us, std::string_view digest) {
  std::string time = std::to_string(time_us);
  time.insert(0, kTimeDigits - std::min(kTimeDigits, time.size()), '0');
  return time + "-" + std::string(digest) + std::string(kSuffix);
}

std::string DigestIn(const std::string& name) {
  const size_t dash = name.find('-');
  return dash == std::string::npos ? std::string() : name.substr(dash + 1, kDigestChars);
}

// A folder's name for a set of addresses: readable where it can be, and never the same for two sets.
std::string FolderOf(std::vector<std::string> addresses) {
  std::sort(addresses.begin(), addresses.end());
  std::string all;
  for (const std::string& address : addresses) all += (all.empty() ? "" : ",") + address;
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789.:-,[]";
  constexpr size_t kNameCharsMax = 200;  // a file system takes 255
  const bool plain = all.find_first_not_of(kPlain) == std::string::npos;
  return plain && !all.empty() && !all.starts_with('.') && all.size() <= kNameCharsMax ? all : "nodes-" + DigestOf(all);
}

// Complete and safe on disk, or not there at all.
Status WriteFile(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path temporary = path.string() + "." + std::to_string(::getpid()) + ".tmp";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (file < 0) return FileError("write", temporary, std::strerror(errno));
  bool good = true;
  for (size_t done = 0; good && done < bytes.size();) {
    const ssize_t wrote = ::write(file, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    good = wrote >= 0;
    done += good ? static_cast<size_t>(wrote) : 0;
  }
  good = good && ::fsync(file) == 0;
  const std::string why = good ? std::string() : std::strerror(errno);
  ::close(file);
  std::error_code error;
  if (good) std::filesystem::rename(temporary, path, error);
  if (good && !error) return Status::Ok();
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return FileError("write", path, good ? error.message() : why);
}

Status Send(Client& client, const google::protobuf::Any& change, const CallOptions& call) {
  v1::RegisterProductRequest product;
  v1::UpdateTeamRequest team;
  v1::UpdateDomainRequest domain;
  if (change.UnpackTo(&product)) return client.RegisterProduct(product, call).status();
  if (change.UnpackTo(&team)) return client.UpdateTeam(team, call).status();
  if (change.UnpackTo(&domain)) return client.UpdateDomain(domain, call).status();
  return errors::DataLoss("a spooled change of an unknown kind: " + change.type_url());
}

}  // namespace

Spool::Spool(const std::filesystem::path& directory, const std::vector<std::string>& addresses, const Clock& clock)
    : directory_(directory / FolderOf(addresses)), clock_(clock) {}

StatusOr<std::string> Spool::Add(const google::protobuf::Message& request) {
  google::protobuf::Any change;
  change.PackFrom(request);
  const std::string bytes = change.SerializeAsString();
  const std::string digest = DigestOf(bytes);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, List());
  for (const std::string& name : names) {
    if (DigestIn(name) == digest) return name;
  }
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return FileError("make", directory_, error.message());
  std::string name = NameOf(clock_.NowUs(), digest);
  RETURN_IF_ERROR(WriteFile(directory_ / name, bytes));
  return name;
}

StatusOr<std::vector<std::string>> Spool::List() const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(directory_, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == kSuffix) names.push_back(entry->path().filename().string());
  }
  if (error) return FileError("list", directory_, error.message());
  std::sort(names.begin(), names.end());
  return names;
}

StatusOr<google::protobuf::Any> Spool::Read(const std::string& name) const {
  std::ifstream file(directory_ / name, std::ios::binary);
  if (!file) return FileError("read", directory_ / name, std::strerror(errno));
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  google::protobuf::Any change;
  if (DigestOf(bytes) != DigestIn(name) || !change.ParseFromString(bytes)) {
    return errors::DataLoss("the spooled file " + (directory_ / name).string() + " is damaged");
  }
  return change;
}

Status Spool::Remove(const std::string& name) {
  std::error_code error;
  std::filesystem::remove(directory_ / name, error);
  return error ? FileError("remove", directory_ / name, error.message()) : Status::Ok();
}

Status Spool::SetAside(const std::string& name) {
  std::error_code error;
  std::filesystem::rename(directory_ / name, directory_ / (name + ".refused"), error);
  return error ? FileError("rename", directory_ / name, error.message()) : Status::Ok();
}

bool MayWorkLater(const Status& status) {
  return status.code() == Code::kUnavailable || status.code() == Code::kDeadlineExceeded ||
         (status.code() == Code::kResourceExhausted && status.detail().retry_after_ms > 0);
}

StatusOr<ResendReport> Resend(Client& client, Spool& spool, Cancellation* cancellation) {
  ResendReport report;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, spool.List());
  CallOptions call;
  call.cancellation = cancellation;
  for (const std::string& name : names) {
    const StatusOr<google::protobuf::Any> change = spool.Read(name);
    const Status status = change.ok() ? Send(client, *change, call) : change.status();
    if (status.ok()) {
      ++report.sent;
      RETURN_IF_ERROR(spool.Remove(name));
    } else if (MayWorkLater(status) || status.code() == Code::kCancelled) {
      report.waiting = static_cast<int>(names.size()) - report.sent - static_cast<int>(report.set_aside.size());
      return report;
    } else {
      report.set_aside.emplace_back(name, status);
      RETURN_IF_ERROR(spool.SetAside(name));
    }
  }
  return report;
}

}  // namespace souk::client
