// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/activation_venues.hpp>
#include <trimtab/sizing/split_venues.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <numeric>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::frictionless;
using pool = liquidity::constant_product;
using mixed = liquidity::any_venue<pool, constant_price, frictionless>;
using std::span;

struct memory {
  std::vector<double> into;
  std::vector<sizing::activation_row> rows;
  explicit memory(std::size_t count) : into(count), rows(2 * count) {}
};

TEST(ActivationVenues, UnlikeVenuesAreChosenAsWell) {
  test::random_numbers random(20250714);
  for (int i = 0; i < 150; ++i) {
    const std::size_t count = 2 + random.below(5);
    std::vector<mixed> venues;
    std::vector<double> costs;
    for (std::size_t k = 0; k < count; ++k) {
      const double price = 1.0 + 0.02 * random.uniform(-1.0, 1.0), depth = random.log_uniform(1e5, 5e6);
      const auto kind = random.below(5);
      if (kind == 0) {
        venues.push_back(constant_price{.price = price, .cap = random.log_uniform(1e2, 1e5)});
      } else if (kind == 1 && k + 1 == count) {
        venues.push_back(frictionless{.price = 0.95 * price});
      } else {
        venues.push_back(pool{depth, depth * price});
      }
      costs.push_back(random.log_uniform(1.0, 50.0));
    }
    const double x = random.log_uniform(1e3, 1e6);
    memory m(count);
    const auto found = sizing::activate(span<const mixed>(venues), x, span<const double>(costs), m.into, m.rows);
    ASSERT_TRUE(found.has_value());
    double best = -infinity;
    for (unsigned set = 1; set < 1U << count; ++set) {
      std::vector<mixed> some;
      double cost = 0.0;
      for (std::size_t k = 0; k < count; ++k) {
        if ((set >> k & 1U) != 0U) some.push_back(venues[k]), cost += costs[k];
      }
      std::vector<double> into(some.size());
      best = std::max(best, sizing::split(span<const mixed>(some), x, into)->out - cost);
    }
    EXPECT_NEAR(found->net(), best, 1e-12 * found->out) << i;
    EXPECT_GE(found->bound, best - 1e-12 * found->out);
    double out = 0.0;
    for (std::size_t k = 0; k < count; ++k) out += venues[k].amount_out(m.into[k]);
    EXPECT_NEAR(out, found->out, 1e-12 * out);
    EXPECT_NEAR(std::accumulate(m.into.begin(), m.into.end(), found->unplaced), x, 1e-12 * x);
  }
}

}  // namespace
}  // namespace trimtab
