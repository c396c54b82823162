// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/constant_product.hpp>

#include "support/random.hpp"
#include <cmath>
#include <cstddef>
#include <vector>

namespace trimtab::test {

/// Depths over e^4, prices 2 % apart: the family of the published grid comparison.
inline std::vector<liquidity::constant_product> pools(test::random_numbers& random, std::size_t count,
                                                      double apart = 0.02) {
  std::vector<liquidity::constant_product> all;
  for (std::size_t i = 0; i < count; ++i) {
    const double depth = 1e3 * std::exp(random.uniform(0.0, 4.0)),
                 price = 2.0 * (1.0 + apart * random.uniform(-1.0, 1.0));
    all.push_back({.reserve_in = depth, .reserve_out = depth * price, .fee = {random.below(2) == 0 ? 30.0 : 5.0}});
  }
  return all;
}
inline double depth_of(const std::vector<liquidity::constant_product>& all) {
  double depth = 0.0;
  for (const auto& p : all) depth += p.reserve_in;
  return depth;
}

}  // namespace trimtab::test
