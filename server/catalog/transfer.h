// SPDX-License-Identifier: Apache-2.0
// Use cases of AdminService that move a history between ledgers: export, import. Thread-safe; reads and exports go on
// meanwhile.
#pragma once

#include <functional>
#include <optional>

#include "base/status.h"
#include "server/catalog/backends.h"
#include "souk/v1/admin_service.pb.h"

namespace souk::catalog {

class Transfer {
 public:
  explicit Transfer(const Backends& parts) : parts_(parts) {}

  // Hands out the export piece by piece; an error of the sink ends it.
  using Sink = std::function<Status(v1::ExportLedgerResponse piece)>;
  Status Export(const v1::ExportLedgerRequest& request, const CallContext& call, const Sink& sink) const;

  // The next piece; nothing: that was the last.
  using Source = std::function<StatusOr<std::optional<v1::ImportLedgerRequest>>()>;
  // Answers once this node shows everything, and has found that it is what the export holds.
  StatusOr<v1::ImportLedgerResponse> Import(const Source& source, const CallContext& call) const;

 private:
  const Backends& parts_;
};

}  // namespace souk::catalog
