// SPDX-License-Identifier: Apache-2.0
#include "client/cli/register_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/cli/complaint.h"
#include "client/cli/text.h"
#include "client/lib/error_decoding.h"

namespace souk::cli {
namespace {

constexpr size_t kRowsMax = 50;          // more rows than a screen are a summary's business
constexpr size_t kFailuresToldMax = 20;  // further ones are counted; -v tells all

// What a product lacks that breaks a rule.
constexpr std::pair<std::string_view, std::string_view> kLacks[] = {
    {"discoverability-required", "a name or a domain"},
    {"owner-required", "an owner"},
    {"docs-required", "a purpose"},
    {"output-port-required", "an output port"},
    {"contract-required", "a contract with columns for each output port"},
    {"quality-required", "a quality guarantee"},
};

std::string LackOf(const std::string& rule) {
  for (const auto& [known, lack] : kLacks) {
    if (known == rule) return std::string(lack) + " (" + rule + ")";
  }
  return "what " + rule + " asks for";
}

void AddPart(std::string& text, size_t count, std::string_view word) {
  if (count == 0) return;
  text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
}

std::string Outcome(const v1::BatchRegisterResult& result) {
  if (result.created()) return "new";
  return result.changed() ? "changed" : "unchanged";
}

}  // namespace

RegisterReport::RegisterReport(Session& session, bool validate_only, bool show_findings)
    : session_(session), validate_only_(validate_only), show_findings_(show_findings) {
  table_.header = {"PRODUCT", "STATE", "OUTCOME", "FINDINGS"};
}

void RegisterReport::CountFindings(const Registered& registered) {
  std::set<std::string> rules;
  for (const v1::Finding& finding : registered.result.findings()) {
    if (finding.severity() == v1::SEVERITY_ERROR) rules.insert(finding.rule());
  }
  for (const Violation& violation : registered.status.detail().violations) {
    if (violation.error) rules.insert(violation.rule);
  }
  for (const std::string& rule : rules) ++lacking_[rule];
}

void RegisterReport::Add(const Registered& registered) {
  const v1::BatchRegisterResult& result = registered.result;
  ++seen_;
  if (result.fit_for_active()) ++fit_;
  if (!registered.status.ok()) {
    const int code = ExitCodeOf(registered.status);
    ++failures_[code];
    const bool judged = registered.status.reason() == "REFUSED_BY_GATE";
    if (judged) {
      ++unfit_;
      CountFindings(registered);
    } else {
      ++reasons_[registered.status.reason().empty() ? std::string(CodeName(registered.status.code()))
                                                    : registered.status.reason()];
    }
    const bool outage = code == kExitUnavailable;
    if (outage && !outages_told_.insert(registered.status.message()).second) return;  // once is enough
    if (outage) {
      session_.Complain(registered.status);
    } else if (++failures_told_ <= kFailuresToldMax || session_.verbose()) {
      const Status& status = registered.status;
      session_.Complain(Status(status.code(), registered.product + ": " + status.message(), status.detail()),
                        registered.origin);
    }
    return;
  }
  if (!result.fit_for_active()) {
    ++unfit_;
    CountFindings(registered);
  }
  ++(result.created() ? created_ : result.changed() ? changed_ : unchanged_);
  ++states_[result.state()];
  names_.emplace_back(result.index(), result.name(), registered.id);
  if (show_findings_) {
    for (const v1::Finding& finding : result.findings()) {
      WriteViolation(client::ToViolation(finding), registered.origin, session_.err_style(), session_.env().err);
    }
  }
  table_.rows.push_back({ShortName(result.name()), StateWord(result.state()), Outcome(result),
                         result.findings().empty() ? "" : std::to_string(result.findings_size())});
  table_order_.push_back(result.index());
}

void RegisterReport::AddDeferred(const Registered& registered, bool spooled) {
  ++seen_;
  ++(spooled ? spooled_ : dropped_);
  if (spooled_ + dropped_ == 1) session_.Complain(registered.status);
}

Answer RegisterReport::MakeAnswer(const google::protobuf::Message& response) const {
  Answer answer;
  answer.message = &response;
  auto names = names_;
  std::sort(names.begin(), names.end());
  for (auto& [index, name, id] : names) {
    answer.names.push_back(std::move(name));
    if (!id.empty()) answer.ids.push_back(std::move(id));
  }
  std::vector<size_t> order(table_.rows.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return table_order_[a] < table_order_[b]; });
  answer.table.header = table_.header;
  for (const size_t row : order) answer.table.rows.push_back(table_.rows[row]);
  if (session_.format() == "table" && answer.table.rows.size() > kRowsMax) answer.table = {};
  return answer;
}

std::vector<std::string> RegisterReport::Summary() const {
  std::vector<std::string> lines;
  const size_t accepted = created_ + changed_ + unchanged_;
  std::string kinds;
  AddPart(kinds, created_, "new");
  AddPart(kinds, changed_, "changed");
  AddPart(kinds, unchanged_, "unchanged");
  std::string states;
  for (const auto& [state, count] : states_) AddPart(states, count, StateWord(state));
  lines.push_back(fmt::format("{} {} of {}{}{}", validate_only_ ? "would register" : "registered", accepted, seen_,
                              kinds.empty() ? "" : ": " + kinds, states.empty() ? "" : "; as " + states));
  size_t failed = 0;
  for (const auto& [code, count] : failures_) failed += count;
  if (failed > 0) {
    std::string why;
    const size_t refused = seen_ - accepted - spooled_ - dropped_;
    size_t other = 0;
    for (const auto& [reason, count] : reasons_) other += count;
    AddPart(why, refused - other, "refused at the door");
    for (const auto& [reason, count] : reasons_) AddPart(why, count, reason);
    lines.push_back(fmt::format("{} failed: {}", failed, why));
    if (failures_told_ > kFailuresToldMax && !session_.verbose()) {
      lines.push_back(
          fmt::format("  ({} of them are not shown above; -v shows all)", failures_told_ - kFailuresToldMax));
    }
  }
  if (spooled_ > 0)
    lines.push_back(fmt::format("{} spooled: the next `souk register` to the same nodes sends them", spooled_));
  if (dropped_ > 0) lines.push_back(fmt::format("{} not sent: no node could be reached", dropped_));
  if (fit_ + unfit_ > 0) {
    lines.push_back(fmt::format("{} of {} could be active as they are{}", fit_, fit_ + unfit_,
                                unfit_ > 0 ? "; of the others," : ""));
    std::vector<std::pair<std::string, size_t>> lacking(lacking_.begin(), lacking_.end());
    std::stable_sort(lacking.begin(), lacking.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [rule, count] : lacking) {
      lines.push_back(fmt::format("  {:>6} {} {}", count, count == 1 ? "lacks" : "lack", LackOf(rule)));
    }
  }
  if (!visible_ && accepted > 0) lines.emplace_back("not all of them are visible in search and lineage yet");
  return lines;
}

int RegisterReport::exit_code() const {
  if (failures_.empty()) return kExitOk;
  // One kind of failure speaks for itself; a mixture is a failure.
  if (failures_.size() > 1) return kExitFailure;
  const int code = failures_.begin()->first;
  return seen_ == 1 || code == kExitFindings || code == kExitUnavailable ? code : kExitFailure;
}

}  // namespace souk::cli
