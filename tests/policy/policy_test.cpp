// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/withdraw_above.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/carry.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/forecast_health.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/look_ahead.hpp>
#include <trimtab/trigger/price_move.hpp>

#include "support/keepers.hpp"
#include <limits>
#include <utility>

namespace {

using namespace trimtab;
using cases::keeper;
using cases::watched;
using cases::watching;

constexpr errc valid(const trigger::drift_band& band, double health = 1.4, double ltv = 0.80) {
  watched w = watching(health);
  w.world.model.table[0].ltv = ltv;
  const policy p{w.world.model, cases::guards, band, sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}},
                 cases::plain_execution};
  const auto s = w.look();
  return p.validate(s);
}
static_assert(valid({.lower = 1.15, .target = 1.25, .upper = 1.7}) == errc::ok);
// Levering to 1.03 would need more debt than LTV 0.80 backs: LT / LTV = 1.0375.
static_assert(valid({.lower = 1.01, .target = 1.03, .upper = 1.2}) == errc::bad_configuration);
static_assert(valid({.lower = 1.01, .target = 1.04, .upper = 1.2}) == errc::ok);
static_assert(valid({.lower = 1.01, .target = 1.03}) == errc::ok,
              "a band that never levers up may restore to any health");
static_assert(valid({.lower = 1.15, .target = 1.25, .upper = 1.7}, 1.4, 0.0) == errc::bad_configuration,
              "backs no debt");
static_assert(valid({.lower = 1.25, .target = 1.15, .upper = 1.7}) == errc::bad_configuration);
static_assert(noexcept(keeper.on_receipt(std::declval<const cases::keeper_state&>(), std::declval<const receipt&>())));
static_assert(noexcept(keeper.quiet(std::declval<const cases::keeper_state&>(), cases::home.account)));
static_assert(noexcept(keeper.validate(std::declval<const snapshot<cases::pool>&>())));

template <class F>
errc refusal(F&& spoil) {
  watched w = watching(1.4);
  spoil(w);
  return keeper.validate(w.look());
}

TEST(Policy, ValidateNamesEachPartsComplaint) {
  EXPECT_EQ(refusal([](watched&) {}), errc::ok);
  EXPECT_EQ(refusal([](watched& w) { w.world.price[0] = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(refusal([](watched& w) { w.world.account.add({.asset = asset_id{9}}); }), errc::asset_mismatch);
  EXPECT_EQ(refusal([](watched& w) { w.venue.reserve_out = 0.0; }), errc::negative_amount);
  const watched w = watching(1.4);
  const auto s = w.look();
  const auto with = [&](const auto& guard, const auto& trigger, const auto& sizer) {
    return policy{cases::home.model, guard, trigger, sizer, cases::plain_execution}.validate(s);
  };
  const sizing::restore_target down{};
  EXPECT_EQ(with(oracle::max_age{seconds{-1}}, cases::one_sided, down), errc::bad_configuration);
  EXPECT_EQ(with(cases::guards, trigger::drift_band{.lower = 0.9}, down), errc::bad_configuration);
  EXPECT_EQ(with(cases::guards, cases::one_sided, sizing::restore_target{.max_slippage = {0.0}}),
            errc::bad_configuration);
  EXPECT_EQ(with(cases::guards, cases::two_sided, down), errc::bad_configuration) << "cannot lever up";
  EXPECT_EQ(with(cases::guards, cases::one_sided, sizing::leverage_up{}), errc::bad_configuration)
      << "cannot deleverage";
}

TEST(Policy, ValidateLooksAtHowItPaysAndWaits) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const watched w = watching(1.4);
  const auto s = w.look();
  const auto with = [&](const execution& e) {
    return policy{cases::home.model, cases::guards, cases::one_sided, sizing::restore_target{}, e}.validate(s);
  };
  EXPECT_EQ(with({}), errc::ok);
  EXPECT_EQ(with({.gas_ceiling = infinity, .least_gain = infinity}), errc::ok);
  for (const long wait : {0L, -60L}) EXPECT_EQ(with({.wait = seconds{wait}}), errc::bad_configuration);
  for (const double premium : {nan, infinity, -1.0})
    EXPECT_EQ(with({.funding = {.premium = basis_points{premium}}}), errc::bad_configuration);
  for (const double ceiling : {nan, -1e-9}) EXPECT_EQ(with({.gas_ceiling = ceiling}), errc::bad_configuration);
  EXPECT_EQ(with({.gas_ceiling = 0.0}), errc::ok) << "emergencies only";
  EXPECT_EQ(with({.least_gain = nan}), errc::bad_configuration);
}

TEST(Policy, ValidateLooksAtTheListingsThatCanBeTraded) {
  const watched w = watching(1.4);
  const policy down{cases::home.model, cases::guards, cases::one_sided, sizing::restore_target{},
                    cases::plain_execution};
  for (const bool selling : {true, false}) {
    auto s = w.look();
    auto& market = selling ? s.sell : s.buy;
    const auto good = market;
    market.in = asset_id{77};
    EXPECT_EQ(keeper.validate(s), errc::asset_mismatch);
    EXPECT_EQ(down.validate(s), selling ? errc::asset_mismatch : errc::ok) << "never buys";
    market = good;
    std::swap(market.in, market.out);
    EXPECT_EQ(keeper.validate(s), errc::asset_mismatch) << "the wrong way round";
    for (const int decimals : {-1, 28}) {
      market = good;
      market.out_decimals = decimals;
      EXPECT_EQ(keeper.validate(s), errc::bad_configuration);
    }
  }
  auto opening = watching(1.4);
  opening.world.account[1].debt = 0.0;
  EXPECT_EQ(keeper.validate(opening.look()), errc::ok) << "listed with nothing: it can be opened";
  opening.world.account = {};
  EXPECT_EQ(keeper.validate(opening.look()), errc::asset_mismatch);
}

TEST(Policy, ValidateRefusesASlotWithoutAPrice) {
  auto shifted = cases::home.model;
  for (auto& reserve : shifted.table) reserve.slot.index = static_cast<std::uint16_t>(reserve.slot.index + 3U);
  const policy p{shifted, cases::guards, cases::two_sided,
                 sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  EXPECT_EQ(p.validate(watching(1.4).look()), errc::size_mismatch);
}

// Levers up above an edge and never calls for the opposite.
struct upwards_only {
  struct state_type {
    bool above = false;
  };
  double upper = 1.7;
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr state_type step(state_type, const trimtab::signal& s) const noexcept {
    return {s.health >= upper};
  }
  [[nodiscard]] constexpr firing fired(state_type s) const noexcept {
    return s.above ? firing{.fired = true, .towards = direction::leverage, .target = 1.25} : firing{};
  }
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return {.high = upper}; }
};

TEST(Policy, OneThatOnlyLeversUpNeedsNoSellListing) {
  constexpr policy up{cases::home.model, cases::guards, upwards_only{}, sizing::leverage_up{}, cases::plain_execution};
  const watched w = watching(1.9);
  auto s = w.look();
  const auto with = up({}, s);
  s.sell = {};
  EXPECT_EQ(up.validate(s), errc::ok);
  const auto without = up({}, s);
  EXPECT_EQ(without.verdict, verdict::rebalance) << name(without.reason);
  EXPECT_EQ(without.trade.sold, with.trade.sold);
  EXPECT_EQ(without.trade.min_out, with.trade.min_out) << "fair prices of the pair that is traded";
}

// No band of health tells which way these go.
TEST(Policy, ValidateLooksAtWhereATriggerWithoutABandMayGo) {
  constexpr sizing::restore_target down{};
  constexpr sizing::both_ways both{down, sizing::leverage_up{}};
  constexpr sizing::both_ways out{down, sizing::withdraw_above{}};
  enum market { neither, sells, buys, either };
  const auto with = [](const auto& trigger, const auto& sizer, market broken = neither) {
    const watched w = watching(1.4);
    auto s = w.look();
    if (broken == sells || broken == either) s.sell.in = asset_id{77};
    if (broken == buys || broken == either) s.buy.out = asset_id{77};
    return policy{cases::home.model, cases::guards, trigger, sizer, cases::plain_execution}.validate(s);
  };
  const auto goes_down = [&](const auto& t) {
    EXPECT_EQ(with(t, down), errc::ok);
    EXPECT_EQ(with(t, both, buys), errc::ok) << "never buys";
    EXPECT_EQ(with(t, both, sells), errc::asset_mismatch);
    EXPECT_EQ(with(t, sizing::leverage_up{}), errc::bad_configuration) << "cannot deleverage";
  };
  const auto goes_both_ways = [&](const auto& t, const auto& too_low) {
    EXPECT_EQ(with(t, both), errc::ok);
    EXPECT_EQ(with(t, both, buys), errc::asset_mismatch);
    EXPECT_EQ(with(t, both, sells), errc::asset_mismatch);
    EXPECT_EQ(with(t, down), errc::bad_configuration) << "cannot lever up";
    EXPECT_EQ(with(t, sizing::leverage_up{}), errc::bad_configuration) << "cannot deleverage";
    // Levering to 1.03 would need more debt than LTV 0.80 backs; withdrawing to it would not.
    EXPECT_EQ(with(too_low, both), errc::bad_configuration);
    EXPECT_EQ(with(too_low, out), errc::ok);
  };
  constexpr trigger::price_move move{}, levers{.may_leverage = true}, too_far{.target = 1.03, .may_leverage = true};
  constexpr trigger::interval daily{}, tight{.target = 1.03}, never_up{.may_leverage = false};
  goes_down(move);
  goes_down(never_up);
  goes_down(trigger::forecast_health{});
  goes_down(trigger::look_ahead{cases::one_sided});
  goes_down(trigger::debounce{move, seconds{60}});
  goes_down(trigger::any_of{cases::one_sided, move});
  goes_down(trigger::all_of{cases::one_sided, daily, trigger::cooldown{}});  // up only where both lean up
  goes_both_ways(levers, too_far);
  goes_both_ways(daily, tight);
  goes_both_ways(trigger::carry{}, trigger::carry{.target = 1.03});
  goes_both_ways(trigger::look_ahead{cases::two_sided}, trigger::look_ahead{tight});
  goes_both_ways(trigger::debounce{levers, seconds{60}}, trigger::debounce{too_far, seconds{60}});
  goes_both_ways(trigger::any_of{cases::one_sided, levers}, trigger::any_of{cases::two_sided, too_far});
  goes_both_ways(trigger::all_of{cases::two_sided, daily, trigger::debounce{trigger::cooldown{}, seconds{60}}},
                 trigger::all_of{cases::two_sided, tight});
  EXPECT_EQ(with(trigger::cooldown{}, down, either), errc::ok) << "only permits";
}

// Promises no silence, and does not say which way it goes: then it is whatever the sizer can.
struct untold : trigger::cooldown {
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return restless(); }
};
TEST(Policy, ValidateTakesATriggerThatTellsNothingForOneThatMayGoWhereTheSizerCan) {
  const watched w = watching(1.4);
  auto s = w.look();
  s.buy.out = asset_id{77};
  const policy down{cases::home.model, cases::guards, untold{}, sizing::restore_target{}, cases::plain_execution};
  const policy both{cases::home.model, cases::guards, untold{},
                    sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, cases::plain_execution};
  EXPECT_EQ(down.validate(s), errc::ok);
  EXPECT_EQ(both.validate(s), errc::asset_mismatch);
  s.sell.in = asset_id{77};
  EXPECT_EQ(down.validate(s), errc::asset_mismatch);
}

TEST(Policy, ALookFromTheFutureIsForgottenByResettingLastLook) {
  auto state = keeper({}, watching(1.4, cases::start + year).look()).state;
  const auto s = watching(1.1);
  EXPECT_EQ(keeper(state, s.look()).reason, errc::time_backwards);
  state.last_look = never;
  EXPECT_EQ(keeper(state, s.look()).verdict, verdict::rebalance);
}

TEST(Policy, ItsPlanSettlesWhereTheDecisionSays) {
  for (const double health : {1.1, 1.9}) {
    const watched w = watching(health);
    const auto s = w.look();
    const auto d = keeper({}, s);
    ASSERT_EQ(d.verdict, verdict::rebalance);
    const auto p = keeper.plan_for(d, s);
    ASSERT_TRUE(p.has_value()) << name(p.error());
    const auto after =
        settle(w.world.model, w.world.account, *p, d.trade.towards == direction::deleverage ? s.sell : s.buy, s.prices,
               s.reserves, s.now, cases::plain_execution.funding.premium);
    ASSERT_TRUE(after.has_value()) << name(after.error());
    EXPECT_NEAR(health_factor(w.world.model.liquidation_form<double>(after->account), s.prices), 1.25, 1e-12);
  }
}

TEST(Policy, SensitivitiesAreThoseOfTheForm) {
  const watched w = watching(1.4);
  const auto g = keeper.sensitivities(w.look());
  EXPECT_NEAR(g.value, 1.4, 1e-14);
  EXPECT_NEAR(g.delta[0], 1.4, 1e-14) << "health per price of a collateral priced 1";
}

TEST(Policy, AMorphoMarketWorksUnchanged) {
  constexpr health::morpho_blue market{.collateral = cases::collateral_asset,
                                       .loan = cases::debt_asset,
                                       .collateral_slot = {0},
                                       .loan_slot = {1},
                                       .lltv = 8300_bps};
  constexpr policy p{market, cases::guards, cases::one_sided, sizing::restore_target{}};
  const watched w = watching(1.1);
  const auto d = p({}, w.look());
  EXPECT_EQ(d.verdict, verdict::rebalance);
  EXPECT_GE(d.trade.health_after, 1.25);
}

}  // namespace
