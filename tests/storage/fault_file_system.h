// SPDX-License-Identifier: Apache-2.0
// A disk that fails when told to: full, broken, or without power. Put under a store through StoreOptions::env.
// Thread-safe.
#pragma once

#include <memory>

namespace rocksdb {
class Env;
}

namespace souk::testing {

enum class Fault {
  kNone,
  kFull,        // appending fails for lack of space
  kBrokenSync,  // what was appended can't be made durable
  kPowerOff,    // nothing works any more
};

class FaultFileSystem {
 public:
  FaultFileSystem();
  ~FaultFileSystem();

  // Valid as long as this object.
  rocksdb::Env* env();

  // From now on, or from the n-th writing call on (1 is the next one).
  void Fail(Fault fault, int from_call = 1);
  void Heal();
  // Writing calls so far.
  int calls() const;

  // Cuts every file that was written to what was synced: what is left after the power has failed. The store on it must
  // be gone.
  void LoseUnsynced();

 private:
  struct State;
  class FileSystem;
  class File;
  std::shared_ptr<State> state_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace souk::testing
