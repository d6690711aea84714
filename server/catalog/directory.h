// SPDX-License-Identifier: Apache-2.0
// Domains and teams: the use cases, and what a registration needs of them. Thread-safe.
#pragma once

#include "base/status.h"
#include "server/catalog/backends.h"
#include "server/catalog/round.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::catalog {

// Guards the product's domain and team in the transaction; makes them, as inferred, where they are missing and
// create_missing says so; UNKNOWN_DOMAIN or UNKNOWN_TEAM otherwise. An inferred domain has no owner. What another of
// the round makes is guarded too: the caller sees by that guard that it has to wait.
Status RequireDomainAndTeam(const Backends& parts, const CallContext& call, const v1::DataProduct& model,
                            bool create_missing, const Round& round, storage::Transaction& transaction);

class Directory {
 public:
  explicit Directory(const Backends& parts) : parts_(parts) {}

  StatusOr<v1::GetDomainResponse> GetDomain(const v1::GetDomainRequest& request, const CallContext& call) const;
  StatusOr<v1::ListDomainsResponse> ListDomains(const v1::ListDomainsRequest& request, const CallContext& call) const;
  StatusOr<v1::UpdateDomainResponse> UpdateDomain(const v1::UpdateDomainRequest& request,
                                                  const CallContext& call) const;
  StatusOr<v1::GetTeamResponse> GetTeam(const v1::GetTeamRequest& request, const CallContext& call) const;
  StatusOr<v1::ListTeamsResponse> ListTeams(const v1::ListTeamsRequest& request, const CallContext& call) const;
  StatusOr<v1::UpdateTeamResponse> UpdateTeam(const v1::UpdateTeamRequest& request, const CallContext& call) const;

 private:
  const Backends& parts_;
};

}  // namespace souk::catalog
