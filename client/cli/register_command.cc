// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/limits.h"
#include "base/names.h"
#include "client/cli/bundles.h"
#include "client/cli/command_list.h"
#include "client/cli/config.h"
#include "client/cli/interrupt.h"
#include "client/cli/mesh_files.h"
#include "client/cli/progress.h"
#include "client/cli/register_report.h"
#include "client/cli/text.h"
#include "client/cli/text_scan.h"
#include "client/cli/usage.h"
#include "client/lib/bulk.h"
#include "client/lib/error_decoding.h"
#include "client/lib/spool.h"

namespace souk::cli {
namespace {

constexpr std::string_view kFail = "fail";
constexpr std::string_view kSpool = "spool";

// What every bundle of this run is sent with.
v1::RegisterProductRequest BaseRequest(Session& session) {
  v1::RegisterProductRequest request;
  request.set_validate_only(session.Has("validate-only"));
  request.set_etag(session.Text("if-etag"));
  request.set_request_id(session.Text("request-id"));
  request.set_create_missing(session.Has("create-missing"));
  request.set_on_findings(session.Text("on-findings") == "draft" ? v1::FINDINGS_ACTION_DRAFT
                                                                 : v1::FINDINGS_ACTION_REFUSE);
  request.set_state(StateOf(session.Text("state")));
  return request;
}

// A result of a batch as the error that a single call would have given.
Status StatusOf(const v1::BatchRegisterResult& result) {
  ErrorDetail detail;
  detail.reason = result.reason();
  detail.remedy = result.remedy();
  for (const v1::Finding& finding : result.findings()) detail.violations.push_back(client::ToViolation(finding));
  return {static_cast<Code>(result.code()), result.message(), std::move(detail)};
}

// What an interrupt left undone.
struct Cut {
  size_t not_sent = 0;
  size_t unknown = 0;

  // True if the call ended by the interrupt.
  bool Counts(const Status& call) {
    if (call.code() != Code::kCancelled && call.reason() != "OUTCOME_UNKNOWN") return false;
    ++(call.code() == Code::kCancelled ? not_sent : unknown);
    return true;
  }
};

class Registration {
 public:
  Registration(Session& session, Discovery discovery)
      : session_(session),
        base_(BaseRequest(session)),
        single_(discovery.bundles.size() == 1 && discovery.total()),
        total_(discovery.total()),
        teams_(discovery.teams),
        domains_(discovery.domains),
        reader_(std::move(discovery), session.env().in),
        spool_(SpoolDirectory(session.env()), session.client().options().addresses, session.env().clock),
        report_(session, base_.validate_only(), single_ || session.verbose()) {}

  StatusOr<int> Run() {
    if (!base_.validate_only()) RETURN_IF_ERROR(ResendSpool());
    RETURN_IF_ERROR(SendMesh());
    if (single_) return RunSingle();
    return RunBulk();
  }

 private:
  Status ResendSpool() {
    ASSIGN_OR_RETURN(const client::ResendReport sent, client::Resend(session_.client(), spool_, nullptr));
    if (sent.sent > 0) session_.Note("sent " + Count(static_cast<uint64_t>(sent.sent), "spooled change") + " first");
    for (const auto& [name, status] : sent.set_aside) {
      session_.Note("a spooled change was refused and is kept as " + (spool_.directory() / name).string() +
                    ".refused:");
      session_.Complain(status);
    }
    return Status::Ok();
  }

  // Teams before domains: a domain names its team.
  Status SendMesh() {
    size_t changed = 0;
    for (const auto& path : teams_) {
      ASSIGN_OR_RETURN(const std::string text, ReadFile(path, limits::kRequestBytesMax));
      ASSIGN_OR_RETURN(std::vector<v1::UpdateTeamRequest> teams, ParseTeams(text, path.string()));
      for (v1::UpdateTeamRequest& request : teams) {
        request.set_validate_only(base_.validate_only());
        RETURN_IF_ERROR(SendMeshItem(&client::Client::UpdateTeam, request, request.team().name(), changed));
      }
    }
    for (const auto& path : domains_) {
      ASSIGN_OR_RETURN(const std::string text, ReadFile(path, limits::kRequestBytesMax));
      ASSIGN_OR_RETURN(std::vector<v1::UpdateDomainRequest> domains, ParseDomains(text, path.string()));
      for (v1::UpdateDomainRequest& request : domains) {
        request.set_validate_only(base_.validate_only());
        RETURN_IF_ERROR(SendMeshItem(&client::Client::UpdateDomain, request, request.domain().name(), changed));
      }
    }
    if (!teams_.empty() || !domains_.empty()) {
      std::string note = "teams and domains: " + std::to_string(mesh_sent_) + " sent, " + std::to_string(changed) +
                         (base_.validate_only() ? " would change" : " changed");
      if (mesh_spooled_ > 0) note += ", " + std::to_string(mesh_spooled_) + " spooled";
      if (mesh_dropped_ > 0) note += ", " + std::to_string(mesh_dropped_) + " not sent: no node could be reached";
      session_.Note(note);
    }
    return Status::Ok();
  }

  template <typename Request, typename Response>
  Status SendMeshItem(StatusOr<Response> (client::Client::*method)(Request, const client::CallOptions&),
                      const Request& request, const std::string& name, size_t& changed) {
    const StatusOr<Response> answer =
        unreachable_.ok() ? (session_.client().*method)(request, session_.call()) : StatusOr<Response>(unreachable_);
    const bool waits = !answer.ok() && LacksOnlyValidated(answer.status());
    if (answer.ok() || waits) {
      ++mesh_sent_;
      changed += waits || answer->changed() ? 1 : 0;
      mesh_names_.insert(name);
      return Status::Ok();
    }
    if (!Deferrable(answer.status())) return answer.status();
    unreachable_ = answer.status();  // one wait is enough
    const bool spool = session_.Text("on-unavailable") == kSpool;
    ++(spool ? mesh_spooled_ : mesh_dropped_);
    return spool ? spool_.Add(request).status() : Status::Ok();
  }

  // True if what is missing is a team or domain that came before it in this run, and was only validated.
  bool LacksOnlyValidated(const Status& status) const {
    if (!base_.validate_only() || status.code() != Code::kNotFound) return false;
    const auto& metadata = status.detail().metadata;
    return std::any_of(metadata.begin(), metadata.end(), [this](const auto& entry) {
      return (entry.first == "team" && mesh_names_.contains(TeamName(entry.second))) ||
             (entry.first == "domain" && mesh_names_.contains(DomainName(entry.second)));
    });
  }

  // True if --on-unavailable says that this failure shall not fail the run.
  bool Deferrable(const Status& status) const {
    const std::string choice = session_.Text("on-unavailable");
    return client::MayWorkLater(status) && !base_.validate_only() && !choice.empty() && choice != kFail;
  }

  void Take(const Registered& registered, const v1::RegisterProductRequest& request) {
    if (!Deferrable(registered.status)) return report_.Add(registered);
    const bool spool = session_.Text("on-unavailable") == kSpool;
    Registered kept = registered;
    if (spool) {
      if (const auto name = spool_.Add(request); !name.ok()) {
        kept.status = name.status();
        return report_.Add(kept);
      }
    }
    report_.AddDeferred(kept, spool);
  }

  StatusOr<int> RunSingle() {
    const BundleInput input = *reader_.Next();
    v1::RegisterProductResponse response;
    Registered registered;
    registered.origin = input.origin;
    registered.product = input.product;
    v1::RegisterProductRequest request = base_;
    request.set_omit_model(session_.format() == "table" || session_.format() == "name");
    if (!input.bundle.ok()) {
      registered.status = input.bundle.status();
    } else {
      *request.mutable_bundle() = *input.bundle;
      StatusOr<v1::RegisterProductResponse> answer = session_.client().RegisterProduct(request, session_.call());
      registered.status = answer.status();
      if (answer.ok()) response = *std::move(answer);
    }
    registered.id = response.product().model().id();
    registered.result.set_name(response.product().name());
    registered.result.set_state(response.product().state());
    registered.result.set_changed(response.changed());
    registered.result.set_created(response.created());
    registered.result.set_fit_for_active(response.fit_for_active());
    *registered.result.mutable_findings() = response.findings();
    Take(registered, request);
    report_.SetVisible(response.visible());
    return Tell(report_.MakeAnswer(response), registered.status.ok());
  }

  // What can be read and sent. What can't is told at the end.
  std::optional<v1::RegisterProductRequest> NextRequest() {
    while (std::optional<BundleInput> input = reader_.Next()) {
      Registered registered;
      registered.origin = input->origin;
      registered.product = input->product;
      registered.status = input->bundle.status();
      if (!registered.status.ok()) {
        unread_.push_back(std::move(registered));
        continue;
      }
      registered.id = TopLevelScalar(input->bundle->documents(0).content(), "id");
      const std::lock_guard lock(sent_mutex_);
      sent_.push_back(std::move(registered));
      v1::RegisterProductRequest request = base_;
      *request.mutable_bundle() = *std::move(input->bundle);
      return request;
    }
    return std::nullopt;
  }

  Registered SentAs(size_t index) {
    const std::lock_guard lock(sent_mutex_);
    return sent_[index];
  }

  StatusOr<int> RunBulk() {
    if (session_.Has("if-etag") || session_.Has("request-id")) {
      return UsageError("--if-etag and --request-id speak of one product, not of several",
                        "Register that product alone.");
    }
    Progress progress(session_.env(), total_, !session_.quiet());
    v1::BatchRegisterResponse response;
    const bool keep = session_.format() == "json" || session_.format() == "yaml";
    Interrupt interrupt;
    Cut cut;
    const auto sink = [&](const v1::RegisterProductRequest& item, const v1::BatchRegisterResult& result,
                          const Status& call) {
      if (interrupt.signal() != 0 && cut.Counts(call)) return;
      Registered registered = SentAs(result.index());
      registered.result = result;
      if (result.code() != 0) registered.status = call.ok() ? StatusOf(result) : call;
      if (!registered.status.ok()) progress.Clear();
      Take(registered, item);
      if (keep) *response.add_results() = result;
      progress.Advance();
    };
    client::BulkOptions options;
    options.cancellation = &interrupt.cancellation();
    const client::BulkOutcome outcome = client::RegisterInBulk(
        session_.client(), [this] { return NextRequest(); }, sink, options);
    progress.Clear();
    for (const Registered& registered : unread_) report_.Add(registered);
    if (interrupt.signal() != 0) return TellInterrupted(interrupt.signal(), cut);
    if (report_.seen() == 0 && mesh_sent_ == 0) {
      return errors::BadField("register", "there was nothing to register",
                              "Give a file or folder that holds products.");
    }
    std::sort(response.mutable_results()->begin(), response.mutable_results()->end(),
              [](const auto& a, const auto& b) { return a.index() < b.index(); });
    response.set_revision(outcome.revision);
    response.set_visible(outcome.visible);
    report_.SetVisible(outcome.visible);
    return Tell(report_.MakeAnswer(response), true);
  }

  // Of an import that was interrupted the whole truth is a remark: what is in, and what to do about the rest.
  int TellInterrupted(int signal, Cut cut) {
    if (total_) cut.not_sent += *total_ - report_.seen() - cut.not_sent - cut.unknown;
    std::ostream& err = session_.env().err;
    for (const std::string& line : report_.Summary()) err << line << "\n";
    err << "souk: interrupted: " << cut.not_sent << (total_ ? "" : " or more") << " not sent, " << cut.unknown
        << " unknown (the node may have them)\n"
        << "  Run it again: what is registered already stays as it is.\n";
    return kExitSignal + signal;
  }

  StatusOr<int> Tell(const Answer& answer, bool any) {
    // A single failure is told already; of nothing there is no table.
    const bool table = session_.format() == "table";
    if (any && (!table || !answer.table.rows.empty())) RETURN_IF_ERROR(session_.Print(answer).status());
    if (report_.seen() > 0 && (!single_ || any || report_.deferred() > 0)) {
      // The summary is the answer to a person, and a remark beside an answer to a program.
      std::ostream& out = table ? session_.env().out : session_.env().err;
      if (!session_.quiet()) {
        for (const std::string& line : report_.Summary()) out << line << "\n";
      }
    }
    return report_.exit_code();
  }

  Session& session_;
  const v1::RegisterProductRequest base_;
  const bool single_;
  const std::optional<size_t> total_;
  const std::vector<std::filesystem::path> teams_;
  const std::vector<std::filesystem::path> domains_;
  BundleReader reader_;
  client::Spool spool_;
  RegisterReport report_;
  size_t mesh_sent_ = 0;
  std::set<std::string> mesh_names_;  // of teams and domains that were sent
  size_t mesh_spooled_ = 0;
  size_t mesh_dropped_ = 0;
  Status unreachable_;              // of the first team or domain that no node took
  std::vector<Registered> unread_;  // the source's thread only; read at the end
  std::mutex sent_mutex_;           // the source and the sink run on different threads
  std::vector<Registered> sent_;    // by index, without what became of it; guarded by sent_mutex_
};

}  // namespace

StatusOr<int> RunRegister(Session& session) {
  ASSIGN_OR_RETURN(Discovery discovery, Discover(session.words(), session.Has("recursive")));
  for (const std::string& orphan : discovery.orphans) {
    session.Note(orphan + " belongs to no product beside it and is left out");
  }
  return Registration(session, std::move(discovery)).Run();
}

}  // namespace souk::cli
