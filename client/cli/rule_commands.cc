// SPDX-License-Identifier: Apache-2.0
// rules list|set, waiver create|list|end, ack.
#include <algorithm>
#include <string>

#include "base/names.h"
#include "client/cli/command_list.h"
#include "client/cli/paging.h"
#include "client/cli/text.h"
#include "client/cli/usage.h"
#include "governance/compatibility.h"

namespace souk::cli {
namespace {

constexpr std::string_view kCompatibility = "compatibility";
constexpr std::string_view kOwn = "own";

std::string LayerOf(const Session& session) {
  return session.Has("domain") ? DomainName(session.Text("domain")) : std::string("global");
}

std::string WeightWord(const v1::RuleSetting& setting) {
  if (setting.off()) return "off";
  switch (setting.severity()) {
    case v1::SEVERITY_ERROR:
      return "error";
    case v1::SEVERITY_WARNING:
      return "warning";
    case v1::SEVERITY_INFO:
      return "info";
    default:
      return "own";
  }
}

StatusOr<int> PrintSettings(Session& session, const google::protobuf::Message& message,
                            const v1::RuleSettings& settings) {
  Answer answer;
  answer.message = &message;
  answer.table.header = {"RULE", "VALUE"};
  for (const v1::RuleSetting& setting : settings.rules()) {
    answer.table.rows.push_back({setting.rule(), WeightWord(setting)});
    answer.names.push_back(setting.rule());
    answer.ids.push_back(setting.rule());
  }
  if (settings.compatibility() != v1::COMPATIBILITY_MODE_UNSPECIFIED) {
    answer.table.rows.push_back(
        {std::string(kCompatibility), std::string(governance::ModeWord(settings.compatibility()))});
  }
  return session.Print(answer);
}

// Puts the value into the settings; what it can't mean is an error.
Status Apply(const std::string& rule, const std::string& value, v1::RuleSettings& settings) {
  if (rule == kCompatibility) {
    const auto mode = governance::ModeOfWord(value);
    if (!mode && value != kOwn) {
      return UsageError("compatibility can't be " + value,
                        "Use none, backward, forward, full, the same with -transitive, or own.");
    }
    settings.set_compatibility(mode.value_or(v1::COMPATIBILITY_MODE_UNSPECIFIED));
    return Status::Ok();
  }
  auto& rules = *settings.mutable_rules();
  rules.erase(std::remove_if(rules.begin(), rules.end(),
                             [&](const v1::RuleSetting& setting) { return setting.rule() == rule; }),
              rules.end());
  if (value == kOwn) return Status::Ok();
  v1::RuleSetting setting;
  setting.set_rule(rule);
  setting.set_off(value == "off");
  setting.set_severity(value == "error"     ? v1::SEVERITY_ERROR
                       : value == "warning" ? v1::SEVERITY_WARNING
                       : value == "info"    ? v1::SEVERITY_INFO
                                            : v1::SEVERITY_UNSPECIFIED);
  if (!setting.off() && setting.severity() == v1::SEVERITY_UNSPECIFIED) {
    return UsageError("a rule can't be " + value, "Use error, warning, info, off or own.");
  }
  *rules.Add() = setting;
  return Status::Ok();
}

void AddWaiver(const v1::Waiver& waiver, Answer& answer) {
  answer.table.header = {"WAIVER", "PRODUCT", "RULE", "AT", "UNTIL", "SIGNER", "REASON"};
  answer.table.rows.push_back({LastSegment(waiver.name()), ShortName(waiver.line()), waiver.rule(), waiver.pointer(),
                               waiver.expires_on(), waiver.signer(), waiver.reason()});
  answer.names.push_back(waiver.name());
  answer.ids.push_back(LastSegment(waiver.name()));
}

// An option that the command can't do without.
StatusOr<std::string> Needed(const Session& session, const std::string& option) {
  if (session.Has(option)) return session.Text(option);
  return UsageError("--" + option + " is missing",
                    "Give it; `souk help " + std::string(session.command().name) + "` says what it means.");
}

}  // namespace

StatusOr<int> RunRulesList(Session& session) {
  v1::GetRuleSettingsRequest request;
  request.set_layer(LayerOf(session));
  request.set_effective(true);
  session.SetConsistency(request);
  ASSIGN_OR_RETURN(const v1::GetRuleSettingsResponse response,
                   session.client().GetRuleSettings(request, session.call()));
  return PrintSettings(session, response, response.settings());
}

StatusOr<int> RunRulesSet(Session& session) {
  v1::GetRuleSettingsRequest held;
  held.set_layer(LayerOf(session));
  held.mutable_consistency()->set_latest(true);
  ASSIGN_OR_RETURN(const v1::GetRuleSettingsResponse current, session.client().GetRuleSettings(held, session.call()));
  v1::UpdateRuleSettingsRequest request;
  *request.mutable_settings() = current.settings();
  RETURN_IF_ERROR(Apply(session.word(0), session.word(1), *request.mutable_settings()));
  ASSIGN_OR_RETURN(const v1::UpdateRuleSettingsResponse response,
                   session.client().UpdateRuleSettings(request, session.call()));
  if (!response.changed()) session.Note("nothing changed: it was set so already");
  return PrintSettings(session, response, response.settings());
}

StatusOr<int> RunWaiverCreate(Session& session) {
  v1::CreateWaiverRequest request;
  v1::Waiver& waiver = *request.mutable_waiver();
  waiver.set_line(session.word(0));
  ASSIGN_OR_RETURN(*waiver.mutable_rule(), Needed(session, "rule"));
  ASSIGN_OR_RETURN(*waiver.mutable_expires_on(), Needed(session, "until"));
  ASSIGN_OR_RETURN(*waiver.mutable_reason(), Needed(session, "reason"));
  waiver.set_pointer(session.Text("pointer"));
  ASSIGN_OR_RETURN(const v1::CreateWaiverResponse response, session.client().CreateWaiver(request, session.call()));
  Answer answer;
  answer.message = &response;
  AddWaiver(response.waiver(), answer);
  return session.Print(answer);
}

StatusOr<int> RunWaiverList(Session& session) {
  if (session.Has("domain") && !session.words().empty()) {
    return UsageError("a product and --domain exclude each other", "Give one of the two.");
  }
  v1::ListWaiversRequest request;
  request.set_parent(session.Has("domain") ? DomainName(session.Text("domain")) : session.word(0));
  request.set_include_ended(session.Has("all"));
  const PagedCall<v1::ListWaiversRequest, v1::ListWaiversResponse, v1::Waiver> paged = {
      &client::Client::ListWaivers, &v1::ListWaiversResponse::mutable_waivers};
  ASSIGN_OR_RETURN(const v1::ListWaiversResponse response, AllPages(session, request, paged));
  Answer answer;
  answer.message = &response;
  answer.table.header = {"WAIVER", "PRODUCT", "RULE", "AT", "UNTIL", "SIGNER", "REASON"};
  for (const v1::Waiver& waiver : response.waivers()) AddWaiver(waiver, answer);
  return session.Print(answer);
}

StatusOr<int> RunWaiverEnd(Session& session) {
  v1::EndWaiverRequest request;
  request.set_name(session.word(0));
  ASSIGN_OR_RETURN(const v1::EndWaiverResponse response, session.client().EndWaiver(request, session.call()));
  if (!response.changed()) session.Note("nothing changed: it had ended already");
  Answer answer;
  answer.message = &response;
  AddWaiver(response.waiver(), answer);
  return session.Print(answer);
}

StatusOr<int> RunAck(Session& session) {
  v1::AcknowledgeRequest request;
  request.set_line(session.word(0));
  ASSIGN_OR_RETURN(*request.mutable_consumer(), Needed(session, "consumer"));
  ASSIGN_OR_RETURN(*request.mutable_changes_digest(), Needed(session, "changes"));
  ASSIGN_OR_RETURN(const v1::AcknowledgeResponse response, session.client().Acknowledge(request, session.call()));
  if (!response.changed()) session.Note("nothing changed: it was acknowledged already");
  const v1::Acknowledgement& word = response.acknowledgement();
  Answer answer;
  answer.message = &response;
  answer.table.header = {"PRODUCT", "CONSUMER", "CHANGES", "ACTOR"};
  answer.table.rows.push_back(
      {ShortName(word.line()), ShortName(word.consumer()), word.changes_digest(), word.actor()});
  answer.names.push_back(word.name());
  answer.ids.push_back(LastSegment(word.name()));
  return session.Print(answer);
}

}  // namespace souk::cli
