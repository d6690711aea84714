// SPDX-License-Identifier: Apache-2.0
// Journeys of careless and of hostile callers: each gets a structured error, nothing is stored, the node goes on.
#include "base/limits.h"
#include "tests/journeys/journey.h"

namespace souk::journeys {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class BadInput : public Journey {
 protected:
  void TearDown() override {
    EXPECT_TRUE(client().ListProducts({}).ok()) << "the node must go on";
    EXPECT_EQ(Must(client().ListProducts({})).products_size(), 0) << "nothing may be stored";
    Journey::TearDown();
  }

  static StatusOr<v1::RegisterProductResponse> RegisterText(const std::string& text) {
    v1::RegisterProductRequest request;
    request.set_create_missing(true);
    v1::Document& document = *request.mutable_bundle()->add_documents();
    document.set_path("product.odps.yaml");
    document.set_content(text);
    return client().RegisterProduct(request);
  }
};

std::string Repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string AliasBomb() {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char level = 'b'; level <= 'j'; ++level) {
    const std::string below = std::string("*") + static_cast<char>(level - 1);
    bomb += std::string(1, level) + ": &" + level + " [" + below + Repeated(", " + below, 9) + "]\n";
  }
  return bomb;
}

const std::string kHead = "apiVersion: v1.0.0\nkind: DataProduct\nid: bad.orders.v1\nname: Orders\nversion: 1.0.0\n";

struct BadText {
  std::string name;
  std::string text;
  std::string reason = "BAD_DOCUMENT";
  bool at_line = true;  // the defect has a line
};

std::vector<BadText> BadTexts() {
  return {
      {"empty", "", "BAD_DOCUMENT", false},
      {"malformed", kHead + "domain: [sales\nstatus: active\n"},
      {"tab", kHead + "domain:\n\t- sales\n"},
      {"not a map", "- a\n- b\n"},
      {"unknown kind", "apiVersion: v1.0.0\nkind: Teapot\nid: x\n"},
      {"no kind", "name: Orders\n"},
      {"wrong type", kHead + "domain: sales\nstatus: draft\noutputPorts: none\n"},
      {"no version", "apiVersion: v1.0.0\nkind: DataProduct\nid: x\nname: Orders\ndomain: sales\nstatus: draft\n"},
      {"bad utf-8", kHead + "domain: \"\xff\xfe\"\nstatus: draft\n"},
      {"surrogate", kHead + "domain: \"\xed\xa0\x80\"\nstatus: draft\n"},
      {"overlong", kHead + "domain: \"\xc0\xaf\"\nstatus: draft\n"},
      {"zero byte", kHead + std::string("domain: sa\0les\nstatus: draft\n", 28)},
      {"alias bomb", AliasBomb()},
      {"deep flow", "a: " + Repeated("[", 5'000) + Repeated("]", 5'000) + "\n"},
      {"deep json", Repeated("{\"a\":", 5'000) + "1" + Repeated("}", 5'000)},
      {"same port twice", kHead + "domain: sales\nstatus: draft\noutputPorts:\n- name: a\n  version: 1.0.0\n"
                                  "- name: a\n  version: 1.0.0\n"},
      {"key twice", kHead + "domain: sales\ndomain: ads\nstatus: draft\n"},
      {"too large", kHead + "domain: sales\n# " + std::string(limits::kDocumentBytesMax, 'x'), "DOCUMENT_TOO_LARGE",
       false},
  };
}

TEST_F(BadInput, EveryUnreadableDocumentGetsAStructuredError) {
  for (const BadText& bad : BadTexts()) {
    SCOPED_TRACE(bad.name);
    const auto answer = RegisterText(bad.text);
    ASSERT_THAT(answer, FailsWith(Code::kInvalidArgument, bad.reason));
    EXPECT_THAT(answer.status().detail().remedy, Not(IsEmpty()));
    if (bad.reason != "BAD_DOCUMENT") continue;
    ASSERT_THAT(answer.status().detail().violations, Not(IsEmpty()));
    const Violation& first = answer.status().detail().violations.front();
    EXPECT_THAT(first.message, Not(IsEmpty()));
    EXPECT_THAT(first.remedy, Not(IsEmpty()));
    EXPECT_TRUE(!bad.at_line || first.line > 0);
  }
}

TEST_F(BadInput, TheCommandLineNamesFileAndLineAndExitsWith100) {
  const auto file = Folder("bad") / "product.odps.yaml";
  support::WriteFile(file, kHead + "domain: [sales\nstatus: active\n");
  const auto answer = Souk({"register", "--create-missing", file.string()});
  EXPECT_THAT(answer, ExitsWith(100));
  EXPECT_THAT(answer.out + answer.err, HasSubstr("product.odps.yaml:"));
}

TEST_F(BadInput, ABundleOfNothingOrOfTooMuchIsRefused) {
  EXPECT_EQ(client().RegisterProduct({}).status().code(), Code::kInvalidArgument);
  v1::RegisterProductRequest many = support::RegistrationOf({});
  while (static_cast<size_t>(many.bundle().documents_size()) <= limits::kBundleDocumentsMax) {
    *many.mutable_bundle()->add_documents() = many.bundle().documents(1);
  }
  EXPECT_THAT(client().RegisterProduct(many), FailsWith(Code::kInvalidArgument, "TOO_MANY"));
  v1::RegisterProductRequest both = support::RegistrationOf({});
  both.mutable_bundle()->mutable_model()->set_name("Orders");
  EXPECT_EQ(client().RegisterProduct(both).status().code(), Code::kInvalidArgument);
}

TEST_F(BadInput, OverlongTextsAreRefusedByName) {
  v1::RegisterProductRequest request = support::RegistrationOf({});
  request.set_request_id(std::string(limits::kRequestIdBytesMax + 1, 'r'));
  EXPECT_THAT(client().RegisterProduct(request), FailsWith(Code::kInvalidArgument, "IDENTIFIER_TOO_LONG"));

  v1::GetProductRequest get;
  get.set_name(std::string(limits::kIdentifierBytesMax + 1, 'n'));
  EXPECT_EQ(client().GetProduct(get).status().code(), Code::kInvalidArgument);

  v1::SearchRequest search;
  search.set_query(std::string(limits::kQueryBytesMax + 1, 'q'));
  EXPECT_EQ(client().Search(search).status().code(), Code::kInvalidArgument);
}

TEST_F(BadInput, QuestionsThatCantBeReadSayWhere) {
  v1::SearchRequest search;
  search.set_filter("state = active AND (");
  const auto unreadable = client().Search(search);
  ASSERT_THAT(unreadable, FailsWith(Code::kInvalidArgument, "BAD_FILTER"));
  EXPECT_THAT(unreadable.status().message(), HasSubstr("column"));
  search.set_filter("colour = red");
  EXPECT_THAT(client().Search(search), FailsWith(Code::kInvalidArgument, "BAD_FILTER"));

  v1::ListProductsRequest list;
  list.set_page_size(-1);
  EXPECT_THAT(client().ListProducts(list), FailsWith(Code::kInvalidArgument, "BAD_PAGE_SIZE"));
  list.set_page_size(10);
  list.set_page_token("made-up");
  EXPECT_THAT(client().ListProducts(list), FailsWith(Code::kInvalidArgument, "BAD_PAGE_TOKEN"));

  v1::GetProductRequest get;
  get.set_name("sales/orders");
  EXPECT_THAT(client().GetProduct(get), FailsWith(Code::kNotFound, "NOT_FOUND"));
  get.mutable_consistency()->set_min_revision("yesterday");
  EXPECT_THAT(client().GetProduct(get), FailsWith(Code::kInvalidArgument, "BAD_REVISION"));
}

TEST_F(BadInput, TheCommandLineTellsUsageFromFailure) {
  EXPECT_THAT(Souk({"frobnicate"}), ExitsWith(2));
  EXPECT_THAT(Souk({"get"}), ExitsWith(2));
  EXPECT_THAT(Souk({"get", "no/such"}), ExitsWith(1));
  EXPECT_THAT(Souk({"register", (Folder("none") / "absent.yaml").string()}), Not(ExitsWith(0)));
  EXPECT_THAT(support::RunSouk("127.0.0.1:1", {"list"}), ExitsWith(6));
}

}  // namespace
}  // namespace souk::journeys
