// SPDX-License-Identifier: Apache-2.0
// Bitol Open Data Product Standard (ODPS) 0.9 to 1.1 to the model. Thread-safe.
#pragma once

#include "descriptor/bundle.h"
#include "descriptor/fields.h"
#include "souk/v1/product.pb.h"

namespace souk::descriptor {

// Reads a DataProduct document; defects go to the document's Reading. Keys that the model has no place for are ignored:
// the original bytes keep them.
void ReadProduct(const Fields& root, v1::DataProduct& product);

// Where the nodes of the product document stand, two levels deep.
Locations LocateProduct(const Fields& root);

}  // namespace souk::descriptor
