// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/chain.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>

#include "laws/venue_laws.hpp"
#include <array>
#include <cmath>
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
using liquidity::chain;
using liquidity::chain_of;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::frictionless;
using liquidity::in_series;
using liquidity::segment;
using pool = constant_product;

constexpr pool first{.reserve_in = 1e3, .reserve_out = 2e6, .fee = {30.0}, .gas_units = 1e5};
constexpr pool second{.reserve_in = 3e6, .reserve_out = 50.0, .fee = {5.0}, .gas_units = 9e4};
constexpr constant_price quote{.price = 1.25, .cap = 4e5, .gas_units = 5e4};

big paid(const pool& p, big x) {
  return big(p.reserve_out) * x / (big(p.reserve_in) / (1 - big(p.fee.count) / 10000) + x);
}

TEST(Chain, PoolsInSeriesAreOnePool) {
  test::random_numbers random(20250721);
  double worst = 0.0;
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<pool> hops(1 + random.below(6));
    for (pool& p : hops)
      p = {.reserve_in = random.log_uniform(1.0, 1e9), .reserve_out = random.log_uniform(1.0, 1e9), .gas_units = 7.0};
    const auto one = in_series(hops);
    ASSERT_TRUE(one.has_value());
    EXPECT_EQ(one->gas_units, 7.0 * static_cast<double>(hops.size()));
    const double x = one->reserve_in * random.log_uniform(1e-9, 1e3);
    big y = x;
    for (const pool& p : hops) y = paid(p, y);
    worst = std::max(worst, std::fabs(static_cast<double>(big(one->amount_out(x)) / y - 1)));
  }
  EXPECT_LE(worst, 1e-14);
  // Two hops by their closed form: a' = a₁·a₃/(a₃ + R₂), R' = R₂·R₄/(a₃ + R₂).
  const std::array<pool, 2> two{first, second};
  const double a1 = first.depth(), a3 = second.depth();
  EXPECT_DOUBLE_EQ(in_series(two)->reserve_in, a1 * a3 / (a3 + 2e6));
  EXPECT_DOUBLE_EQ(in_series(two)->reserve_out, 2e6 * 50.0 / (a3 + 2e6));
}

TEST(Chain, UnitsOfAnySizeMeetNoOverflowOnTheWay) {
  // Raw units of 27 decimals against whole tokens, up and down again: products to 10^±324 between the ends.
  std::vector<pool> hops;
  for (int i = 0; i < 6; ++i) hops.push_back({.reserve_in = 1e-27, .reserve_out = 1e27, .fee = {0.0}});
  for (int i = 0; i < 6; ++i) hops.push_back({.reserve_in = 1e54, .reserve_out = 1.0, .fee = {0.0}});
  const auto up_first = in_series(hops);
  ASSERT_TRUE(up_first.has_value());
  big price = 1, curvature = 0;
  for (const pool& p : hops) {
    curvature += price / big(p.reserve_in);
    price *= big(p.reserve_out) / big(p.reserve_in);
  }
  EXPECT_LE(std::fabs(static_cast<double>(big(up_first->reserve_in) * curvature - 1)), 1e-14);
  EXPECT_LE(std::fabs(static_cast<double>(big(up_first->reserve_out) * curvature / price - 1)), 1e-14);
  std::vector<pool> only_up(hops.begin(), hops.begin() + 6);
  for (pool& p : only_up) p.reserve_out = 1e250;
  EXPECT_EQ(in_series(only_up).error(), errc::overflow);
  EXPECT_EQ(in_series({}).error(), errc::bad_configuration);
  only_up[2].reserve_in = 0.0;
  EXPECT_EQ(in_series(only_up).error(), errc::negative_amount);
}

TEST(Chain, ItsPiecesAreTheComposition) {
  const chain path(first, second);
  static_assert(decltype(path)::max_segments == 1);
  std::array<segment<>, 1> piece{};
  ASSERT_EQ(path.segments(piece), 1U);
  const auto one = in_series(std::array<pool, 2>{first, second});
  EXPECT_DOUBLE_EQ(piece[0].curvature, 1.0 / one->reserve_in);
  EXPECT_DOUBLE_EQ(piece[0].price, one->reserve_out / one->reserve_in);
  for (const double x : {1e-6, 1.0, 1e3, 1e7}) {
    EXPECT_DOUBLE_EQ(piece[0].amount_out(x), path.amount_out(x));
    EXPECT_DOUBLE_EQ(one->marginal_price(x).value, path.marginal_price(x).value);
    EXPECT_NEAR(one->marginal_slope(x) / path.marginal_slope(x), 1.0, 1e-14);
    EXPECT_NEAR(one->loss(x) / path.loss(x), 1.0, 1e-14);
  }
}

TEST(Chain, CurvesOfManyPiecesCompose) {
  test::random_numbers random(20250722);
  using any = liquidity::any_venue<pool, constant_price>;
  for (int trial = 0; trial < 60; ++trial) {
    const auto build = [&](auto& room) {
      std::array<any, 4> some{};
      for (any& v : some) {
        const double price = random.uniform(0.8, 1.2), depth = random.log_uniform(10.0, 1e3);
        if (random.below(2) == 0) {
          v = pool{depth, depth * price};
        } else {
          v = constant_price{.price = price, .cap = depth};
        }
      }
      return liquidity::build_supply_curve<any>(some, room.memory()).value();
    };
    liquidity::supply_room<4> one, two;
    const chain path(build(one), build(two));
    std::vector<segment<>> pieces(path.segment_count());
    const std::size_t count = path.segments(pieces);
    EXPECT_LT(count, path.first.segment_count() + path.second.segment_count());
    EXPECT_EQ(path.segments(std::span(pieces).first(pieces.size() - 1)), 0U) << "too little room";
    for (int i = 0; i < 50; ++i) {
      const double x = random.log_uniform(1e-3, 1e4);
      double left = x, y = 0.0;
      for (std::size_t k = 0; k < count && left > 0.0; left -= pieces[k++].capacity) {
        y += pieces[k].amount_out(std::min(left, pieces[k].capacity));
      }
      EXPECT_NEAR(y / path.amount_out(x), 1.0, 1e-13) << x;
      // Chains stand beside one another like any venue.
      liquidity::supply_room<40> room;
      const auto together = liquidity::build_supply_curve(room.memory(), path);
      ASSERT_TRUE(together.has_value());
      EXPECT_NEAR(together->amount_out(x) / y, 1.0, 1e-13);
    }
  }
}

TEST(Chain, GasAndDelayAddAndAfterwardsBothHaveMoved) {
  const auto path = chain_of(first, second, pool{10.0, 1e4, {0.0}, 3.0});
  EXPECT_EQ(path.gas(1.0), 1e5 + 9e4 + 3.0);
  EXPECT_EQ(path.gas(0.0), 0.0);
  EXPECT_EQ(delay_of(path), seconds{0});
  const auto left = path.after(2.0);
  EXPECT_EQ(left.first.reserve_in, 1002.0);
  EXPECT_EQ(left.second.first.reserve_in, second.after(first.amount_out(2.0)).reserve_in);
  EXPECT_EQ(left.amount_out(1.0), left.second.amount_out(left.first.amount_out(1.0)));
  EXPECT_EQ((chain(pool{0.0, 1.0}, second).validate()), errc::negative_amount);
  EXPECT_EQ((chain(first, pool{1.0, -1.0}).validate()), errc::negative_amount);
}

TEST(Chain, EndlessPricesInARow) {
  const chain path(frictionless{2.0}, frictionless{3.0});
  EXPECT_EQ(path.amount_at({5.9}), infinity);
  EXPECT_EQ(path.amount_at({6.0}), 0.0);
  EXPECT_EQ(path.best_value({6.5}), 0.0);
  EXPECT_EQ(path.best_value({5.0}), infinity);
  EXPECT_EQ(path.capacity(), infinity);
  const chain mixed(frictionless{2.0}, pool{100.0, 100.0, {0.0}});
  EXPECT_NEAR(mixed.amount_at({0.5}), 50.0, 1e-12);
  EXPECT_EQ(mixed.best_value({0.0}), 100.0);
  const chain capped(frictionless{2.0}, constant_price{.price = 3.0, .cap = 10.0});
  EXPECT_EQ(capped.capacity(), 5.0);
  EXPECT_EQ(capped.amount_at({5.0}), 5.0);
  EXPECT_EQ(capped.best_value({5.0}), 5.0);
}

TEST(Chain, DustIsSoldToThePriceItIsSoldAt) {
  // One of the two bends, the other has one price: rounding may hide that the price has fallen at all.
  const constant_price flat{.price = 1.25, .cap = 1e9};
  const chain<pool, constant_price> bent_first(first, flat);
  const chain<constant_price, pool> bent_last(flat, second);
  int looked = 0;
  for (double x = 1e-9; x < 1.0; x *= 1.07) {
    const auto check = [&](const auto& path, double size) {
      const executable_price<double> price = path.marginal_price(size);
      const double of_the_price = 8e-16 * price.value / -path.marginal_slope(size);
      EXPECT_NEAR(path.amount_at(price), size, of_the_price + 1e-9 * size) << size;
      ++looked;
    };
    check(bent_first, x);
    check(bent_last, 1e3 * x);
  }
  EXPECT_GT(looked, 500);
}

TEST(Chain, TheLastItTakesHasACost) {
  test::random_numbers random(20200905);
  for (int i = 0; i < 3000; ++i) {
    const constant_price capped{.price = random.log_uniform(1e-2, 1e2), .cap = random.log_uniform(1.0, 1e6)};
    const pool deep{.reserve_in = random.log_uniform(1e2, 1e6), .reserve_out = random.log_uniform(1e2, 1e6)};
    laws::last_amounts_have_a_cost(chain<constant_price, pool>(capped, deep));
  }
}

TEST(Chain, WithTooLittleRoomForItsPiecesTheErrorSaysSo) {
  using mixed_venue = liquidity::any_venue<pool, constant_price>;
  const chain<mixed_venue, mixed_venue> path{mixed_venue(first), mixed_venue(second)};
  std::array<segment<>, 3> room{};
  const std::size_t wanted = path.segment_count();
  ASSERT_LE(wanted, room.size());
  for (std::size_t n = 0; n <= wanted; ++n) {
    const std::size_t count = path.segments(std::span<segment<>>(room).first(n));
    double pays = 0.0, left = 100.0;
    for (std::size_t i = 0; i < count && left > 0.0; left -= room[i++].capacity)
      pays += room[i].amount_out(smaller(left, room[i].capacity));
    EXPECT_GE(pays, path.amount_out(100.0) * (1.0 - 1e-15) - path.segment_error(n)) << n;
  }
  EXPECT_EQ(path.segment_error(wanted), 0.0);
}

}  // namespace

namespace laws {
namespace {

struct two_pools {
  static constexpr double scale = 1e3, most_out = 50.0, tolerance = 1e-14;
  static chain<pool, pool> venue() { return {first, second}; }
  static venue_reference reference(long double x) {
    const long double a1 = 1e3L / 0.997L, r2 = 2e6L, a3 = 3e6L / 0.9995L, r4 = 50.0L;
    const long double a = a1 * a3 / (a3 + r2), r = r2 * r4 / (a3 + r2);
    return {r * x / (a + x), r * a / ((a + x) * (a + x)), r / a * x * x / (a + x)};
  }
};
struct pool_then_quote {
  static constexpr double scale = 200.0, most_out = 5e5, tolerance = 1e-14;
  static chain<pool, constant_price> venue() { return {first, quote}; }
  static venue_reference reference(long double x) {
    const long double a = 1e3L / 0.997L, r = 2e6L, between = r * x / (a + x), p = 1.25L * r / a;
    const long double y = 1.25L * std::min(between, 4e5L);
    return {y, between <= 4e5L ? p * a * a / ((a + x) * (a + x)) : 0.0L,
            p * x * x / (a + x) + 1.25L * std::max(between - 4e5L, 0.0L)};
  }
};
struct quote_then_pool {
  static constexpr double scale = 3e5, most_out = 4e5 * 1.25, tolerance = 1e-14;
  static chain<constant_price, pool> venue() { return {quote, pool{1e5, 4e5, {0.0}}}; }
  static venue_reference reference(long double x) {
    const long double in = std::min(x, 4e5L), a = 1e5L / 1.25L, r = 4e5L, p = r / a;
    return {r * in / (a + in), x <= 4e5L ? p * a * a / ((a + x) * (a + x)) : 0.0L,
            p * in * in / (a + in) + p * (x - in)};
  }
};
using paths = testing::Types<two_pools, pool_then_quote, quote_then_pool>;
INSTANTIATE_TYPED_TEST_SUITE_P(Chain, VenueLaws, paths);

}  // namespace
}  // namespace laws
}  // namespace trimtab
