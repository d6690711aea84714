// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/row.h"

namespace souk::bench {

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {"get", "GetProduct, 1.5 KB, against a bare gRPC echo of the same bytes", RunGet},
      {"owner", "FindOwner of a table's name, against the same echo", RunOwner},
      {"commit", "Ledger::Commit of registrations, 64 threads, against synced puts into bare RocksDB", RunCommit},
      {"register", "registrations until visible, 64 in flight, against bare Lucene++ addDocument", RunRegister},
      {"bulk", "bulk import of YAML until searchable, against bare Lucene++ addDocument and commit", RunBulk},
      {"bulk-json", "the same import from JSON", RunBulkJson},
      {"visible", "from the answer to the first search that finds it, at 100 registrations a second", RunVisible},
      {"coldstart", "from the start on a loaded store to the ready file and the first right answer", RunColdStart},
      {"memory", "resident memory of an idle node", RunMemory},
      {"mesh", "souk register of the whole mesh; the first search after a start; idle memory", RunMesh},
      {"gate", "the whole gate on a product of 60 columns that changes", RunGate},
      {"whatif", "one policy over 10,000 products", RunWhatIf},
      {"diff", "the comparison of two schemas of 5,000 columns", RunDiff},
      {"replicated", "registrations in a cluster, against puts of the same size into its etcd", RunReplicated},
      {"replicated.bulk", "bulk import into a cluster until searchable on the node that took it", RunReplicatedBulk},
      {"latest", "GetProduct of the newest state in a cluster, against linearizable reads of its etcd", RunLatest},
      {"elsewhere", "from the answer of one node to the first search on another that finds it", RunElsewhere},
      {"storm", "10,000 services that register within a minute, in a cluster", RunStorm},
      {"failover", "from the kill -9 of the node that a client uses to its next answer", RunFailover},
      {"bootstrap", "from the start of a new, empty node to its ready file, the ledger full", RunBootstrap},
  };
  return rows;
}

}  // namespace souk::bench
