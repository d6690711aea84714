// SPDX-License-Identifier: Apache-2.0
// Every limit of Souk, each with its reason. A limit is tested at its edge.
#pragma once

#include <cstddef>
#include <cstdint>

namespace souk::limits {

// Bytes of one original document. etcd's comfort for one value is far below its 1.5 MiB request limit.
inline constexpr size_t kDocumentBytesMax = 256 * 1024;
// Bytes of a whole bundle: a transaction of both engines stays below 256 KB once compressed.
inline constexpr size_t kBundleBytesMax = 1024 * 1024;
// Documents of a bundle: one product and the contracts of its output ports, with room.
inline constexpr size_t kBundleDocumentsMax = 64;
// Output ports of a product: each needs a claim in the transaction, which holds at most 128 operations.
inline constexpr size_t kOutputPortsMax = 50;
// Input ports of a product.
inline constexpr size_t kInputPortsMax = 1000;
// Columns of a bundle, nested ones included. The widest real table seen has below 5,000.
inline constexpr size_t kColumnsMax = 20'000;
// Nesting of a YAML or JSON document; deeper ones cost stack.
inline constexpr size_t kDocumentDepthMax = 64;
// Nodes of a YAML or JSON document, and of all documents of a bundle together, once aliases are followed: stops alias
// bombs.
inline constexpr size_t kDocumentNodesMax = 500'000;
// YAML aliases in one document; honest descriptors use none or few.
inline constexpr size_t kDocumentAliasesMax = 1'000;
// Bytes of keys and texts of a YAML document once aliases are followed: four times the largest document, so that a
// long text behind many aliases can't fill the memory.
inline constexpr size_t kDocumentExpandedBytesMax = 4 * kDocumentBytesMax;
// Bytes of one name, id or identifier.
inline constexpr size_t kIdentifierBytesMax = 1024;
// Levels of the domain tree: a change guards every domain above, and a transaction holds so many guards.
inline constexpr size_t kDomainDepthMax = 32;
// Characters of a resource id (domain, product, team).
inline constexpr size_t kResourceIdCharsMax = 128;
// Bytes of a request id.
inline constexpr size_t kRequestIdBytesMax = 128;
// Bytes of a reason given with a change.
inline constexpr size_t kReasonBytesMax = 4096;
// Findings reported for one registration: enough to mend, bounded to send.
inline constexpr size_t kFindingsMax = 200;

// Bytes of one search query.
inline constexpr size_t kQueryBytesMax = 1024;
// Words of one search query: each costs a postings walk.
inline constexpr size_t kQueryTermsMax = 32;
// Bytes of one filter.
inline constexpr size_t kFilterBytesMax = 4096;
// Comparisons of one filter.
inline constexpr size_t kFilterTermsMax = 100;
// Nesting of a filter's parentheses.
inline constexpr size_t kFilterDepthMax = 32;
// Values listed for one facet.
inline constexpr size_t kFacetValuesMax = 100;
// Facets of one search.
inline constexpr size_t kFacetsMax = 16;

// Page sizes (AIP-158: coerced, never refused when too large).
inline constexpr int32_t kPageSizeDefault = 50;
inline constexpr int32_t kSearchPageSizeDefault = 20;
inline constexpr int32_t kPageSizeMax = 1000;
inline constexpr int32_t kSuggestDefault = 10;
inline constexpr int32_t kSuggestMax = 100;

// Nodes of one lineage answer.
inline constexpr int32_t kLineageNodesMax = 10'000;
// Hops of one lineage answer.
inline constexpr int32_t kLineageDepthMax = 1000;

// Identifiers of one BatchFindOwners.
inline constexpr int32_t kBatchOwnersMax = 1000;
// Items of one BatchRegister call: bounds the answer's size and the memory behind it.
inline constexpr size_t kBatchRegisterMax = 5000;

// Bytes of one policy: a page or two of SQL.
inline constexpr size_t kPolicyBytesMax = 64 * 1024;
// Bytes of one row within a policy's box: what a step may cost is bounded by it.
inline constexpr size_t kPolicyRowBytesMax = 64 * 1024;
// Bytes of one text of a product that a policy sees; longer ones are cut, so that every row has room for all of its
// own.
inline constexpr size_t kPolicyTextBytesMax = kPolicyRowBytesMax / 16;
// Steps of the engine that one policy may take on one product; some tenths of a second.
inline constexpr uint64_t kPolicyStepsMax = 5'000'000;
// Policies of one layer.
inline constexpr size_t kPoliciesMax = 200;

// Bytes of one gRPC request message.
inline constexpr size_t kRequestBytesMax = 4 * 1024 * 1024;
// Bytes of one gRPC answer: a page of full products.
inline constexpr size_t kResponseBytesMax = 64 * 1024 * 1024;
// Streams of one connection.
inline constexpr int kConcurrentStreamsMax = 256;
// Bytes of request metadata.
inline constexpr int kMetadataBytesMax = 16 * 1024;

// Guards, and writes, and bytes of both, in one ledger transaction, on both engines. etcd takes 128 of each kind and
// 1.5 MiB; the rest is for what a ledger itself must write along.
inline constexpr size_t kTransactionOperationsMax = 120;
inline constexpr size_t kTransactionBytesMax = 1408 * 1024;
// Bytes of one stored record once decompressed: the documents and the model made of them, with room. Stops bombs.
inline constexpr size_t kRecordBytesMax = 16 * 1024 * 1024;
// Bytes of a ledger key.
inline constexpr size_t kLedgerKeyBytesMax = 2048;

// Tries of one write whose guards moved, before the caller gets ABORTED.
inline constexpr int kCommitAttemptsMax = 8;

// Milliseconds that a write waits for its own visibility.
inline constexpr uint32_t kVisibilityWaitMsMax = 3000;
// Milliseconds that a read waits for a revision, whatever its deadline.
inline constexpr uint32_t kConsistencyWaitMsMax = 3000;
// Milliseconds that a call may take if the client gave no deadline.
inline constexpr uint32_t kDeadlineDefaultMs = 30'000;

}  // namespace souk::limits
