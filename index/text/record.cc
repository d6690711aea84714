// SPDX-License-Identifier: Apache-2.0
#include "index/text/record.h"

#include "base/errors.h"
#include "index/bytes.h"

namespace souk::text {

using index::PutNumber;
using index::PutText;
using index::PutTexts;

std::string EncodeRecord(const LineRecord& record) {
  std::string out;
  PutText(out, record.line.domain);
  PutText(out, record.line.product);
  PutNumber(out, record.line.major);
  PutNumber(out, record.state);
  PutText(out, record.descriptor_id);
  PutText(out, record.display_name);
  PutText(out, record.version);
  PutText(out, record.summary);
  PutText(out, record.team);
  PutTexts(out, record.owners);
  PutTexts(out, record.tags);
  PutTexts(out, record.types);
  PutTexts(out, record.platforms);
  PutTexts(out, record.classifications);
  PutNumber(out, record.objects.size());
  for (const ObjectColumns& object : record.objects) {
    PutText(out, object.object);
    PutTexts(out, object.paths);
  }
  for (const uint8_t length : record.lengths) PutNumber(out, length);
  return out;
}

StatusOr<LineRecord> DecodeRecord(std::string_view bytes) {
  index::ByteSource source(bytes);
  LineRecord record;
  record.line.domain = source.Text();
  record.line.product = source.Text();
  record.line.major = static_cast<uint32_t>(source.Number());
  record.state = static_cast<uint8_t>(source.Number());
  record.descriptor_id = source.Text();
  record.display_name = source.Text();
  record.version = source.Text();
  record.summary = source.Text();
  record.team = source.Text();
  record.owners = source.Texts();
  record.tags = source.Texts();
  record.types = source.Texts();
  record.platforms = source.Texts();
  record.classifications = source.Texts();
  record.objects.resize(source.Count());
  for (ObjectColumns& object : record.objects) {
    object.object = source.Text();
    object.paths = source.Texts();
  }
  for (uint8_t& length : record.lengths) length = static_cast<uint8_t>(source.Number());
  if (!source.ok() || !source.at_end()) return errors::DataLoss("a record of the text index can't be read");
  return record;
}

void AppendBodyText(std::string& out, TextField field, uint32_t column, std::string_view text) {
  PutNumber(out, IndexOf(field));
  PutNumber(out, column);
  PutText(out, text);
}

std::string EncodeBody(const LineBody& body) {
  std::string out;
  for (const BodyText& text : body) AppendBodyText(out, text.field, text.column, text.text);
  return out;
}

StatusOr<LineBody> DecodeBody(std::string_view bytes) {
  index::ByteSource source(bytes);
  LineBody body;
  while (source.ok() && !source.at_end()) {
    BodyText text;
    const uint64_t field = source.Number();
    if (field >= kTextFieldCount) return errors::DataLoss("a text of the text index can't be read");
    text.field = static_cast<TextField>(field);
    text.column = static_cast<uint32_t>(source.Number());
    text.text = source.Text();
    body.push_back(std::move(text));
  }
  if (!source.ok()) return errors::DataLoss("a text of the text index can't be read");
  return body;
}

}  // namespace souk::text
