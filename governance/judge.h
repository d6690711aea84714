// SPDX-License-Identifier: Apache-2.0
// The whole gate over a bundle in a context: built-in rules as the layers set them, policies, compatibility, waivers;
// one pass, all findings. A pure function without clock, index or store: equal bundles in equal contexts get equal
// bytes, in the node and on the command line. Thread-safe.
#pragma once

#include <vector>

#include "descriptor/bundle.h"
#include "souk/v1/governance.pb.h"

namespace souk::governance {

// Judges as if the line should be in service. `requested` is the state that it shall have; unspecified: what the
// descriptor asks for, or else what the line is now, a draft if it is new. The verdict's revision is left to the
// caller.
v1::Verdict JudgeBundle(const descriptor::ParsedBundle& bundle, v1::ProductState requested,
                        const v1::GovernanceContext& context);

}  // namespace souk::governance
