// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/probe.h"

namespace souk::bench {
namespace {

constexpr size_t kLetters = 26;

}  // namespace

std::string WordOf(size_t number) {
  std::string word = "zq";
  for (int i = 0; i < 4; ++i, number /= kLetters) word += static_cast<char>('a' + number % kLetters);
  return word;
}

StatusOr<bool> Finds(client::Client& client, const std::string& word, const std::string& name) {
  v1::SearchRequest request;
  request.set_query(word);
  request.set_page_size(1);
  ASSIGN_OR_RETURN(const v1::SearchResponse answer, client.Search(request));
  return answer.hits_size() == 1 && answer.hits(0).name() == name;
}

}  // namespace souk::bench
