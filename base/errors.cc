// SPDX-License-Identifier: Apache-2.0
#include "base/errors.h"

#include <cerrno>
#include <utility>

#include "base/error_parts.h"

namespace souk::errors {
namespace {

std::string CountDefects(const std::vector<Violation>& violations) {
  size_t errors = 0;
  for (const Violation& violation : violations) errors += violation.error ? 1 : 0;
  return std::to_string(errors) + (errors == 1 ? " defect" : " defects");
}

}  // namespace

Status BadResourceName(std::string_view noun, std::string_view text) {
  return Make(Code::kInvalidArgument, "BAD_RESOURCE_NAME", Quote(text) + " is not the name of a " + std::string(noun),
              "Use lower-case letters, digits and '-', a letter first, at most 128 characters; for example "
              "\"domains/sales\", \"teams/checkout\", \"domains/sales/products/orders/lines/1\".",
              {{"noun", std::string(noun)}, {"text", Plain(text)}});
}

Status BadVersion(std::string_view text) {
  return Make(Code::kInvalidArgument, "BAD_VERSION", Quote(text) + " is not a version with a major number",
              "Write a semantic version such as \"1.0.0\".", {{"text", Plain(text)}});
}

Status IdentifierTooLong(std::string_view noun, size_t bytes, size_t bytes_max) {
  return Make(Code::kInvalidArgument, "IDENTIFIER_TOO_LONG",
              "the " + std::string(noun) + " has " + std::to_string(bytes) + " bytes; at most " +
                  std::to_string(bytes_max) + " are allowed",
              "Shorten it.", {{"bytes", std::to_string(bytes)}, {"bytes_max", std::to_string(bytes_max)}});
}

Status AmbiguousIdentifier(std::string_view text, const std::vector<std::string>& candidates) {
  return Make(Code::kInvalidArgument, "AMBIGUOUS_IDENTIFIER", Quote(text) + " fits several: " + Join(candidates),
              "Give the resource name of the one you mean.", {{"text", Plain(text)}, {"candidates", Join(candidates)}});
}

Status NotFound(std::string_view noun, std::string_view name) {
  return Make(Code::kNotFound, "NOT_FOUND", "no " + std::string(noun) + " " + Quote(name),
              "Look for it with `souk search`, or list what there is with `souk list`.",
              {{"noun", std::string(noun)}, {"name", Plain(name)}});
}

Status MissingField(std::string_view field) {
  return Make(Code::kInvalidArgument, "MISSING_FIELD", std::string(field) + " is required", "Set it.",
              {{"field", std::string(field)}});
}

Status BadField(std::string_view field, std::string_view problem, std::string_view remedy) {
  return Make(Code::kInvalidArgument, "BAD_FIELD", std::string(field) + ": " + Plain(problem), std::string(remedy),
              {{"field", std::string(field)}});
}

Status BadRevisionToken(std::string_view token) {
  return Make(Code::kInvalidArgument, "BAD_REVISION", Quote(token) + " is not a revision",
              "Pass a revision exactly as an earlier answer gave it.", {{"revision", Plain(token)}});
}

Status ForeignRevisionToken(std::string_view token) {
  return Make(Code::kFailedPrecondition, "FOREIGN_REVISION", Quote(token) + " is a revision of another store",
              "Read again without a revision; the store was replaced or restored since.", {{"revision", Plain(token)}});
}

Status RevisionInFuture(std::string_view token) {
  return Make(Code::kOutOfRange, "REVISION_IN_FUTURE", "nothing has happened yet at " + Quote(token),
              "Ask for a revision or time that has passed.", {{"revision", Plain(token)}});
}

Status RevisionCompacted(std::string_view oldest_token) {
  return Make(
      Code::kOutOfRange, "REVISION_COMPACTED", "that revision is no longer kept; the oldest is " + Quote(oldest_token),
      "List the products, then watch from the revision of that answer.", {{"oldest_revision", Plain(oldest_token)}});
}

Status RevisionNotApplied(std::string_view what) {
  Status status =
      Make(Code::kUnavailable, "REVISION_NOT_APPLIED", std::string(what) + " has not reached that revision in time",
           "Try again, or accept an older answer by leaving out the consistency.", {{"index", std::string(what)}});
  return status;
}

Status AsOfUnsupported(std::string_view method) {
  return Make(Code::kInvalidArgument, "AS_OF_UNSUPPORTED", std::string(method) + " can't answer as of the past",
              "Leave out as_of; GetProduct, ListProducts, TraceLineage and FindOwner can.",
              {{"method", std::string(method)}});
}

Status BadPageToken() {
  return Make(Code::kInvalidArgument, "BAD_PAGE_TOKEN", "the page token does not belong to this request",
              "Repeat every field of the request that gave the token, or start without a token.");
}

Status BadPageSize(int64_t size) {
  return Make(Code::kInvalidArgument, "BAD_PAGE_SIZE", "a page size can't be " + std::to_string(size),
              "Leave it out or set it to 1 or more.", {{"page_size", std::to_string(size)}});
}

Status BadDocument(std::vector<Violation> violations) {
  const std::string first = violations.empty() ? "unreadable" : violations.front().message;
  const std::string count =
      violations.size() > 1 ? " (and " + std::to_string(violations.size() - 1) + " more)" : std::string();
  ErrorDetail detail;
  detail.reason = "BAD_DOCUMENT";
  detail.remedy = violations.empty() ? "Check the document." : violations.front().remedy;
  detail.violations = std::move(violations);
  return {Code::kInvalidArgument, "the bundle can't be read: " + first + count, std::move(detail)};
}

Status NoSuchFile(std::string_view path) {
  return Make(Code::kNotFound, "NO_SUCH_FILE", "there is no file or folder " + Quote(path),
              "Check the path, and the folder that you are in.", {{"path", Plain(path)}});
}

Status NotAFile(std::string_view path) {
  return Make(Code::kInvalidArgument, "NOT_A_FILE", Quote(path) + " is a device or a pipe, not a file",
              "Name a file; - reads standard input.", {{"path", Plain(path)}});
}

Status DocumentTooLarge(std::string_view path, size_t bytes, size_t bytes_max) {
  return Make(
      Code::kInvalidArgument, "DOCUMENT_TOO_LARGE",
      Quote(path) + " has " + std::to_string(bytes) + " bytes; at most " + std::to_string(bytes_max) + " are allowed",
      "Split the contract, or keep long texts behind a URL.",
      {{"path", Plain(path)}, {"bytes", std::to_string(bytes)}, {"bytes_max", std::to_string(bytes_max)}});
}

Status RefusedByGate(std::string_view line, std::vector<Violation> violations, bool can_be_draft,
                     std::string_view verdict_digest) {
  const std::string message = std::string(line) + " can't be active: " + CountDefects(violations);
  ErrorDetail detail;
  detail.reason = "REFUSED_BY_GATE";
  detail.remedy = can_be_draft
                      ? "Mend every defect listed, or register it as a draft (--on-findings=draft)."
                      : "Mend every defect listed; nothing has changed. A line in service can't become a draft again.";
  detail.metadata = {{"line", std::string(line)}};
  if (!verdict_digest.empty()) detail.metadata.emplace_back("verdict_digest", verdict_digest);
  detail.violations = std::move(violations);
  return {Code::kFailedPrecondition, message, std::move(detail)};
}

Status PolicyElsewhere(std::string_view name, std::string_view layer) {
  return Make(Code::kFailedPrecondition, "POLICY_ELSEWHERE",
              std::string(name) + " is a policy of the layer " + std::string(layer) + ", which no other overrides",
              "Give yours an id of its own; it then holds beside that one.",
              {{"policy", std::string(name)}, {"layer", std::string(layer)}});
}

Status LoosensRule(std::string_view rule, std::string_view held, std::string_view asked, std::string_view why) {
  return Make(Code::kFailedPrecondition, "LOOSENS_RULE",
              std::string(rule) + " is " + std::string(held) + " here and can't become " + std::string(asked) + ": " +
                  std::string(why),
              "Ask whoever keeps the layer above, or excuse single products by a waiver (souk waiver create).",
              {{"rule", std::string(rule)}, {"held", std::string(held)}, {"asked", std::string(asked)}});
}

Status StaleEtag(std::string_view line, std::string_view given, std::string_view current) {
  return Make(Code::kAborted, "STALE_ETAG",
              std::string(line) + " has changed: its etag is " + std::string(current) + ", not " + Plain(given),
              "Read it again, look at what changed, and repeat with the new etag.",
              {{"line", std::string(line)}, {"given", Plain(given)}, {"current", std::string(current)}});
}

Status GuardMoved(std::string_view what) {
  return Make(Code::kAborted, "CONCURRENT_CHANGE", std::string(what) + " kept changing while this was written",
              "Try again.", {{"what", std::string(what)}});
}

Status VersionImmutable(std::string_view line, std::string_view version) {
  return Make(Code::kFailedPrecondition, "VERSION_IMMUTABLE",
              "version " + Plain(version) + " of " + std::string(line) + " has been active and can't be replaced",
              "Raise the version: patch for words, minor for additions, major for breaking changes.",
              {{"line", std::string(line)}, {"version", Plain(version)}});
}

Status OlderVersion(std::string_view line, std::string_view given, std::string_view current) {
  return Make(Code::kFailedPrecondition, "OLDER_VERSION",
              std::string(line) + " is at version " + Plain(current) + "; " + Plain(given) + " is older",
              "Register a newer version, or check that you deploy from the right branch.",
              {{"line", std::string(line)}, {"given", Plain(given)}, {"current", Plain(current)}});
}

Status NameCollision(std::string_view line, std::string_view held_by, std::string_view given) {
  return Make(Code::kAlreadyExists, "NAME_COLLISION",
              Quote(given) + " has the resource name " + std::string(line) + ", which " + Quote(held_by) + " holds",
              "Rename one of the two: both names have the same slug.",
              {{"line", std::string(line)}, {"held_by", Plain(held_by)}, {"given", Plain(given)}});
}

Status ClaimedElsewhere(std::string_view kind, std::string_view id, std::string_view holder) {
  return Make(Code::kAlreadyExists, "ID_CLAIMED",
              "the " + std::string(kind) + " " + Quote(id) + " belongs to " + std::string(holder),
              "Use an id of your own.",
              {{"kind", std::string(kind)}, {"id", Plain(id)}, {"holder", std::string(holder)}});
}

Status RequestIdReused(std::string_view request_id) {
  return Make(Code::kAlreadyExists, "REQUEST_ID_REUSED",
              "request id " + Quote(request_id) + " was used with other content",
              "Use a new request id for new content.", {{"request_id", Plain(request_id)}});
}

Status UnknownDomain(std::string_view domain) {
  return Make(Code::kNotFound, "UNKNOWN_DOMAIN", "there is no domain " + Quote(domain),
              "Create it with `souk admin domain`, or register with --create-missing.", {{"domain", Plain(domain)}});
}

Status UnknownTeam(std::string_view team) {
  return Make(Code::kNotFound, "UNKNOWN_TEAM", "there is no team " + Quote(team),
              "Create it with `souk admin team`, or register with --create-missing.", {{"team", Plain(team)}});
}

Status BadTransition(std::string_view line, std::string_view from, std::string_view to) {
  return Make(Code::kFailedPrecondition, "BAD_TRANSITION",
              std::string(line) + " is " + std::string(from) + " and can't become " + std::string(to),
              "The states are proposed, draft, active, deprecated, retired; a retired line stays retired.",
              {{"line", std::string(line)}, {"from", std::string(from)}, {"to", std::string(to)}});
}

Status HasConsumers(std::string_view line, const std::vector<std::string>& consumers) {
  return Make(Code::kFailedPrecondition, "HAS_CONSUMERS", std::string(line) + " is still read by " + Join(consumers),
              "Agree with its consumers on a replacement first; `souk owner` says whom to call.",
              {{"line", std::string(line)}, {"consumers", Join(consumers)}});
}

Status TooMany(std::string_view noun, size_t count, size_t count_max) {
  return Make(
      Code::kInvalidArgument, "TOO_MANY",
      std::to_string(count) + " " + std::string(noun) + "; at most " + std::to_string(count_max) + " are allowed",
      "Split the request.",
      {{"noun", std::string(noun)}, {"count", std::to_string(count)}, {"max", std::to_string(count_max)}});
}

Status BadFilter(size_t column, std::string_view problem) {
  return Make(Code::kInvalidArgument, "BAD_FILTER",
              "the filter can't be read at column " + std::to_string(column) + ": " + Plain(problem),
              "Write comparisons such as state = active AND tag = \"pii\".", {{"column", std::to_string(column)}});
}

Status Overloaded(std::string_view what, uint32_t retry_after_ms) {
  ErrorDetail detail;
  detail.reason = "OVERLOADED";
  detail.remedy = "Try again a little later.";
  detail.metadata = {{"what", std::string(what)}};
  detail.retry_after_ms = retry_after_ms;
  return {Code::kResourceExhausted, std::string(what) + " has no room for this call right now", std::move(detail)};
}

Status DeadlineExceeded(std::string_view what) {
  return Make(Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", std::string(what) + " was not done in time",
              "Give a later deadline, or ask for less.", {{"what", std::string(what)}});
}

Status Cancelled() { return Make(Code::kCancelled, "CANCELLED", "the caller gave up", "Nothing to do."); }

Status ShuttingDown() {
  return Make(Code::kUnavailable, "SHUTTING_DOWN", "the node is going down", "Try another node, or again shortly.");
}

Status PermissionDenied(std::string_view principal, std::string_view permission) {
  return Make(Code::kPermissionDenied, "PERMISSION_DENIED",
              Plain(principal) + " lacks the permission " + std::string(permission),
              "Ask a steward of the domain or an operator of the node.",
              {{"principal", Plain(principal)}, {"permission", std::string(permission)}});
}

Status NotWritable(std::string_view why) {
  return Make(Code::kResourceExhausted, "NOT_WRITABLE", "the node can't write: " + Plain(why),
              "Reads go on. Free space on the node's disk; it recovers by itself.", {{"why", Plain(why)}});
}

Status NoRoom(std::string_view directory) {
  return Make(Code::kResourceExhausted, "NOT_WRITABLE", "the disk of " + Plain(directory) + " is full",
              "Free space on that disk, then try again. Nothing is lost.", {{"directory", Plain(directory)}});
}

Status FolderInUse(std::string_view directory, std::string_view holder) {
  return Make(Code::kFailedPrecondition, "FOLDER_IN_USE", Plain(directory) + " is in use by " + Plain(holder),
              "Stop that node, or give this one a folder of its own (--data-dir).",
              {{"directory", Plain(directory)}, {"holder", Plain(holder)}});
}

Status FolderUnusable(std::string_view directory, std::error_code why) {
  if (why == std::errc::no_space_on_device || why.value() == EDQUOT) return NoRoom(directory);
  return Make(Code::kFailedPrecondition, "FOLDER_UNUSABLE", "can't use " + Plain(directory) + ": " + why.message(),
              "Let the node's user write there, or give the node another folder (--data-dir).",
              {{"directory", Plain(directory)}});
}

Status FolderExists(std::string_view directory) {
  return Make(Code::kAlreadyExists, "FOLDER_EXISTS", Plain(directory) + " exists already",
              "Name a folder that does not exist yet.", {{"directory", Plain(directory)}});
}

Status FormatUnknown(std::string_view directory, std::string_view format) {
  return Make(Code::kFailedPrecondition, "FORMAT_UNKNOWN",
              Plain(directory) + " has the store format " + Quote(format) + ", which this version can't read",
              "Use the version of Souk that wrote it, or a newer one.",
              {{"directory", Plain(directory)}, {"format", Plain(format)}});
}

Status OtherHistory(std::string_view directory, std::string_view why) {
  return Make(
      Code::kFailedPrecondition, "OTHER_HISTORY", Plain(directory) + " is not of this ledger: " + Plain(why),
      "Name the ledger and the folder that belong together; a node with an empty folder fills it from its ledger.",
      {{"directory", Plain(directory)}});
}

Status LedgerUnreachable(std::string_view why, int64_t silence_s) {
  const std::string seconds = std::to_string(silence_s);
  return Make(Code::kUnavailable, "LEDGER_UNREACHABLE",
              "this node has been cut off from its ledger for " + seconds + " s: " + Plain(why),
              "Ask another node, or again later. Reads that need not be the latest go on here.",
              {{"silence_seconds", seconds}});
}

Status OutcomeUnknown(std::string_view what) {
  return Make(Code::kUnknown, "OUTCOME_UNKNOWN", "it is not known whether " + std::string(what) + " was written",
              "Repeat the call with the same request id: it is applied once.", {{"what", std::string(what)}});
}

Status DataLoss(std::string_view what) {
  return Make(Code::kDataLoss, "DATA_LOSS", Plain(what), "See the runbook's chapter on damaged data.");
}

Status Undecodable(std::string_view entity, std::string_view key, std::string_view revision, std::string_view reason) {
  return Make(Code::kDataLoss, "UNDECODABLE",
              "this node does not understand the newest of " + Plain(entity) + ": " + Plain(key) + " of revision " +
                  Plain(revision) + ": " + Plain(reason),
              "If a newer version of Souk wrote it, ask a node of that version, or upgrade this one. If it is damaged, "
              "register or update it again.",
              {{"entity", Plain(entity)}, {"key", Plain(key)}, {"revision", Plain(revision)}});
}

Status ForeignChange(std::string_view keys, std::string_view revision) {
  return Make(Code::kDataLoss, "FOREIGN_CHANGE",
              "somebody who is no node of Souk has written " + Plain(keys) + " at revision " + Plain(revision) +
                  "; it is taken in as it is",
              "Find out who writes under the prefix of Souk, and stop it; see the runbook's chapter on several nodes.",
              {{"revision", Plain(revision)}});
}

Status Internal(std::string_view what) {
  return Make(Code::kInternal, "INTERNAL", Plain(what), "This is a defect of Souk; please report it.");
}

}  // namespace souk::errors
