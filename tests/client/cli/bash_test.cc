// SPDX-License-Identifier: Apache-2.0
// The completion script in a real bash at a terminal, which splits and replaces words in its own way. `souk` is a
// program that completes from a list and says how it was called.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "client/cli/completion_scripts.h"
#include "tests/support/temp_directory.h"

namespace souk::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kSouk[] = R"sh(#!/bin/bash
if [[ "$1" != __complete ]]; then
  printf 'ran'; printf '<%s>' "$@"; printf '\n'
  exit
fi
while read -r line; do
  if [[ "$line" == "${!#}"* ]]; then echo "$line"; fi
done < "$SOUK_WORDS"
if [[ "$3" == register ]]; then echo :files; fi
if [[ "$4" == --documents=* ]]; then echo :dirs; fi
)sh";

constexpr char kWords[] =
    "get\t some help\n"
    "telemetry/clients-daily@1\t help\n"
    "dataset:bigquery:moz.t.one\n"
    "--output=json\n"
    "sales report\t help\n"
    "sales/\n";

class BashTest : public ::testing::Test {
 protected:
  void SetUp() override {
    support::WriteFile(home_ / "bin/souk", kSouk);
    fs::permissions(home_ / "bin/souk", fs::perms::owner_all);
    support::WriteFile(home_ / "words", kWords);
    support::WriteFile(home_ / "completion", std::string(kBashCompletion));
    support::WriteFile(home_ / "my files/a=b@c.yaml", "");
    const std::string path = "PATH=" + (home_ / "bin").string() + ":/usr/bin:/bin";
    const std::string words = "SOUK_WORDS=" + (home_ / "words").string();
    const char* arguments[] = {"bash", "--norc", "--noprofile", "-i", nullptr};
    const char* environment[] = {path.c_str(), words.c_str(), "TERM=dumb", "HISTFILE=", "INPUTRC=/dev/null", nullptr};
    const std::string folder = home_.path().string();
    shell_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (shell_ == 0) {
      if (::chdir(folder.c_str()) == 0) {
        ::execve("/bin/bash", const_cast<char**>(arguments), const_cast<char**>(environment));
      }
      ::_exit(127);
    }
    ASSERT_GT(shell_, 0);
    Type("source completion; echo rea''dy\r");
    ASSERT_NE(ReadTo("ready\r\n"), "");
  }

  void TearDown() override {
    ::close(terminal_);
    ::kill(shell_, SIGKILL);
    ::waitpid(shell_, nullptr, 0);
  }

  void Type(const std::string& keys) {
    ASSERT_EQ(::write(terminal_, keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }

  // What the shell writes up to that text; empty if it does not come.
  std::string ReadTo(const std::string& end) {
    constexpr int kPatienceMs = 20'000;
    std::string text;
    char buffer[4096];
    while (text.find(end) == std::string::npos) {
      pollfd ready = {terminal_, POLLIN, 0};
      const bool any = ::poll(&ready, 1, kPatienceMs) == 1;
      const ssize_t got = any ? ::read(terminal_, buffer, sizeof(buffer)) : -1;
      if (got <= 0) {
        ADD_FAILURE() << "bash said: " << text;
        return {};
      }
      text.append(buffer, static_cast<size_t>(got));
    }
    return text;
  }

  // How souk is called after these keys and Enter: "<get><sales/>".
  std::string Ran(const std::string& keys) {
    Type(keys + "\r");
    const std::string text = ReadTo(">\r\n");
    const size_t begin = text.rfind("ran<");
    return begin == std::string::npos ? text : text.substr(begin + 3, text.rfind(">\r\n") - begin - 2);
  }

  support::TempDirectory home_;
  int terminal_ = -1;
  pid_t shell_ = -1;
};

TEST_F(BashTest, WordsAreCompletedAcrossTheCharactersThatBashSplitsAt) {
  const struct {
    const char* keys;
    const char* want;
  } kCases[] = {
      {"souk ge\tx", "<get><x>"},
      {"souk get telemetry/cl\t", "<get><telemetry/clients-daily@1>"},
      {"souk get telemetry/clients-daily@\t", "<get><telemetry/clients-daily@1>"},
      {"souk owner dataset:\t", "<owner><dataset:bigquery:moz.t.one>"},
      {"souk owner dataset:bigquery:moz\t", "<owner><dataset:bigquery:moz.t.one>"},
      {"souk list --output=\t", "<list><--output=json>"},
      {"souk list --output=j\t-q", "<list><--output=json><-q>"},
      {"souk get sales\\ \t", "<get><sales report>"},
      {"souk get \"sales r\t", "<get><sales report>"},
      {"souk get \"telemetry/clients-daily@\t", "<get><telemetry/clients-daily@1>"},
      {"souk get sales/\tx", "<get><sales/x>"},
      {"souk register my\ta\t", "<register><my files/a=b@c.yaml>"},
      {"souk register my\\ files/a=\t", "<register><my files/a=b@c.yaml>"},
      {"souk get --documents=my\t", "<get><--documents=my files/>"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Ran(test.keys), test.want) << test.keys;
}

}  // namespace
}  // namespace souk::cli
