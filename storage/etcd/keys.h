// SPDX-License-Identifier: Apache-2.0
// How the ledger lies in etcd, everything under one prefix:
//
//   {prefix}epoch             identity of the history, hexadecimal; written once
//   {prefix}fence/{instance}  written by one ledger object to make sure that what it sent before never happens
//   {prefix}k/{ledger key}    the ledger's value
//   {prefix}seq               EtcdTransaction: written by every transaction, so that its revision is the head
//
// A revision of the ledger is etcd's. Several transactions may go in as one of etcd's and then share a revision.
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace souk::storage::etcd {

// Of a node; a user of etcd needs to read and write there, and nowhere else.
inline constexpr std::string_view kLedgerPrefix = "/souk/v1/";

class KeySpace {
 public:
  explicit KeySpace(std::string prefix) : prefix_(std::move(prefix)) {}

  // The prefix of everything.
  const std::string& all() const { return prefix_; }
  std::string epoch() const { return prefix_ + "epoch"; }
  std::string seq() const { return prefix_ + "seq"; }
  std::string Fence(std::string_view instance) const { return prefix_ + "fence/" + std::string(instance); }
  std::string Value(std::string_view ledger_key) const { return prefix_ + "k/" + std::string(ledger_key); }
  // The way back; nothing if the key is not one of the ledger. Points into the key.
  std::optional<std::string_view> LedgerKeyOf(std::string_view key) const;

 private:
  std::string prefix_;
};

}  // namespace souk::storage::etcd
