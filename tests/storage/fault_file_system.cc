// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/fault_file_system.h"

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace souk::testing {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

struct FaultFileSystem::State {
  struct Sizes {
    uint64_t written = 0;
    uint64_t synced = 0;
  };

  // Counts a writing call and says whether it fails.
  IOStatus Call(bool syncs) {
    const std::lock_guard lock(mutex);
    ++calls;
    if (fault == Fault::kNone || calls < from_call) return IOStatus::OK();
    if (fault == Fault::kFull && !syncs) return IOStatus::NoSpace("While appending to file", "No space left on device");
    if (fault == Fault::kBrokenSync && syncs) return IOStatus::IOError("While fdatasync", "Input/output error");
    if (fault == Fault::kPowerOff) return IOStatus::IOError("no power");
    return IOStatus::OK();
  }

  mutable std::mutex mutex;
  Fault fault = Fault::kNone;
  int from_call = 0;
  int calls = 0;
  std::map<std::string, Sizes> files;
};

class FaultFileSystem::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, std::shared_ptr<State> state)
      : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), state_(std::move(state)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
    const IOStatus fault = state_->Call(/*syncs=*/false);
    // A disk that fills up takes what still fits.
    const Slice fits(data.data(), fault.ok() ? data.size() : fault.IsNoSpace() ? data.size() / 2 : 0);
    const IOStatus status = FSWritableFileOwnerWrapper::Append(fits, options, context);
    if (status.ok()) Written(fits.size());
    return fault.ok() ? status : fault;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& /*info*/,
                  IODebugContext* context) override {
    return Append(data, options, context);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    IOStatus status = state_->Call(/*syncs=*/true);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Sync(options, context);
    if (status.ok()) Synced();
    return status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    IOStatus status = state_->Call(/*syncs=*/true);
    if (status.ok()) status = FSWritableFileOwnerWrapper::Fsync(options, context);
    if (status.ok()) Synced();
    return status;
  }

 private:
  void Written(uint64_t bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->files[name_].written += bytes;
  }
  void Synced() {
    const std::lock_guard lock(state_->mutex);
    State::Sizes& sizes = state_->files[name_];
    sizes.synced = sizes.written;
  }

  std::string name_;
  std::shared_ptr<State> state_;
};

class FaultFileSystem::FileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FileSystem(std::shared_ptr<State> state)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), state_(std::move(state)) {}

  const char* Name() const override { return "FaultFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* context) override {
    IOStatus status = state_->Call(/*syncs=*/false);
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, result, context);
    if (!status.ok()) return status;
    const std::lock_guard lock(state_->mutex);
    state_->files[name] = {};
    *result = std::make_unique<File>(std::move(*result), name, state_);
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* context) override {
    IOStatus status = state_->Call(/*syncs=*/false);
    if (status.ok()) status = FileSystemWrapper::RenameFile(from, to, options, context);
    if (!status.ok()) return status;
    const std::lock_guard lock(state_->mutex);
    if (const auto it = state_->files.find(from); it != state_->files.end()) {
      state_->files[to] = it->second;
      state_->files.erase(it);
    }
    return status;
  }
  // A full disk stays full until it is healed: recovery must not be tempted to try.
  IOStatus GetFreeSpace(const std::string& path, const IOOptions& options, uint64_t* free,
                        IODebugContext* context) override {
    IOStatus status = FileSystemWrapper::GetFreeSpace(path, options, free, context);
    const std::lock_guard lock(state_->mutex);
    if (state_->fault == Fault::kFull && state_->calls >= state_->from_call) *free = 0;
    return status;
  }

 private:
  std::shared_ptr<State> state_;
};

FaultFileSystem::FaultFileSystem()
    : state_(std::make_shared<State>()), env_(rocksdb::NewCompositeEnv(std::make_shared<FileSystem>(state_))) {}

FaultFileSystem::~FaultFileSystem() = default;

rocksdb::Env* FaultFileSystem::env() { return env_.get(); }

void FaultFileSystem::Fail(Fault fault, int from_call) {
  const std::lock_guard lock(state_->mutex);
  state_->fault = fault;
  state_->from_call = state_->calls + from_call;
}

void FaultFileSystem::Heal() {
  const std::lock_guard lock(state_->mutex);
  state_->fault = Fault::kNone;
}

int FaultFileSystem::calls() const {
  const std::lock_guard lock(state_->mutex);
  return state_->calls;
}

void FaultFileSystem::LoseUnsynced() {
  const std::lock_guard lock(state_->mutex);
  for (const auto& [name, sizes] : state_->files) {
    std::error_code gone;
    if (std::filesystem::exists(name, gone)) std::filesystem::resize_file(name, sizes.synced, gone);
  }
}

}  // namespace souk::testing
