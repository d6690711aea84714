// SPDX-License-Identifier: Apache-2.0
// What a row of the table is made of, and the arithmetic on it. Pure functions and values; thread-safe.
//
// A line compares samples of ours with samples of a peer, taken in turns in one run (ours, peer, ours, peer, …), or
// has no peer and is judged by its own value.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace souk::bench {

inline constexpr double kMillisecondsInSecond = 1e3;
inline constexpr double kMicrosecondsInSecond = 1e6;

enum class Better { kHigher, kLower };

struct Line {
  std::string name;
  std::string unit;  // "1/s", "us", "ms", "s", "MB", "B", or empty for a count
  Better better = Better::kHigher;
  std::vector<double> ours;  // one sample a round
  std::vector<double> peer;  // one a round, or empty
  // With a peer they bound the ratio (at least); without one the value, in the line's unit. Zero means none.
  double floor = 0;
  double goal = 0;
  std::string corpus;
  std::string note;
};

// One without a peer, of which less is better; zero means no floor, or no goal.
Line ValueLine(std::string name, const char* unit, double floor, double goal, std::string corpus);

enum class Verdict { kNone, kGoal, kFloor, kBelow };

// Of the values in order; the mean of the middle two for an even number. 0 for none.
double Median(std::vector<double> values);
// The smallest value that at least `percent` % of the values do not exceed. 0 for none.
double Percentile(std::vector<double> values, double percent);

// How near ours comes to its peer, round by round; 1 is even, more is better, whichever way the unit goes.
std::vector<double> Ratios(const Line& line);
Verdict Judge(const Line& line);
std::string_view Word(Verdict verdict);

// Measures ours and the peer in turns, into the line. Stops at the first error.
using Sample = std::function<StatusOr<double>()>;
Status Alternate(int rounds, const Sample& ours, const Sample& peer, Line& line);
// Without a peer.
Status Repeat(int rounds, const Sample& ours, Line& line);

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace souk::bench
