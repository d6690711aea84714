// SPDX-License-Identifier: Apache-2.0
// Status and StatusOr: how every fallible call of Souk answers. Code values equal gRPC's, so that the one border
// (server/rpc) translates without a table. Values, not exceptions: no exception crosses a folder.
// Both types are plain values: safe to copy and move, not to be written from two threads.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace souk {

enum class Code : int {
  kOk = 0,
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// "INVALID_ARGUMENT" and so on.
std::string_view CodeName(Code code);

// One defect of an input: where, what, how to mend it. Mirrors souk.v1.Finding.
struct Violation {
  std::string rule;     // stable id in kebab case
  std::string path;     // document path, may be empty
  std::string pointer;  // JSON pointer, empty means the root
  uint32_t line = 0;    // 1-based, 0 means unknown
  uint32_t column = 0;  // 1-based, 0 means unknown
  std::string message;  // what is wrong
  std::string remedy;   // how to mend it
  bool error = true;    // false: a warning that travels along
  bool advice = false;  // beside `error` being false: not even a warning, only good to know

  bool operator==(const Violation&) const = default;
};

// The machine-readable part of an error.
struct ErrorDetail {
  std::string reason;                                         // UPPER_SNAKE_CASE, at most 63 characters
  std::string remedy;                                         // what to do next, one sentence
  std::vector<std::pair<std::string, std::string>> metadata;  // everything interpolated into the message
  std::vector<Violation> violations;                          // every defect found, not only the first
  uint32_t retry_after_ms = 0;                                // 0: no hint
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}
  Status(Code code, std::string message, ErrorDetail detail)
      : code_(code), message_(std::move(message)), detail_(std::make_shared<const ErrorDetail>(std::move(detail))) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  // Never null to the caller: an error without detail has an empty one.
  const ErrorDetail& detail() const;
  const std::string& reason() const { return detail().reason; }
  // "NOT_FOUND: no such product" for logs.
  std::string ToString() const;

 private:
  Code code_ = Code::kOk;
  std::string message_;
  std::shared_ptr<const ErrorDetail> detail_;
};

template <typename T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor): as StatusOr everywhere
    if (status_.ok()) std::abort();                       // an OK without a value is our own mistake
  }
  StatusOr(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  const T& value() const& { return Checked(); }
  T& value() & { return const_cast<T&>(Checked()); }
  T&& value() && { return std::move(const_cast<T&>(Checked())); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

 private:
  const T& Checked() const {
    if (!value_) std::abort();  // reading the value of an error is our own mistake
    return *value_;
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace souk

#define RETURN_IF_ERROR(expression)                                                          \
  do {                                                                                       \
    if (::souk::Status souk_status_ = (expression); !souk_status_.ok()) return souk_status_; \
  } while (false)

#define SOUK_CONCAT_INNER_(a, b) a##b
#define SOUK_CONCAT_(a, b) SOUK_CONCAT_INNER_(a, b)
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_IMPL_(SOUK_CONCAT_(souk_result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_IMPL_(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return result.status();                     \
  declaration = std::move(result).value()
