// SPDX-License-Identifier: Apache-2.0
// The border to Lucene++: whatever it throws becomes a Status. Pure; thread-safe.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/errors.h"
#include "base/status.h"

namespace souk::text {

// Runs `work`, which returns a Status. LuceneException is a std::exception.
template <typename Work>
Status Guarded(std::string_view doing, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& e) {
    return errors::Internal("text index, " + std::string(doing) + ": " + e.what());
  } catch (...) {
    return errors::Internal("text index, " + std::string(doing) + ": unknown exception");
  }
}

}  // namespace souk::text
