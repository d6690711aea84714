// SPDX-License-Identifier: Apache-2.0
#include "client/cli/bundles.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <sstream>

#include "base/limits.h"
#include "tests/support/temp_directory.h"

namespace souk::cli {
namespace {

constexpr char kProduct[] = "kind: DataProduct\nid: p\n";
constexpr char kContract[] = "kind: DataContract\nid: c\n";

class BundlesTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    support::WriteFile(folder_ / name, content);
    return (folder_ / name).string();
  }
  std::string Root() const { return folder_.path().string(); }

  // "FILE+CONTRACT+CONTRACT" of each bundle, relative to the root.
  std::vector<std::string> Found(const std::vector<std::string>& paths, bool recursive) {
    const auto discovery = Discover(paths, recursive);
    if (!discovery.ok()) return {discovery.status().ToString()};
    std::vector<std::string> found;
    for (const BundleFiles& bundle : discovery->bundles) {
      std::string text = (std::filesystem::relative(bundle.folder, folder_.path()) / bundle.product).string();
      for (const std::string& contract : bundle.contracts) text += "+" + contract;
      found.push_back(text);
    }
    return found;
  }

  std::vector<BundleInput> ReadAll(const std::vector<std::string>& paths, const std::string& input = "") {
    auto discovery = Discover(paths, false);
    EXPECT_TRUE(discovery.ok()) << discovery.status().ToString();
    std::istringstream in(input);
    BundleReader reader(*std::move(discovery), in);
    std::vector<BundleInput> all;
    while (auto next = reader.Next()) all.push_back(*std::move(next));
    return all;
  }

  support::TempDirectory folder_;
};

using Strings = std::vector<std::string>;

TEST_F(BundlesTest, AFolderIsABundle) {
  Write("orders/product.odps.yaml", kProduct);
  Write("orders/contract.odcs.yaml", kContract);
  Write("orders/other.odcs.json", "{}");
  Write("orders/README.md", "words");
  Write("orders/values.yaml", "kind: Deployment\n");
  EXPECT_EQ(Found({Root() + "/orders"}, false), Strings{"orders/product.odps.yaml+contract.odcs.yaml+other.odcs.json"});
}

TEST_F(BundlesTest, KindStandsInForTheName) {
  Write("a/one.yaml", kProduct);
  Write("a/two.json", R"({"kind":"DataContract","id":"c"})");
  EXPECT_EQ(Found({Root() + "/a"}, false), Strings{"a/one.yaml+two.json"});
}

TEST_F(BundlesTest, RecursionGoesDownInOrderAndSkipsHiddenFolders) {
  Write("b/product.odps.yaml", kProduct);
  Write("a/x/product.odps.json", "{}");
  Write("a/x/contract.odcs.json", "{}");
  Write(".git/product.odps.yaml", kProduct);
  Write("teams.yaml", "kind: Teams\n");
  Write("domains.yaml", "kind: Domains\n");
  EXPECT_EQ(Found({Root()}, true), (Strings{"a/x/product.odps.json+contract.odcs.json", "b/product.odps.yaml"}));
  const auto discovery = Discover({Root()}, true);
  EXPECT_EQ(discovery->teams.size(), 1U);
  EXPECT_EQ(discovery->domains.size(), 1U);
  EXPECT_EQ(discovery->total(), 2U);
}

TEST_F(BundlesTest, ASingleProductTakesTheContractsBesideIt) {
  const std::string path = Write("a/product.odps.yaml", kProduct);
  Write("a/c.odcs.yaml", kContract);
  EXPECT_EQ(Found({path}, false), Strings{"a/product.odps.yaml+c.odcs.yaml"});
}

TEST_F(BundlesTest, SeveralProductsInAFolderShareByContractId) {
  Write("a/one.odps.yaml", "kind: DataProduct\noutputPorts: [{contractId: c-one}]\n");
  const std::string two = Write("a/two.odps.yaml", "kind: DataProduct\noutputPorts: [{contractId: c-two}]\n");
  Write("a/one.odcs.yaml", "kind: DataContract\nid: c-one\n");
  Write("a/two.odcs.yaml", "kind: DataContract\nid: c-two\n");
  Write("a/three.odcs.yaml", "kind: DataContract\nid: c-three\n");
  EXPECT_EQ(Found({Root() + "/a"}, false), (Strings{"a/one.odps.yaml+one.odcs.yaml", "a/two.odps.yaml+two.odcs.yaml"}));
  EXPECT_EQ(Found({two}, false), Strings{"a/two.odps.yaml+two.odcs.yaml"});
  EXPECT_EQ(Discover({Root() + "/a"}, false)->orphans.size(), 1U);
}

TEST_F(BundlesTest, WhatCantBeRegisteredIsAnError) {
  Write("empty/deep/product.odps.yaml", kProduct);
  const std::string contract = Write("c.odcs.yaml", kContract);
  EXPECT_EQ(Discover({Root() + "/nowhere"}, false).status().code(), Code::kNotFound);
  const Status nothing = Discover({Root() + "/empty"}, false).status();
  EXPECT_EQ(nothing.code(), Code::kInvalidArgument);
  EXPECT_NE(nothing.detail().remedy.find("-R"), std::string::npos);
  EXPECT_EQ(Discover({contract}, false).status().code(), Code::kInvalidArgument);
}

TEST_F(BundlesTest, DocumentsAreCalledByTheirFileNames) {
  Write("orders/product.odps.yaml", kProduct);
  Write("orders/c.odcs.yaml", kContract);
  const auto all = ReadAll({Root() + "/orders"});
  ASSERT_EQ(all.size(), 1U);
  ASSERT_TRUE(all[0].bundle.ok());
  const v1::Bundle& bundle = *all[0].bundle;
  ASSERT_EQ(bundle.documents_size(), 2);
  EXPECT_EQ(bundle.documents(0).path(), "product.odps.yaml");
  EXPECT_EQ(bundle.documents(0).content(), kProduct);
  EXPECT_EQ(bundle.documents(1).path(), "c.odcs.yaml");
  EXPECT_EQ(all[0].origin, Root() + "/orders");
}

TEST_F(BundlesTest, TooLargeADocumentIsNotEvenRead) {
  Write("a/product.odps.yaml", std::string(limits::kDocumentBytesMax, ' '));
  Write("b/product.odps.yaml", std::string(limits::kDocumentBytesMax + 1, ' '));
  const auto all = ReadAll({Root() + "/a", Root() + "/b"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].bundle.ok());
  EXPECT_EQ(all[1].bundle.status().reason(), "DOCUMENT_TOO_LARGE");
}

TEST_F(BundlesTest, WhatIsTooLargeIsRefusedHereByTheNamedLimit) {
  const std::string big(limits::kBundleBytesMax, 'x');
  const std::string fit(limits::kDocumentBytesMax - 20, 'x');
  const std::string path = Write("big.jsonl", "{\"odps\":{\"a\":\"" + big + big + "\"}}\n" +      // a line
                                                  "{\"odps\":{\"a\":\"" + fit + fit + "\"}}\n" +  // a document
                                                  "{\"odps\":{\"a\":\"" + fit + "\"}}\n");
  const auto lines = ReadAll({path});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].bundle.status().reason(), "DOCUMENT_TOO_LARGE");
  EXPECT_NE(lines[0].bundle.status().message().find("line"), std::string::npos);
  EXPECT_EQ(lines[1].bundle.status().reason(), "DOCUMENT_TOO_LARGE");
  EXPECT_TRUE(lines[2].bundle.ok()) << lines[2].bundle.status().ToString();
  EXPECT_EQ(lines[2].origin, path + ":3");

  Write("many/product.odps.yaml", fit);
  for (int i = 0; i < 4; ++i) Write("many/" + std::to_string(i) + ".odcs.yaml", fit);
  EXPECT_EQ(ReadAll({Root() + "/many"})[0].bundle.status().reason(), "DOCUMENT_TOO_LARGE") << "all together";

  EXPECT_EQ(ReadAll({"-"}, big + big)[0].bundle.status().reason(), "DOCUMENT_TOO_LARGE");
  EXPECT_EQ(ReadAll({"-"}, "kind: DataProduct\n" + big + "\n")[0].bundle.status().reason(), "DOCUMENT_TOO_LARGE");
}

TEST_F(BundlesTest, DevicesAndPipesAreNoFiles) {
  Write("x/README.md", "");
  const std::string pipe = (folder_ / "x/pipe").string();
  const std::string lines = (folder_ / "x/lines.jsonl").string();
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(lines.c_str(), 0600), 0);
  for (const std::string& path : {std::string("/dev/zero"), pipe, lines}) {
    const auto all = ReadAll({path});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].bundle.status().reason(), "NOT_A_FILE") << path;
  }
  EXPECT_EQ(ReadFile("/dev/zero", 10).status().reason(), "NOT_A_FILE");
}

TEST_F(BundlesTest, AMissingPathIsNoMatterOfSearch) {
  const Status missing = Discover({Root() + "/nowhere"}, false).status();
  EXPECT_EQ(missing.reason(), "NO_SUCH_FILE");
  EXPECT_EQ(missing.detail().remedy.find("search"), std::string::npos);
  EXPECT_EQ(ReadFile(folder_ / "nowhere", 10).status().reason(), "NO_SUCH_FILE");
}

TEST_F(BundlesTest, FileNamesAreUtf8) {
  Write("bad\xff.odps.yaml", kProduct);
  EXPECT_EQ(ReadAll({Root()})[0].bundle.status().reason(), "BAD_FIELD");
}

TEST_F(BundlesTest, LinesAreBundlesByteForByte) {
  const std::string path = Write("big.jsonl",
                                 "{\"odps\":{\"id\": \"a\"},\"odcs\":{\"x\":1.0}}\n"
                                 "\n"
                                 "{\"odcs\":[{\"c\":1},{\"c\":2}],\"odps\":{\"id\":\"b\"}}\n"
                                 "{\"odcs\":{}}\n"
                                 "{\"odps\":{\"id\":\"c\"}}");
  const auto all = ReadAll({path});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].origin, path + ":1");
  ASSERT_TRUE(all[0].bundle.ok());
  EXPECT_EQ(all[0].bundle->documents(0).content(), "{\"id\": \"a\"}");
  EXPECT_EQ(all[0].bundle->documents(0).media_type(), "application/json");
  EXPECT_EQ(all[0].bundle->documents(1).content(), "{\"x\":1.0}");
  ASSERT_TRUE(all[1].bundle.ok());
  EXPECT_EQ(all[1].bundle->documents_size(), 3);
  EXPECT_EQ(all[1].bundle->documents(0).path(), "product.odps.json");
  EXPECT_EQ(all[1].bundle->documents(2).content(), "{\"c\":2}");
  EXPECT_EQ(all[2].origin, path + ":4");
  EXPECT_EQ(all[2].bundle.status().code(), Code::kInvalidArgument);
  EXPECT_TRUE(all[3].bundle.ok());
}

TEST_F(BundlesTest, StandardInputIsLinesOrOneBundle) {
  const auto lines = ReadAll({"-"}, "{\"odps\":{\"id\":\"a\"}}\n{\"odps\":{\"id\":\"b\"}}\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].origin, "standard input:2");

  const auto stream = ReadAll({"-"}, std::string(kProduct) + "---\n" + kContract);
  ASSERT_EQ(stream.size(), 1U);
  ASSERT_TRUE(stream[0].bundle.ok());
  ASSERT_EQ(stream[0].bundle->documents_size(), 2);
  EXPECT_EQ(stream[0].bundle->documents(0).content(), kProduct);
  EXPECT_EQ(stream[0].bundle->documents(1).path(), "contract-1.odcs.yaml");

  const auto json = ReadAll({"-"}, R"({"kind":"DataProduct","id":"a"})");
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].bundle->documents(0).path(), "product.odps.json");

  EXPECT_FALSE(ReadAll({"-"}, "")[0].bundle.ok());
}

}  // namespace
}  // namespace souk::cli
