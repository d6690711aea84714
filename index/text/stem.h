// SPDX-License-Identifier: Apache-2.0
// Light English stemming: plurals, -ing, -ed, final e and y. Meant to bring "orders", "ordering" and "order" together
// and no more; the results are index terms, not words. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace souk::text {

// In place. Words that are not all of a-z, or shorter than three letters, stay as they are.
void Stem(std::string& word);

// True for the commonest English words ("the", "of", …): not indexed in prose, never required of an answer.
bool IsStopWord(std::string_view word);

}  // namespace souk::text
