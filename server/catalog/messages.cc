// SPDX-License-Identifier: Apache-2.0
#include "server/catalog/messages.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <utility>

#include "server/catalog/reading.h"
#include "storage/record.h"

namespace souk::catalog {
namespace {
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int32_t kNanosPerMicro = 1'000;
constexpr int32_t kNanosMax = 999'999'999;
// What google.protobuf.Timestamp can say: 0001-01-01 to 9999-12-31.
constexpr int64_t kSecondsMin = -62'135'596'800;
constexpr int64_t kSecondsMax = 253'402'300'799;

Violation ViolationOf(const v1::Finding& finding) {
  Violation violation;
  violation.rule = finding.rule();
  violation.path = finding.location().path();
  violation.pointer = finding.location().pointer();
  violation.line = finding.location().line();
  violation.column = finding.location().column();
  violation.message = finding.message();
  violation.remedy = finding.remedy();
  violation.error = finding.severity() == v1::SEVERITY_ERROR;
  violation.advice = finding.severity() == v1::SEVERITY_INFO;
  return violation;
}

// All but the model.
v1::Product FrameOf(const Backends& parts, const store::v1::LineState& line) {
  v1::Product product;
  product.set_name(line.name());
  product.set_uid(line.uid());
  product.set_version(line.model().version());
  product.set_state(line.state());
  product.set_etag(storage::EtagOf(line.digest()));
  *product.mutable_findings() = line.findings();
  product.set_actor(line.actor());
  product.set_actor_verified(line.actor_verified());
  *product.mutable_create_time() = TimeOf(line.create_us());
  *product.mutable_update_time() = TimeOf(line.update_us());
  if (line.sunset_us() != 0) *product.mutable_sunset_time() = TimeOf(line.sunset_us());
  product.set_change_revision(Token(parts, line.revision()));
  product.set_change_number(line.number());
  return product;
}

}  // namespace

google::protobuf::Timestamp TimeOf(int64_t time_us) {
  google::protobuf::Timestamp time;
  int64_t seconds = time_us / kMicrosPerSecond;
  int64_t micros = time_us % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  time.set_seconds(seconds);
  time.set_nanos(static_cast<int32_t>(micros) * kNanosPerMicro);
  return time;
}

StatusOr<int64_t> MicrosOf(const google::protobuf::Timestamp& time, std::string_view field) {
  if (time.seconds() < kSecondsMin || time.seconds() > kSecondsMax || time.nanos() < 0 || time.nanos() > kNanosMax) {
    return errors::BadField(field, "it is no time of the years 1 to 9999", "Send a valid google.protobuf.Timestamp.");
  }
  return time.seconds() * kMicrosPerSecond + time.nanos() / kNanosPerMicro;
}

v1::Product ProductOf(const Backends& parts, const store::v1::LineState& line) {
  v1::Product product = FrameOf(parts, line);
  *product.mutable_model() = line.model();
  return product;
}

std::string EncodedProduct(const Backends& parts, const store::v1::LineState& line, int field, bool with_model) {
  using google::protobuf::internal::WireFormatLite;
  constexpr int kModel = v1::Product::kModelFieldNumber;
  const v1::Product frame = FrameOf(parts, line);
  size_t bytes = frame.ByteSizeLong();
  if (with_model) {
    bytes += WireFormatLite::TagSize(kModel, WireFormatLite::TYPE_MESSAGE) + WireFormatLite::MessageSize(line.model());
  }
  std::string encoded;
  {
    google::protobuf::io::StringOutputStream stream(&encoded);
    google::protobuf::io::CodedOutputStream out(&stream);
    WireFormatLite::WriteTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, &out);
    out.WriteVarint32(static_cast<uint32_t>(bytes));
    frame.SerializeWithCachedSizes(&out);
    if (with_model) WireFormatLite::WriteMessage(kModel, line.model(), &out);
  }
  return encoded;
}

v1::Domain DomainOf(const store::v1::EntityState& state) {
  v1::Domain domain = state.domain();
  domain.set_etag(storage::EtagOf(state.digest()));
  return domain;
}

v1::Team TeamOf(const store::v1::EntityState& state) {
  v1::Team team = state.team();
  team.set_etag(storage::EtagOf(state.digest()));
  return team;
}

std::vector<Violation> ViolationsOf(const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  std::vector<Violation> violations;
  violations.reserve(static_cast<size_t>(findings.size()));
  for (const v1::Finding& finding : findings) violations.push_back(ViolationOf(finding));
  return violations;
}

std::vector<Violation> ViolationsOf(const std::vector<v1::Finding>& findings) {
  std::vector<Violation> violations;
  violations.reserve(findings.size());
  for (const v1::Finding& finding : findings) violations.push_back(ViolationOf(finding));
  return violations;
}

v1::Finding FindingOf(const Violation& violation) {
  v1::Finding finding;
  finding.set_rule(violation.rule);
  finding.set_layer("built-in");
  finding.set_severity(violation.error    ? v1::SEVERITY_ERROR
                       : violation.advice ? v1::SEVERITY_INFO
                                          : v1::SEVERITY_WARNING);
  finding.mutable_location()->set_path(violation.path);
  finding.mutable_location()->set_pointer(violation.pointer);
  finding.mutable_location()->set_line(violation.line);
  finding.mutable_location()->set_column(violation.column);
  finding.set_message(violation.message);
  finding.set_remedy(violation.remedy);
  return finding;
}

}  // namespace souk::catalog
