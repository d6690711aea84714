// SPDX-License-Identifier: Apache-2.0
#include "client/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace souk::cli {
namespace {

constexpr size_t kItemsMin = 5;  // fewer are done before a bar is read
constexpr size_t kBarCells = 30;
constexpr std::chrono::milliseconds kRedrawAfter{100};
constexpr size_t kPercent = 100;

}  // namespace

Progress::Progress(Environment& env, std::optional<size_t> total, bool wanted)
    : env_(env),
      total_(total),
      shown_(wanted && env.err_is_terminal && (!total || *total > kItemsMin)),
      started_(env.clock.Monotonic()) {}

void Progress::Advance() {
  ++done_;
  if (!shown_) return;
  const bool last = total_ && done_ == *total_;
  if (!last && on_screen_ && env_.clock.Monotonic() - drawn_ < kRedrawAfter) return;
  Draw();
}

void Progress::Draw() {
  drawn_ = env_.clock.Monotonic();
  const double seconds = std::chrono::duration<double>(drawn_ - started_).count();
  const double rate = seconds > 0 ? static_cast<double>(done_) / seconds : 0;
  std::string line;
  if (total_) {
    const size_t total = std::max<size_t>(*total_, 1);
    const size_t cells = std::min(kBarCells, kBarCells * done_ / total);
    line = fmt::format("registering [{:<{}}] {}/{} {:3}% {:.0f}/s", std::string(cells, '#'), kBarCells, done_, *total_,
                       kPercent * done_ / total, rate);
  } else {
    line = fmt::format("registering {} {:.0f}/s", done_, rate);
  }
  env_.err << "\r\033[K" << line << std::flush;
  on_screen_ = true;
}

void Progress::Clear() {
  if (!on_screen_) return;
  env_.err << "\r\033[K" << std::flush;
  on_screen_ = false;
}

}  // namespace souk::cli
