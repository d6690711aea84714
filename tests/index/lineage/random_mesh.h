// SPDX-License-Identifier: Apache-2.0
// Random lines over few names, so that they meet in every way: shared contracts, several lines of a product, names,
// tables, columns and sources that resolve or don't.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/index/lineage/mesh.h"

namespace souk::lineage {

inline std::string Pick(std::mt19937& random, const std::string& prefix, uint32_t count) {
  return prefix + std::to_string(random() % count);
}

// A line of one of `products` products, major 1 to 3.
inline LineBuilder RandomLine(std::mt19937& random, uint32_t products) {
  const std::string product = Pick(random, "p", products);
  LineBuilder line("d" + std::to_string(product.back() % 3) + "/" + product + "@" + std::to_string(1 + random() % 3));
  if (random() % 6 == 0) line.In(v1::PRODUCT_STATE_RETIRED);
  for (uint32_t i = random() % 3; i > 0; --i) line.Reads(Pick(random, "c", products), Pick(random, "", 4) + ".0.0");
  if (random() % 3 == 0) line.ReadsByName("d" + Pick(random, "", 3) + "/" + Pick(random, "p", products));
  if (random() % 3 == 0) line.ReadsByName(Pick(random, "p", products), Pick(random, "", 3));
  for (uint32_t i = random() % 3; i > 0; --i) {
    if (random() % 3 == 0) {
      line.Offers(Pick(random, "c", products));
      continue;
    }
    line.Offers(Pick(random, "c", products), Pick(random, "t", products), {"a", "b"});
    if (random() % 2 == 0) line.LastTable().set_physical_name(Pick(random, "physical", 3));
    for (uint32_t k = random() % 3; k > 0; --k) {
      const std::string sources[] = {Pick(random, "t", products) + ".a",
                                     Pick(random, "t", products),
                                     Pick(random, "physical", 3) + ".b",
                                     Pick(random, "c", products) + "#a",
                                     "dataset:db:" + Pick(random, "t", products) + "#b",
                                     "nowhere.x"};
      line.MadeFrom(random() % 2 == 0 ? "a" : "b", sources[random() % std::size(sources)]);
    }
  }
  return line;
}

}  // namespace souk::lineage
