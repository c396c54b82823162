// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/preset/index_coop.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>

namespace {

using namespace trimtab;
using preset::index_coop_call;
using preset::index_coop_look;
using preset::index_coop_rules;
using preset::index_coop_sizer;
using preset::index_coop_trigger;
using sizing::limit;

static_assert(Trigger<index_coop_trigger>);
static_assert(Sizer<index_coop_sizer, liquidity::constant_product>);
static_assert(std::is_trivially_copyable_v<index_coop_trigger::state_type>);
static_assert(index_coop_trigger{{.least = 0.9}}.validate() == errc::bad_configuration);
static_assert(index_coop_sizer{{.least = 0.9}}.validate() == errc::bad_configuration);

constexpr auto start = at_unix(1'600'000'000);

cases::worked world_of(const index_coop_look& l) {
  cases::worked w(l.collateral, l.debt);
  w.price = {l.collateral_price, l.debt_price, 1.0};
  w.model.table[0].threshold = l.threshold;
  w.model.table[0].ltv = l.ltv;
  return w;
}

trimtab::signal seen(const cases::worked& w, const index_coop_look& l) {
  return {.health = health_factor(w.model.liquidation_form<double>(w.account), w.prices()),
          .now = l.now,
          .last_fill = l.last_trade,
          .collateral_value = l.collateral * l.collateral_price,
          .debt_value = l.debt * l.debt_price,
          .price = l.collateral_price / l.debt_price};
}

index_coop_look draw_look(test::random_numbers& draw, const index_coop_rules& r) {
  index_coop_look l{.collateral = draw.log_uniform(1.0, 1e6),
                    .collateral_price = draw.log_uniform(1e-2, 1e4),
                    .debt_price = draw.log_uniform(0.5, 1e3),
                    .threshold = draw.uniform(0.6, 0.95),
                    .now = start,
                    .reward_tank = 5.0};
  l.ltv = l.threshold * draw.uniform(0.9, 1.0);
  const double leverage = draw.uniform(1.02, 5.0);
  l.debt = l.collateral * l.collateral_price / l.debt_price * (leverage - 1.0) / leverage;
  const seconds waits[] = {r.interval, r.twap_cooldown, r.ripcord_cooldown, seconds{1'000'000}};
  l.last_trade = start - waits[draw.below(4)] + seconds{static_cast<long>(draw.below(3))} - seconds{1};
  return l;
}

// The rules against the contract's integers are the other test's; here the parts against the rules.
TEST(IndexCoop, TriggerAndSizerTogetherAreTheRules) {
  test::random_numbers draw(71);
  std::array<std::int64_t, 6> seen_branches{};
  enum { silent, up, down, pulled, refused, cut };
  double worst = 0.0;
  for (int i = 0; i < 200'000; ++i) {
    index_coop_rules r{.unutilised = draw.uniform(0.0, 0.1), .margin_on_repay = draw.below(4) != 0};
    const index_coop_look l = draw_look(draw, r);
    if (draw.below(2) == 0) r.largest_trade = l.collateral * draw.uniform(0.01, 0.2);
    if (draw.below(2) == 0) r.ripcord_largest_trade = l.collateral * draw.uniform(0.01, 0.2);
    const auto rule = r.decide(l);
    const cases::worked w = world_of(l);
    const index_coop_trigger trigger{r};
    const firing f = trigger.fired(trigger.step({}, seen(w, l)));
    ASSERT_EQ(f.fired, rule.call != index_coop_call::none) << i;
    if (!f.fired) {
      ASSERT_EQ(f.why, rule.reason);
      ++seen_branches[silent];
      continue;
    }
    ASSERT_EQ(f.emergency, rule.call == index_coop_call::ripcord);
    const double rate = l.collateral_price / l.debt_price;
    const bool levers = f.towards == direction::leverage;
    const liquidity::frictionless venue{levers ? 1.0 / rate : rate};
    auto p = w.problem(venue);
    p.funding.mode = sizing::funding_mode::none;
    p.target = f.target;
    p.urgent = f.emergency;
    const auto z = index_coop_sizer{r}.size(p);
    if (rule.reason == errc::infeasible) {
      ++seen_branches[refused];
      ASSERT_EQ(z.status, f.target > 1.0 ? errc::infeasible : errc::bad_configuration) << i;
      ASSERT_EQ(z.trade.sold, 0.0);
      continue;
    }
    if (!(f.target > 1.0)) continue;  // a ripcord to where the protocol would liquidate: no sizer takes that
    ASSERT_EQ(f.towards, rule.towards);
    ASSERT_EQ(z.status, errc::ok) << i << ' ' << name(z.status) << ' ' << name(z.binding) << ' ' << rule.chunk;
    const double scale = l.collateral * rule.leverage * (levers ? rate : 1.0);
    worst = std::fmax(worst, std::fabs(z.trade.sold - rule.sold) / scale);
    ASSERT_LE(std::fabs(z.trade.sold - rule.sold), 1e-12 * scale) << i;
    ASSERT_LE(std::fabs(z.trade.min_out - rule.min_out), 1e-12 * l.collateral * rule.leverage * (levers ? 1.0 : rate));
    const bool whole = rule.chunk == rule.total;
    ASSERT_EQ(z.binding == limit::none, whole);
    ASSERT_EQ(z.binding == limit::chunk, !whole && !f.emergency) << "of a ripcord nothing is remembered";
    ++seen_branches[f.emergency ? pulled : levers ? up : down];
    seen_branches[cut] += whole ? 0 : 1;
  }
  constexpr std::array<const char*, 6> names{"silent", "up", "down", "ripcord", "refused", "cut"};
  for (std::size_t b = 0; b < names.size(); ++b) {
    std::cout << names[b] << ": " << seen_branches[b] << '\n';
    EXPECT_GT(seen_branches[b], 2000) << names[b];
  }
  std::cout << "worst size " << worst << " of what is held\n";
}

TEST(IndexCoop, ATriggerThatCannotReadItsLeverageSaysSo) {
  const index_coop_trigger trigger{};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const trimtab::signal good{.health = 1.5, .now = start, .collateral_value = 200.0, .debt_value = 100.0};
  const auto said = [&](auto&& spoil) {
    trimtab::signal s = good;
    spoil(s);
    const firing f = trigger.fired(trigger.step({}, s));
    EXPECT_FALSE(f.fired);
    return f.why;
  };
  EXPECT_EQ(said([](auto& s) { s.collateral_value = 100.0; }), errc::infeasible);
  EXPECT_EQ(said([](auto& s) { s.debt_value = 0.0; }), errc::infeasible);
  EXPECT_EQ(said([=](auto& s) { s.collateral_value = nan; }), errc::infeasible);
  EXPECT_EQ(said([=](auto& s) { s.debt_value = nan; }), errc::infeasible);
  EXPECT_EQ(said([](auto& s) { s.last_fill = start; }), errc::inside_band);
  EXPECT_EQ(said([](auto& s) { s.debt_value = 150.0, s.last_fill = start; }), errc::cooldown) << "leverage 4";
  EXPECT_EQ(said([](auto&) {}), errc::already_there) << "leverage 2, due, and nowhere to go";
  EXPECT_TRUE(
      trigger.fired(trigger.step({}, {.health = 1.5, .now = start, .collateral_value = 200.0, .debt_value = 101.0}))
          .fired);
}

TEST(IndexCoop, OneCollateralAgainstOneDebt) {
  const liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6};
  cases::worked w(10000.0, 6000.0);
  w.model.table[2] = {cases::other_collateral, {2}};
  w.model.count = 3;
  w.account.add({.asset = cases::other_collateral, .collateral = 0.0});
  auto p = w.problem(venue);
  p.funding.mode = sizing::funding_mode::none;
  p.target = 1.45;
  EXPECT_EQ(index_coop_sizer{}.size(p).status, errc::ok);
  w.account[2].collateral = 1.0;
  EXPECT_EQ(index_coop_sizer{}.size(w.problem(venue)).status, errc::asset_mismatch);
}

// The size takes no notice of the venue; what the venue then pays is short of the target.
TEST(IndexCoop, ImpactIsWhatItsSizeLeavesOut) {
  const cases::worked w(10000.0, 6000.0);  // leverage 2.5
  auto at = [&](double depth) {
    const liquidity::constant_product venue{.reserve_in = depth, .reserve_out = depth};
    auto p = w.problem(venue);
    p.funding.mode = sizing::funding_mode::none;
    p.target = 0.83 * 2.3 / 1.3;
    return index_coop_sizer{}.size(p);
  };
  EXPECT_EQ(at(1e9).trade.sold, at(2e5).trade.sold);
  EXPECT_LT(at(2e5).trade.health_after, at(1e9).trade.health_after);
  EXPECT_LT(at(1e9).trade.health_after, 0.83 * 2.3 / 1.3);
  EXPECT_EQ(at(5e4).status, errc::infeasible) << "beyond its slippage the transaction reverts";
  EXPECT_EQ(at(5e4).binding, limit::slippage);
}

}  // namespace

namespace laws {

struct index_coop_through_a_pool {
  static constexpr auto sizer() { return trimtab::preset::index_coop_sizer{{.slippage = {300.0}}}; }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7000.0 * scale); }
  static constexpr double target() { return 1.25; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(IndexCoopThroughAPool, SizerLaws, index_coop_through_a_pool);

}  // namespace laws
