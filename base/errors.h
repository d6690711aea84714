// SPDX-License-Identifier: Apache-2.0
// Every error that a user can see, grouped by noun: code, sentence, machine-readable reason, what to do next.
// Pure functions; thread-safe. Text that a caller gave is quoted and cut to a readable length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/status.h"

namespace souk::errors {

// Names and identifiers.
Status BadResourceName(std::string_view noun, std::string_view text);                           // INVALID_ARGUMENT
Status BadVersion(std::string_view text);                                                       // INVALID_ARGUMENT
Status IdentifierTooLong(std::string_view noun, size_t bytes, size_t bytes_max);                // INVALID_ARGUMENT
Status AmbiguousIdentifier(std::string_view text, const std::vector<std::string>& candidates);  // INVALID_ARGUMENT
Status NotFound(std::string_view noun, std::string_view name);                                  // NOT_FOUND
Status MissingField(std::string_view field);                                                    // INVALID_ARGUMENT
Status BadField(std::string_view field, std::string_view problem, std::string_view remedy);     // INVALID_ARGUMENT

// Revisions, pages, tokens.
Status BadRevisionToken(std::string_view token);          // INVALID_ARGUMENT
Status ForeignRevisionToken(std::string_view token);      // FAILED_PRECONDITION
Status RevisionInFuture(std::string_view token);          // OUT_OF_RANGE
Status RevisionCompacted(std::string_view oldest_token);  // OUT_OF_RANGE
Status RevisionNotApplied(std::string_view what);         // UNAVAILABLE
Status AsOfUnsupported(std::string_view method);          // INVALID_ARGUMENT
Status BadPageToken();                                    // INVALID_ARGUMENT
Status BadPageSize(int64_t size);                         // INVALID_ARGUMENT

// Bundles and registrations.
Status BadDocument(std::vector<Violation> violations);                           // INVALID_ARGUMENT
Status NoSuchFile(std::string_view path);                                        // NOT_FOUND
Status NotAFile(std::string_view path);                                          // INVALID_ARGUMENT
Status DocumentTooLarge(std::string_view path, size_t bytes, size_t bytes_max);  // INVALID_ARGUMENT
// FAILED_PRECONDITION. `can_be_draft`: registering it with --on-findings=draft would be a way out.
Status RefusedByGate(std::string_view line, std::vector<Violation> violations, bool can_be_draft = true,
                     std::string_view verdict_digest = {});
// FAILED_PRECONDITION: another layer has a policy of that id.
Status PolicyElsewhere(std::string_view name, std::string_view layer);
// FAILED_PRECONDITION: a layer would say less than what it inherits.
Status LoosensRule(std::string_view rule, std::string_view held, std::string_view asked, std::string_view why);
Status StaleEtag(std::string_view line, std::string_view given, std::string_view current);      // ABORTED
Status GuardMoved(std::string_view what);                                                       // ABORTED
Status VersionImmutable(std::string_view line, std::string_view version);                       // FAILED_PRECONDITION
Status OlderVersion(std::string_view line, std::string_view given, std::string_view current);   // FAILED_PRECONDITION
Status NameCollision(std::string_view line, std::string_view held_by, std::string_view given);  // ALREADY_EXISTS
Status ClaimedElsewhere(std::string_view kind, std::string_view id, std::string_view holder);   // ALREADY_EXISTS
Status RequestIdReused(std::string_view request_id);                                            // ALREADY_EXISTS
Status UnknownDomain(std::string_view domain);                                                  // NOT_FOUND
Status UnknownTeam(std::string_view team);                                                      // NOT_FOUND
Status BadTransition(std::string_view line, std::string_view from, std::string_view to);        // FAILED_PRECONDITION
Status HasConsumers(std::string_view line, const std::vector<std::string>& consumers);          // FAILED_PRECONDITION
Status TooMany(std::string_view noun, size_t count, size_t count_max);                          // INVALID_ARGUMENT

// Queries.
Status BadFilter(size_t column, std::string_view problem);  // INVALID_ARGUMENT

// The node.
Status Overloaded(std::string_view what, uint32_t retry_after_ms);                 // RESOURCE_EXHAUSTED
Status DeadlineExceeded(std::string_view what);                                    // DEADLINE_EXCEEDED
Status Cancelled();                                                                // CANCELLED
Status ShuttingDown();                                                             // UNAVAILABLE
Status PermissionDenied(std::string_view principal, std::string_view permission);  // PERMISSION_DENIED
Status NotWritable(std::string_view why);                                          // RESOURCE_EXHAUSTED
Status NoRoom(std::string_view directory);                                         // RESOURCE_EXHAUSTED
Status FolderInUse(std::string_view directory, std::string_view holder);           // FAILED_PRECONDITION
// RESOURCE_EXHAUSTED (NOT_WRITABLE) for a full disk, else FAILED_PRECONDITION.
Status FolderUnusable(std::string_view directory, std::error_code why);
Status FolderExists(std::string_view directory);                            // ALREADY_EXISTS
Status FormatUnknown(std::string_view directory, std::string_view format);  // FAILED_PRECONDITION
Status OtherHistory(std::string_view directory, std::string_view why);      // FAILED_PRECONDITION
Status LedgerUnreachable(std::string_view why, int64_t silence_s);          // UNAVAILABLE
Status OutcomeUnknown(std::string_view what);                               // UNKNOWN
Status DataLoss(std::string_view what);                                     // DATA_LOSS
// DATA_LOSS: a value of the ledger, by its key, is not understood.
Status Undecodable(std::string_view entity, std::string_view key, std::string_view revision, std::string_view reason);
Status ForeignChange(std::string_view keys, std::string_view revision);  // DATA_LOSS
Status Internal(std::string_view what);                                  // INTERNAL
Status AddressTaken(std::string_view address);                           // UNAVAILABLE

// Certificates and identity. FAILED_PRECONDITION: the file, what is wrong with it, how to mend it.
Status BadCertificate(std::string_view path, std::string_view problem, std::string_view remedy);
Status ExposedAddress(std::string_view edge, std::string_view address, std::string_view remedy);  // FAILED_PRECONDITION
Status Unauthenticated(std::string_view problem, std::string_view remedy);                        // UNAUTHENTICATED

// The nodes, seen from a client.
Status Unexplained(Code code, std::string_view address);             // the code that came
Status Unreachable(std::string_view address, std::string_view why);  // UNAVAILABLE
Status NotServing(std::string_view address);                         // UNAVAILABLE
// UNAVAILABLE: each node and why it did not take the call.
Status NoNode(const std::vector<std::pair<std::string, Status>>& refusals);
Status NodeNotTrusted(std::string_view address, std::string_view problem, std::string_view remedy);  // UNAVAILABLE
// UNAUTHENTICATED.
Status CertificateRefused(std::string_view address, std::string_view problem, std::string_view remedy);

}  // namespace souk::errors
