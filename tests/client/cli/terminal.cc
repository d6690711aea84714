// SPDX-License-Identifier: Apache-2.0
#include "tests/client/cli/terminal.h"

#include <algorithm>
#include <sstream>

#include "client/cli/run.h"

namespace souk::cli {

Terminal::Terminal() {
  variables["HOME"] = home_.path().string();
  variables["SOUK_ADDR"] = node_.address();
}

Said Terminal::Run(std::vector<std::string> words, const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const auto variable = [this](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string>(found->second);
  };
  Environment env{in, out, err, clock_, client::MachineRandom(), variable};
  env.out_is_terminal = out_is_terminal;
  env.err_is_terminal = err_is_terminal;
  env.pause = [](std::chrono::milliseconds) {};
  const int code = cli::Run(words, env);
  return {code, out.str(), err.str()};
}

std::string Terminal::Write(const std::string& name, const std::string& content) {
  support::WriteFile(home_ / name, content);
  return (home_ / name).string();
}

}  // namespace souk::cli
