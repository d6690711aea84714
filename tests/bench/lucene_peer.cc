// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/lucene_peer.h"

#include <lucene++/LuceneHeaders.h>
#include <lucene++/SerialMergeScheduler.h>

#include <exception>

#include "tests/bench/measure.h"

namespace souk::bench {
namespace {

using Lucene::newLucene;

Lucene::DocumentPtr DocumentOf(const PeerText& text) {
  Lucene::DocumentPtr document = newLucene<Lucene::Document>();
  for (const auto& [field, content] : text) {
    document->add(newLucene<Lucene::Field>(Lucene::StringUtils::toUnicode(field),
                                           Lucene::StringUtils::toUnicode(content), Lucene::Field::STORE_NO,
                                           Lucene::Field::INDEX_ANALYZED));
  }
  return document;
}

double Measure(const std::vector<PeerText>& texts, const std::filesystem::path& directory, PeerEnd end) {
  std::vector<Lucene::DocumentPtr> documents;
  documents.reserve(texts.size());
  for (const PeerText& text : texts) documents.push_back(DocumentOf(text));
  const Lucene::IndexWriterPtr writer =
      newLucene<Lucene::IndexWriter>(Lucene::FSDirectory::open(directory.wstring()),
                                     newLucene<Lucene::StandardAnalyzer>(Lucene::LuceneVersion::LUCENE_30), true,
                                     Lucene::IndexWriter::MaxFieldLengthUNLIMITED);
  writer->setMergeScheduler(newLucene<Lucene::SerialMergeScheduler>());
  const Stopwatch watch;
  for (const Lucene::DocumentPtr& document : documents) writer->addDocument(document);
  if (end == PeerEnd::kCommitted) writer->commit();
  const double seconds = watch.seconds();
  writer->close();
  return seconds;
}

}  // namespace

StatusOr<double> LuceneSeconds(const std::vector<PeerText>& texts, const std::filesystem::path& directory,
                               PeerEnd end) {
  try {
    return Measure(texts, directory, end);
  } catch (const Lucene::LuceneException& e) {
    return Status(Code::kInternal, "Lucene++: " + Lucene::StringUtils::toUTF8(e.getError()));
  } catch (const std::exception& e) {
    return Status(Code::kInternal, std::string("Lucene++: ") + e.what());
  }
}

}  // namespace souk::bench
