// SPDX-License-Identifier: MIT
// Leverage by ratio and by exposure: the ratio measured on the account after the trade, and no larger trade that keeps
// every constraint.
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/leverage_to.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include "support/random.hpp"
#include "support/unlike_venues.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace {

using namespace trimtab;
using liquidity::constant_product;
using sizing::funding_mode;
using sizing::leverage_to;
using sizing::limit;

static_assert(leverage_to{}.validate() == errc::bad_configuration, "neither a ratio nor an exposure");
static_assert(leverage_to{.ratio = 1.0}.validate() == errc::bad_configuration);
static_assert(leverage_to{.exposure = 0.0}.validate() == errc::bad_configuration);
static_assert(leverage_to{.ratio = 2.0, .max_slippage = {0.0}}.validate() == errc::bad_configuration);
static_assert(leverage_to{.ratio = 2.0}.validate() == errc::ok && leverage_to{.exposure = 1e5}.validate() == errc::ok);
static_assert(leverage_to{.ratio = 2.0}.can(direction::leverage) &&
              !leverage_to{.ratio = 2.0}.can(direction::deleverage));

// (10000 + x) / (10000 − 2000) = 2 without friction: x = 6000.
constexpr double worked_size() {
  const cases::worked w(10000.0, 2000.0);
  const liquidity::frictionless venue{1.0};
  auto p = w.problem(venue);
  p.target = 1.01;
  return leverage_to{.ratio = 2.0}.size(p).trade.sold;
}
static_assert(cases::relative_gap(worked_size(), 6000.0) < 256 * cases::eps);

struct measured {
  double ratio, assets, debts;
};
// The account after a trade, at market prices.
template <class V>
measured after(const cases::worked& w, const sizing::problem<V>&, const sizing::trade& t) {
  const double assets = (w.account[0].collateral + t.collateral_change) * w.price[0];
  const double debts = (w.account[1].debt + t.debt_change) * w.price[1];
  return {assets / (assets - debts), assets, debts};
}

template <class V>
void examine(const V& venue, const cases::worked& w, sizing::problem<V> p, const leverage_to& sizer, int i,
             std::array<int, 18>& binds) {
  p.venue = &venue;
  const auto s = sizer.size(p);
  if (!s.has_value()) {
    ASSERT_EQ(s.trade.sold, 0.0) << i;
    return;
  }
  ++binds[static_cast<std::size_t>(s.binding)];
  const measured m = after(w, p, s.trade);
  ASSERT_LE(m.ratio, sizer.ratio * (1 + 64 * cases::eps * m.ratio)) << i;
  ASSERT_LE(m.assets, sizer.exposure * (1 + 64 * cases::eps)) << i;
  ASSERT_GE(s.trade.health_after, p.target) << i;
  // A part in 10⁹ more would break what was named: the ratio or the exposure, or else health or the limit.
  const auto more = sizer.at_size(p, s.trade.sold * (1 + 1e-9));
  const measured beyond = after(w, p, more);
  if (s.binding == limit::none) {
    ASSERT_TRUE(beyond.ratio > sizer.ratio || beyond.assets > sizer.exposure) << i << ' ' << m.ratio << ' ' << m.assets;
  } else if (s.binding == limit::health_floor) {
    ASSERT_LT(more.health_after, p.target) << i;
  }
}

TEST(LeverageTo, TheRatioOrTheExposureIsReachedOrSomethingIsNamed) {
  test::random_numbers d(2468);
  std::array<int, 18> binds{};
  liquidity::supply_room<8> room;
  for (int i = 0; i < 12000; ++i) {
    const double scale = d.log_uniform(10.0, 1e9), threshold = d.uniform(0.5, 0.95);
    cases::worked w(scale, scale * threshold / d.uniform(1.05, 6.0));
    w.model.table[0].threshold = threshold;
    w.model.table[0].ltv = threshold * d.uniform(0.85, 1.0);
    w.model.table[1].borrow_factor = d.below(3) == 0 ? 1.2 : 1.0;
    const double depth = scale * d.log_uniform(1.0, 1e4);
    const constant_product pool{.reserve_in = depth, .reserve_out = depth * d.uniform(0.98, 1.02)};
    auto p = w.problem(pool);
    p.funding = {static_cast<funding_mode>(i % 3), {d.uniform(0.0, 20.0)}};
    p.gas = {.transaction_gas = 1.0,
             .price_native = scale * d.log_uniform(1e-9, 1e-4),
             .paid_from = d.below(2) == 0 ? gas_payer::tank : gas_payer::proceeds,
             .native = price_slot{2}};
    p.target = d.uniform(1.02, 1.5);
    const double now = scale / (scale - w.account[1].debt);
    leverage_to sizer{.max_slippage = {300.0}};
    if (i % 4 != 0) sizer.ratio = now * d.uniform(1.0, 2.0);
    if (i % 4 != 1) sizer.exposure = scale * d.uniform(1.0, 2.0);
    if (i % 5 == 0) {
      const liquidity::weighted bent{
          .balance_in = depth, .balance_out = depth * 0.25, .weight_in = 0.8, .weight_out = 0.2};
      cases::worked same = w;
      auto q = same.problem(bent);
      q.funding = p.funding, q.gas = p.gas, q.target = p.target;
      examine(bent, w, q, sizer, i, binds);
    } else if (i % 5 == 1) {
      const auto curve = liquidity::build_supply_curve(room.memory(), pool, pool);
      auto q = w.problem(*curve);
      q.funding = p.funding, q.gas = p.gas, q.target = p.target;
      examine(*curve, w, q, sizer, i, binds);
    } else if (i % 5 == 2) {
      const test_venue::unpromised<constant_product> looked_at{pool};
      auto q = w.problem(looked_at);
      q.funding = p.funding, q.gas = p.gas, q.target = p.target;
      examine(looked_at, w, q, sizer, i, binds);
    } else {
      examine(pool, w, p, sizer, i, binds);
    }
    if (HasFatalFailure()) return;
  }
  const auto count = [&](limit l) { return binds[static_cast<std::size_t>(l)]; };
  std::printf("leverage_to: %d as wanted; kept short by health %d, the borrow form %d, slippage %d\n",
              count(limit::none), count(limit::health_floor), count(limit::borrow_form), count(limit::slippage));
  for (const limit l : {limit::none, limit::health_floor, limit::borrow_form, limit::slippage}) EXPECT_GT(count(l), 50);
}

TEST(LeverageTo, AlreadyThereAndNoRoomAreNotTrades) {
  const cases::worked w(10000.0, 5000.0);  // leverage 2, health 1.66
  const liquidity::frictionless venue{1.0};
  auto p = w.problem(venue);
  EXPECT_EQ((leverage_to{.ratio = 2.0}.size(p).status), errc::already_there);
  EXPECT_EQ((leverage_to{.ratio = 1.5}.size(p).status), errc::already_there);
  EXPECT_EQ((leverage_to{.exposure = 9000.0}.size(p).status), errc::already_there);
  EXPECT_EQ(leverage_to{}.size(p).status, errc::bad_configuration);
  p.target = 1.7;
  const auto s = leverage_to{.ratio = 3.0}.size(p);
  EXPECT_EQ(s.status, errc::infeasible);
  EXPECT_EQ(s.binding, limit::health_floor);
  EXPECT_EQ(s.trade.sold, 0.0);
  const cases::worked under_water(10000.0, 12000.0);
  EXPECT_EQ((leverage_to{.ratio = 3.0}.size(under_water.problem(venue)).status), errc::already_there)
      << "no equity is infinite leverage";
}

TEST(LeverageTo, TheOtherEdgeOfTheBandHoldsAtTheMinimumOutput) {
  const cases::worked w(10000.0, 3000.0);
  const constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  auto p = w.problem(deep);
  p.target = 1.25;
  const leverage_to sizer{.exposure = 14000.0, .max_slippage = {500.0}};
  const auto s = sizer.size(p);
  ASSERT_TRUE(s.has_value());
  EXPECT_LT(s.trade.health_at_min_out, s.trade.health_after);
  p.band_low = 0.5 * (s.trade.health_at_min_out + s.trade.health_after);
  p.target = s.trade.health_after;
  const auto held_back = sizer.size(p);
  EXPECT_EQ(held_back.status, errc::infeasible);
  EXPECT_EQ(held_back.binding, limit::band);
}

// Where the pool pays so far above the fair price that borrowing raises health, health holds nothing back.
TEST(LeverageTo, APoolThatPaysFarAboveTheFairPrice) {
  const cases::worked w(10000.0, 3000.0);
  for (const double price : {1.0, 1.5, 1.506, 1.51, 3.0, 30.0}) {
    const constant_product rich{.reserve_in = 1e6, .reserve_out = price * 1e6};
    auto p = w.problem(rich);
    p.target = 1.25;
    const auto s = leverage_to{.exposure = 12000.0}.size(p);
    ASSERT_EQ(s.status, errc::ok) << price;
    EXPECT_EQ(s.binding, limit::none);
    EXPECT_NEAR(after(w, p, s.trade).assets, 12000.0, 1e-8);
    EXPECT_GE(s.trade.health_after, 1.25);
  }
}

}  // namespace

namespace laws {

struct to_a_ratio {
  static constexpr auto sizer() {
    return trimtab::sizing::leverage_to{.ratio = 2.5, .max_slippage = trimtab::basis_points{800.0}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 5000.0 * scale); }
  static constexpr double target() { return 1.1; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(LeverageToARatio, SizerLaws, to_a_ratio);

}  // namespace laws
