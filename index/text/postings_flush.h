// SPDX-License-Identifier: Apache-2.0
// Writes the documents of a PostingsMemory as the files of one segment, in the formats of Lucene 3.0: what Lucene++
// would write, without its way from tokens to files. (Its own indexing costs three times as much, and finds words in
// memory only after it has written them.)
//
//   .fnm  fields                      .frq  documents and counts of each term
//   .fdt  what is stored              .prx  positions, and the payload of the columns
//   .fdx  where in .fdt it stands     .tis  terms; .tii every so many of them
//
// No skip lists: .tis says that they begin at more documents than a segment of this kind has. Merging adds them.
#pragma once

#include <cstdint>
#include <string>

#include "index/text/postings_memory.h"

namespace boost {
template <class T>
class shared_ptr;
}
namespace Lucene {
class Directory;
}

namespace souk::text {

// How many documents were written: all that no other hides. Throws what Lucene++ throws. `name` is the segment's.
uint32_t WriteSegment(const PostingsMemory& memory, const boost::shared_ptr<Lucene::Directory>& directory,
                      const std::wstring& name, uint32_t term_index_interval);

}  // namespace souk::text
