// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/plan_of_basket.hpp>

#include "support/basket_worlds.hpp"
#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace trimtab;
using enum action;
using cases::basket_world;
using sizing::funding_mode;

// Each venue pays the minimum of its step, and nothing where a step has none.
struct stingy {
  std::array<double, 4> pays{};
  std::size_t next = 0;
  [[nodiscard]] errc validate() const { return errc::ok; }
  [[nodiscard]] double amount_out(double) const { return pays[next]; }
  [[nodiscard]] double capacity() const { return infinity; }
  [[nodiscard]] stingy after(double) const {
    auto s = *this;
    ++s.next;
    return s;
  }
};

template <std::size_t M>
auto settle_at_minimum(const basket_world& w, const plan<M>& p, const account<>& at) {
  std::vector<listing<stingy>> venues;
  std::vector<std::size_t> used(w.venues.size(), 0);
  for (const auto& v : w.venues) venues.push_back({v.in, v.out, {}, v.in_decimals, v.out_decimals});
  for (const step& s : p)
    if (s.what == swap)
      venues[s.venue].venue.pays[used[s.venue]++] = s.min_out.to_tokens_up(w.decimals_of(s.asset_out));
  return settle(w.model, at, p, std::span<const listing<stingy>>(venues), w.prices(), {}, at_unix(1000),
                w.funding.premium);
}

template <std::size_t M>
std::string steps_of(const plan<M>& p) {
  std::string out;
  for (const step& s : p)
    out += std::string(out.empty() ? "" : " ") + name(s.what) + std::to_string(s.asset.value) +
           (s.meant == quantity::all_held ? "*" : "");
  return out;
}

TEST(PlanOfBasket, EveryBasketSettlesAtTheTarget) {
  test::random_numbers draw(11);
  std::map<std::string, int> refused;
  std::array<int, 3> planned{};
  int sized = 0, several = 0;
  double worst = 0.0, given = 1.0, worst_relative = 0.0;
  for (int i = 0; i < 6000; ++i) {
    const auto w = basket_world::random(draw);
    const auto b = w.sized();
    if (!b.has_value() && !(b.status == errc::infeasible && b.spent > 0.0)) continue;
    ++sized;
    const auto p = make_plan(w.model, w.account, w.prices(), b, w.routes(), w.terms());
    if (!p.has_value()) {
      ++refused[name(p.error())];
      continue;
    }
    ++planned[static_cast<std::size_t>(w.funding.mode)];
    several += w.sells.size() > 1 && w.buys.size() > 1;
    const auto after = w.settle(*p, w.account);
    ASSERT_TRUE(after.has_value()) << i << ' ' << name(after.error()) << ' ' << steps_of(*p);
    ASSERT_TRUE(after->moved.conserved());
    const double health = w.health(after->account);
    // A second purchase in a pool comes behind the first one's fee, which the pool keeps: that much dearer, of the
    // rest.
    double rest = 0.0, owed = weighted_value(w.model.liquidation_form<double>(after->account).debt, w.prices());
    for (std::size_t j = 0; j < w.buys.size(); ++j)
      if (w.buy_venues[j] != 0xffff && b.buys[j].in > 0.0) {
        const auto& pool = w.venues[w.buy_venues[j]].venue;
        rest += 0.02 * b.buys[j].out * w.price[w.buys[j].asset.value] * 1.2 * pool.fee.fraction() * b.buys[j].in /
                pool.reserve_in;
      }
    const double dearer = rest * health / owed, short_by = b.health_after - health;
    ASSERT_LE(short_by, w.rounding(after->account) + dearer) << i << ' ' << steps_of(*p);
    worst = std::fmax(worst, short_by / (w.rounding(after->account) + dearer));
    worst_relative = std::fmax(worst_relative, short_by / b.health_after);
    const auto at_worst = settle_at_minimum(w, *p, w.account);
    ASSERT_TRUE(at_worst.has_value()) << i << ' ' << name(at_worst.error()) << ' ' << steps_of(*p);
    ASSERT_GE(w.health(at_worst->account), 1.0);
    ASSERT_TRUE(at_worst->moved.conserved());
    // Equal relative give: every sale's minimum is the same share of what it was expected to pay, to a unit.
    double low = 0.0, high = 2.0;  // the share is between them
    for (const step& s : *p)
      for (std::size_t k = 0; k < w.sells.size(); ++k)
        if (s.what == swap && s.asset == w.sells[k].asset) {
          const double sold = s.amount.to_tokens(w.decimals_of(s.asset)) / b.sells[k].in;  // a unit less, or more
          const double share =
              s.min_out.to_tokens(w.decimals_of(s.asset_out)) / (b.sells[k].out * std::fmin(1.0, sold));
          const double unit = units::smallest(w.decimals_of(s.asset_out)) / b.sells[k].out;
          low = std::fmax(low, share), high = std::fmin(high, share + unit);
        }
    ASSERT_LE(low, high + 1e-13);
    given = std::fmin(given, low);
    ASSERT_GE(high, 0.99 * (1.0 - 1e-12)) << "the terms allow a hundredth";
  }
  std::printf(
      "baskets: %d sized, planned %d without a loan, %d with debt lent, %d with collateral lent, %d of several "
      "each; refused:",
      sized, planned[0], planned[1], planned[2], several);
  for (const auto& [why, n] : refused) std::printf(" %s %d", why.c_str(), n);
  std::printf(
      "; least share %.6f, short by at most %.3g of what rounding and the fees before it may take, %.3g of health\n",
      given, worst, worst_relative);
  for (const int n : planned) EXPECT_GT(n, 300);
  EXPECT_GT(several, 300);
}

// Two collaterals worth 1.5 million against two debts of 1.1, deep pools; the numeraire is a third token.
struct desk : basket_world {
  explicit desk(funding_mode mode, bool direct = false) {
    price = {2000.0, 50'000.0, 1.0, 1.0, 100.0, 1.0, 2000.0};
    decimals = {18, 8, 18, 6, 18, 6};
    numeraire = {direct ? 3U : 5U};
    const double held[] = {500.0, 10.0}, owed[] = {500'000.0, 6'000.0};
    for (std::uint32_t i = 0; i < 2; ++i) {
      model.table[model.count++] = {{i}, {static_cast<std::uint16_t>(i)}, 0.8, 0.78, 1.0};
      (void)account.add({.asset = {i}, .collateral = held[i]});
      sells.push_back({.asset = {i}});
      sell_venues.push_back(static_cast<std::uint16_t>(venues.size()));
      venues.push_back({{i}, numeraire, {.reserve_in = 1e8 / price[i], .reserve_out = 1e8}, decimals[i], 6});
    }
    for (std::uint32_t j = 3; j < 5; ++j) {
      model.table[model.count++] = {{j}, {static_cast<std::uint16_t>(j)}, 0.8, 0.8, 1.0};
      (void)account.add({.asset = {j}, .debt = owed[j - 3]});
      buys.push_back({.asset = {j}});
      const bool none = direct && j == 3;
      buy_venues.push_back(none ? std::uint16_t{0xffff} : static_cast<std::uint16_t>(venues.size()));
      if (!none) venues.push_back({numeraire, {j}, {.reserve_in = 1e8, .reserve_out = 1e8 / price[j]}, 6, decimals[j]});
    }
    for (std::uint32_t k : {0U, 1U, 3U, 4U, 5U}) tokens.push_back({{k}, decimals[k]});
    funding = {mode, 5_bps};
    target = 1.3;
  }
  [[nodiscard]] auto plan_of(const plan_terms& t) const {
    return make_plan(model, account, prices(), sized(), routes(), t);
  }
};

TEST(PlanOfBasket, StepsComeInTheDocumentedOrder) {
  EXPECT_EQ(
      steps_of(*desk(funding_mode::flash_debt).plan_of(desk(funding_mode::flash_debt).terms())),
      "flash_borrow5 swap5 repay3* swap5 repay4* withdraw0 swap0 withdraw1 swap1 flash_repay5 swap5 repay3* swap5* "
      "repay4* transfer_out5*");
  const desk c(funding_mode::flash_collateral, true);
  EXPECT_EQ(steps_of(*c.plan_of(c.terms())),
            "flash_borrow0 flash_borrow1 swap0 swap1 repay3 repay3* withdraw0 flash_repay0 withdraw1 flash_repay1 "
            "transfer_out3*")
      << "the debt in the numeraire needs no venue, and so the other is left alone";
  desk n(funding_mode::none);
  n.account[2].debt = 200'000.0;
  n.target = 1.7;
  EXPECT_EQ(steps_of(*n.plan_of(n.terms())),
            "withdraw0 swap0 withdraw1 swap1 swap5 repay3* swap5 repay4* swap5 repay3* swap5* repay4* transfer_out5*");
}

TEST(PlanOfBasket, MinimumOutputsAreTheLeastThatKeepHealthAtTheFloor) {
  const desk w(funding_mode::flash_debt);
  auto t = w.terms();
  t.most_give = 900_bps;
  // Sold for a tenth less, health would be about 1.24.
  const auto loose = w.plan_of(t);
  ASSERT_TRUE(loose.has_value());
  t.health_floor = 1.28;
  const auto tight = w.plan_of(t);
  ASSERT_TRUE(tight.has_value()) << name(tight.error());
  const auto give = [&](const auto& p) {
    for (const step& s : p)
      if (s.what == swap && s.asset == asset_id{0}) return 1.0 - s.min_out.to_tokens(6) / w.sized().sells[0].out;
    return 0.0;
  };
  EXPECT_NEAR(give(*loose), 0.09, 1e-6);
  EXPECT_LT(give(*tight), 0.08);
  const auto at_worst = settle_at_minimum(w, *tight, w.account);
  ASSERT_TRUE(at_worst.has_value());
  EXPECT_GE(w.health(at_worst->account), 1.28);
  EXPECT_LE(w.health(at_worst->account), 1.28 + 1e-6) << "not more than it needs";
  t.health_floor = 1.31;
  EXPECT_EQ(w.plan_of(t).error(), errc::unhealthy_step) << "above what it is expected to come to";
}

TEST(PlanOfBasket, WhatMakesNoPlanIsNamed) {
  const desk w(funding_mode::flash_debt);
  const auto b = w.sized();
  const auto refusal = [&](const sizing::basket_sized<8>& of, const basket_routes& r, const plan_terms& t) {
    return make_plan(w.model, w.account, w.prices(), of, r, t).error();
  };
  EXPECT_EQ(refusal(b, w.routes(), w.terms()), errc::ok);
  auto none = b;
  none.status = errc::already_there;
  EXPECT_EQ(refusal(none, w.routes(), w.terms()), errc::already_there);
  auto few = w.routes();
  few.sells = few.sells.first(1);
  EXPECT_EQ(refusal(b, few, w.terms()), errc::size_mismatch);
  auto wrong = w.routes();
  wrong.numeraire = {77};
  EXPECT_EQ(refusal(b, wrong, w.terms()), errc::asset_mismatch);
  auto no_number = b;
  no_number.sells[0].out = std::nan("");
  EXPECT_EQ(refusal(no_number, w.routes(), w.terms()), errc::not_finite);
  auto nothing = b;
  nothing.spent = 0.0;
  EXPECT_EQ(refusal(nothing, w.routes(), w.terms()), errc::dust);
  auto gas = b;
  gas.gas_in_kind = 1e7;
  EXPECT_EQ(refusal(gas, w.routes(), w.terms()), errc::dust) << "gas eats the proceeds";
  EXPECT_EQ((make_plan<6>(w.model, w.account, w.prices(), b, w.routes(), w.terms()).error()), errc::capacity);
}

}  // namespace
