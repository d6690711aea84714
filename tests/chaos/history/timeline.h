// SPDX-License-Identifier: Apache-2.0
// The changes of all lines in the order of their revisions, as one node accounts for them, ready to be asked.
// Immutable.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/chaos/history/history.h"

namespace souk::chaos {

// The contracts and the owner that came with a registration.
struct Registered {
  std::string owner;
  std::string reads;
};

class Timeline {
 public:
  explicit Timeline(const History& history);

  // The change that shows at that revision; null if the line is not there yet.
  const Change* At(const std::string& line, Revision revision) const;
  // Every change with that mark, of whichever line.
  const std::vector<const Change*>& WithMark(const std::string& mark) const;
  // By version of the line; null if no client registered it.
  const Registered* WhatCame(const std::string& line, const std::string& version) const;
  // Those of one revision, by line and number; empty if it changed no line.
  using Revisions = std::map<Revision, std::vector<Change>>;
  const Revisions& revisions() const { return revisions_; }

 private:
  std::map<std::string, std::vector<Change>> lines_;
  std::map<std::string, std::vector<const Change*>> marks_;
  std::map<std::pair<std::string, std::string>, Registered> registered_;
  Revisions revisions_;
};

// The mark by which the write behind a change is known.
const std::string& MarkOf(const Change& change);
// For people: "sales/orders 1.4.0 ACTIVE, change 3 of revision 77".
std::string Describe(const Change& change);
std::string Describe(const Operation& operation);

}  // namespace souk::chaos
