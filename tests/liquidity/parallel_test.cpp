// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/chain.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/parallel.hpp>
#include <trimtab/liquidity/quadratic_impact.hpp>

#include "laws/venue_laws.hpp"
#include <array>
#include <cmath>
#include <vector>

namespace trimtab {
namespace {

using liquidity::build_supply_curve;
using liquidity::chain;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::frictionless;
using liquidity::parallel;
using liquidity::segment;
using pool = constant_product;
using mixed = liquidity::any_venue<pool, constant_price, frictionless>;

constexpr std::array<pool, 2> two{pool{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}, .gas_units = 5.0},
                                  {.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}, .gas_units = 7.0}};
constexpr std::array<mixed, 3> unlike{mixed{two[0]}, mixed{constant_price{.price = 1.5, .cap = 30.0}}, mixed{two[1]}};

/// Pays p·x·(1 − ⅔·√(x/v)) up to x = v: smooth, no Möbius pieces, a slope without bound at the start.
struct root_impact {
  double p = 1.0, v = 1.0;
  [[nodiscard]] errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] double amount_out(double x) const noexcept {
    x = smaller(x, v);
    return p * x * (1.0 - 2.0 / 3.0 * std::sqrt(x / v));
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    return {x > v ? 0.0 : p * (1.0 - std::sqrt(x / v))};
  }
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    const double drop = at.value < p ? 1.0 - larger(0.0, at.value) / p : 0.0;
    return v * drop * drop;
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    return amount_out(amount_at(at)) - larger(0.0, at.value) * amount_at(at);
  }
  [[nodiscard]] double loss(double x) const noexcept { return p * x - amount_out(x); }
  [[nodiscard]] double capacity() const noexcept { return v; }
  // What nobody here asks.
  [[nodiscard]] double amount_in(double) const noexcept { return 0.0; }
  [[nodiscard]] double gas(double) const noexcept { return 0.0; }
  [[nodiscard]] root_impact after(double) const noexcept { return *this; }
  [[nodiscard]] std::size_t segment_count() const noexcept { return 0; }
  std::size_t segments(std::span<liquidity::segment<>>) const noexcept { return 0; }
};
static_assert(Venue<parallel<pool>> && Venue<parallel<root_impact>> && Venue<parallel<chain<pool, pool>>>);

TEST(Parallel, SmoothVenuesMeetAtOnePrice) {
  test::random_numbers random(20250731);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<root_impact> venues(1 + random.below(8));
    for (auto& v : venues) v = {random.uniform(0.9, 1.1), random.log_uniform(1.0, 1e6)};
    const parallel<root_impact> all{.venues = venues};
    const double x = all.capacity() * random.log_uniform(1e-12, 1.0);
    // In 80 bits: Σ v·(1 − λ/p)² = x by bisection.
    long double low = 0.0L, high = 2.0L, y = 0.0L;
    for (int i = 0; i < 200; ++i) {
      const long double middle = 0.5L * (low + high);
      long double in = 0.0L;
      for (const auto& v : venues) {
        const long double drop = std::max(0.0L, 1.0L - middle / v.p);
        in += v.v * drop * drop;
      }
      (in < x ? high : low) = middle;
    }
    for (const auto& v : venues) {
      const long double drop = std::max(0.0L, 1.0L - high / v.p);
      y += v.p * v.v * drop * drop * (1.0L - 2.0L / 3.0L * drop);
    }
    EXPECT_LE(std::fabs(all.amount_out(x) - y), 1e-13L * y) << x;
    EXPECT_NEAR(all.marginal_price(x).value, static_cast<double>(high), 1e-14);
    EXPECT_NEAR(all.amount_in(all.amount_out(x)), x, 1e-13 * x / std::max(1e-3, static_cast<double>(high)));
  }
}

TEST(Parallel, IsTheSupplyCurveWhereThereAreExactPieces) {
  test::random_numbers random(20250732);
  liquidity::supply_room<3> room;
  const auto curve = build_supply_curve<mixed>(unlike, room.memory());
  const parallel<mixed> all{.venues = unlike};
  for (int i = 0; i < 500; ++i) {
    const double x = random.log_uniform(1e-9, 1e6), z = random.log_uniform(1e-3, 1e3),
                 price = random.uniform(0.01, 4.5);
    EXPECT_NEAR(all.amount_out(x) / curve->amount_out(x), 1.0, 1e-14);
    const parallel<pool> smooth{.venues = two};
    const double slope = x < 100.0 ? -8e4 / std::pow(100.0 + x, 3.0) : -18e4 / std::pow(200.0 + x, 3.0);
    EXPECT_NEAR(smooth.marginal_slope(x) / slope, 1.0, 1e-13);
    EXPECT_NEAR(all.loss(x), curve->loss(x), 1e-14 * all.marginal_price(0.0).value * x);
    EXPECT_NEAR(all.amount_at({price}), curve->amount_at({price}), 1e-13 * (100.0 + curve->amount_at({price})));
    EXPECT_NEAR(all.best_value({price}), curve->best_value({price}), 1e-13 * 500.0);
    EXPECT_NEAR(all.after(x).amount_out(z), curve->after(x).amount_out(z), 1e-13 * curve->amount_out(x + z));
    EXPECT_NEAR(all.after(x).best_value({price}), curve->after(x).best_value({price}), 1e-12 * 500.0);
    EXPECT_NEAR(all.after(x).loss(z), curve->after(x).loss(z), 1e-12 * 4.0 * (x + z));
  }
  EXPECT_NEAR((parallel<pool>{.venues = two}.marginal_slope(0.0)), -0.08, 1e-15);
  EXPECT_EQ(all.gas(1.0), 5.0);
  EXPECT_EQ(all.gas(1e3), 12.0);
  EXPECT_EQ(all.gas(0.0), 0.0);
}

TEST(Parallel, AnEndlessPriceTakesTheRest) {
  const std::array<mixed, 3> venues{mixed{two[0]}, mixed{frictionless{2.0}}, mixed{two[1]}};
  const parallel<mixed> all{.venues = venues};
  EXPECT_EQ(all.capacity(), infinity);
  EXPECT_EQ(all.amount_at({1.9}), infinity);
  EXPECT_NEAR(all.amount_out(1e6) - all.amount_out(1e5), 2.0 * 9e5, 1e-8);
  EXPECT_NEAR(all.amount_in(all.amount_out(1e6)), 1e6, 1e-8);
  EXPECT_NEAR(all.marginal_price(1e6).value, 2.0, 1e-14);
}

TEST(Parallel, NothingAndBadNumbers) {
  const parallel<pool> none{};
  EXPECT_EQ(none.validate(), errc::ok);
  EXPECT_EQ(none.amount_out(1.0), 0.0);
  EXPECT_EQ(none.amount_in(1.0), infinity);
  EXPECT_EQ(none.marginal_price(0.0).value, 0.0);
  EXPECT_EQ(none.best_value({0.0}), 0.0);
  EXPECT_EQ(none.loss(0.0), 0.0);
  EXPECT_EQ(none.capacity(), 0.0);
  const std::array<pool, 2> dry{two[0], pool{-1.0, 1.0}};
  EXPECT_EQ((parallel<pool>{.venues = dry}.validate()), errc::negative_amount);
  EXPECT_EQ((parallel<pool>{.venues = two, .taken = std::nan("")}.validate()), errc::not_finite);
  EXPECT_EQ((parallel<pool>{.venues = two, .taken = -1.0}.validate()), errc::negative_amount);
}

TEST(Parallel, MoreChordsAreNearer) {
  const parallel<pool> all{.venues = two};
  double before = infinity;
  for (const std::size_t n : {4U, 16U, 64U, 256U}) {
    const double error = all.segment_error(n);
    EXPECT_LT(error, before / 8.0);
    before = error;
  }
  EXPECT_LT(before, 500.0 * 1e-4);
}

TEST(Parallel, AVenueThatIsUsedUpSetsNoPrice) {
  const std::array<mixed, 2> venues{mixed{constant_price{.price = 9.0, .cap = 5.0}.after(5.0)}, mixed{two[1]}};
  const parallel<mixed> both{venues};
  EXPECT_EQ(both.marginal_price(0.0).value, two[1].marginal_price(0.0).value);
  EXPECT_NEAR(both.loss(10.0), two[1].loss(10.0), 1e-12);
  EXPECT_NEAR(both.marginal_slope(0.0), two[1].marginal_slope(0.0), 1e-12);
}

TEST(Parallel, ItsChordsNeverRise) {
  using capped = liquidity::any_venue<constant_price, liquidity::quadratic_impact>;
  test::random_numbers random(20200908);
  for (int i = 0; i < 200; ++i) {
    std::vector<capped> venues;
    for (int k = 0; k < 3; ++k) {
      const double depth = random.log_uniform(0.1, 1e6), price = random.uniform(0.5, 2.0);
      if (k < 2) venues.emplace_back(constant_price{.price = price, .cap = 0.1 * depth});
      if (k == 2) venues.emplace_back(liquidity::quadratic_impact{.price = price, .depth = depth});
    }
    const parallel<capped> all{venues};
    std::array<segment<>, 64> room{};
    const std::size_t count = all.segments(room);
    double before = infinity;
    for (std::size_t k = 0; k < count; before = room[k++].price) EXPECT_LE(room[k].price, before) << i;
  }
}

}  // namespace

namespace laws {
namespace {

struct pools {
  static constexpr double scale = 90.0, most_out = 500.0, tolerance = 1e-13;
  static parallel<pool> venue() { return {.venues = two}; }
  static venue_reference reference(long double x) {
    if (x <= 100.0L) {
      return {400.0L * x / (100.0L + x), 4e4L / ((100.0L + x) * (100.0L + x)), 4.0L * x * x / (100.0L + x)};
    }
    const long double left = x - 100.0L;
    return {200.0L + 300.0L * left / (300.0L + left), 9e4L / ((300.0L + left) * (300.0L + left)),
            200.0L + 3.0L * left + left * left / (300.0L + left)};
  }
};
using sets = testing::Types<pools>;
INSTANTIATE_TYPED_TEST_SUITE_P(Parallel, VenueLaws, sets);

}  // namespace
}  // namespace laws
}  // namespace trimtab
