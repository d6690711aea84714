// SPDX-License-Identifier: Apache-2.0
// The folder of an index as Lucene++ reads it: small files are loaded into memory as a whole, so that damage on disk
// can neither change an answer nor stop the process; large ones are mapped. Every read is checked against the file's
// end, which the stock mapped directory does not do, and numbers are decoded without a virtual call for each byte.
//
// Thread-safe as Lucene++ wants it: clones of one input go to different threads.
#pragma once

#include <cstdint>
#include <filesystem>

namespace boost {
template <class T>
class shared_ptr;
}
namespace Lucene {
class Directory;
}

namespace souk::text {

// Files up to this size are loaded, larger ones mapped.
inline constexpr uint64_t kLoadedFileBytesMax = uint64_t{8} * 1024 * 1024;

// Throws what Lucene++ throws. No lock file: the owner of the folder sees to it that it is opened once.
boost::shared_ptr<Lucene::Directory> OpenDirectory(const std::filesystem::path& path);

}  // namespace souk::text
