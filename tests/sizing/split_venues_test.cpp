// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/split.hpp>
#include <trimtab/sizing/split_venues.hpp>

#include "support/pools.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_price;
using liquidity::frictionless;
using pool = liquidity::constant_product;
using mixed = liquidity::any_venue<pool, constant_price, frictionless>;
using std::span;
using test::depth_of;
using test::pools;

constexpr std::array<pool, 2> unequal{pool{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}},
                                      {.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}}};

TEST(SplitVenues, UnlikeVenuesAreSplitAsTheirSupplyCurve) {
  test::random_numbers random(20250704);
  double worst = 0.0;
  for (int i = 0; i < 200; ++i) {
    const auto some = pools(random, 1 + random.below(6), 0.1);
    std::vector<mixed> all(some.begin(), some.end());
    const double quoted = 2.0 * random.uniform(0.9, 1.1);  // several at one price
    for (auto n = random.below(4); n > 0; --n)
      all.push_back(constant_price{.price = quoted, .cap = random.log_uniform(1.0, 1e4)});
    if (random.below(3) == 0) all.push_back(frictionless{.price = random.uniform(1.5, 1.9)});
    std::vector<liquidity::segment<>> pieces(all.size());
    std::vector<liquidity::supply_event> events(4 * all.size());
    std::vector<liquidity::placed_segment> placed(2 * all.size());
    const auto curve = liquidity::build_supply_curve<mixed>(all, {pieces, events, placed});
    ASSERT_TRUE(curve.has_value());
    std::vector<double> into(all.size());
    for (int k = 0; k < 10; ++k) {
      const double x = random.log_uniform(1e-6, 1e5);
      const auto found = sizing::split(span<const mixed>(all), x, into);
      ASSERT_TRUE(found.has_value());
      const double y = curve->amount_out(x);
      worst = std::max(worst, (y - found->out) / y);
      EXPECT_LE(std::fabs(found->out - y), 1e-13 * y) << x;
      EXPECT_LE(found->gap, 1e-13 * y);
      EXPECT_NEAR(std::accumulate(into.begin(), into.end(), 0.0), x, 1e-14 * x);
      EXPECT_NEAR(found->price.value / curve->marginal_price(x).value, 1.0, 1e-9);
      for (const mixed& v : all) EXPECT_GE(found->out, v.amount_out(x) * (1.0 - 4e-16));
      const auto back = sizing::split_out(span<const mixed>(all), found->out, into);
      ASSERT_TRUE(back.has_value());
      EXPECT_NEAR(back->in, x, 1e-13 * (x + y / found->price.value));
      EXPECT_LE(back->gap, 1e-13 * (x + y / found->price.value));
    }
  }
  std::printf("split of unlike venues: worst shortfall %.2g\n", worst);
}

TEST(SplitVenues, WhatHasNoRoomIsLeftOver) {
  const std::array<mixed, 2> quotes{constant_price{.price = 2.0, .cap = 3.0}, constant_price{.price = 1.0, .cap = 4.0}};
  std::array<double, 2> into{};
  const auto found = sizing::split(span<const mixed>(quotes), 10.0, into);
  EXPECT_EQ(into[0], 3.0);
  EXPECT_EQ(into[1], 4.0);
  EXPECT_EQ(found->in, 7.0);
  EXPECT_EQ(found->out, 10.0);
  EXPECT_EQ(found->unplaced, 3.0);
  EXPECT_EQ(found->gap, 0.0);
  EXPECT_EQ(sizing::split_out(span<const mixed>(quotes), 10.001, into).error(), errc::infeasible);
  EXPECT_NEAR(sizing::split_out(span<const mixed>(quotes), 9.0, into)->in, 6.0, 1e-14);
  const auto all = sizing::split_out(span<const mixed>(quotes), 10.0, into);
  ASSERT_TRUE(all.has_value());
  EXPECT_NEAR(all->in, 7.0, 1e-14);
}

TEST(SplitVenues, EqualPricesShareOrderly) {
  const std::array<mixed, 3> ties{constant_price{.price = 2.0, .cap = 3.0}, constant_price{.price = 2.0, .cap = 1.0},
                                  constant_price{.price = 1.0, .cap = 8.0}};
  std::array<double, 3> into{};
  for (const double x : {1.0, 4.0 * (1.0 - 1e-12), 4.0, 4.0 * (1.0 + 1e-12), 5.0}) {
    const auto found = sizing::split(span<const mixed>(ties), x, into);
    EXPECT_DOUBLE_EQ(found->out, 2.0 * std::min(x, 4.0) + std::max(x - 4.0, 0.0));
    EXPECT_LE(into[0], 3.0);
    EXPECT_LE(into[1], 1.0);
    EXPECT_DOUBLE_EQ(into[0] + into[1] + into[2], x);
  }
}

TEST(SplitVenues, PartsInSmallestUnitsAddUpExactly) {
  test::random_numbers random(20250705);
  for (const int decimals : {0, 6, 18}) {
    for (int i = 0; i < 400; ++i) {
      const auto all = pools(random, 1 + random.below(30), 0.1);
      const double x = std::floor(depth_of(all) * random.log_uniform(1e-4, 10.0));
      std::vector<double> into(all.size());
      ASSERT_TRUE(sizing::split(span<const pool>(all), x, into).has_value());
      // An odd unit on top that doubles do not see.
      const units whole = units::floor(x, decimals)->add(units{random.below(decimals == 18 ? 64 : 1)}).value();
      std::vector<units> parts(all.size());
      ASSERT_EQ(sizing::split_units(span<const pool>(all), span<const double>(into), whole, decimals, span(parts)),
                errc::ok);
      units sum;
      double worst = 0.0;
      for (std::size_t k = 0; k < parts.size(); ++k) {
        sum = sum.add(parts[k]).value();
        worst = std::max(worst, std::fabs(parts[k].to_tokens(decimals) - into[k]));
      }
      EXPECT_EQ(sum, whole);
      EXPECT_LE(worst, static_cast<double>(all.size() + 64) * units::smallest(decimals) + 1e-15 * x);
    }
  }
  std::array<units, 2> parts{};
  const std::array<double, 2> more{2.5, 3.5};
  EXPECT_EQ(sizing::split_units(span<const pool>(unequal), span<const double>(more), units{5}, 0, span(parts)),
            errc::ok);
  EXPECT_EQ(parts[0].low() + parts[1].low(), 5U);
  EXPECT_EQ(sizing::split_units(span<const pool>(unequal), span<const double>(more), units{7}, 0, span(parts)),
            errc::ok);
  EXPECT_EQ(parts[0], units{4}) << "the pool that pays more for one more";
  EXPECT_EQ(sizing::split_units(span<const pool>(unequal), span<const double>(more), units{7}, 99, span(parts)),
            errc::bad_configuration);
  EXPECT_EQ(sizing::split_units(span<const pool>(unequal), span<const double>(more).first(1), units{7}, 0, span(parts)),
            errc::size_mismatch);
  const std::array<constant_price, 2> full{constant_price{.price = 2.0, .cap = 2.5}, {.price = 1.0, .cap = 3.5}};
  EXPECT_EQ(sizing::split_units(span<const constant_price>(full), span<const double>(more), units{6}, 0, span(parts)),
            errc::infeasible);
}

}  // namespace
}  // namespace trimtab
