// SPDX-License-Identifier: MIT
// The constant product against swaps executed by the real pair contract; raw integer units, so a unit is 1.
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

liquidity::constant_product pool_of(const row& r) {
  return {.reserve_in = static_cast<double>(r.integer("reserve_in")),
          .reserve_out = static_cast<double>(r.integer("reserve_out")),
          .fee = {30.0}};
}

TEST(ConstantProductVectors, ExactInputPaysWhatThePairPays) {
  vector_file swaps("pools/univ2_exact_in.csv");
  for (const row& r : swaps.rows()) {
    const long double paid = pool_of(r).amount_out(static_cast<double>(r.integer("amount_in")));
    for (const char* column : {"amount_out", "router_amount_out"}) {
      const long double expected = r.integer(column);
      EXPECT_LE(std::fabs(paid - expected), std::max(1.0L, 1e-14L * expected)) << column << " " << r.text("amount_in");
    }
    const long double expected = r.integer("amount_out");
    swaps.count(std::max(0.0L, std::fabs(paid - expected) - 1.0L) / std::max(1.0L, expected));
  }
  swaps.report();
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

TEST(ConstantProductVectors, ExactOutputCostsWhatThePairAsks) {
  vector_file swaps("pools/univ2_exact_out.csv");
  for (const row& r : swaps.rows()) {
    const long double reserve = r.integer("reserve_out"), wanted = r.integer("amount_out");
    const long double cost = pool_of(r).amount_in(static_cast<double>(wanted));
    const long double expected = r.integer("min_amount_in");
    // Rounding the reserve and the output to double moves what is left of the reserve: the error grows as the pool
    // empties.
    const long double amplified = 1e-14L * reserve / (reserve - wanted);
    EXPECT_LE(std::fabs(cost - expected), std::max(1.0L, amplified * expected)) << r.text("amount_out");
    swaps.count(std::max(0.0L, std::fabs(cost - expected) - 1.0L) / std::max(1.0L, expected));
  }
  swaps.report();
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

}  // namespace
}  // namespace trimtab
