// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/in_chunks.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/worth_it.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include <limits>

namespace {

using namespace trimtab;
using sizing::restore_target;
using sizing::worth_it;

constexpr forecast::motion calm{.drift = -0.1, .volatility = 0.3}, wild{.drift = -0.3, .volatility = 1.2};
constexpr forecast::liquidation_terms rules{.threshold = 0.83, .bonus = 0.05, .close_factor = 0.5};
constexpr liquidity::constant_product pool{.reserve_in = 2e5, .reserve_out = 2e5, .fee = {30.0}};

static_assert(Sizer<worth_it<restore_target>>);
static_assert(worth_it{restore_target{}, calm, rules}.validate() == errc::ok);
static_assert(worth_it{restore_target{}, {}, rules}.validate() == errc::bad_configuration);
static_assert(worth_it{restore_target{}, calm, {.bonus = -1.0}}.validate() == errc::negative_amount);
static_assert(worth_it{restore_target{}, calm, rules, 0.0}.validate() == errc::bad_configuration);
static_assert(worth_it{restore_target{.max_slippage = {0.0}}, calm, rules}.validate() == errc::bad_configuration);

TEST(WorthIt, TheSameTradeIsWorthItWhenPricesMoveAndNotWhenTheyDoNot) {
  const cases::worked w;
  const auto p = w.problem(pool);
  const auto plain = restore_target{}.size(p);
  ASSERT_TRUE(plain.has_value());
  const auto moved = worth_it{restore_target{}, wild, rules}.size(p);
  ASSERT_TRUE(moved.has_value()) << name(moved.status);
  EXPECT_EQ(moved.trade.sold, plain.trade.sold) << "the size is the inner sizer's";
  const auto still = worth_it{restore_target{}, calm, rules, 0.5 / 365.0}.size(p);
  EXPECT_EQ(still.status, errc::cost_exceeds_benefit);
  EXPECT_EQ(still.binding, sizing::limit::cost);
  EXPECT_EQ(still.trade.sold, 0.0);
  EXPECT_EQ(still.trade.health_before, plain.trade.health_before);
}

TEST(WorthIt, TheBenefitIsTheLossThatGoesAway) {
  const cases::worked w;
  const auto p = w.problem(pool);
  const worth_it sizer{restore_target{}, wild, rules};
  const auto t = restore_target{}.size(p).trade;
  const auto loss = [&](double health, double debt) {
    return forecast::liquidation_probability(wild, std::log(health), 7.0 / 365.0) * 0.05 * 0.5 * debt;
  };
  EXPECT_NEAR(sizer.benefit(p, t), loss(t.health_before, 7800.0) - loss(t.health_after, 7800.0 + t.debt_change), 1e-9);
}

TEST(WorthIt, AnEmergencyIsWorthEverything) {
  const cases::worked w;
  auto p = w.problem(pool);
  const worth_it sizer{restore_target{}, calm, rules, 0.5 / 365.0};
  p.urgent = true;
  EXPECT_TRUE(sizer.size(p).has_value());
}

// A benefit of one's own: so much for every point of health, and a note of what it was asked about.
struct per_point {
  double each = 0.0;
  template <class V, std::size_t N>
  constexpr double operator()(const sizing::problem<V, N>&, const sizing::trade& t) const noexcept {
    return each * (t.health_after - t.health_before);
  }
};
struct checked : per_point {
  [[nodiscard]] constexpr errc validate() const noexcept { return each > 0.0 ? errc::ok : errc::negative_amount; }
};
static_assert(Sizer<worth_it<restore_target, per_point>>);
static_assert(worth_it{restore_target{}, per_point{1.0}}.validate() == errc::ok);
static_assert(worth_it{restore_target{}, checked{{-1.0}}}.validate() == errc::negative_amount);

TEST(WorthIt, AnyFunctionCanBeTheBenefit) {
  const cases::worked w;
  const auto p = w.problem(pool);
  const auto plain = restore_target{}.size(p);
  const double rise = plain.trade.health_after - plain.trade.health_before, just = plain.trade.cost.total() / rise;
  EXPECT_TRUE((worth_it{restore_target{}, per_point{just * (1.0 + 1e-12)}}.size(p).has_value()));
  const auto refused = worth_it{restore_target{}, per_point{just * (1.0 - 1e-12)}}.size(p);
  EXPECT_EQ(refused.status, errc::cost_exceeds_benefit);
  EXPECT_EQ(refused.trade.sold, 0.0);
  EXPECT_EQ((worth_it{restore_target{}, per_point{std::nan("")}}.size(p).status), errc::cost_exceeds_benefit)
      << "a NaN is no benefit";
  const auto from_function =
      worth_it{restore_target{}, [](const auto&, const auto& t) { return 2.0 * t.cost.total(); }};
  EXPECT_TRUE(from_function.size(p).has_value());
}

TEST(WorthIt, GasAloneCanBeTooMuch) {
  cases::worked w;
  auto p = w.problem(pool);
  const worth_it sizer{restore_target{}, wild, rules};
  p.gas = {.transaction_gas = 5e5, .price_native = 1e-3, .tank_native = 1e9, .native = price_slot{2}};
  EXPECT_EQ(sizer.size(p).status, errc::cost_exceeds_benefit);
  EXPECT_EQ(sizer.objection_to(p, restore_target{}.size(p).trade).why, errc::cost_exceeds_benefit);
}

}  // namespace

namespace laws {
namespace {

struct restoring {
  static constexpr auto sizer() { return ::worth_it{::restore_target{}, wild, rules}; }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale, .fee = {30.0}};
  }
  static cases::worked account(double scale) { return {10000.0 * scale, 7800.0 * scale}; }
  static constexpr double target() { return 1.25; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(WorthIt, SizerLaws, restoring);

}  // namespace
}  // namespace laws
