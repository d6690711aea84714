// SPDX-License-Identifier: Apache-2.0
// The client of the rows that measure a server by its calls: one thread that keeps a fixed number of calls in flight,
// over a few connections, so that the client's own work weighs little. The same code asks soukd, the echo and etcd.
// Several servers get the calls in turn. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::bench {

// Reads in flight. Beyond 16 the echo gets no faster on two cores.
inline constexpr size_t kReadsInFlight = 32;
// That all calls to one server share.
inline constexpr size_t kLoadConnections = 4;

struct LoadResult {
  uint64_t calls = 0;
  double seconds = 0;
  double p50_us = 0;
  double p99_us = 0;
  double per_second() const { return static_cast<double>(calls) / seconds; }
};

class Load {
 public:
  explicit Load(const std::vector<std::string>& addresses);  // connects
  ~Load();

  // Each asks for the names in turn until the time is over. The error of the first call that fails, which ends it.
  StatusOr<LoadResult> GetProducts(const std::vector<std::string>& names, std::chrono::milliseconds duration);
  StatusOr<LoadResult> GetLatestProducts(const std::vector<std::string>& names, std::chrono::milliseconds duration);
  StatusOr<LoadResult> FindOwners(const std::vector<std::string>& identifiers, std::chrono::milliseconds duration);

  // Registers each once, `in_flight` at a time, until all are answered. An error too where an answer came before the
  // registration was visible.
  StatusOr<LoadResult> RegisterProducts(const std::vector<v1::RegisterProductRequest>& requests, size_t in_flight);

  // Of etcd itself. Puts each value once under a key of its own, the keys' names behind `prefix`.
  StatusOr<LoadResult> Put(const std::string& prefix, const std::vector<std::string>& values, size_t in_flight);
  // Linearizable reads of such keys, in turn until the time is over. An error if a key is not there.
  StatusOr<LoadResult> Range(const std::string& prefix, size_t keys, std::chrono::milliseconds duration);

 private:
  struct Channels;

  StatusOr<LoadResult> Get(const std::vector<v1::GetProductRequest>& requests, std::chrono::milliseconds duration);

  std::unique_ptr<Channels> channels_;
};

}  // namespace souk::bench
