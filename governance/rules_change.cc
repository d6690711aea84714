// SPDX-License-Identifier: Apache-2.0
// What a change does to those who read the line already. Silent without a context, and where nothing is in service.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/names.h"
#include "governance/compatibility.h"
#include "governance/rules.h"

namespace souk::governance {
namespace {

constexpr int kNamedMax = 5;

// "payments/chargebacks@1 (teams/payments, payments@example.com)": whom to call.
std::string Named(const v1::AffectedConsumer& affected) {
  const v1::Consumer& consumer = affected.consumer();
  const auto line = ParseLineName(consumer.line());
  std::string name = line.ok() ? line->Short() : consumer.line();
  std::string who = consumer.team();
  if (!consumer.contacts().empty()) who += (who.empty() ? "" : ", ") + consumer.contacts(0).url();
  if (!consumer.columns_known()) who += (who.empty() ? "" : "; ") + std::string("columns unknown");
  return who.empty() ? name : name + " (" + who + ")";
}

// Those that have not acknowledged the change yet, by name.
std::string Waiting(const Breakage& breakage, bool all) {
  std::string names;
  int count = 0;
  for (const v1::AffectedConsumer& affected : breakage.affected) {
    if (!all && affected.acknowledged()) continue;
    if (++count <= kNamedMax) names += (names.empty() ? "" : ", ") + Named(affected);
  }
  if (count > kNamedMax) names += " and " + std::to_string(count - kNamedMax) + " more";
  return names;
}

std::string ShortOf(const v1::GovernanceContext& context) {
  const auto line = ParseLineName(context.line());
  return line.ok() ? line->Short() : context.line();
}

void TellAt(Case& door, const v1::BreakingChange& change, v1::Severity at_most, std::string message,
            std::string remedy) {
  if (change.location().path().empty() && change.location().line() == 0) {
    door.Find("", std::move(message), std::move(remedy), at_most);
  } else {
    door.Find(change.location(), std::move(message), std::move(remedy), at_most);
  }
}

std::string Plural(size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

struct Version {
  std::array<uint64_t, 3> parts{};

  static Version Of(std::string_view text) {
    Version version;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (uint64_t& part : version.parts) {
      const auto [next, error] = std::from_chars(at, end, part);
      if (error != std::errc() || next == end || *next != '.') break;
      at = next + 1;
    }
    return version;
  }
};

}  // namespace

void JudgeBreakingChanges(Case& door) {
  if (door.breakage == nullptr || door.breakage->changes.empty()) return;
  const Breakage& breakage = *door.breakage;
  const std::string mode(ModeWord(door.context->compatibility()));
  const std::string promise(ModePromise(door.context->compatibility()));
  if (!breakage.within_line) {
    if (breakage.affected.empty()) return;
    door.Find("/version",
              "it breaks readers of the line before in " + Plural(breakage.changes.size(), "place") + "; " +
                  Plural(breakage.affected.size(), "product") + " must migrate: " + Waiting(breakage, true),
              "Call them, and give the old line a sunset date that they can meet.", v1::SEVERITY_INFO);
    return;
  }
  for (const v1::BreakingChange& change : breakage.changes) {
    const std::string what = change.message() + "; that is not compatible (" + mode + ": " + promise + ")";
    if (breakage.affected.empty()) {
      TellAt(door, change, v1::SEVERITY_WARNING, what + "; no product here reads it",
             "Register it under a new major if anybody may read it whom the catalog doesn't know.");
    } else if (breakage.AllAcknowledged()) {
      TellAt(door, change, v1::SEVERITY_INFO, what + "; all who read it have acknowledged: " + Waiting(breakage, true),
             "Nothing to do.");
    } else {
      TellAt(door, change, v1::SEVERITY_ERROR, what + "; it breaks " + Waiting(breakage, false),
             "Register it under a new major, or have each of them say that it is ready: souk ack " +
                 ShortOf(*door.context) + " --consumer PRODUCT --changes " + breakage.changes_digest);
    }
  }
}

void JudgeVersionBump(Case& door) {
  if (door.breakage == nullptr || !door.breakage->within_line) return;
  const std::string& before = door.context->previous().version();
  const std::string& after = door.model.version();
  const v1::ChangeClass gravest = door.breakage->gravest;
  if (gravest == v1::CHANGE_CLASS_UNSPECIFIED) return;
  const Version old_version = Version::Of(before);
  const Version new_version = Version::Of(after);
  const auto& [major, minor, patch] = old_version.parts;
  const bool words_only = gravest == v1::CHANGE_CLASS_PATCH;
  if (!VersionLess(before, after)) {
    door.Find("/version",
              "version " + before + " has been in service and can't be replaced, and this is " +
                  (before == after ? "the same" : "older, " + after),
              "Raise the version, to " +
                  (words_only ? std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch + 1)
                              : std::to_string(major) + "." + std::to_string(minor + 1) + ".0") +
                  " at least.");
  } else if (!words_only && new_version.parts[0] == major && new_version.parts[1] == minor) {
    door.Find("/version",
              "the version rose from " + before + " to " + after + " only, but more than words changed since",
              "Raise it to " + std::to_string(major) + "." + std::to_string(minor + 1) + ".0 at least.");
  }
}

}  // namespace souk::governance
