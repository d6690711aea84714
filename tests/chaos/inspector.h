// SPDX-License-Identifier: Apache-2.0
// Holds a restarted node to the journal: every acknowledged change is there with its content, what was not acknowledged
// is there wholly or not at all, the indexes agree with the store, the feed tells it all once and in order. Settles the
// unknown outcomes on the way. Not thread-safe; no writer may run meanwhile.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "client/lib/client.h"
#include "tests/chaos/journal.h"
#include "tests/chaos/violations.h"

namespace souk::chaos {

class Inspector {
 public:
  Inspector(Journal& journal, Violations& violations) : journal_(journal), violations_(violations) {}

  // `whole`: reads the feed from its very beginning too, and compares it with what was read before.
  void Inspect(client::Client& client, bool whole);

 private:
  void CheckProduct(Product& product);
  // The line as it stands now; nothing if there is none. An error is a violation, told already.
  StatusOr<std::optional<v1::Product>> Read(const std::string& line);
  // Finds out what became of an unanswered change.
  void Resolve(Product& product);
  void Replay(Product& product);
  void ExpectAbsent(const Product& product);
  void CheckSearch(const Product& product);
  void CheckLineage(const Product& product);
  void CheckOwner(const Product& product);
  void CheckNotStuck(const Product& product);
  void CheckListing();
  // False if the node does not answer at all.
  bool CheckStatus();
  void CheckVerdict();

  void CheckFeed(bool whole);
  std::vector<v1::WatchChangesResponse> ReadFeed(const std::string& after, const std::string& until);
  void Follow(const v1::WatchChangesResponse& revision);
  void CheckFeedAgainstJournal();

  Journal& journal_;
  Violations& violations_;
  client::Client* client_ = nullptr;
  std::map<std::string, std::string> line_of_contract_;  // of settled products
  std::map<std::string, Product*> product_of_line_;

  // The feed as read so far: revision tokens with a digest of their changes, and what it said last of each entity.
  std::vector<std::string> feed_;
  std::map<std::string, v1::EntityChange> newest_;
  std::map<std::pair<std::string, uint64_t>, std::string> told_;  // (line, number) to "revision action version state"
  std::string read_until_;
};

}  // namespace souk::chaos
