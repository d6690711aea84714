// SPDX-License-Identifier: Apache-2.0
// Included in front of every file of a build for ThreadSanitizer: protobuf's map fields as the installed library has
// them. What they include is included first, as it is for ThreadSanitizer.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#pragma push_macro("__SANITIZE_THREAD__")
#undef __SANITIZE_THREAD__
#include <google/protobuf/map_field.h>
#include <google/protobuf/map_field_inl.h>
#pragma pop_macro("__SANITIZE_THREAD__")
