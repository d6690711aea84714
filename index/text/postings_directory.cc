// SPDX-License-Identifier: Apache-2.0
#include "index/text/postings_directory.h"

#include <lucene++/Lucene.h>

#include <fcntl.h>
#include <lucene++/IndexInput.h>
#include <lucene++/LuceneException.h>
#include <lucene++/MMapDirectory.h>
#include <lucene++/NoLockFactory.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "index/text/wide.h"

namespace souk::text {
namespace {

[[noreturn]] void ThrowIo(const std::string& what) {
  boost::throw_exception(Lucene::IOException(Wide(what)));
  std::abort();  // not reached; the compiler can't know
}

// A whole file, loaded or mapped.
class FileBytes {
 public:
  explicit FileBytes(const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
      const std::string what = path.string() + ": " + std::strerror(errno);
      if (errno != ENOENT) ThrowIo(what);
      boost::throw_exception(Lucene::FileNotFoundException(Wide(what)));
    }
    const bool taken = Take(file);
    const int error = errno;
    close(file);
    if (!taken) ThrowIo("can't read " + path.string() + ": " + std::strerror(error));
  }
  ~FileBytes() {
    if (mapped_ != nullptr) munmap(mapped_, size_);
  }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  const uint8_t* begin() const { return mapped_ != nullptr ? static_cast<const uint8_t*>(mapped_) : loaded_.get(); }
  const uint8_t* end() const { return begin() + size_; }

 private:
  bool Take(int file) {
    struct stat about {};
    if (fstat(file, &about) != 0) return false;
    size_ = static_cast<size_t>(about.st_size);
    if (size_ > kLoadedFileBytesMax) {
      void* const mapped = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
      if (mapped == MAP_FAILED) return false;
      mapped_ = mapped;
      return true;
    }
    loaded_ = std::make_unique<uint8_t[]>(size_);
    for (size_t filled = 0; filled < size_;) {
      const ssize_t got = read(file, loaded_.get() + filled, size_ - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      filled += static_cast<size_t>(got);
    }
    return true;
  }

  void* mapped_ = nullptr;
  std::unique_ptr<uint8_t[]> loaded_;
  size_t size_ = 0;
};

class BytesInput : public Lucene::IndexInput {
 public:
  BytesInput() = default;
  explicit BytesInput(std::shared_ptr<const FileBytes> bytes)
      : bytes_(std::move(bytes)), begin_(bytes_->begin()), at_(begin_), end_(bytes_->end()) {}

  uint8_t readByte() override {
    if (at_ == end_) ThrowEnd();
    return *at_++;
  }
  using Lucene::IndexInput::readBytes;
  void readBytes(uint8_t* b, int32_t offset, int32_t length) override {
    if (length < 0 || end_ - at_ < length) ThrowEnd();
    std::memcpy(b + offset, at_, static_cast<size_t>(length));
    at_ += length;
  }
  int32_t readInt() override { return static_cast<int32_t>(ReadBigEndian<uint32_t>()); }
  int64_t readLong() override { return static_cast<int64_t>(ReadBigEndian<uint64_t>()); }
  int32_t readVInt() override { return static_cast<int32_t>(ReadVariable<uint32_t>()); }
  int64_t readVLong() override { return static_cast<int64_t>(ReadVariable<uint64_t>()); }

  void close() override {
    bytes_.reset();
    begin_ = at_ = end_ = nullptr;
  }
  int64_t getFilePointer() override { return at_ - begin_; }
  void seek(int64_t position) override {
    if (position < 0 || position > end_ - begin_) ThrowEnd();
    at_ = begin_ + position;
  }
  int64_t length() override { return end_ - begin_; }
  Lucene::LuceneObjectPtr clone(const Lucene::LuceneObjectPtr& other) override {
    const Lucene::LuceneObjectPtr cloned =
        Lucene::IndexInput::clone(other ? other : Lucene::LuceneObjectPtr(Lucene::newLucene<BytesInput>()));
    const auto copy = boost::dynamic_pointer_cast<BytesInput>(cloned);
    copy->bytes_ = bytes_;
    copy->begin_ = begin_;
    copy->at_ = at_;
    copy->end_ = end_;
    return cloned;
  }

 private:
  [[noreturn]] static void ThrowEnd() { ThrowIo("a file of the text index ends too early"); }

  template <typename Number>
  Number ReadBigEndian() {
    if (end_ - at_ < static_cast<ptrdiff_t>(sizeof(Number))) ThrowEnd();
    Number number = 0;
    for (size_t i = 0; i < sizeof(Number); ++i) number = (number << 8U) | *at_++;
    return number;
  }

  template <typename Number>
  Number ReadVariable() {
    Number number = 0;
    for (unsigned shift = 0; shift < 8 * sizeof(Number); shift += 7) {
      if (at_ == end_) ThrowEnd();
      const uint8_t byte = *at_++;
      number |= static_cast<Number>(byte & 0x7FU) << shift;
      if (byte < 0x80) break;
    }
    return number;
  }

  std::shared_ptr<const FileBytes> bytes_;
  const uint8_t* begin_ = nullptr;
  const uint8_t* at_ = nullptr;
  const uint8_t* end_ = nullptr;
};

// Writes as the stock directory does.
class LoadingDirectory : public Lucene::MMapDirectory {
 public:
  explicit LoadingDirectory(const std::filesystem::path& path)
      : MMapDirectory(Wide(path.string()), Lucene::NoLockFactory::getNoLockFactory()), path_(path) {}

  using Lucene::MMapDirectory::openInput;
  Lucene::IndexInputPtr openInput(const Lucene::String& name, int32_t /*buffer_size*/) override {
    ensureOpen();
    return Lucene::newLucene<BytesInput>(std::make_shared<const FileBytes>(path_ / Narrow(name)));
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

boost::shared_ptr<Lucene::Directory> OpenDirectory(const std::filesystem::path& path) {
  return Lucene::newLucene<LoadingDirectory>(path);
}

}  // namespace souk::text
