// SPDX-License-Identifier: Apache-2.0
// Bare Lucene++, to measure against: one IndexWriter, the stock StandardAnalyzer, one thread, no reader, no store.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"

namespace souk::bench {

// One document: field and text. All of it is indexed, none of it stored.
using PeerText = std::vector<std::pair<std::string, std::string>>;

enum class PeerEnd { kAdded, kCommitted };

// Seconds of addDocument for all texts, and of one commit at the end if asked for. The documents are made before the
// time is taken. The folder must not exist. INTERNAL for whatever Lucene++ throws.
StatusOr<double> LuceneSeconds(const std::vector<PeerText>& texts, const std::filesystem::path& directory, PeerEnd end);

}  // namespace souk::bench
