// SPDX-License-Identifier: Apache-2.0
//
// A stand-in for libFuzzer's main under GCC, so that every fuzz target runs briefly as an ordinary test.
//
//   fuzz_names [-runs=N] [-seed=S] [FILE|DIR...]
//
// Replays the given files, then N mutations of them (of nothing, when there are none), drawn from the seed alone: a
// failure repeats with the same arguments. Crashes and sanitizer reports end the process, which is the verdict; the
// input that did it is left in the file that the last line on stderr names.

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kInputBytesMax = 64 * 1024;
constexpr uint64_t kRunsDefault = 10000;
constexpr int kEditsMax = 8;
constexpr unsigned kByteValues = 256;

// What parsers stumble over more often than over single random bytes.
constexpr std::array<std::string_view, 14> kFragments = {"\xff\xfe",
                                                         "\xed\xa0\x80",
                                                         std::string_view("\0", 1),
                                                         "\xef\xbb\xbf",
                                                         "{",
                                                         "[",
                                                         "\"",
                                                         "\\u0000",
                                                         ": ",
                                                         "&a *a",
                                                         "999999999999",
                                                         "-1",
                                                         "<<: *a\n",
                                                         "~0~1"};

std::string current;  // The input under test; read by the signal handler, hence at namespace scope.

// Only async-signal-safe calls: the process is broken when this runs.
void SaveInputAndDie(int signal) {
  const char path[] = "fuzz-crash.bin";
  const int file = open(path, O_CREAT | O_WRONLY | O_TRUNC, S_IRUSR | S_IWUSR);
  if (file >= 0 && write(file, current.data(), current.size()) >= 0) {
    const char words[] = "the input was saved as fuzz-crash.bin\n";
    if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0) _exit(1);
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void Run(std::string input) {
  current = std::move(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(current.data()), current.size());
}

std::vector<std::string> ReadCorpus(const std::vector<std::filesystem::path>& roots) {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& root : roots) {
    if (std::filesystem::is_directory(root)) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    } else if (std::filesystem::is_regular_file(root)) {
      files.push_back(root);
    }
  }
  std::sort(files.begin(), files.end());  // The order must not depend on the file system.
  std::vector<std::string> corpus;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return corpus;
}

// One random edit: flip, insert, erase, repeat, or splice with another corpus entry.
void Edit(std::string& text, const std::vector<std::string>& corpus, std::mt19937_64& random) {
  const size_t at = text.empty() ? 0 : random() % text.size();
  const size_t length = text.empty() ? 0 : 1 + random() % std::min<size_t>(text.size() - at, kEditsMax);
  switch (random() % 6) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(random() % kByteValues);
      break;
    case 1:
      text.insert(at, 1, static_cast<char>(random() % kByteValues));
      break;
    case 2:
      text.insert(at, kFragments[random() % kFragments.size()]);
      break;
    case 3:
      text.erase(at, length);
      break;
    case 4:
      text.insert(at, text.substr(at, length));
      break;
    default:
      if (!corpus.empty()) {
        const std::string& other = corpus[random() % corpus.size()];
        text = text.substr(0, at) + other.substr(other.empty() ? 0 : random() % other.size());
      }
  }
  if (text.size() > kInputBytesMax) text.resize(kInputBytesMax);
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = kRunsDefault;
  uint64_t seed = 1;
  std::vector<std::filesystem::path> roots;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument.starts_with("-runs=")) {
      runs = std::stoull(argument.substr(std::string_view("-runs=").size()));
    } else if (argument.starts_with("-seed=")) {
      seed = std::stoull(argument.substr(std::string_view("-seed=").size()));
    } else {
      roots.emplace_back(argument);
    }
  }
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(signal, SaveInputAndDie);

  const std::vector<std::string> corpus = ReadCorpus(roots);
  Run("");
  for (const std::string& input : corpus) Run(input);

  std::mt19937_64 random(seed);
  for (uint64_t run = 0; run < runs; ++run) {
    std::string text = corpus.empty() ? std::string() : corpus[random() % corpus.size()];
    const uint64_t edits = 1 + random() % (corpus.empty() ? kEditsMax * kEditsMax : kEditsMax);
    for (uint64_t edit = 0; edit < edits; ++edit) Edit(text, corpus, random);
    Run(std::move(text));
  }
  std::printf("replayed %zu files, ran %llu mutations with seed %llu\n", corpus.size(),
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(seed));
  return 0;
}
