// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/leverage_up.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <utility>

namespace {

using namespace trimtab;
using sizing::funding_mode;
using sizing::leverage_up;
using sizing::limit;

constexpr leverage_up plain{.max_slippage = basis_points{300.0}};
static_assert(plain.validate() == errc::ok && plain.can(direction::leverage) && !plain.can(direction::deleverage));
static_assert(leverage_up{.max_slippage = {0.0}}.validate() == errc::bad_configuration);
static_assert(leverage_up{.max_slippage = {1e4}}.validate() == errc::bad_configuration);
static_assert(leverage_up{.max_cost = {0.0}}.validate() == errc::bad_configuration);
static_assert(noexcept(plain.size(std::declval<const sizing::problem<liquidity::constant_product>&>())));

// C + w·x = h·(D + x): x = (8300 − 1.25·5000) / (1.25 − 0.83)
constexpr double worked_size() {
  const cases::worked w(10000.0, 5000.0);
  const liquidity::frictionless venue{1.0};
  return plain.size(w.problem(venue)).trade.sold;
}
static_assert(cases::relative_gap(worked_size(), 2050.0 / 0.42) < 256 * cases::eps);

constexpr double lowest(double threshold, double ltv) {
  cases::worked w;
  w.model.table[0].threshold = threshold;
  w.model.table[0].ltv = ltv;
  return leverage_up::lowest_target(w.model.liquidation_form<double>(w.account), w.model.borrow_form<double>(w.account),
                                    w.prices(), cases::collateral_asset);
}
static_assert(cases::relative_gap(lowest(0.83, 0.80), 0.83 / 0.80) < 4 * cases::eps);
static_assert(lowest(0.83, 0.0) == infinity, "what backs no debt cannot be levered");

struct draws {
  std::mt19937_64 engine;
  double between(double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); }
  double magnitude(double low, double high) { return std::exp(between(std::log(low), std::log(high))); }
  bool chance(double p) { return between(0.0, 1.0) < p; }
};

TEST(LeverageUp, EveryTradeSettlesInsideBothFormsAtOrAboveTheTarget) {
  constexpr std::uint64_t seed = 7;
  draws d{std::mt19937_64(seed)};
  int traded = 0, whole = 0, unsettled = 0, at_worst_unsettled = 0;
  long double worst = 0;
  for (int i = 0; i < 40000; ++i) {
    const double scale = d.magnitude(10.0, 1e9), threshold = d.between(0.4, 0.95);
    cases::worked w(scale, scale * threshold / d.between(1.05, 4.0));
    w.model.table[0].threshold = threshold;
    w.model.table[0].ltv = threshold * d.between(0.8, 1.0);
    const double depth = scale * d.magnitude(0.1, 1e4);
    const liquidity::constant_product venue{.reserve_in = depth, .reserve_out = depth * d.between(0.98, 1.02)};
    auto p = w.problem(venue);
    p.funding = {static_cast<funding_mode>(i % 3), {d.between(0.0, 20.0)}};
    p.gas = {.transaction_gas = 1.0,
             .price_native = scale * d.magnitude(1e-9, 1e-3),
             .paid_from = d.chance(0.5) ? gas_payer::tank : gas_payer::proceeds,
             .native = price_slot{2}};
    p.target = d.between(1.02, 2.0);
    if (d.chance(0.1)) p.debt_limits.borrow_room = scale * d.between(0.0, 0.5);
    if (d.chance(0.1)) p.debt_limits.withdrawable = scale * d.between(0.0, 0.5);
    if (d.chance(0.1)) p.collateral_limits.supply_room = scale * d.between(0.0, 0.5);
    if (d.chance(0.1)) p.debt_limits.flash_loan_available = scale * d.between(0.0, 0.5);
    if (d.chance(0.1)) p.collateral_limits.flash_loan_available = scale * d.between(0.0, 0.5);
    const auto s = plain.size(p);
    if (!s.has_value()) continue;
    ++traded;
    ASSERT_GE(s.trade.health_after, p.target) << i;
    const std::array<reserve_limits, 2> limits{[&] {
                                                 auto l = p.collateral_limits;
                                                 l.asset = p.collateral;
                                                 return l;
                                               }(),
                                               [&] {
                                                 auto l = p.debt_limits;
                                                 l.asset = p.debt;
                                                 return l;
                                               }()};
    const auto plan = make_plan(s.trade, 18, 18, at_unix(100));
    ASSERT_TRUE(plan.has_value()) << name(plan.error());
    const listing<liquidity::constant_product> market{.in = p.debt, .out = p.collateral, .venue = venue};
    const auto after = settle(w.model, w.account, *plan, market, p.prices, limits, at_unix(0), p.funding.premium);
    if (!after.has_value()) {
      if (++unsettled <= 5)
        ADD_FAILURE() << i << ": " << name(after.error()) << ", binding " << name(s.binding) << " mode " << i % 3;
      continue;
    }
    const double health = health_factor(w.model.liquidation_form<double>(after->account), p.prices);
    const double kappa = p.liquidation.debt[0].amount / after->account[1].debt;
    ASSERT_GE(health, p.target * (1 - 2 * cases::eps * (1 + kappa))) << i;
    ASSERT_GE(health_factor(w.model.borrow_form<double>(after->account), p.prices), 1.0) << i;
    if (s.binding == limit::none) {
      ++whole;
      const long double high = (static_cast<long double>(health) / p.target - 1) / (cases::eps * (1 + kappa));
      worst = std::max(worst, high);
      ASSERT_LE(health, p.target * (1 + 1e-12)) << i << ": the largest trade, not any trade";
    }
    // The minimum output too: the same plan through a venue that pays just that.
    const liquidity::constant_price stingy{.price = s.trade.min_out / s.trade.sold * (1 + 16 * cases::eps),
                                           .cap = 2 * s.trade.sold};
    const listing<liquidity::constant_price> worst_market{.in = p.debt, .out = p.collateral, .venue = stingy};
    const auto at_worst =
        settle(w.model, w.account, *plan, worst_market, p.prices, limits, at_unix(0), p.funding.premium);
    if (!at_worst.has_value() && ++at_worst_unsettled <= 5)
      ADD_FAILURE() << i << " at the minimum output: " << name(at_worst.error()) << ", binding " << name(s.binding)
                    << " mode " << i % 3;
  }
  std::printf(
      "leverage_up: seed %llu, %d trades (%d to the target), above it by at most %.1Lf eps·κ, unsettled %d, at the "
      "minimum output %d\n",
      static_cast<unsigned long long>(seed), traded, whole, worst, unsettled, at_worst_unsettled);
  EXPECT_GT(traded, 10000);
  EXPECT_GT(whole, 2000);
}

template <class V, class F>
sizing::sized sized_with(const leverage_up& sizer, const cases::worked& w, const V& venue, F&& change) {
  auto p = w.problem(venue);
  change(p);
  return sizer.size(p);
}

TEST(LeverageUp, NamesTheLimitThatBinds) {
  const cases::worked w(10000.0, 5000.0);
  const liquidity::constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  const auto binds = [&](limit expected, auto&& change) {
    const auto s = sized_with(plain, w, deep, change);
    EXPECT_EQ(s.status, errc::ok) << name(expected) << ": " << name(s.status);
    EXPECT_EQ(s.binding, expected) << name(expected) << ": " << name(s.binding);
    if (expected != limit::none) {
      EXPECT_GT(s.trade.health_after, 1.25) << "capped, so above the target";
    }
  };
  binds(limit::none, [](auto&) {});
  binds(limit::borrow_room, [](auto& p) { p.debt_limits.borrow_room = 1000.0; });
  binds(limit::withdrawable, [](auto& p) { p.debt_limits.withdrawable = 1000.0; });
  binds(limit::supply_room, [](auto& p) { p.collateral_limits.supply_room = 1000.0; });
  binds(limit::flash_loan, [](auto& p) { p.debt_limits.flash_loan_available = 1000.0; });
  binds(limit::flash_loan, [](auto& p) {
    p.funding.mode = funding_mode::flash_collateral;
    p.collateral_limits.flash_loan_available = 1000.0;
  });
  binds(limit::borrow_form, [](auto& p) { p.funding.mode = funding_mode::none; });
  const liquidity::constant_price small{.price = 0.999, .cap = 1000.0};
  EXPECT_EQ(plain.size(w.problem(small)).binding, limit::capacity);
  const liquidity::constant_product thin{.reserve_in = 1e5, .reserve_out = 1e5};
  EXPECT_EQ(plain.size(w.problem(thin)).binding, limit::slippage);
  EXPECT_EQ(sized_with(plain, w, deep, [](auto& p) { p.collateral_limits.frozen = true; }).binding, limit::reserve);
  const auto dust = sized_with(plain, w, deep, [](auto& p) { p.minimum_debt = 1e6; });
  EXPECT_EQ(dust.status, errc::dust);
  EXPECT_EQ(dust.binding, limit::minimum_debt);
  const leverage_up cheap{.max_slippage = basis_points{300.0}, .max_cost = basis_points{20.0}};
  EXPECT_EQ(cheap.size(w.problem(deep)).status, errc::cost_exceeds_limit);
  EXPECT_EQ(cheap.size(w.problem(deep)).binding, limit::cost);
}

TEST(LeverageUp, NeverLeversBelowTheTargetOrFromBelowIt) {
  const cases::worked below(10000.0, 7800.0), at(10000.0, 6640.0);
  const liquidity::frictionless venue{1.0};
  EXPECT_EQ(plain.size(below.problem(venue)).status, errc::already_there);
  EXPECT_EQ(plain.size(at.problem(venue)).status, errc::already_there);
}

TEST(LeverageUp, NoRoomInTheBorrowFormIsNamed) {
  cases::worked w(10000.0, 5000.0);
  w.model.table[0].ltv = 0.45;  // health 1.66 by threshold, and no more may be borrowed
  const liquidity::frictionless venue{1.0};
  const auto s = plain.size(w.problem(venue));
  EXPECT_EQ(s.status, errc::infeasible);
  EXPECT_EQ(s.binding, limit::borrow_form);
  EXPECT_EQ(s.trade.sold, 0.0);
}

TEST(LeverageUp, OpensADebtFromNothing) {
  const cases::worked w(10000.0, 0.0);
  const liquidity::constant_product deep{.reserve_in = 1e7, .reserve_out = 1e7};
  const auto s = plain.size(w.problem(deep));
  ASSERT_EQ(s.status, errc::ok) << name(s.binding);
  EXPECT_GE(s.trade.health_after, 1.25);
  EXPECT_NEAR(s.trade.health_after, 1.25, 1e-12);
}

}  // namespace

namespace laws {

struct leverage_through_a_pool {
  static constexpr auto sizer() { return trimtab::sizing::leverage_up{.max_slippage = trimtab::basis_points{800.0}}; }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 5000.0 * scale); }
  static constexpr double target() { return 1.3; }
};
struct leverage_without_friction : leverage_through_a_pool {
  static constexpr auto venue(double) { return trimtab::liquidity::frictionless{1.0}; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(LeverageThroughAPool, SizerLaws, leverage_through_a_pool);
INSTANTIATE_TYPED_TEST_SUITE_P(LeverageWithoutFriction, SizerLaws, leverage_without_friction);

}  // namespace laws
