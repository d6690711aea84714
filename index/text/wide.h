// SPDX-License-Identifier: Apache-2.0
// UTF-8 to the wide strings that Lucene++ speaks, and back. The one place where they are made. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "index/text/text_fields.h"

namespace souk::text {

// Appends; characters that Lucene++ uses itself (0, U+FFFF) become '?'.
void AppendWide(std::wstring& out, std::string_view utf8);
std::wstring Wide(std::string_view utf8);
std::string Narrow(std::wstring_view wide);
// The text as it comes back out of the index: Narrow(Wide(text)).
std::string IndexedForm(std::string_view utf8);

// A term of the index: the word, a mark that no word holds, and the field's letter. The fields of one word stand side
// by side in the term dictionary, so that one seek finds them all.
inline constexpr wchar_t kFieldMark = L'\x01';
constexpr wchar_t LetterOf(TextField field) { return static_cast<wchar_t>(L'a' + IndexOf(field)); }

}  // namespace souk::text
