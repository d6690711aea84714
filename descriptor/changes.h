// SPDX-License-Identifier: Apache-2.0
// Collects differences; the parts of the diff (product, contract, schema) write into it. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "souk/v1/product.pb.h"
#include "souk/v1/registry_service.pb.h"

namespace souk::descriptor {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

// "a/b" and "c/d" to "a/b/c~1d".
std::string JoinPath(std::string_view path, std::string_view token);

class Changes {
 public:
  // Whom it breaks follows from the class (readers of the old schema) and the rule (readers of the new one).
  void Add(std::string_view rule, std::string path, v1::ChangeClass change_class, std::string message,
           std::string before = {}, std::string after = {});
  // A field that was set, cleared or changed: "{noun} changed from … to …".
  void Compare(std::string_view rule, std::string path, v1::ChangeClass change_class, std::string_view noun,
               const std::string& before, const std::string& after);
  // Words without order: {stem}_ADDED and {stem}_REMOVED, both PATCH.
  void CompareWords(std::string_view stem, const std::string& path, std::string_view noun, const Texts& before,
                    const Texts& after);
  void CompareDescription(const std::string& path, const v1::Description& before, const v1::Description& after);

  // In path order.
  std::vector<v1::Difference> Take();

 private:
  std::vector<v1::Difference> differences_;
};

// A contract that both models have, or the same promise under another id. path is its place, "contracts/{id}".
void DiffContract(const v1::DataContract& before, const v1::DataContract& after, const std::string& path,
                  Changes& changes);
// The columns of an object, or the fields of a column.
void DiffProperties(const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& before,
                    const google::protobuf::RepeatedPtrField<v1::SchemaProperty>& after, const std::string& path,
                    Changes& changes);
void DiffConstraints(const v1::Constraints& before, const v1::Constraints& after, const std::string& path,
                     const std::string& noun, Changes& changes);
void DiffQuality(const google::protobuf::RepeatedPtrField<v1::QualityRule>& before,
                 const google::protobuf::RepeatedPtrField<v1::QualityRule>& after, const std::string& path,
                 Changes& changes);

}  // namespace souk::descriptor
