// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/directory.h"

#include <google/protobuf/util/field_mask_util.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/digest.h"
#include "base/limits.h"
#include "server/catalog/messages.h"
#include "server/catalog/reading.h"
#include "server/catalog/writing.h"
#include "storage/ledger_keys.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {

using MaybeEntity = StatusOr<storage::SharedEntity>;
using google::protobuf::FieldMask;
using google::protobuf::util::FieldMaskUtil;

// What a caller may not set. The name may stand in a mask: it is the one by which the entity was found.
constexpr std::array<std::string_view, 3> kOutputOnly = {"provenance", "etag", "update_time"};

// Sets the payload of a record; the same code serves domains and teams.
void SetPayload(store::v1::ChangeRecord& record, v1::Domain domain) { *record.mutable_domain() = std::move(domain); }
void SetPayload(store::v1::ChangeRecord& record, v1::Team team) { *record.mutable_team() = std::move(team); }

template <typename Entity>
Status AppendEntity(const Backends& parts, const CallContext& call, const storage::View& view, Entity entity,
                    const std::string& request_id, storage::Transaction& transaction) {
  const std::string name = entity.name();
  ASSIGN_OR_RETURN(const auto head, HeadOf(view, name));
  store::v1::ChangeRecord record = NewRecord(parts, call, name, request_id, "");
  entity.clear_etag();
  *entity.mutable_update_time() = TimeOf(record.time_us());
  record.set_content_digest(Sha256(entity.SerializeAsString()));
  SetPayload(record, std::move(entity));
  AppendRecord(transaction, std::move(record), head ? &*head : nullptr, view.revision());
  return Status::Ok();
}

// Guards an entity that is there, or makes it.
template <typename Entity>
Status Require(const Backends& parts, const CallContext& call, bool found, Entity inferred, const Round& round,
               storage::Transaction& transaction) {
  std::string head = storage::HeadKey(inferred.name());
  if (found || round.written.contains(head)) {
    transaction.guards.push_back({std::move(head), "", round.view.revision()});
    return Status::Ok();
  }
  inferred.set_provenance(v1::PROVENANCE_INFERRED);
  return AppendEntity(parts, call, round.view, std::move(inferred), "", transaction);
}

// True if the stored entity says the same as the asked one, output-only fields aside.
template <typename Entity>
bool SameContent(Entity stored, Entity asked) {
  for (Entity* entity : {&stored, &asked}) {
    entity->clear_etag();
    entity->clear_update_time();
  }
  return stored.SerializeAsString() == asked.SerializeAsString();
}

const v1::Domain& Get(const store::v1::EntityState& state, const v1::Domain* /*kind*/) { return state.domain(); }
const v1::Team& Get(const store::v1::EntityState& state, const v1::Team* /*kind*/) { return state.team(); }

Status CheckTexts(const google::protobuf::Message& entity, size_t bytes) {
  if (bytes > limits::kDocumentBytesMax) {
    return errors::TooMany("bytes of a " + entity.GetDescriptor()->name(), bytes, limits::kDocumentBytesMax);
  }
  return Status::Ok();
}

template <typename Entity>
Status CheckMask(const FieldMask& mask) {
  for (const std::string& path : mask.paths()) {
    const bool fixed = std::find(kOutputOnly.begin(), kOutputOnly.end(), path) != kOutputOnly.end();
    const bool known = Entity::descriptor()->FindFieldByName(path) != nullptr;
    if (known && !fixed) continue;
    return errors::BadField("update_mask", "\"" + path + "\" is no field that can be set",
                            "Name fields of the message, for example \"description\".");
  }
  return Status::Ok();
}

// What is stored, with the fields of the mask as they are asked for.
template <typename Entity>
Entity Masked(const Entity& asked, const FieldMask& mask, const Entity& stored) {
  Entity merged = stored;
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(asked, mask, options, &merged);
  merged.set_provenance(asked.provenance());
  merged.clear_etag();
  merged.clear_update_time();
  return merged;
}

// How one kind of entity is found, and what else must hold of it; `check` guards what it looks at.
template <typename Entity>
struct Kind {
  std::function<MaybeEntity(const storage::View& view)> find;
  std::function<Status(const storage::View& view, const Entity& entity, storage::Transaction& transaction)> check;
};

// `asked` becomes what is written: under a mask it is known only once the stored entity is.
template <typename Entity, typename Request>
StatusOr<Written> Update(const Backends& parts, const CallContext& call, const Request& request, Entity& asked,
                         const Kind<Entity>& kind) {
  const FieldMask& mask = request.update_mask();
  const std::string& request_id = request.request_id();
  RETURN_IF_ERROR(CheckMask<Entity>(mask));
  asked.set_provenance(v1::PROVENANCE_DECLARED);
  const std::string etag = asked.etag();
  asked.clear_etag();
  asked.clear_update_time();
  const std::string content = Sha256(asked.SerializeAsString() + mask.SerializeAsString());
  const Entity given = asked;
  bool would_change = false;
  const auto plan = [&](const storage::View& view) -> StatusOr<storage::Transaction> {
    storage::Transaction transaction;
    ASSIGN_OR_RETURN(const auto earlier, FindEarlier(view, call, request_id, content));
    if (earlier) return transaction;
    ASSIGN_OR_RETURN(const auto stored, kind.find(view));
    asked = stored && !mask.paths().empty() ? Masked(given, mask, Get(*stored, &given)) : given;
    RETURN_IF_ERROR(CheckTexts(asked, asked.ByteSizeLong()));
    RETURN_IF_ERROR(kind.check(view, asked, transaction));
    const std::string current = stored ? storage::EtagOf(stored->digest()) : "(new)";
    if (!etag.empty() && etag != current) return errors::StaleEtag(asked.name(), etag, current);
    const Status understood = view.CheckUnderstood(asked.name());
    if (!mask.paths().empty()) RETURN_IF_ERROR(understood);  // the rest would be of before
    const bool same = stored && understood.ok() && SameContent(Get(*stored, &given), asked);
    would_change = !same && request.validate_only();
    if (same || request.validate_only()) return storage::Transaction{};
    RETURN_IF_ERROR(AppendEntity(parts, call, view, asked, request_id, transaction));
    MarkRequest(transaction, call, request_id, content, asked.name(), view.revision(), parts.clock.NowUs());
    return transaction;
  };
  ASSIGN_OR_RETURN(Written written, CommitPlan(parts, call, given.name(), plan));
  written.changed = written.changed || would_change;
  return written;
}

// A domain that nobody answers for must not look as if somebody did.
Status CheckOwnerTeam(const storage::View& view, const v1::Domain& domain, storage::Transaction& transaction) {
  if (domain.owner_team().empty()) return Status::Ok();
  ASSIGN_OR_RETURN(const std::string id, ParseTeamName(domain.owner_team()));
  ASSIGN_OR_RETURN(const auto team, view.FindTeam(id));
  if (!team) return errors::UnknownTeam(id);
  transaction.guards.push_back({storage::HeadKey(domain.owner_team()), "", view.revision()});
  return Status::Ok();
}

// A domain can't be its own ancestor. The ancestors are guarded: two changes at once could close a circle that neither
// of them sees.
Status CheckParents(const storage::View& view, const v1::Domain& domain, storage::Transaction& transaction) {
  std::set<std::string> seen = {domain.name()};
  std::string parent = domain.parent();
  while (!parent.empty()) {
    if (!seen.insert(parent).second) {
      return errors::BadField("domain.parent", "the parents of " + domain.name() + " form a circle",
                              "Break the circle.");
    }
    if (seen.size() > limits::kDomainDepthMax) {
      return errors::TooMany("levels of domains", seen.size(), limits::kDomainDepthMax);
    }
    ASSIGN_OR_RETURN(const std::string id, ParseDomainName(parent));
    ASSIGN_OR_RETURN(const auto state, view.FindDomain(id));
    if (!state) return errors::UnknownDomain(id);
    transaction.guards.push_back({storage::HeadKey(parent), "", view.revision()});
    parent = state->domain().parent();
  }
  return Status::Ok();
}

Status CheckReferences(const storage::View& view, const v1::Domain& domain, storage::Transaction& transaction) {
  RETURN_IF_ERROR(CheckParents(view, domain, transaction));
  return CheckOwnerTeam(view, domain, transaction);
}

}  // namespace

Status RequireDomainAndTeam(const Backends& parts, const CallContext& call, const v1::DataProduct& model,
                            bool create_missing, const Round& round, storage::Transaction& transaction) {
  const std::string domain_id = Slug(model.domain());
  v1::Domain domain;
  domain.set_name(DomainName(domain_id));
  if (model.domain() != domain_id) domain.set_display_name(model.domain());
  ASSIGN_OR_RETURN(const auto found_domain, round.view.FindDomain(domain_id));
  if (!found_domain && !create_missing) return errors::UnknownDomain(domain_id);
  RETURN_IF_ERROR(Require(parts, call, found_domain != nullptr, std::move(domain), round, transaction));
  const std::string team_id = Slug(model.team().name());
  if (team_id.empty()) return Status::Ok();
  v1::Team team;
  team.set_name(TeamName(team_id));
  if (model.team().name() != team_id) team.set_display_name(model.team().name());
  ASSIGN_OR_RETURN(const auto found_team, round.view.FindTeam(team_id));
  if (!found_team && !create_missing) return errors::UnknownTeam(team_id);
  return Require(parts, call, found_team != nullptr, std::move(team), round, transaction);
}

StatusOr<v1::GetDomainResponse> Directory::GetDomain(const v1::GetDomainRequest& request,
                                                     const CallContext& call) const {
  ASSIGN_OR_RETURN(const std::string id, ParseDomainName(request.name()));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  RETURN_IF_ERROR(view.CheckUnderstood(DomainName(id)));
  ASSIGN_OR_RETURN(const auto state, view.FindDomain(id));
  if (!state) return errors::UnknownDomain(id);
  v1::GetDomainResponse response;
  *response.mutable_domain() = DomainOf(*state);
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::ListDomainsResponse> Directory::ListDomains(const v1::ListDomainsRequest& request,
                                                         const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  v1::ListDomainsResponse response;
  RETURN_IF_ERROR(view.ForEachDomain(after, [&](const store::v1::EntityState& state) {
    if (static_cast<size_t>(response.domains_size()) == size) {
      const std::string& last = response.domains(response.domains_size() - 1).name();
      response.set_next_page_token(MakePageToken(last, digest));
      return false;
    }
    *response.add_domains() = DomainOf(state);
    return true;
  }));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::UpdateDomainResponse> Directory::UpdateDomain(const v1::UpdateDomainRequest& request,
                                                           const CallContext& call) const {
  ASSIGN_OR_RETURN(const std::string id, ParseDomainName(request.domain().name()));
  v1::Domain domain = request.domain();
  domain.set_name(DomainName(id));
  if (!domain.parent().empty()) {
    ASSIGN_OR_RETURN(const std::string parent, ParseDomainName(domain.parent()));
    domain.set_parent(DomainName(parent));
  }
  if (!domain.owner_team().empty()) {
    ASSIGN_OR_RETURN(const std::string team, ParseTeamName(domain.owner_team()));
    domain.set_owner_team(TeamName(team));
  }
  RETURN_IF_ERROR(parts_.authorizer.Authorize(call.principal, v1::PERMISSION_STEWARD, id));
  const Kind<v1::Domain> kind = {[&](const storage::View& view) { return view.FindDomain(id); }, CheckReferences};
  ASSIGN_OR_RETURN(const Written written, Update(parts_, call, request, domain, kind));
  v1::UpdateDomainResponse response;
  ASSIGN_OR_RETURN(const auto state, parts_.store.Current(*call.visibility).FindDomain(id));
  const bool expected = !state || !IsShown(parts_, written) || (request.validate_only() && written.changed);
  domain.set_provenance(v1::PROVENANCE_DECLARED);
  *response.mutable_domain() = expected ? domain : DomainOf(*state);
  response.set_changed(written.changed);
  response.set_revision(Token(parts_, written.changed || !state ? written.revision : state->revision()));
  return response;
}

StatusOr<v1::GetTeamResponse> Directory::GetTeam(const v1::GetTeamRequest& request, const CallContext& call) const {
  ASSIGN_OR_RETURN(const std::string id, ParseTeamName(request.name()));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  RETURN_IF_ERROR(view.CheckUnderstood(TeamName(id)));
  ASSIGN_OR_RETURN(const auto state, view.FindTeam(id));
  if (!state) return errors::UnknownTeam(id);
  v1::GetTeamResponse response;
  *response.mutable_team() = TeamOf(*state);
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::ListTeamsResponse> Directory::ListTeams(const v1::ListTeamsRequest& request,
                                                     const CallContext& call) const {
  ASSIGN_OR_RETURN(const size_t size, PageSize(request.page_size(), limits::kPageSizeDefault, limits::kPageSizeMax));
  const std::string digest = RequestDigest(request);
  ASSIGN_OR_RETURN(const std::string after, ReadPageToken(request.page_token(), digest));
  ASSIGN_OR_RETURN(const storage::View view, ViewFor(parts_, request.consistency(), call));
  v1::ListTeamsResponse response;
  RETURN_IF_ERROR(view.ForEachTeam(after, [&](const store::v1::EntityState& state) {
    if (static_cast<size_t>(response.teams_size()) == size) {
      response.set_next_page_token(MakePageToken(response.teams(response.teams_size() - 1).name(), digest));
      return false;
    }
    *response.add_teams() = TeamOf(state);
    return true;
  }));
  response.set_revision(Token(parts_, view.revision()));
  return response;
}

StatusOr<v1::UpdateTeamResponse> Directory::UpdateTeam(const v1::UpdateTeamRequest& request,
                                                       const CallContext& call) const {
  ASSIGN_OR_RETURN(const std::string id, ParseTeamName(request.team().name()));
  v1::Team team = request.team();
  team.set_name(TeamName(id));
  const Kind<v1::Team> kind = {[&](const storage::View& view) { return view.FindTeam(id); },
                               [](const storage::View& /*view*/, const v1::Team& /*team*/,
                                  storage::Transaction& /*transaction*/) { return Status::Ok(); }};
  ASSIGN_OR_RETURN(const Written written, Update(parts_, call, request, team, kind));
  v1::UpdateTeamResponse response;
  ASSIGN_OR_RETURN(const auto state, parts_.store.Current(*call.visibility).FindTeam(id));
  const bool expected = !state || !IsShown(parts_, written) || (request.validate_only() && written.changed);
  team.set_provenance(v1::PROVENANCE_DECLARED);
  *response.mutable_team() = expected ? team : TeamOf(*state);
  response.set_changed(written.changed);
  response.set_revision(Token(parts_, written.changed || !state ? written.revision : state->revision()));
  return response;
}

}  // namespace souk::catalog
