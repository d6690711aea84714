// SPDX-License-Identifier: Apache-2.0
// What every model must satisfy, whether it was read from documents or came as proto: names, limits, uniqueness.
// Pure functions; thread-safe.
#pragma once

#include <vector>

#include "base/status.h"
#include "descriptor/bundle.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// True if every text in the message is UTF-8 without NUL and nothing is nested deeper than the limit; else a violation
// is added. To be asked before anything else of a model that came as proto.
bool CheckTexts(const google::protobuf::Message& model, std::vector<Violation>& violations);

// Everything else. Violations that documents have been charged with already (a missing id, for example) are not
// repeated if from_documents.
void CheckModel(const v1::DataProduct& model, const Locations& locations, bool from_documents,
                std::vector<Violation>& violations);

}  // namespace souk::descriptor
