// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/split.hpp>
#include <trimtab/sizing/split_venues.hpp>

#include "support/pools.hpp"
#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/multiprecision/cpp_bin_float.hpp>
#endif

namespace trimtab {
namespace {

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
using big = boost::multiprecision::cpp_bin_float_50;
#else
using big = long double;
#endif
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::frictionless;
using mixed = liquidity::any_venue<constant_product, constant_price, frictionless>;
using pool = constant_product;
using std::span;
using test::depth_of;
using test::pools;

constexpr std::array<pool, 2> unequal{pool{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}},
                                      {.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}}};

big depth(const pool& p) {
  return big(p.reserve_in) / (1 - big(p.fee.count) / 10000);
}
/// The most x buys, with 50 digits, by bisection on 1/√λ. Nothing of the closed form's sums is in it.
big most(const std::vector<pool>& all, double x) {
  using std::sqrt;
  std::vector<big> a, b;
  big low = 0, high = 0;
  for (const pool& p : all) {
    a.push_back(depth(p));
    b.push_back(sqrt(a.back() * big(p.reserve_out)));
    const big alone = (big(x) + a.back()) / b.back();
    if (high == 0 || alone < high) high = alone;  // at this level one pool takes it all
  }
  for (int i = 0; i < 130; ++i) {
    const big middle = (low + high) / 2;
    big taken = 0;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (b[k] * middle > a[k]) taken += b[k] * middle - a[k];
    }
    (taken < big(x) ? low : high) = middle;
  }
  big y = 0;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (b[k] * low > a[k]) y += big(all[k].reserve_out) * (1 - a[k] / (b[k] * low));
  }
  return y;
}
big paid(const std::vector<pool>& all, const std::vector<double>& parts) {
  big y = 0;
  for (std::size_t k = 0; k < all.size(); ++k)
    y += big(all[k].reserve_out) * big(parts[k]) / (depth(all[k]) + big(parts[k]));
  return y;
}
big total(const std::vector<double>& parts) {
  big sum = 0;
  for (const double part : parts) sum += big(part);
  return sum;
}

TEST(Split, TwoPoolsAreTheKnownSplit) {
  // The second pool's part is (X + R₁ − d·R₂)/(1 + d), d = √(k₁/k₂), once it is not negative; here d = 2.
  for (const double x : {150.0, 400.0, 1e4}) {
    std::array<double, 2> into{};
    const auto found = sizing::split(span<const pool>(unequal), x, into);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(into[1], (x + 100.0 - 200.0) / 3.0, 1e-13 * x);
    EXPECT_NEAR(into[0] + into[1], x, 1e-15 * x);
    EXPECT_NEAR(found->out, 500.0 - 9e4 / (x + 200.0), 1e-12);
    EXPECT_NEAR(found->price.value, 9e4 / ((x + 200.0) * (x + 200.0)), 1e-14);
  }
  std::array<double, 2> into{};
  ASSERT_TRUE(sizing::split(span<const pool>(unequal), 99.0, into).has_value());
  EXPECT_EQ(into[1], 0.0);
  EXPECT_EQ(into[0], 99.0);
}

TEST(Split, FallsShortOfTheOptimumByLessThanThirteenDigits) {
  test::random_numbers random(20250701);
  double worst = 0.0, worst_sum = 0.0, worst_gap = 0.0;
  for (const std::size_t count : {1U, 2U, 3U, 8U, 16U, 32U, 100U, 1000U}) {
    for (const double share : {1e-15, 1e-9, 1e-4, 0.01, 0.3, 10.0, 1e6}) {
      for (const double apart : {0.0, 1e-9, 0.02, 0.9}) {
        const auto all = pools(random, count, apart);
        const double x = depth_of(all) * share;
        std::vector<double> into(count);
        const auto found = sizing::split(span<const pool>(all), x, into);
        ASSERT_TRUE(found.has_value());
        const big best = most(all, x), got = paid(all, into);
        const double short_by = static_cast<double>((best - got) / best),
                     off = static_cast<double>(total(into) / big(x) - 1);
        worst = std::max(worst, short_by);
        worst_sum = std::max(worst_sum, std::fabs(off));
        worst_gap = std::max(worst_gap, found->gap / found->out);
        // What the reference itself loses to bᵢ·s − aᵢ: nothing with 50 digits.
        const double lost = 8.0 * static_cast<double>(std::numeric_limits<big>::epsilon()) / share;
        EXPECT_LE(short_by, 1e-13 + lost) << count << " " << share;
        EXPECT_LE(std::fabs(off), 1e-15) << count << " " << share;
        EXPECT_LE(std::fabs(static_cast<double>(big(found->out) / got - 1)), 1e-14);
        EXPECT_LE(found->gap, 1e-13 * found->out) << count << " " << share;
        EXPECT_GE(big(found->gap) + big(found->out) * (1 + 1e-14 + lost), best) << "the certificate is true";
        for (const pool& p : all) EXPECT_GE(found->out, p.amount_out(x) * (1.0 - 4e-16));
      }
    }
  }
  std::printf("split: worst shortfall %.2g, sum off by %.2g, gap %.2g\n", worst, worst_sum, worst_gap);
}

TEST(Split, ThePriceIsOneForAllThatTradeAndNoneOfTheRestIsBetter) {
  test::random_numbers random(20250702);
  for (int i = 0; i < 300; ++i) {
    const auto all = pools(random, 12, 0.3);
    std::vector<double> into(12);
    const auto found = sizing::split(span<const pool>(all), depth_of(all) * random.log_uniform(1e-3, 1.0), into);
    for (std::size_t k = 0; k < all.size(); ++k) {
      const double marginal = all[k].marginal_price(into[k]).value;
      if (into[k] > 0.0) {
        EXPECT_NEAR(marginal / found->price.value, 1.0, 1e-14);
      } else {
        EXPECT_LE(marginal, found->price.value * (1.0 + 1e-14));
      }
    }
  }
}

TEST(Split, TheLeastThatBuysAnAmountBuysIt) {
  test::random_numbers random(20250703);
  for (int i = 0; i < 400; ++i) {
    const auto all = pools(random, 1 + random.below(20), 0.2);
    std::vector<double> into(all.size()), back(all.size());
    const double x = depth_of(all) * random.log_uniform(1e-9, 10.0);
    const auto there = sizing::split(span<const pool>(all), x, into);
    const auto found = sizing::split_out(span<const pool>(all), there->out, back);
    ASSERT_TRUE(found.has_value());
    // One ulp of what is bought is y/y' of what goes in.
    const double tolerance = 1e-14 * (x + there->out / there->price.value);
    EXPECT_NEAR(found->in, x, tolerance);
    EXPECT_LE(found->gap, tolerance);
    EXPECT_LE(std::fabs(static_cast<double>(paid(all, back) / big(there->out) - 1)), 1e-14);
    EXPECT_NEAR(found->price.value / there->price.value, 1.0, 1e-12 * (1.0 + x / depth_of(all)));
  }
  std::array<double, 2> into{};
  EXPECT_EQ(sizing::split_out(span<const pool>(unequal), 500.0, into).error(), errc::infeasible);
  EXPECT_EQ(sizing::split_out(span<const pool>(unequal), 499.0, into).error(), errc::ok);
}

/// A quote whose fee might fall with size.
struct odd : constant_price {
  static constexpr bool always_concave = false;
  [[nodiscard]] constexpr odd after(double x) const noexcept { return {constant_price::after(x)}; }
};

TEST(Split, BadNumbersAreNamed) {
  std::array<double, 2> into{};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const span<const pool> both(unequal);
  const std::array<mixed, 2> any{unequal[0], unequal[1]};
  const span<const mixed> either(any);
  EXPECT_EQ(sizing::split(both, 1.0, span(into).first(1)).error(), errc::size_mismatch);
  EXPECT_EQ(sizing::split(both, nan, into).error(), errc::not_finite);
  EXPECT_EQ(sizing::split(both, infinity, into).error(), errc::not_finite);
  EXPECT_EQ(sizing::split(both, -1.0, into).error(), errc::negative_amount);
  EXPECT_EQ(sizing::split(either, 1.0, span(into).first(1)).error(), errc::size_mismatch);
  EXPECT_EQ(sizing::split(either, nan, into).error(), errc::not_finite);
  EXPECT_EQ(sizing::split_out(either, -1.0, into).error(), errc::negative_amount);
  EXPECT_EQ(sizing::split_out(both, nan, into).error(), errc::not_finite);
  EXPECT_EQ(sizing::split_out(both, -1.0, into).error(), errc::negative_amount);
  const std::array<pool, 2> one_sided{unequal[0], pool{.reserve_in = 1.0, .reserve_out = 0.0}};
  EXPECT_EQ(sizing::split(span<const pool>(one_sided), 1.0, into).error(), errc::negative_amount);
  EXPECT_EQ(sizing::split_out(span<const pool>(one_sided), 1.0, into).error(), errc::negative_amount);
  const std::array<odd, 2> odds{};
  EXPECT_EQ(sizing::split(span<const odd>(odds), 1.0, into).error(), errc::bad_configuration);
  const auto nothing = sizing::split(span<const pool>{}, 3.0, into);
  EXPECT_EQ(nothing->unplaced, 3.0);
  EXPECT_EQ(sizing::split_out(span<const pool>{}, 3.0, into).error(), errc::infeasible);
  EXPECT_EQ(sizing::split_out(span<const mixed>{}, 3.0, into).error(), errc::infeasible);
  EXPECT_EQ(sizing::split(both, 0.0, into)->out, 0.0);
  EXPECT_EQ(into[0], 0.0);
}

TEST(Split, TokensOfAnyDecimalsAreSplitTheSame) {
  test::random_numbers random(20250706);
  const auto all = pools(random, 20, 0.1);
  std::vector<double> plain(20), into(20);
  const double x = depth_of(all) * 0.2;
  const auto here = sizing::split(span<const pool>(all), x, plain);
  for (const double in_unit : {1e-18, 1e18}) {
    for (const double out_unit : {1e-18, 1e18}) {
      auto scaled = all;
      for (pool& p : scaled) p.reserve_in *= in_unit, p.reserve_out *= out_unit;
      const auto there = sizing::split(span<const pool>(scaled), x * in_unit, into);
      EXPECT_NEAR(there->out / (here->out * out_unit), 1.0, 1e-14);
      for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(into[i] / in_unit, plain[i], 1e-13 * x);
    }
  }
}

/// The best that whole multiples of x/parts can do, by dynamic programming over the pools: what a router on a grid
/// finds.
double on_a_grid(const std::vector<pool>& all, double x, std::size_t parts) {
  std::vector<double> best(parts + 1, -infinity), next;
  best[0] = 0.0;
  for (const pool& p : all) {
    std::vector<double> pays(parts + 1);
    for (std::size_t k = 0; k <= parts; ++k)
      pays[k] = p.amount_out(x * static_cast<double>(k) / static_cast<double>(parts));
    next.assign(parts + 1, -infinity);
    for (std::size_t k = 0; k <= parts; ++k) {
      for (std::size_t used = 0; used <= k; ++used) next[k] = std::max(next[k], best[k - used] + pays[used]);
    }
    best.swap(next);
  }
  return best[parts];
}

TEST(Split, IsNeverWorseThanAGrid) {
  test::random_numbers random(20250707);
  for (const auto& [count, share] :
       {std::pair<std::size_t, double>{2, 0.1}, {4, 0.01}, {4, 0.1}, {8, 0.1}, {16, 0.3}}) {
    double gained[2] = {}, largest[2] = {};
    const int cases = 40;
    for (int i = 0; i < cases; ++i) {
      const auto all = pools(random, count);
      std::vector<double> into(count);
      const double x = depth_of(all) * share;
      const auto found = sizing::split(span<const pool>(all), x, into);
      for (const int fine : {0, 1}) {
        const double grid = on_a_grid(all, x, fine == 0 ? 20 : 256);
        EXPECT_GE(found->out, grid * (1.0 - 1e-15));
        gained[fine] += 1e4 * (found->out / grid - 1.0) / cases;
        largest[fine] = std::max(largest[fine], 1e4 * (found->out / grid - 1.0));
      }
    }
    std::printf(
        "against grids, %zu pools, %.2f of depth: 5 %% %.3g bp (at most %.3g), 256 chunks %.3g bp (at most %.3g)\n",
        count, share, gained[0], largest[0], gained[1], largest[1]);
  }
}

TEST(Split, WhatNoPriceAboveNothingSellsGoesToAVenueWithoutEnd) {
  using bent = liquidity::any_venue<constant_product, liquidity::weighted>;
  const liquidity::weighted steep{
      .balance_in = 1.0, .balance_out = 50.0, .weight_in = 0.99, .weight_out = 0.01, .fee = {0.0}};
  const std::array<bent, 2> venues{bent(unequal[0]), bent(steep)};
  for (const double amount : {1e6, 1e140, 1e200}) {
    std::array<double, 2> into{};
    const auto found = sizing::split(span<const bent>(venues), amount, into);
    ASSERT_TRUE(found);
    EXPECT_NEAR((into[0] + into[1]) / amount, 1.0, 1e-15) << amount;
    EXPECT_NEAR(found->out, 450.0, 4e4 / amount * 1e2 + 1e-10) << amount;
    EXPECT_GE(found->gap, 0.0) << "a number";
  }
}

TEST(Split, AQuoteWithoutACapLeavesTheGapANumber) {
  const std::array<mixed, 2> venues{mixed(unequal[0]), mixed(constant_price{.price = 1.0, .cap = infinity})};
  std::array<double, 2> into{};
  const auto found = sizing::split(span<const mixed>(venues), 1e3, into);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->out, 400.0 * 0.5 + 900.0, 1e-9) << "at a price of 1 the pool takes its reserve once more";
  EXPECT_LE(found->gap, 1e-9);
  EXPECT_GE(found->gap, 0.0);
}

TEST(Split, WhatItSaysThePartsBuyIsWhatTheyBuyBesideAPoolOfAllFee) {
  test::random_numbers random(20200907);
  for (int i = 0; i < 3000; ++i) {
    std::vector<pool> pools;
    for (int k = 0; k < 5; ++k) {
      const double depth = random.log_uniform(1e-3, 1e6);
      pools.push_back(
          {.reserve_in = depth, .reserve_out = depth * random.uniform(0.5, 2.0), .fee = {k < 2 ? 9999.99 : 30.0}});
    }
    std::vector<double> into(5);
    const auto found = sizing::split(span<const pool>(pools), random.log_uniform(1e-3, 1e12), into);
    ASSERT_TRUE(found);
    double out = 0.0;
    for (std::size_t k = 0; k < 5; ++k) out += pools[k].amount_out(into[k]);
    EXPECT_NEAR(found->out, out, 1e-14 * out);
  }
}

TEST(Split, NoPartIsMoreThanItsVenueTakesNotEvenByTheRoundingOfTheSum) {
  const std::array<constant_price, 3> quotes{
      {{.price = 1.0, .cap = 0.1}, {.price = 1.0, .cap = 0.1}, {.price = 1.0, .cap = 0.1}}};
  std::array<double, 3> into{};
  const auto found = sizing::split(span<const constant_price>(quotes), 0.3, into);
  ASSERT_TRUE(found);
  for (const double part : into) EXPECT_LE(part, 0.1);
  EXPECT_NEAR(into[0] + into[1] + into[2], 0.3, 1e-16);
}

}  // namespace
}  // namespace trimtab
