// SPDX-License-Identifier: Apache-2.0
// A progress bar on standard error, on a terminal only, and only where there is something to wait for. One thread.
#pragma once

#include <cstddef>
#include <optional>

#include "client/cli/environment.h"

namespace souk::cli {

class Progress {
 public:
  // Without a total only the count is shown.
  Progress(Environment& env, std::optional<size_t> total, bool wanted);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Advance();
  // Takes the bar away, so that other lines can be written; the next Advance brings it back.
  void Clear();

 private:
  void Draw();

  Environment& env_;
  const std::optional<size_t> total_;
  const bool shown_;
  const std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point drawn_{};
  size_t done_ = 0;
  bool on_screen_ = false;
};

}  // namespace souk::cli
