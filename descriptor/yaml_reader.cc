// SPDX-License-Identifier: Apache-2.0
#include "descriptor/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <istream>
#include <streambuf>
#include <string>

#include "descriptor/text.h"
#include "descriptor/tree_builder.h"

namespace souk::descriptor {
namespace {

// Thrown through yaml-cpp, which has no other way to be stopped; never leaves this file.
struct Stop {};

// Reads bytes in place.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // std::streambuf wants it so; a get area is never written
    setg(begin, begin, begin + bytes.size());
  }
};

class Handler : public YAML::EventHandler {
 public:
  explicit Handler(Tree& tree) : builder_(tree) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      builder_.Fail(At(mark), "multiple-documents", "the file holds more than one YAML document",
                    "Give each descriptor a file of its own.");
      throw Stop();
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Check(builder_.Null(At(mark), anchor)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { Check(builder_.Alias(At(mark), anchor)); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    const bool quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    Check(builder_.Scalar(At(mark), value, quoted, anchor));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    CheckTag(mark, tag);
    Check(builder_.BeginList(At(mark), anchor));
  }
  void OnSequenceEnd() override { Check(builder_.End()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    CheckTag(mark, tag);
    Check(builder_.BeginMap(At(mark), anchor));
  }
  void OnMapEnd() override { Check(builder_.End()); }

  TreeBuilder& builder() { return builder_; }
  Position At(const YAML::Mark& mark) {
    if (!mark.is_null()) last_ = {static_cast<uint32_t>(mark.line) + 1, static_cast<uint32_t>(mark.column) + 1};
    return last_;
  }
  // At the end of the file yaml-cpp's marks are zero; the last event is then the nearest known place.
  Position AtError(const YAML::Mark& mark) {
    const bool lost = mark.is_null() || (mark.line == 0 && mark.column == 0);
    return lost && last_.line > 0 ? last_ : At(mark);
  }

 private:
  static void Check(bool go_on) {
    if (!go_on) throw Stop();
  }

  // "?" and "!" are yaml-cpp's words for "no tag, plain" and "no tag, quoted".
  void CheckTag(const YAML::Mark& mark, std::string_view tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    constexpr std::string_view kCore = "tag:yaml.org,2002:";
    if (tag.starts_with(kCore)) {
      const std::string_view word = tag.substr(kCore.size());
      for (const std::string_view known : {"str", "int", "float", "bool", "null", "map", "seq"}) {
        if (word == known) return;
      }
    }
    builder_.Fail(At(mark), "tag", "the tag " + Quoted(tag) + " is not one of YAML's own", "Remove the tag.");
    throw Stop();
  }

  TreeBuilder builder_;
  Position last_;
  size_t documents_ = 0;
};

void Parse(std::string_view bytes, Handler& handler) {
  ViewBuffer buffer(bytes);
  std::istream in(&buffer);
  YAML::Parser parser(in);
  while (parser.HandleNextDocument(handler)) {
  }
}

}  // namespace

Tree ReadYaml(std::string_view bytes) {
  Tree tree;
  Handler handler(tree);
  TreeBuilder& builder = handler.builder();
  bool whole = false;
  try {
    Parse(bytes, handler);
    whole = tree.root != nullptr || builder.Fail({1, 1}, "empty", "the document is empty", "Write a descriptor in it.");
  } catch (const Stop&) {
    // The problem is in the tree.
  } catch (const YAML::Exception& error) {
    builder.Fail(handler.AtError(error.mark), "yaml-syntax", "this is no YAML: " + error.msg,
                 "Mend the syntax; indent with spaces, and quote texts that hold \": \" or \"#\".");
  } catch (const std::exception& error) {
    builder.Fail({}, "yaml-syntax", std::string("this can't be read as YAML: ") + error.what(), "Mend the syntax.");
  }
  if (!whole) tree.root = nullptr;
  return tree;
}

}  // namespace souk::descriptor
