// SPDX-License-Identifier: Apache-2.0
// Ownership of what a C library hands out: Owned<BIO, BIO_free_all>.
#pragma once

#include <memory>

namespace souk {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

}  // namespace souk
