// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/cascade.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::cascade_of;
using sizing::forced_seller;

// Spot price of a pool after `sold` has gone in, from its reserves, in 80 bits, relative to before.
long double spot(const constant_product& v, long double sold) {
  const long double kept = 1.0L - static_cast<long double>(v.fee.count) / 1e4L, r1 = v.reserve_in;
  return r1 / (r1 + kept * sold) * r1 / (r1 + sold);
}
long double sales_at(const std::vector<forced_seller>& all, long double price) {
  long double sum = 0.0L;
  for (const auto& s : all)
    if (s.trigger > price) sum += s.tokens + s.value / price;
  return sum;
}

struct situation {
  std::vector<forced_seller> sellers;
  constant_product pool;
  double price;
};
situation drawn(test::random_numbers& random, std::size_t count) {
  situation s;
  s.price = random.log_uniform(1e-2, 1e4);
  s.pool = {.reserve_in = random.log_uniform(10.0, 1e6), .fee = {random.uniform(0.0, 100.0)}};
  s.pool.reserve_out = s.pool.reserve_in * s.price;
  const double each = s.pool.reserve_in * random.log_uniform(1e-3, 3.0) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    forced_seller f{.trigger = s.price * random.uniform(0.5, 1.1)};
    (i % 2 == 0 ? f.tokens : f.value) = each * random.uniform(0.1, 2.0) * (i % 2 == 0 ? 1.0 : s.price);
    s.sellers.push_back(f);
  }
  std::sort(s.sellers.begin(), s.sellers.end(),
            [](const forced_seller& a, const forced_seller& b) { return a.trigger > b.trigger; });
  return s;
}

TEST(Cascade, WorkedByHand) {
  // Two hundred tokens sold into a pool of a thousand take the price to (1000/1200)², below the second's trigger.
  const constant_product pool{.reserve_in = 1000.0, .reserve_out = 1e5, .fee = {0.0}};
  const forced_seller two[] = {{.trigger = 101.0, .tokens = 200.0}, {.trigger = 70.0, .tokens = 200.0}};
  const auto one = cascade_of(std::span(two), pool, 100.0);
  ASSERT_EQ(one.status, errc::ok);
  EXPECT_EQ(one.sellers, 2U) << "100·(1/1.2)² = 69.4 < 70";
  EXPECT_NEAR(one.price, 100.0 / (1.4 * 1.4), 1e-12);
  const auto none = cascade_of(std::span(two), pool, 102.0);
  EXPECT_EQ(none.sellers, 0U);
  EXPECT_EQ(none.price, 102.0);
}

TEST(Cascade, ClearsAndNoHigherPriceDoes) {
  test::random_numbers random(20200312);
  int moved = 0, none_clears = 0;
  for (int i = 0; i < 400; ++i) {
    const auto [sellers, pool, price] = drawn(random, 1 + static_cast<std::size_t>(i) % 60);
    const auto c = cascade_of(std::span<const forced_seller>(sellers), pool, price);
    if (c.status == errc::infeasible) {  // who sells for a value sells the more the lower the price: none clears
      ++none_clears;
      for (int k = 0; k < 300; ++k) {
        const long double p = price * std::pow(10.0L, -0.03L * k);
        EXPECT_LT(price * spot(pool, sales_at(sellers, p)), p) << i << " " << k;
      }
      continue;
    }
    ASSERT_EQ(c.status, errc::ok) << i;
    const long double shown = price * spot(pool, sales_at(sellers, c.price));
    EXPECT_NEAR(static_cast<double>(shown / c.price), 1.0, 1e-12) << i;
    // Above the greatest clearing price the venue always shows less than was assumed.
    for (int k = 1; k <= 300; ++k) {
      const long double p = c.price + (price - c.price) * static_cast<long double>(k) / 300.0L;
      if (p <= c.price * (1.0L + 1e-9L)) continue;
      EXPECT_LT(price * spot(pool, sales_at(sellers, p)), p) << i << " " << k;
    }
    moved += c.price < 0.95 * price;
  }
  EXPECT_GT(moved, 30);
  EXPECT_GT(none_clears, 5);
}

TEST(Cascade, BranchingSaysHowTheNextFallAnswers) {
  test::random_numbers random(20221108);
  for (int i = 0; i < 200; ++i) {
    const auto [sellers, pool, price] = drawn(random, 20);
    const auto c = cascade_of(std::span<const forced_seller>(sellers), pool, price);
    if (c.status == errc::infeasible) continue;
    ASSERT_EQ(c.status, errc::ok);
    EXPECT_GE(c.branching, 0.0);
    EXPECT_LE(c.branching, 1.0 + 1e-6) << "a fixed point approached from above";
    const long double step = 1e-6L * c.price;
    long double tokens = 0.0L, value = 0.0L;
    for (std::size_t k = 0; k < c.sellers; ++k) tokens += sellers[k].tokens, value += sellers[k].value;
    const long double slope =
        price * (spot(pool, tokens + value / (c.price + step)) - spot(pool, tokens + value / (c.price - step))) /
        (2.0L * step);
    EXPECT_NEAR(c.branching, static_cast<double>(slope), 1e-6 + 1e-4 * std::fabs(static_cast<double>(slope)));
  }
  const constant_product pool{.reserve_in = 1000.0, .reserve_out = 1e5, .fee = {0.0}};
  const forced_seller next[] = {{.trigger = 99.5, .tokens = 10.0}, {.trigger = 98.5, .tokens = 10.0}};
  EXPECT_NEAR(branching_ratio(std::span(next), pool, 100.0, 0.0, 0.01), (1.0 - 1.0 / (1.01 * 1.01)) / 0.01, 1e-9);
  EXPECT_NEAR(branching_ratio(std::span(next), pool, 100.0, 0.0, 0.02), (1.0 - 1.0 / (1.02 * 1.02)) / 0.02, 1e-9);
}

TEST(Cascade, AMillionthOfATokenMoreCanBeTheWholeDifference) {
  // Each sale brings on the next, down the whole list, or nothing happens: a jump of the fixed point.
  const constant_product pool{.reserve_in = 1000.0, .reserve_out = 1e5, .fee = {0.0}};
  std::vector<forced_seller> chain;
  double price = 100.0, sold = 0.0;
  for (int i = 0; i < 50; ++i) {
    chain.push_back({.trigger = price, .tokens = 20.0});
    sold += 20.0;
    price = 100.0 * static_cast<double>(spot(pool, sold));
  }
  for (auto& s : chain) s.trigger *= 1.0 - 1e-9;  // none is triggered by the one before, by a hair
  const auto calm = cascade_of(std::span<const forced_seller>(chain), pool, 100.0 * (1.0 - 5e-10));
  EXPECT_EQ(calm.sellers, 0U);
  for (auto& s : chain) s.trigger *= 1.0 + 2e-9;
  const auto all = cascade_of(std::span<const forced_seller>(chain), pool, 100.0 * (1.0 - 5e-10));
  EXPECT_EQ(all.sellers, 50U);
  EXPECT_NEAR(all.price / price, 1.0, 1e-8);
}

TEST(Cascade, RefusesWhatItCannotRead) {
  const constant_product pool{.reserve_in = 1000.0, .reserve_out = 1e5};
  const forced_seller rising[] = {{.trigger = 1.0, .tokens = 1.0}, {.trigger = 2.0, .tokens = 1.0}};
  EXPECT_EQ(cascade_of(std::span(rising), pool, 100.0).status, errc::bad_configuration);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const forced_seller no_number[] = {{.trigger = nan, .tokens = 1.0}}, negative[] = {{.trigger = 1.0, .value = -1.0}};
  EXPECT_EQ(cascade_of(std::span(no_number), pool, 100.0).status, errc::not_finite);
  EXPECT_EQ(cascade_of(std::span(negative), pool, 100.0).status, errc::negative_amount);
  EXPECT_EQ(cascade_of(std::span(rising, 1), pool, nan).status, errc::not_finite);
  EXPECT_EQ(cascade_of(std::span(rising, 1), pool, 0.0).status, errc::non_positive_price);
  EXPECT_EQ(cascade_of(std::span(rising, 1), constant_product{}, 1.0).status, errc::negative_amount);
  const forced_seller flood[] = {{.trigger = 200.0, .tokens = 11.0}};
  EXPECT_EQ(cascade_of(std::span(flood), liquidity::constant_price{.price = 100.0, .cap = 10.0}, 100.0).status,
            errc::infeasible);
  EXPECT_EQ(cascade_of(std::span<const forced_seller>{}, pool, 100.0).price, 100.0);
}

}  // namespace
}  // namespace trimtab
