// SPDX-License-Identifier: Apache-2.0
#include "index/text/record.h"

#include "base/errors.h"

namespace souk::text {
namespace {

void PutNumber(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out += static_cast<char>(0x80U | (number & 0x7FU));
    number >>= 7U;
  }
  out += static_cast<char>(number);
}

void PutText(std::string& out, std::string_view text) {
  PutNumber(out, text.size());
  out += text;
}

void PutTexts(std::string& out, const std::vector<std::string>& texts) {
  PutNumber(out, texts.size());
  for (const std::string& text : texts) PutText(out, text);
}

// Reads what the Put functions wrote; after a fault everything reads as empty and ok() is false.
class Source {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }

  uint64_t Number() {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) break;
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      number |= static_cast<uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return number;
    }
    ok_ = false;
    return 0;
  }

  std::string_view Text() {
    const uint64_t size = Number();
    if (!ok_ || size > bytes_.size() - at_) {
      ok_ = false;
      return {};
    }
    const std::string_view text = bytes_.substr(at_, size);
    at_ += size;
    return text;
  }

  // A count of things that take at least a byte each.
  size_t Count() {
    const uint64_t count = Number();
    if (count > bytes_.size() - at_) ok_ = false;
    return ok_ ? count : 0;
  }

  std::vector<std::string> Texts() {
    std::vector<std::string> texts(Count());
    for (std::string& text : texts) text = Text();
    return texts;
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

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
  Source source(bytes);
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
  Source source(bytes);
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
