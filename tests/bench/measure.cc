// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace souk::bench {

Line ValueLine(std::string name, const char* unit, double floor, double goal, std::string corpus) {
  Line line;
  line.name = std::move(name);
  line.unit = unit;
  line.better = Better::kLower;
  line.floor = floor;
  line.goal = goal;
  line.corpus = std::move(corpus);
  return line;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::clamp<size_t>(rank, 1, values.size()) - 1];
}

std::vector<double> Ratios(const Line& line) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(line.ours.size(), line.peer.size()); ++i) {
    const double ours = line.ours[i];
    const double peer = line.peer[i];
    const double over = line.better == Better::kHigher ? peer : ours;
    if (over > 0) ratios.push_back((line.better == Better::kHigher ? ours : peer) / over);
  }
  return ratios;
}

Verdict Judge(const Line& line) {
  if (line.floor == 0 && line.goal == 0) return Verdict::kNone;
  const bool compared = !line.peer.empty();
  const double value = Median(compared ? Ratios(line) : line.ours);
  const bool more_is_better = compared || line.better == Better::kHigher;
  const auto reaches = [&](double bound) { return more_is_better ? value >= bound : value <= bound; };
  if (line.goal != 0 && reaches(line.goal)) return Verdict::kGoal;
  if (line.floor != 0 && reaches(line.floor)) return Verdict::kFloor;
  return Verdict::kBelow;
}

std::string_view Word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return "-";
    case Verdict::kGoal:
      return "goal";
    case Verdict::kFloor:
      return "floor";
    case Verdict::kBelow:
      return "BELOW";
  }
  return "-";
}

Status Alternate(int rounds, const Sample& ours, const Sample& peer, Line& line) {
  for (int i = 0; i < rounds; ++i) {
    ASSIGN_OR_RETURN(const double our_value, ours());
    ASSIGN_OR_RETURN(const double peer_value, peer());
    line.ours.push_back(our_value);
    line.peer.push_back(peer_value);
  }
  return Status::Ok();
}

Status Repeat(int rounds, const Sample& ours, Line& line) {
  for (int i = 0; i < rounds; ++i) {
    ASSIGN_OR_RETURN(const double value, ours());
    line.ours.push_back(value);
  }
  return Status::Ok();
}

}  // namespace souk::bench
