// SPDX-License-Identifier: Apache-2.0
// diff, state, retire, watch.
#include <optional>

#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/complaint.h"
#include "client/cli/config.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"
#include "client/lib/error_decoding.h"

namespace souk::cli {
namespace {

std::string ClassWord(v1::ChangeClass change_class) {
  switch (change_class) {
    case v1::CHANGE_CLASS_BREAKING:
      return "breaking";
    case v1::CHANGE_CLASS_MINOR:
      return "minor";
    case v1::CHANGE_CLASS_PATCH:
      return "patch";
    default:
      return "";
  }
}

StatusOr<v1::Bundle> OneBundle(Session& session, const std::string& path) {
  ASSIGN_OR_RETURN(Discovery discovery, Discover({path}, false));
  BundleReader reader(std::move(discovery), session.env().in);
  std::optional<BundleInput> input = reader.Next();
  if (!input || reader.Next()) {
    return UsageError(path + " does not hold exactly one product", "Give one product's file or folder.");
  }
  return input->bundle;
}

void WriteDifferences(const v1::DiffProductsResponse& response, std::ostream& out, const Style& style) {
  for (const v1::Difference& difference : response.differences()) {
    const std::string word = ClassWord(difference.change_class());
    const bool breaking = difference.change_class() == v1::CHANGE_CLASS_BREAKING;
    out << (breaking ? style.Red(word) : word) << ": " << Clean(difference.message()) << " ["
        << Clean(difference.rule()) << "]\n    " << style.Dim(Clean(difference.path())) << "\n";
    if (!difference.before().empty()) out << style.Red("    - " + Clean(difference.before())) << "\n";
    if (!difference.after().empty()) out << style.Green("    + " + Clean(difference.after())) << "\n";
  }
}

const std::vector<std::string> kChangeColumns = {"REVISION", "TIME", "ACTION", "NAME", "VERSION", "STATE", "ACTOR"};

void WriteChange(const v1::WatchChangesResponse& revision, const v1::EntityChange& change, const std::string& format,
                 const Style& style, std::ostream& out) {
  const std::string time = TimeWord(revision.commit_time());
  if (format == "name") {
    out << Clean(change.name()) << "\n";
  } else if (format == "id") {
    if (!change.id().empty()) out << Clean(change.id()) << "\n";
  } else if (format == "csv") {
    WriteCsvRow({revision.revision(), time, change.action(), change.name(), change.version(), StateWord(change.state()),
                 change.actor()},
                out);
  } else {
    out << style.Dim(time) << "  " << change.action() << "  " << style.Bold(Clean(ShortName(change.name()))) << "  "
        << Clean(change.version()) << "  " << StateWord(change.state()) << "  " << Clean(change.actor()) << "\n";
  }
}

// As it comes: JSON one revision a line, YAML one document each; progress marks only in those two.
Status WriteRevision(Session& session, const v1::WatchChangesResponse& revision) {
  std::ostream& out = session.env().out;
  if (session.format() == "json") {
    ASSIGN_OR_RETURN(const std::string json, ToJson(revision, false));
    out << json << "\n";
    return Status::Ok();
  }
  if (session.format() == "yaml") {
    Answer answer;
    answer.message = &revision;
    out << "---\n";
    return session.Print(answer).status();
  }
  for (const v1::EntityChange& change : revision.changes()) {
    WriteChange(revision, change, session.format(), session.out_style(), out);
  }
  return Status::Ok();
}

// After a change of state: what it is now.
StatusOr<int> PrintChanged(Session& session, const google::protobuf::Message& response, const v1::Product& product,
                           bool changed, bool visible) {
  Answer answer;
  answer.message = &response;
  answer.names = {product.name()};
  if (!product.model().id().empty()) answer.ids = {product.model().id()};
  answer.table.header = {"PRODUCT", "VERSION", "STATE", "OUTCOME"};
  answer.table.rows = {
      {ShortName(product.name()), product.version(), StateWord(product.state()), changed ? "changed" : "unchanged"}};
  if (changed && !visible && !session.Has("validate-only")) {
    session.Note("not visible in search and lineage yet");
  }
  return session.Print(answer);
}

}  // namespace

StatusOr<int> RunDiff(Session& session) {
  v1::DiffProductsRequest request;
  request.set_base(session.word(0));
  if (session.Has("file") == (session.words().size() == 2)) {
    return UsageError("diff needs exactly two sides", "Write `souk diff A B` or `souk diff -f BUNDLE A`.");
  }
  if (session.Has("file")) {
    ASSIGN_OR_RETURN(*request.mutable_bundle(), OneBundle(session, session.Text("file")));
  } else {
    request.set_name(session.word(1));
  }
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::DiffProductsResponse response, session.client().DiffProducts(request, session.call()));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"CLASS", "RULE", "PATH", "BEFORE", "AFTER", "MESSAGE"};
  for (const v1::Difference& difference : response.differences()) {
    answer.table.rows.push_back({ClassWord(difference.change_class()), difference.rule(), difference.path(),
                                 difference.before(), difference.after(), difference.message()});
    answer.names.push_back(difference.path());
    answer.ids.push_back(difference.rule());
  }
  answer.text = [&](std::ostream& out, const Style& style) { WriteDifferences(response, out, style); };
  RETURN_IF_ERROR(session.Print(answer).status());
  if (response.differences().empty()) {
    session.Note("no difference");
    return kExitOk;
  }
  session.Note(Count(static_cast<uint64_t>(response.differences_size()), "difference") + ", the gravest is " +
               ClassWord(response.change_class()));
  return kExitFailure;
}

StatusOr<int> RunState(Session& session) {
  v1::SetProductStateRequest request;
  request.set_name(session.word(0));
  request.set_state(StateOf(session.word(1)));
  request.set_etag(session.Text("if-etag"));
  request.set_request_id(session.Text("request-id"));
  request.set_reason(session.Text("reason"));
  request.set_validate_only(session.Has("validate-only"));
  if (session.Has("sunset")) {
    ASSIGN_OR_RETURN(*request.mutable_sunset_time(), ParseTime(session.Text("sunset")));
  }
  ASSIGN_OR_RETURN(const v1::SetProductStateResponse response,
                   session.client().SetProductState(request, session.call()));
  for (const v1::Finding& finding : response.findings()) {
    WriteViolation(client::ToViolation(finding), "", session.err_style(), session.env().err);
  }
  return PrintChanged(session, response, response.product(), response.changed(), response.visible());
}

StatusOr<int> RunRetire(Session& session) {
  v1::RetireProductRequest request;
  request.set_name(session.word(0));
  request.set_etag(session.Text("if-etag"));
  request.set_request_id(session.Text("request-id"));
  request.set_reason(session.Text("reason"));
  request.set_validate_only(session.Has("validate-only"));
  ASSIGN_OR_RETURN(const v1::RetireProductResponse response, session.client().RetireProduct(request, session.call()));
  return PrintChanged(session, response, response.product(), response.changed(), response.visible());
}

StatusOr<int> RunWatch(Session& session) {
  v1::WatchChangesRequest request;
  request.set_after_revision(session.Text("since"));
  const auto reader = session.client().WatchChanges(request);
  const int64_t count_max = session.Number("count", 0);
  std::ostream& out = session.env().out;
  if (session.format() == "csv") WriteCsvRow(kChangeColumns, out);
  for (int64_t count = 0; count_max == 0 || count < count_max;) {
    ASSIGN_OR_RETURN(const v1::WatchChangesResponse revision, reader->Next());
    RETURN_IF_ERROR(WriteRevision(session, revision));
    count += revision.changes_size();
    if (revision.changes().empty()) session.Detail("up to date at revision " + revision.revision());
    out.flush();
    if (!out.good()) return kExitFailure;
  }
  return kExitOk;
}

}  // namespace souk::cli
