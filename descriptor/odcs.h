// SPDX-License-Identifier: Apache-2.0
// Bitol Open Data Contract Standard (ODCS) 3.0 to 3.2 to the model. Thread-safe.
#pragma once

#include "descriptor/fields.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Reads a DataContract document; defects go to the document's Reading. Keys that the model has no place for are
// ignored (team, roles, price, support, …): the original bytes keep them. Physical identities are not filled here.
void ReadContract(const Fields& root, v1::DataContract& contract);

// One object of "schema".
void ReadSchemaObject(const Fields& fields, v1::SchemaObject& object);

}  // namespace souk::descriptor
