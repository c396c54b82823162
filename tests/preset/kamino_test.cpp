// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/preset/kamino.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace {

using namespace trimtab;
using preset::kamino_condition;
using test::mul_div;
using test::u128;

// ---- The program, in its own fixed point (U68F60): obligation_order_operations.rs, liquidation_operations.rs.

constexpr u128 one = u128{1} << 60;

u128 times(u128 a, u128 b) {
  return mul_div(a, b, one);
}
u128 over(u128 a, u128 b) {
  return mul_div(a, one, b);
}
u128 of_bps(u128 bps) {
  return bps * one / 10'000;
}
u128 less(u128 a, u128 b) {
  return a > b ? a - b : 0;
}

struct order {
  kamino_condition when = kamino_condition::never;
  u128 threshold = 0;
  u128 amount = 0;           // debt units, fixed point; all ones: everything
  u128 least = 0, most = 0;  // basis points
};
constexpr u128 everything = ~u128{0};

struct obligation {
  u128 deposited = 0, borrowed = 0;  // units; units in fixed point
  u128 price = 0, debt_price = 0;    // fixed point, per unit of a million
  u128 liquidation_pct = 80, factor_pct = 100;
  std::array<order, 2> orders{};
  bool execution_enabled = true, price_disabled = false;

  [[nodiscard]] u128 value() const { return mul_div(price, deposited, 1'000'000); }
  [[nodiscard]] u128 debt_value() const { return mul_div(debt_price, borrowed, one * 1'000'000); }
  [[nodiscard]] u128 ltv() const { return over(debt_value() * factor_pct / 100, value()); }
  [[nodiscard]] u128 plain_ltv() const { return over(debt_value(), value()); }
  [[nodiscard]] u128 unhealthy() const { return over(value() * liquidation_pct / 100, value()); }
  [[nodiscard]] u128 ratio() const { return over(debt_price, price); }
};

struct hit {
  std::optional<u128> distance;
};
std::optional<hit> stop_loss(u128 value, u128 threshold, u128 liquidation) {
  if (value <= threshold) return std::nullopt;
  if (threshold >= liquidation) return hit{one};
  return hit{over(value - threshold, liquidation - threshold)};
}
std::optional<hit> take_profit(u128 value, u128 threshold) {
  if (value >= threshold) return std::nullopt;
  return hit{over(threshold - value, threshold)};
}
std::optional<hit> evaluate(const obligation& o, const order& w) {
  switch (w.when) {
    case kamino_condition::never:
      return std::nullopt;
    case kamino_condition::always:
      return hit{};
    case kamino_condition::ltv_above:
      return stop_loss(o.ltv(), w.threshold, o.unhealthy());
    case kamino_condition::ltv_below:
      return take_profit(o.ltv(), w.threshold);
    case kamino_condition::ratio_above:
      return stop_loss(o.ratio(), w.threshold, over(times(o.ratio(), o.unhealthy()), o.ltv()));
    case kamino_condition::ratio_below:
      return take_profit(o.ratio(), w.threshold);
    case kamino_condition::liquidation_closer_than:
      return stop_loss(o.ltv(), less(o.unhealthy(), w.threshold), o.unhealthy());
  }
  return std::nullopt;
}

enum way : std::size_t {
  no_debt,
  liquidation,
  waits,
  switched_off,
  nobody_comes,
  ends_liquidatable,
  ltv_above,
  ltv_below,
  ratio_above,
  ratio_below,
  always,
  closer,
  ways
};
way way_of(kamino_condition c) {
  constexpr std::array<way, 7> of{waits, ltv_above, ltv_below, ratio_above, ratio_below, always, closer};
  return of[static_cast<std::size_t>(c)];
}

struct told {
  way went = waits;
  u128 repaid = 0, seized = 0, bonus = 0;
  bool second = false, capped = false;
};

told execute(const obligation& o) {
  if (o.borrowed == 0) return {no_debt};
  if (!(o.ltv() < o.unhealthy()) && !o.price_disabled) return {liquidation};
  bool off = false;
  for (const order& w : o.orders) {
    const auto found = evaluate(o, w);
    if (!found) continue;
    const bool by_price = w.when != kamino_condition::always;
    if (!o.execution_enabled || (by_price && o.price_disabled)) {
      off = true;
      continue;
    }
    told t{way_of(w.when)};
    t.second = &w == &o.orders[1];
    const u128 low = of_bps(w.least), range = of_bps(w.most) - low;
    t.bonus = std::min(found->distance ? low + times(*found->distance, range) : low, less(one, o.plain_ltv()));
    u128 settled = std::min(w.amount, o.borrowed);
    const u128 total = times(times(o.debt_value(), over(settled, o.borrowed)), one + t.bonus);
    if (total > o.value()) {
      settled = times(settled, over(o.value(), total));
      t.seized = o.deposited;
      t.capped = true;
    } else {
      t.seized = total == o.value() ? o.deposited : times(o.deposited * one, over(total, o.value())) / one;
    }
    t.repaid = (settled + one - 1) / one;
    return t;
  }
  return {off ? switched_off : waits};
}

// ---- The preset, asked of the same obligation.

constexpr asset_id sol{1}, usdc{2};
constexpr timestamp now = at_unix(1'700'000'000);
constexpr double fixed_point = 0x1p60;

preset::kamino_order settings(const order& w) {
  return {.when = w.when,
          .threshold = test::tokens(w.threshold, fixed_point),
          .amount = w.amount == everything ? infinity : test::tokens(w.amount, fixed_point) / 1e6,
          .least_bonus = {static_cast<double>(w.least)},
          .largest_bonus = {static_cast<double>(w.most)}};
}

struct seen {
  std::array<double, 2> prices{};
  std::array<health::kamino_reserve, 2> reserves{};
  snapshot<liquidity::frictionless> look{};

  seen(const obligation& o, double taken) {
    prices = {test::tokens(o.price, fixed_point), test::tokens(o.debt_price, fixed_point)};
    reserves = {{{.asset = sol,
                  .slot = price_slot{0},
                  .loan_to_value = {static_cast<double>(o.liquidation_pct) * 100.0 - 500.0},
                  .threshold = {static_cast<double>(o.liquidation_pct) * 100.0}},
                 {.asset = usdc, .slot = price_slot{1}, .borrow_factor = {static_cast<double>(o.factor_pct) * 100.0}}}};
    static_cast<void>(look.account.add({.asset = sol, .collateral = test::tokens(o.deposited, 1e6)}));
    static_cast<void>(look.account.add({.asset = usdc, .debt = test::tokens(o.borrowed, fixed_point) / 1e6}));
    look.now = now;
    look.prices = oracle_prices<double>{prices};
    look.sell = {
        .in = sol, .out = usdc, .venue = {prices[0] / prices[1] * (1.0 - taken)}, .in_decimals = 6, .out_decimals = 6};
  }
  seen(const seen&) = delete;
  [[nodiscard]] health::kamino model() const { return {.reserves = reserves}; }
};

preset::kamino_orders settings(const obligation& o) {
  return {.orders = {settings(o.orders[0]), settings(o.orders[1])},
          .execution_enabled = o.execution_enabled,
          .price_triggers_disabled = o.price_disabled};
}

constexpr execution own_money{.funding = {.mode = sizing::funding_mode::none, .premium = {0.0}}};

struct answer {
  verdict said = verdict::hold;
  errc why = errc::ok;
};
answer answer_of(way w) {
  switch (w) {
    case no_debt:
    case waits:
    case ways:
      return {verdict::hold, errc::inside_band};
    case liquidation:
      return {verdict::hold, errc::not_liquidatable};
    case switched_off:
      return {verdict::hold, errc::reserve_closed};
    case nobody_comes:
      return {verdict::refuse, errc::cost_exceeds_benefit};
    case ends_liquidatable:
      return {verdict::refuse, errc::infeasible};
    case ltv_above:
    case ltv_below:
    case ratio_above:
    case ratio_below:
    case always:
    case closer:
      return {verdict::rebalance, errc::ok};
  }
  return {};
}

order draw_order(test::random_numbers& r, const obligation& o) {
  using enum kamino_condition;
  order w;
  w.when = static_cast<kamino_condition>(r.below(7));
  if (w.when == never) return w;
  const std::uint64_t kind = r.below(5);  // at what is now exactly, beside it, anywhere
  u128 at = 0;
  switch (w.when) {
    case ltv_above:
    case ltv_below:
      at = kind < 3 ? o.ltv() : static_cast<u128>(r.uniform(0.2, 0.95) * fixed_point);
      break;
    case ratio_above:
    case ratio_below:
      at = kind < 3 ? o.ratio()
                    : static_cast<u128>(test::tokens(o.ratio(), fixed_point) * r.uniform(0.7, 1.4) * fixed_point);
      break;
    case liquidation_closer_than:
      at = kind < 3 ? less(o.unhealthy(), o.ltv()) : static_cast<u128>(r.uniform(0.01, 0.4) * fixed_point);
      break;
    case always:
    case never:
      break;
  }
  if (at != 0 && kind == 1) at += one / 10'000'000'000ULL;
  if (at != 0 && kind == 2) at -= one / 10'000'000'000ULL;
  w.threshold = at;
  w.amount = r.below(2) == 0 ? everything : 1 + mul_div(o.borrowed, 1 + r.below(1'500), 1'000);
  w.least = r.below(400);
  w.most = w.when == always ? w.least : w.least + r.below(600);
  if (preset::validate(settings(w)) != errc::ok) return {};  // the rule itself: kamino_orders_test
  return w;
}

obligation draw(test::random_numbers& r) {
  obligation o;
  o.liquidation_pct = 40 + r.below(55);
  o.factor_pct = r.below(3) == 0 ? 100 : 100 + r.below(150);
  if (r.below(3) == 0) {  // an LTV of whole thousandths, the liquidation LTV among them
    const u128 dollars = 1 + r.below(1'000);
    o.price = dollars * one;
    o.debt_price = one;
    o.deposited = u128{1 + r.below(10'000)} * 1'000'000 * o.factor_pct;
    const u128 pct =
        r.below(3) == 0 ? o.liquidation_pct : 20 + r.below(static_cast<std::uint64_t>(o.liquidation_pct) - 15);
    o.borrowed = o.deposited / o.factor_pct * dollars * pct * one;
    if (r.below(3) == 0) o.borrowed += o.borrowed / 1'000'000'000;
  } else {
    o.price = static_cast<u128>(r.log_uniform(0.5, 500.0) * fixed_point);
    o.debt_price = static_cast<u128>(r.log_uniform(0.5, 5.0) * fixed_point);
    o.deposited = static_cast<u128>(r.log_uniform(1e3, 1e7) / test::tokens(o.price, fixed_point) * 1e6) + 1;
    const double goal =
        test::tokens(o.liquidation_pct, 100.0) * r.uniform(0.3, 1.05) / test::tokens(o.factor_pct, 100.0);
    o.borrowed = static_cast<u128>(test::tokens(o.deposited, 1.0) * test::tokens(o.price, fixed_point) /
                                   test::tokens(o.debt_price, fixed_point) * goal * fixed_point);
    if (r.below(300) == 0) o.borrowed = 0;
  }
  o.execution_enabled = r.below(20) != 0;
  o.price_disabled = r.below(8) == 0;
  if (o.price_disabled && r.below(4) == 0) o.borrowed = o.borrowed * 13 / 10;  // beyond liquidation, and nobody may
  if (o.borrowed != 0) o.orders = {draw_order(r, o), draw_order(r, o)};
  return o;
}

TEST(Kamino, ExecutesTheOrdersThatTheProgramLets) {
  test::random_numbers r(31);
  test::branches<ways> seen_ways{{"no debt", "ordinary liquidation first", "no condition holds", "switched off",
                                  "nobody comes", "would end liquidatable", "LTV above", "LTV below",
                                  "price ratio above", "price ratio below", "always", "liquidation closer than"}};
  constexpr int states = 1'000'000;
  double worst = 0.0;
  long different = 0, second = 0, skipped = 0;
  for (int i = 0; i < states; ++i) {
    const obligation o = draw(r);
    told t = execute(o);
    const double taken = r.below(2) == 0 ? 0.0 : r.uniform(0.0, 0.04);
    const seen w(o, taken);
    if (t.repaid != 0) {
      const double gets = test::tokens(t.seized, 1e6) * w.look.sell.venue.price, gives = test::tokens(t.repaid, 1e6);
      if (std::abs(gets - gives) < 1e-9 * gives + 1e-3) {
        ++skipped;  // to the cent: whether anybody comes is not the program's to say
        continue;
      }
      const double held = test::tokens(o.value(), fixed_point) - test::tokens(t.seized, 1e6) * w.prices[0];
      const double owed = test::tokens(o.debt_value(), fixed_point) - gives * w.prices[1];
      const double health = held * test::tokens(o.liquidation_pct, 1.0) / (owed * test::tokens(o.factor_pct, 1.0));
      if (owed > 1e-4 * w.prices[1] && health < 1.0 + 1e-9) t.went = ends_liquidatable;
      if (gets < gives) t.went = nobody_comes;
    }
    seen_ways.saw(t.went);
    second += t.second ? 1 : 0;
    const auto policy = preset::kamino(w.model(), settings(o), usdc, {}, {}, own_money);
    const auto d = policy({}, w.look);
    const answer expected = answer_of(t.went);
    if (d.verdict != expected.said || (expected.said != verdict::rebalance && d.reason != expected.why)) {
      if (++different < 10)
        ADD_FAILURE() << "state " << i << " went " << t.went << ", the policy said " << name(d.verdict) << ' '
                      << name(d.reason) << ' ' << sizing::name(d.binding) << " health " << d.health << " orders "
                      << int(o.orders[0].when) << ' ' << int(o.orders[1].when) << " disabled " << o.price_disabled
                      << " taken " << taken;
      continue;
    }
    if (expected.said != verdict::rebalance) continue;
    const double repaid = test::tokens(t.repaid, 1e6), seized = test::tokens(t.seized, 1e6);
    const double unit = 2e-6;  // a repayment is rounded up to one, what is withdrawn down
    worst = std::max({worst, (std::abs(-d.trade.debt_change - repaid) - unit) / repaid,
                      (std::abs(d.trade.sold - seized) - unit) / seized});
  }
  std::printf("%d states, %ld different, amounts within %.2g; %ld by the second order, %ld too close to call\n", states,
              different, worst, second, skipped);
  seen_ways.print("obligation orders");
  EXPECT_EQ(different, 0);
  EXPECT_LT(worst, 1e-11);
  EXPECT_GT(second, 10'000);
  EXPECT_LT(skipped, states / 20);
  for (std::size_t n = 0; n < ways; ++n) EXPECT_GT(seen_ways.count(n), 100U) << n;
}

TEST(Kamino, OrdersOfSeveralAssetsAreRefusedWhereTheyMust) {
  const std::array<double, 3> prices{1.0, 1.0, 1.0};
  const std::array<health::kamino_reserve, 3> reserves{
      {{.asset = sol, .slot = price_slot{0}, .loan_to_value = {7'000}, .threshold = {8'000}},
       {.asset = usdc, .slot = price_slot{1}},
       {.asset = asset_id{3}, .slot = price_slot{2}, .loan_to_value = {6'000}, .threshold = {7'000}}}};
  snapshot<liquidity::frictionless> s;
  s.now = now;
  s.prices = oracle_prices<double>{prices};
  s.sell = {.in = sol, .out = usdc, .venue = {1.0}, .in_decimals = 6, .out_decimals = 6};
  ASSERT_EQ(s.account.add({.asset = sol, .collateral = 100.0}), errc::ok);
  ASSERT_EQ(s.account.add({.asset = usdc, .debt = 50.0}), errc::ok);
  ASSERT_EQ(s.account.add({.asset = asset_id{3}}), errc::ok);
  preset::kamino_orders orders{};
  orders.orders[0] = {.when = kamino_condition::ltv_above, .threshold = 0.3, .amount = 10.0};
  const auto said = [&] { return preset::kamino({.reserves = reserves}, orders, usdc, {}, {}, own_money)({}, s); };
  EXPECT_EQ(said().verdict, verdict::rebalance);
  EXPECT_NEAR(said().trade.sold, 10.0, 1e-12);
  s.account[2].collateral = 1.0;
  EXPECT_EQ(said().reason, errc::asset_mismatch) << "the collateral of the lowest threshold goes first";
  s.account[2] = {.asset = asset_id{3}, .debt = 1.0};
  EXPECT_EQ(said().reason, errc::asset_mismatch) << "an amount is of a single debt";
  orders.orders[0].amount = infinity;
  EXPECT_EQ(said().verdict, verdict::rebalance);
}

// Owing more than may be borrowed anew, an owner could not withdraw; an order of his is executed all the same.
TEST(Kamino, AnOrderIsExecutedWhereTheOwnerCouldNotWithdraw) {
  const std::array<double, 2> prices{1.0, 1.0};
  const std::array<health::kamino_reserve, 2> reserves{
      {{.asset = sol, .slot = price_slot{0}, .loan_to_value = {7'000}, .threshold = {8'000}},
       {.asset = usdc, .slot = price_slot{1}}}};
  snapshot<liquidity::frictionless> s;
  s.now = now;
  s.prices = oracle_prices<double>{prices};
  s.sell = {.in = sol, .out = usdc, .venue = {1.0}, .in_decimals = 6, .out_decimals = 6};
  ASSERT_EQ(s.account.add({.asset = sol, .collateral = 100.0}), errc::ok);
  ASSERT_EQ(s.account.add({.asset = usdc, .debt = 75.0}), errc::ok);
  preset::kamino_orders orders{};
  orders.orders[0] = {.when = kamino_condition::ltv_above,
                      .threshold = 0.72,
                      .amount = 5.0,
                      .least_bonus = {100},
                      .largest_bonus = {100}};
  const health::kamino model{.reserves = reserves};
  const auto policy = preset::kamino(model, orders, usdc);
  const auto d = policy({}, s);
  ASSERT_EQ(d.verdict, verdict::rebalance);
  const auto steps = policy.plan_for(d, s);
  ASSERT_TRUE(steps.has_value()) << name(steps.error());
  const auto done = [&](const auto& on) {
    return settle(on, s.account, *steps, s.sell, s.prices, s.reserves, s.now, policy.execution.funding.premium);
  };
  EXPECT_TRUE(done(policy.model).has_value()) << name(done(policy.model).error());
  EXPECT_EQ(done(model).error(), errc::unhealthy_step) << "as a withdrawal of the owner's";
}

// No bonus lowers health: it never is more than what is left below an LTV of 1.
TEST(Kamino, AnExecutionNeverLowersHealth) {
  test::random_numbers r(33);
  for (int i = 0; i < 20'000; ++i) {
    const obligation o = draw(r);
    const seen w(o, 0.0);
    const auto d = preset::kamino(w.model(), settings(o), usdc, {}, {}, own_money)({}, w.look);
    if (d.verdict == verdict::rebalance) {
      EXPECT_GE(d.trade.health_after, d.trade.health_before * (1.0 - 1e-12)) << i;
    }
  }
}

TEST(Kamino, TheProtocolsShareOfTheBonusIsNotTheKeepers) {
  obligation o;
  o.price = o.debt_price = one;
  o.deposited = 100'000'000;
  o.borrowed = 50'000'000 * one;
  o.orders[0] = {.when = kamino_condition::always, .amount = everything, .least = 100, .most = 100};
  const seen w(o, 0.005);
  const auto said = [&](basis_points fee) {
    return preset::kamino(w.model(), settings(o), usdc, fee, {}, own_money)({}, w.look).verdict;
  };
  EXPECT_EQ(said({0.0}), verdict::rebalance) << "1 % less half a per cent of slippage";
  EXPECT_EQ(said({4'900.0}), verdict::rebalance) << "0.245 of 0.2475";
  EXPECT_EQ(said({5'000.0}), verdict::refuse) << "0.25 of 0.2475";
}

TEST(Kamino, ANotANumberIsNoVerdict) {
  const preset::kamino_trigger t{{.orders = {preset::kamino_order{.when = kamino_condition::always, .amount = 1.0}}}};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const trimtab::signal good{.health = 1.2, .collateral_value = 100.0, .debt_value = 70.0, .price = 1.0};
  EXPECT_TRUE(t.fired(t.step({}, good)).fired);
  for (const auto field : {&trimtab::signal::health, &trimtab::signal::collateral_value, &trimtab::signal::debt_value,
                           &trimtab::signal::price}) {
    trimtab::signal s = good;
    s.*field = nan;
    EXPECT_EQ(t.fired(t.step({}, s)).why, errc::not_finite);
    EXPECT_FALSE(t.fired(t.step({}, s)).fired);
  }
}

}  // namespace
