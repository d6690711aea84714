// SPDX-License-Identifier: Apache-2.0
#include "tests/chaos/cluster/worker.h"

#include <chrono>
#include <thread>
#include <utility>

#include "base/errors.h"

namespace souk::chaos {
namespace {

constexpr uint64_t kPercent = 100;
constexpr int kRepeatsMax = 3;
// One registration or change of state in so many stands on what was read before.
constexpr uint64_t kWithEtag = 4;
// Clients leave the processor to the nodes, also where a dead one refuses them at once.
constexpr std::chrono::milliseconds kRest{3};
constexpr std::chrono::milliseconds kRestAfterError{40};
// Beyond its deadline no call may take longer than that, however busy the machine.
constexpr Moment kHangs = 30'000'000;

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool LostOnTheWay(const Status& status) {
  return status.code() == Code::kUnavailable && status.reason() == errors::Unreachable("", "").reason();
}

}  // namespace

Worker::Worker(WorkerOptions options, Stage& stage)
    : options_(std::move(options)), stage_(stage), random_(options_.seed) {}

void Worker::Run() {
  while (!stopping_) Step();
}

void Worker::Step() {
  const uint64_t dice = random_() % kPercent;
  if (dice < 30) return Register();
  if (dice < 40) return SetState();
  if (dice < 45) return Retire();
  if (dice < 65) return Get(Level::kLatest);
  if (dice < 77) return Get(Level::kToken);
  if (dice < 82) return Get(Level::kAny);
  if (dice < 88) return Search(Level::kToken);
  if (dice < 94) return FindOwner(dice % 2 == 0 ? Level::kToken : Level::kLatest);
  TraceLineage(dice % 2 == 0 ? Level::kToken : Level::kLatest);
}

Operation Worker::Begin(Kind kind, const support::Sample& line) const {
  Operation operation;
  operation.kind = kind;
  operation.line = line.line();
  operation.where = options_.name;
  operation.node = options_.node ? static_cast<int>(*options_.node) : -1;
  operation.invoked = Stage::Now();
  return operation;
}

std::string Worker::NewRequestId() {
  return options_.name + " " + std::to_string(options_.seed) + " " + std::to_string(++requests_);
}

void Worker::Rest(const Operation& operation) const {
  if (operation.returned - operation.invoked > kHangs) {
    stage_.violations().Add("a call hung: " + operation.line + " by " + operation.where + " took " +
                            std::to_string((operation.returned - operation.invoked) / 1000) +
                            " ms: " + operation.error);
  }
  std::this_thread::sleep_for(operation.outcome == Outcome::kOk ? kRest : kRestAfterError);
}

// Where several nodes may have been asked, an error tells of the last try only.
Outcome Worker::Judge(const Status& status, const Operation& operation) const {
  stage_.CountError(status);
  switch (status.code()) {
    case Code::kAborted:
    case Code::kFailedPrecondition:
    case Code::kResourceExhausted:
    case Code::kNotFound:
      return options_.node ? Outcome::kFailed : Outcome::kUnknown;
    case Code::kUnavailable:
      return options_.node && !LostOnTheWay(status) ? Outcome::kFailed : Outcome::kUnknown;
    case Code::kUnknown:
    case Code::kDeadlineExceeded:
    case Code::kCancelled:
      return Outcome::kUnknown;
    default:
      stage_.violations().Add(operation.line + " by " + operation.where + ": " + status.ToString());
      return Outcome::kUnknown;
  }
}

Outcome Worker::Write(Operation operation, const Send& send) {
  client::Client* asked = &client();
  for (int tries = 0;; ++tries) {
    const auto answer = send(*asked);
    operation.returned = Stage::Now();
    if (answer.ok()) {
      operation.outcome = Outcome::kOk;
      operation.revision = RevisionOf(answer->revision);
      operation.changed = answer->changed;
      stage_.OfferToken(answer->revision);
      break;
    }
    operation.error = answer.status().ToString();
    const Outcome outcome = Judge(answer.status(), operation);
    // A refusal of the second try says nothing of the first.
    operation.outcome = operation.repeated ? Outcome::kUnknown : outcome;
    if (outcome == Outcome::kFailed || tries == kRepeatsMax || stopping_ || random_() % 2 == 0) break;
    operation.repeated = true;
    std::this_thread::sleep_for(kRestAfterError);
    if (options_.node) asked = &stage_.PinnedTo(random_() % stage_.nodes());
  }
  Rest(operation);
  const Outcome outcome = operation.outcome;
  stage_.Record(std::move(operation));
  return outcome;
}

// Now and then a change is to go in only where nobody was there since this client looked.
template <typename Request>
void Worker::StandOnWhatWasSeen(Operation& operation, Request& request) {
  const auto etag = etags_.find(operation.line);
  if (etag == etags_.end() || random_() % kWithEtag != 0) return;
  request.set_etag(etag->second.first);
  operation.stands_on = etag->second.second;
}

void Worker::Register() {
  support::Sample line = stage_.SomeLine(random_);
  line.version = stage_.NewVersion();
  line.owner = "v" + line.version + "@example.com";
  line.reads = stage_.SomeContracts(random_, line);
  Operation operation = Begin(Kind::kRegister, line);
  operation.mark = line.version;
  operation.owner = line.owner;
  operation.reads = Joined(line.reads);
  v1::RegisterProductRequest request = support::RegistrationOf(line);
  request.set_request_id(NewRequestId());
  StandOnWhatWasSeen(operation, request);
  Write(std::move(operation), [&](client::Client& client) -> StatusOr<Answer> {
    ASSIGN_OR_RETURN(const auto response, client.RegisterProduct(request));
    return Answer{response.revision(), response.changed()};
  });
}

void Worker::SetState() {
  const support::Sample line = stage_.SomeLine(random_);
  Operation operation = Begin(Kind::kSetState, line);
  operation.mark = stage_.NewReason();
  v1::SetProductStateRequest request;
  request.set_name(operation.line);
  request.set_state(random_() % 2 == 0 ? v1::PRODUCT_STATE_ACTIVE : v1::PRODUCT_STATE_DEPRECATED);
  request.set_reason(operation.mark);
  request.set_request_id(NewRequestId());
  StandOnWhatWasSeen(operation, request);
  Write(std::move(operation), [&](client::Client& client) -> StatusOr<Answer> {
    ASSIGN_OR_RETURN(const auto response, client.SetProductState(request));
    return Answer{response.revision(), response.changed()};
  });
}

void Worker::Retire() {
  const support::Sample line = stage_.SomeLine(random_);
  Operation operation = Begin(Kind::kRetire, line);
  operation.mark = stage_.NewReason();
  v1::RetireProductRequest request;
  request.set_name(operation.line);
  request.set_reason(operation.mark);
  request.set_request_id(NewRequestId());
  const Outcome outcome = Write(std::move(operation), [&](client::Client& client) -> StatusOr<Answer> {
    ASSIGN_OR_RETURN(const auto response, client.RetireProduct(request));
    return Answer{response.revision(), response.changed()};
  });
  if (outcome == Outcome::kOk) stage_.Replace(line);
}

}  // namespace souk::chaos
