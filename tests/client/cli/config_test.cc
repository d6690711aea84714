// SPDX-License-Identifier: Apache-2.0
#include "client/cli/config.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "client/cli/exit_code.h"
#include "tests/support/temp_directory.h"

namespace souk::cli {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  std::vector<std::string> Resolve(const std::string& flag) {
    const auto connection = TryResolve({.addresses = flag});
    EXPECT_TRUE(connection.ok()) << connection.status().ToString();
    return connection.ok() ? connection->addresses : std::vector<std::string>();
  }

  StatusOr<Connection> TryResolve(const ConnectionFlags& flags) {
    std::istringstream in;
    std::ostringstream out;
    const SystemClock clock;
    const Environment env{in, out, out, clock, client::MachineRandom(), [this](const std::string& name) {
                            const auto found = variables_.find(name);
                            return found == variables_.end() ? std::nullopt : std::optional(found->second);
                          }};
    spool_ = SpoolDirectory(env).string();
    return ResolveConnection(flags, env);
  }

  support::TempDirectory home_;
  std::map<std::string, std::string> variables_ = {{"HOME", home_.path().string()}};
  std::string spool_;
};

using Strings = std::vector<std::string>;

TEST_F(ConfigTest, AddressesInOrderOfPrecedence) {
  EXPECT_EQ(Resolve(""), Strings{"127.0.0.1:7070"});
  support::WriteFile(home_ / ".config/souk/config.yaml", "# ours\naddr: \"file:1, file:2\" # both\n");
  EXPECT_EQ(Resolve(""), (Strings{"file:1", "file:2"}));
  variables_["XDG_CONFIG_HOME"] = (home_ / "xdg").string();
  EXPECT_EQ(Resolve(""), Strings{"127.0.0.1:7070"});
  support::WriteFile(home_ / "xdg/souk/config.yaml", "addr: xdg:1\n");
  EXPECT_EQ(Resolve(""), Strings{"xdg:1"});
  variables_["SOUK_ADDR"] = "variable:1";
  EXPECT_EQ(Resolve(""), Strings{"variable:1"});
  EXPECT_EQ(Resolve("flag:1,flag:2"), (Strings{"flag:1", "flag:2"}));
}

TEST_F(ConfigTest, CertificatesInOrderOfPrecedence) {
  const std::string folder = (home_ / ".config/souk/").string();
  support::WriteFile(folder + "config.yaml", "addr: file:1\ntls_ca: ca.pem\ntls_cert: /etc/me.pem\ntls_key: me.key\n");
  const CertificateFiles in_file = {"/etc/me.pem", folder + "me.key", folder + "ca.pem"};
  EXPECT_EQ(TryResolve({})->certificates, in_file);
  EXPECT_FALSE(TryResolve({.addresses = "flag:1"})->certificates.any()) << "they are for the file's own nodes";
  variables_["SOUK_TLS_CA"] = "variable.pem";
  EXPECT_EQ(TryResolve({})->certificates.authorities, "variable.pem");
  EXPECT_EQ(TryResolve({})->certificates.certificate, "/etc/me.pem");
  variables_["SOUK_TLS_CERT"] = "variable.cert";
  variables_["SOUK_TLS_KEY"] = "variable.key";
  const CertificateFiles in_variables = {"variable.cert", "variable.key", "variable.pem"};
  EXPECT_EQ(TryResolve({.addresses = "flag:1"})->certificates, in_variables);
  const ConnectionFlags flags = {.authorities = "flag.pem", .certificate = "flag.cert", .key = "flag.key"};
  EXPECT_EQ(TryResolve(flags)->certificates, (CertificateFiles{"flag.cert", "flag.key", "flag.pem"}));
  const ConnectionFlags none = {.authorities = "", .certificate = "", .key = ""};
  EXPECT_FALSE(TryResolve(none)->certificates.any());
}

TEST_F(ConfigTest, AFileThatIsWrongIsAUsageError) {
  const struct {
    std::string_view text;
    std::string_view want;  // line:column message; empty: it is good
  } kCases[] = {
      {"", ""},
      {"# nothing yet\n", ""},
      {"addr:\n", ""},
      {"addr: a:1\nadr: b:1\n", "2:1 there is no key \"adr\" here"},
      {"\ncontexts:\n  prod: x\n", "2:1 there is no key \"contexts\" here"},
      {"addr: [a, b]\n", "1:7 addr must be a single value, but is a list"},
  };
  for (const auto& test : kCases) {
    support::WriteFile(home_ / ".config/souk/config.yaml", std::string(test.text));
    const auto connection = TryResolve({});
    EXPECT_EQ(connection.ok(), test.want.empty()) << test.text;
    if (connection.ok()) continue;
    EXPECT_EQ(ExitCodeOf(connection.status()), kExitUsage);
    const Violation& violation = connection.status().detail().violations.front();
    EXPECT_EQ(std::to_string(violation.line) + ":" + std::to_string(violation.column) + " " + violation.message,
              test.want);
    EXPECT_EQ(violation.path, (home_ / ".config/souk/config.yaml").string());
  }
  for (const char* broken : {"addr: [a\n", "\t- x", "addr: a\n: b: c", "addr", "- addr"}) {
    support::WriteFile(home_ / ".config/souk/config.yaml", broken);
    EXPECT_EQ(ExitCodeOf(TryResolve({}).status()), kExitUsage) << broken;
    EXPECT_TRUE(TryResolve({.addresses = "flag:1"}).ok()) << "it is not asked";
  }
}

TEST_F(ConfigTest, TheSpoolIsStateOfTheUser) {
  Resolve("");
  EXPECT_EQ(spool_, (home_ / ".local/state/souk/spool").string());
  variables_["XDG_STATE_HOME"] = "/state";
  Resolve("");
  EXPECT_EQ(spool_, "/state/souk/spool");
}

TEST(DurationTest, Table) {
  constexpr struct {
    std::string_view text;
    int64_t want_ms;  // -1: an error
  } kCases[] = {{"5", 5000},
                {"5s", 5000},
                {"500ms", 500},
                {"2m", 120'000},
                {"1h", 3'600'000},
                {"", -1},
                {"0", -1},
                {"-1s", -1},
                {"5 s", -1},
                {"5d", -1},
                {"s", -1},
                {"1.5s", -1},
                {"99999999999999999999", -1}};
  for (const auto& test : kCases) {
    const auto duration = ParseDuration(test.text);
    EXPECT_EQ(duration.ok() ? duration->count() : -1, test.want_ms) << test.text;
  }
  EXPECT_EQ(ExitCodeOf(ParseDuration("x").status()), kExitUsage);
}

TEST(ConsistencyTest, Table) {
  EXPECT_TRUE(ParseConsistency("latest")->latest());
  EXPECT_EQ(ParseConsistency("revision:e1-7")->min_revision(), "e1-7");
  EXPECT_EQ(ParseConsistency("as-of:e1-7")->as_of_revision(), "e1-7");
  EXPECT_EQ(ParseConsistency("as-of:1970-01-02")->as_of_time().seconds(), 86'400);
  EXPECT_EQ(ParseConsistency("as-of:1970-01-01T00:01:00Z")->as_of_time().seconds(), 60);
  for (const char* text : {"", "newest", "revision:", "as-of:"}) EXPECT_FALSE(ParseConsistency(text).ok()) << text;
}

TEST(SplitListTest, BlanksFall) {
  EXPECT_EQ(SplitList(" a, b ,,c"), (Strings{"a", "b", "c"}));
  EXPECT_TRUE(SplitList(" , ").empty());
}

}  // namespace
}  // namespace souk::cli
