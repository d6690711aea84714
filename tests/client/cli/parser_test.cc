// SPDX-License-Identifier: Apache-2.0
#include "client/cli/parser.h"

#include <gtest/gtest.h>

#include <set>

#include "client/cli/run.h"
#include "tests/client/cli/terminal.h"

namespace souk::cli {
namespace {

using Strings = std::vector<std::string>;

TEST(ParserTest, ReadsWordsAndOptionsInAnyOrder) {
  const auto parsed =
      ParseCommandLine({"--addr", "a:1", "search", "two words", "--limit=5", "more", "-o", "json", "-v"});
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->command->name, "search");
  EXPECT_EQ(parsed->words, (Strings{"two words", "more"}));
  EXPECT_EQ(parsed->options.at("addr"), Strings{"a:1"});
  EXPECT_EQ(parsed->options.at("limit"), Strings{"5"});
  EXPECT_EQ(parsed->options.at("output"), Strings{"json"});
  EXPECT_EQ(parsed->options.count("verbose"), 1U);
  EXPECT_EQ(parsed->options.count("quiet"), 0U);
}

TEST(ParserTest, NestedCommandsAndWordsThatLookLikeCommands) {
  EXPECT_EQ(ParseCommandLine({"admin", "domain", "list"})->command->name, "admin domain list");
  const auto search = ParseCommandLine({"search", "list"});
  ASSERT_TRUE(search.ok()) << search.status().ToString();
  EXPECT_EQ(search->command->name, "search");
  EXPECT_EQ(search->words, Strings{"list"});
  EXPECT_EQ(ParseCommandLine({"get", "get"})->words, Strings{"get"});
  EXPECT_EQ(ParseCommandLine({"search", "--", "-word"})->words, Strings{"-word"});
}

TEST(ParserTest, RepeatedOptions) {
  const auto parsed = ParseCommandLine({"admin", "team", "set", "a", "--member", "x", "--member", "y:owner"});
  ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
  EXPECT_EQ(parsed->options.at("member"), (Strings{"x", "y:owner"}));
  EXPECT_EQ(ParseCommandLine({"list", "-n", "1", "-n", "2"})->options.at("limit"), Strings{"2"});
}

TEST(ParserTest, WhatIsWrongIsAUsageError) {
  const std::vector<Strings> cases = {
      {},
      {"bogus"},
      {"admin"},
      {"admin", "bogus"},
      {"get"},
      {"get", ""},
      {"state", "", "draft"},
      {"get", "a", "b"},
      {"list", "--limit", "many"},
      {"list", "--limit", "-1"},
      {"list", "--bogus"},
      {"list", "-o", "tree"},
      {"list", "-o", "bogus"},
      {"register", "x", "--on-findings=ignore"},
      {"state", "a", "retired"},
      {"lineage", "a", "--granularity", "atoms"},
      {"--addr"},
  };
  for (const Strings& words : cases) {
    const auto parsed = ParseCommandLine(words);
    ASSERT_FALSE(parsed.ok()) << ::testing::PrintToString(words);
    EXPECT_EQ(ExitCodeOf(parsed.status()), kExitUsage);
    EXPECT_FALSE(parsed.status().detail().remedy.empty());
  }
}

TEST(ParserTest, EveryCommandHasItsManualAndNoOptionTwice) {
  Terminal terminal;
  const Said overview = terminal.Run({"help"});
  EXPECT_EQ(overview.code, 0);
  for (const CommandSpec& command : Commands()) {
    std::set<std::string_view> names;
    for (const OptionSpec& option : command.options) EXPECT_TRUE(names.insert(option.name).second) << option.name;
    for (const OptionSpec& option : GlobalOptionSpecs()) EXPECT_TRUE(names.insert(option.name).second) << option.name;
    if (command.hidden) continue;
    EXPECT_NE(overview.out.find(command.name), std::string::npos);
    Strings words = {"help"};
    std::string name(command.name);
    for (size_t blank; (blank = name.find(' ')) != std::string::npos; name.erase(0, blank + 1)) {
      words.push_back(name.substr(0, blank));
    }
    words.push_back(name);
    const Said manual = terminal.Run(words);
    EXPECT_EQ(manual.code, 0);
    EXPECT_NE(manual.out.find("souk " + std::string(command.name) + " - "), std::string::npos) << manual.out;
    EXPECT_NE(manual.out.find("100  the documents have defects"), std::string::npos);
  }
}

TEST(ParserTest, AnEmptyValueIsAValue) {
  for (const Strings& words :
       {Strings{"list", "--filter=", "--domain=d", "-q"}, Strings{"list", "--filter", "", "--domain=d", "-q"}}) {
    const auto parsed = ParseCommandLine(words);
    ASSERT_TRUE(parsed.ok()) << parsed.status().ToString();
    EXPECT_EQ(parsed->options.at("filter"), Strings{""});
    EXPECT_EQ(parsed->options.at("domain"), Strings{"d"});
    EXPECT_EQ(parsed->options.count("quiet"), 1U);
  }
  EXPECT_FALSE(ParseCommandLine({"list", "--limit=", "3"}).ok());
}

TEST(ParserTest, WordsAreUtf8) {
  Terminal terminal;
  for (const Strings& words : {Strings{"get", "bad\xff"}, Strings{"search", "x", "--filter", "\xc3\x28"}}) {
    const Said said = terminal.Run(words);
    EXPECT_EQ(said.code, kExitUsage);
    EXPECT_NE(said.err.find("is not UTF-8 (USAGE)"), std::string::npos) << said.err;
  }
  EXPECT_EQ(terminal.Run({"owner", "-"}, "good\nbad\xff\n").code, kExitUsage);
}

TEST(ParserTest, HelpIsFoundWhereverItIsAskedFor) {
  Terminal terminal;
  EXPECT_NE(terminal.Run({"--addr", "x", "lineage", "--help"}).out.find("souk lineage - "), std::string::npos);
  EXPECT_NE(terminal.Run({"admin", "-h"}).out.find("admin backup"), std::string::npos);
  EXPECT_EQ(terminal.Run({}).code, kExitUsage);
  const Said bogus = terminal.Run({"help", "bogus"});
  EXPECT_EQ(bogus.code, kExitUsage);
  EXPECT_EQ(bogus.out, "");
  EXPECT_NE(bogus.err.find("there is no command \"bogus\""), std::string::npos) << bogus.err;
  EXPECT_EQ(terminal.Run({"version"}).out.substr(0, 5), "souk ");
  EXPECT_EQ(terminal.Run({"--version"}).code, 0);
}

}  // namespace
}  // namespace souk::cli
