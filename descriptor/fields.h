// SPDX-License-Identifier: Apache-2.0
// Typed reading of a Tree: each getter takes the member by its key, and notes a violation where it has the wrong type.
// An absent member and an empty one (null) are the same: the field's zero value, without complaint.
// Texts are views into the Tree. Values of one call; a Fields refers to its parent and its Reading, which must outlive
// it. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "descriptor/document_tree.h"
#include "souk/v1/finding.pb.h"

namespace souk::descriptor {

// The document being read and what was found wrong in it.
struct Reading {
  std::string path;
  std::vector<Violation> violations;
  size_t columns = 0;  // read so far: beyond the limit no more are taken into memory
};

class Fields {
 public:
  // The root of a document, a map.
  Fields(Reading& reading, const Node& node) : reading_(reading), node_(node) {}

  const Node& node() const { return node_; }
  Reading& reading() const { return reading_; }
  bool Has(std::string_view key) const;

  // A string. Numbers and booleans must be quoted: 1.10 as a number is 1.1.
  std::string_view Text(std::string_view key) const;
  // As Text, but absent or blank is a violation.
  std::string_view RequiredText(std::string_view key, std::string_view remedy) const;
  // Any scalar, as written.
  std::string_view Scalar(std::string_view key) const;
  bool Flag(std::string_view key) const;

  // Calls with each element of a list of objects.
  void Each(std::string_view key, const std::function<void(const Fields&)>& visit) const;
  // Calls with each string of a list.
  void EachText(std::string_view key, const std::function<void(std::string_view)>& visit) const;
  // Calls with the object, if there is one.
  void With(std::string_view key, const std::function<void(const Fields&)>& visit) const;
  // Calls with each scalar member, as written.
  void EachScalarMember(const std::function<void(std::string_view key, std::string_view text)>& visit) const;

  std::string Pointer() const;
  v1::SourceLocation Location() const;

  // Notes a violation at the member, or at this object if there is no such member.
  void Note(std::string_view key, std::string_view rule, std::string message, std::string remedy,
            bool error = true) const;

 private:
  Fields(const Fields& parent, std::string_view key, size_t index, const Node& node)
      : reading_(parent.reading_), node_(node), parent_(&parent), key_(key), index_(index) {}

  static constexpr size_t kNoIndex = static_cast<size_t>(-1);

  void AppendPointer(std::string& pointer) const;
  void WrongType(std::string_view key, size_t index, const Node& node, std::string_view wanted) const;
  void Add(std::string pointer, Position at, std::string_view rule, std::string message, std::string remedy,
           bool error) const;
  const Node* List(std::string_view key) const;
  std::optional<std::string_view> TextOf(std::string_view key, size_t index, const Node& node) const;

  Reading& reading_;
  const Node& node_;
  const Fields* parent_ = nullptr;
  std::string_view key_;     // in the parent; of the list for an element
  size_t index_ = kNoIndex;  // of an element
};

}  // namespace souk::descriptor
