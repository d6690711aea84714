// SPDX-License-Identifier: Apache-2.0
// Holds one document against the shapes of its standard. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "descriptor/conformance/shape.h"

namespace souk::descriptor {

class Checking {
 public:
  // `version` is the one that the document names, as an index into the standard's.
  Checking(const StandardShapes& standard, uint32_t version, std::string path)
      : standard_(standard), version_(version), path_(std::move(path)) {}

  std::vector<Violation> Run(const Node& root);

  // For what the keys of a shape don't say.
  uint32_t version() const { return version_; }
  // Notes that a key is missing that must be there under some condition.
  void Require(const Node& node, const std::string& pointer, std::string_view key, const std::string& why);
  void Fail(const Node& at, const std::string& pointer, std::string_view rule, std::string message, std::string remedy,
            bool error = true);

 private:
  void Object(const Shape& shape, const Node& node, const std::string& pointer);
  void Unknown(const Shape& shape, const Member& member, const std::string& pointer);
  void Value(std::string_view type, const Node& node, const std::string& pointer);
  bool Fits(std::string_view type, const Node& node) const;
  void List(std::string_view type, const Node& node, const std::string& pointer);
  const Shape* FindShape(std::string_view name) const;
  void Add(Position at, std::string pointer, std::string_view rule, std::string message, std::string remedy,
           bool error);

  const StandardShapes& standard_;
  const uint32_t version_;
  const std::string path_;
  std::vector<Violation> violations_;
};

}  // namespace souk::descriptor
