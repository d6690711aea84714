// SPDX-License-Identifier: Apache-2.0
#include "index/text/tokenizer.h"

#include <array>

#include "index/text/stem.h"
#include "index/text/unicode.h"

namespace souk::text {
namespace {

constexpr char32_t kCurlyApostrophe = 0x2019;

bool IsWeakConnector(char c) { return c == '_' || c == '-'; }
bool IsStrongConnector(char c) { return c == '.' || c == '/' || c == ':' || c == '@' || c == '#'; }

struct Part {
  size_t word_begin;  // in the run's text
  size_t word_end;
  uint32_t start;
  uint32_t end;
  uint32_t segment;  // between strong connectors
};

class Tokenizer {
 public:
  Tokenizer(std::string_view text, const std::function<void(const Token&)>& emit) : text_(text), emit_(emit) {}

  void Run() {
    while (at_ < text_.size()) Step();
    EndRun();
  }

 private:
  enum class Kind : uint8_t { kNone, kLower, kUpper, kDigit };

  void Step() {
    const Decoded decoded = DecodeAt(text_, at_);
    const FoldedChar folded = Fold(decoded.point);
    switch (folded.char_class) {
      case CharClass::kIgnorable:
        if (kind_ != Kind::kNone) parts_[part_count_ - 1].end = static_cast<uint32_t>(at_ + decoded.bytes);
        break;
      case CharClass::kIdeograph:
        EndRun();
        EmitIdeograph(folded, decoded.bytes);
        break;
      case CharClass::kLetter:
      case CharClass::kDigit:
        AddWordChar(folded, decoded.bytes);
        break;
      case CharClass::kSeparator:
        if (!SkipConnector() && !SkipPossessive(decoded.point)) {
          EndRun();
          at_ += decoded.bytes;
        }
        return;
    }
    at_ += decoded.bytes;
  }

  void AddWordChar(const FoldedChar& folded, uint8_t bytes) {
    const Kind kind = folded.char_class == CharClass::kDigit ? Kind::kDigit
                      : folded.upper                         ? Kind::kUpper
                                                             : Kind::kLower;
    if (kind_ == Kind::kNone || Splits(kind)) BeginPart();
    Part& part = parts_[part_count_ - 1];
    part.end = static_cast<uint32_t>(at_ + bytes);
    if (part.word_end - part.word_begin + 4 <= kTermBytesMax) {
      AppendFolded(words_, folded);
      part.word_end = words_.size();
    }
    kind_ = kind;
  }

  // True if a word part ends in front of a character of this kind.
  bool Splits(Kind kind) const {
    if ((kind == Kind::kDigit) != (kind_ == Kind::kDigit)) return true;
    if (kind != Kind::kUpper) return false;
    if (kind_ == Kind::kLower) return true;  // customer|Id
    // HTTP|Server: the last capital belongs to what follows, but for a plural: URLs.
    const size_t next = at_ + DecodeAt(text_, at_).bytes;
    if (!IsLowerAt(next)) return false;
    return text_[next] != 's' || IsLowerAt(next + 1);
  }

  bool IsLowerAt(size_t at) const {
    if (at >= text_.size()) return false;
    const FoldedChar folded = Fold(DecodeAt(text_, at).point);
    return folded.char_class == CharClass::kLetter && !folded.upper;
  }

  void BeginPart() {
    if (part_count_ == kIdentifierPartsMax) EndRun();
    const auto start = static_cast<uint32_t>(at_);
    parts_[part_count_++] = {words_.size(), words_.size(), start, start, segment_};
  }

  // A connector between two word characters goes on with the identifier; anything else ends it.
  bool SkipConnector() {
    if (kind_ == Kind::kNone) return false;
    size_t next = at_;
    const bool strong = IsStrongConnector(text_[at_]);
    if (strong) {
      ++next;
    } else {
      while (next < text_.size() && IsWeakConnector(text_[next])) ++next;
    }
    if (next == at_ || next >= text_.size()) return false;
    const CharClass after = Fold(DecodeAt(text_, next).point).char_class;
    if (after != CharClass::kLetter && after != CharClass::kDigit) return false;
    if (strong) ++segment_;
    at_ = next;
    kind_ = Kind::kNone;
    return true;
  }

  // "team's" is "team".
  bool SkipPossessive(char32_t point) {
    if (kind_ == Kind::kNone || (point != '\'' && point != kCurlyApostrophe)) return false;
    const size_t letter = at_ + DecodeAt(text_, at_).bytes;
    if (letter >= text_.size() || (text_[letter] != 's' && text_[letter] != 'S')) return false;
    if (letter + 1 < text_.size()) {
      const CharClass after = Fold(DecodeAt(text_, letter + 1).point).char_class;
      if (after == CharClass::kLetter || after == CharClass::kDigit) return false;
    }
    EndRun();
    at_ = letter + 1;
    return true;
  }

  void EmitIdeograph(const FoldedChar& folded, uint8_t bytes) {
    term_.clear();
    AppendFolded(term_, folded);
    emit_({term_, term_, static_cast<uint32_t>(at_), static_cast<uint32_t>(at_ + bytes), position_++, false, true,
           false});
  }

  void EndRun() {
    for (size_t i = 0; i < part_count_; ++i) {
      EmitPart(parts_[i]);
      const bool opens_segment = i == 0 || parts_[i].segment != parts_[i - 1].segment;
      if (opens_segment) {
        size_t end = i + 1;
        while (end < part_count_ && parts_[end].segment == parts_[i].segment) ++end;
        if (end - i > 1) EmitCompound(i, end);
        if (i == 0 && end < part_count_) EmitCompound(0, part_count_);
      }
      ++position_;
    }
    part_count_ = 0;
    words_.clear();
    segment_ = 0;
    kind_ = Kind::kNone;
  }

  void EmitPart(const Part& part) {
    const std::string_view word = std::string_view(words_).substr(part.word_begin, part.word_end - part.word_begin);
    term_ = word;
    Stem(term_);
    const bool alone = part_count_ == 1;
    emit_({term_, word, part.start, part.end, position_, false, false, alone && IsStopWord(word)});
  }

  void EmitCompound(size_t begin, size_t end) {
    const size_t word_begin = parts_[begin].word_begin;
    const size_t bytes = parts_[end - 1].word_end - word_begin;
    if (bytes > kTermBytesMax) return;
    const std::string_view word = std::string_view(words_).substr(word_begin, bytes);
    term_ = word;
    Stem(term_);
    emit_({term_, word, parts_[begin].start, parts_[end - 1].end, position_, true, false, false});
  }

  std::string_view text_;
  const std::function<void(const Token&)>& emit_;
  size_t at_ = 0;
  uint32_t position_ = 0;
  // The identifier being read: its parts, their folded text one behind the other.
  std::array<Part, kIdentifierPartsMax> parts_;
  size_t part_count_ = 0;
  std::string words_;
  uint32_t segment_ = 0;
  Kind kind_ = Kind::kNone;  // of the character before, none at the start of a part
  std::string term_;
};

}  // namespace

void Tokenize(std::string_view text, const std::function<void(const Token&)>& emit) { Tokenizer(text, emit).Run(); }

std::string NameKey(std::string_view text) {
  std::string key;
  Tokenize(text, [&key](const Token& token) {
    if (token.compound) return;
    if (!key.empty()) key += '-';
    key += token.word;
  });
  return key;
}

}  // namespace souk::text
