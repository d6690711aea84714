// SPDX-License-Identifier: Apache-2.0
// Exports from arbitrary bytes: what is read to the end is written again and is the same. The first byte says how the
// rest is taken: as an export, or as bodies of frames (two bytes of length in front of each) around which the right
// lengths and checksums are put, so that what is behind those is reached by more than luck.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/history/export_format.h"
#include "storage/history/export_reader.h"
#include "storage/history/export_writer.h"
#include "storage/history/history_check.h"

namespace {

using souk::storage::LedgerRevision;
using souk::storage::history::ExportReader;

constexpr size_t kPieceBytes = 61;

void Must(bool holds) {
  if (!holds) std::abort();
}

std::string Framed(std::string_view bodies) {
  std::string bytes = std::string(souk::storage::history::kExportKind) + "1\n";
  std::string chain;
  while (bodies.size() >= 2) {
    const size_t length = static_cast<unsigned char>(bodies[0]) << 8U | static_cast<unsigned char>(bodies[1]);
    const std::string_view body = bodies.substr(2, length);
    bodies.remove_prefix(2 + body.size());
    chain = souk::storage::history::NextInChain(chain, body);
    for (const size_t shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(body.size() >> shift);
    bytes += chain.substr(0, souk::storage::history::kFrameDigestBytes);
    bytes += body;
  }
  return bytes;
}

struct Read {
  souk::store::v1::ExportHeader header;
  std::vector<LedgerRevision> revisions;
  std::string digest;
};

std::optional<Read> ReadAll(const std::string& bytes) {
  size_t at = 0;
  ExportReader reader([&bytes, &at]() -> souk::StatusOr<std::string> {
    std::string piece = bytes.substr(at, kPieceBytes);
    at += piece.size();
    return piece;
  });
  Read read;
  const auto header = reader.Begin();
  if (!header.ok()) return std::nullopt;
  read.header = *header;
  souk::storage::history::HistoryCheck check;
  bool sound = true;
  while (true) {
    auto revision = reader.Next();
    if (!revision.ok()) return std::nullopt;
    if (!*revision) break;
    if (sound) sound = check.Add(**revision).ok();
    read.revisions.push_back(**std::move(revision));
  }
  (void)check.Finish();
  read.digest = reader.trailer().history_digest();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read = ReadAll(data[0] % 2 == 0 ? std::string(input) : Framed(input));
  if (!read) return 0;
  std::string written;
  souk::storage::history::ExportWriter writer([&written](std::string_view piece) {
    written += piece;
    return souk::Status::Ok();
  });
  Must(writer.Begin(read->header).ok());
  for (const LedgerRevision& revision : read->revisions) Must(writer.Add(revision).ok());
  Must(writer.Finish().ok());
  const auto again = ReadAll(written);
  Must(again.has_value());
  Must(again->digest == read->digest && again->revisions.size() == read->revisions.size());
  return 0;
}
