// SPDX-License-Identifier: MIT
#include <trimtab/sizing/choose_funding.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/remedies.hpp"
#include <array>
#include <vector>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::choose_funding;
using sizing::flash_balance;
using sizing::flash_source;
using sizing::funding_choice;
using sizing::funding_mode;
using sizing::limit;
using sizing::place;
using sizing::restore_target;
using sizing::touched_places;
using sizing::trade;

const cases::desk plain;
constexpr constant_product pool{.reserve_in = 1e5, .reserve_out = 2e8, .fee = {5.0}};
constexpr restore_target tight{.health_floor = 1.1};  // without a loan hardly anything may leave
constexpr flash_balance stock[] = {{cases::debt_asset, 1e6}, {cases::collateral_asset, 50.0}};
constexpr place traded[] = {7};
constexpr touched_places touched{.venues = traded, .protocol = 3};

TEST(ChooseFunding, TakesTheCheapestThatMayServe) {
  const auto p = plain.problem(pool);
  const flash_source lenders[] = {sizing::aave_v3_flash(3, stock), sizing::balancer_v2_flash(7, stock),
                                  sizing::uniswap_v3_flash(9, {1.0}, stock), sizing::aave_v2_flash(4, stock)};
  const auto c = choose_funding(tight, p, lenders, touched);
  ASSERT_EQ(c.status, errc::ok) << name(c.binding);
  EXPECT_EQ(c.source, 2U) << "the vault is traded with, so the pool of one basis point";
  EXPECT_EQ(c.funding.premium.count, 1.0);
  EXPECT_GE(c.best.trade.health_after, p.target);
  // Elsewhere the vault lends for nothing.
  const auto free = choose_funding(tight, p, lenders, touched_places{.protocol = 3});
  EXPECT_EQ(free.source, 1U);
  EXPECT_EQ(free.best.trade.cost.premium, 0.0);
  EXPECT_EQ(free.funding.mode, funding_mode::flash_debt) << "the first of two that cost the same";
}

TEST(ChooseFunding, NoLoanWhereHealthDoesWithout) {
  auto p = plain.problem(pool);
  p.target = 1.16;
  const flash_source lenders[] = {sizing::morpho_flash(5, stock)};
  const auto c = choose_funding(restore_target{}, p, lenders, touched);
  ASSERT_EQ(c.status, errc::ok);
  EXPECT_EQ(c.source, funding_choice::no_source);
  EXPECT_EQ(c.funding.mode, funding_mode::none);
}

TEST(ChooseFunding, GasOfTheLenderCounts) {
  auto p = plain.problem(pool);
  p.gas = {.transaction_gas = 3e5, .price_native = 1e-7, .native = {4}};
  auto free_but_heavy = sizing::morpho_flash(5, stock);
  free_but_heavy.gas_units = 5e5;  // 100 of base currency
  const flash_source lenders[] = {free_but_heavy, sizing::aave_v3_flash(3, stock)};
  EXPECT_EQ(choose_funding(tight, p, lenders, touched).source, 1U);
  p.gas.price_native = 1e-10;
  EXPECT_EQ(choose_funding(tight, p, lenders, touched).source, 0U);
}

TEST(ChooseFunding, FallsBackToRoundsAndNamesWhatBinds) {
  auto p = plain.problem(pool);
  const flash_balance little[] = {{cases::debt_asset, 10.0}, {cases::collateral_asset, 0.01}};
  const flash_source lenders[] = {sizing::aave_v3_flash(3, little)};
  std::array<trade, 64> rounds{};
  const restore_target careful{.health_floor = 1.05};
  const auto c = choose_funding(careful, p, lenders, touched, std::span<trade>(rounds));
  EXPECT_EQ(c.status, errc::infeasible);
  EXPECT_EQ(c.binding, limit::health_floor) << "no loan comes closest";
  EXPECT_EQ(c.source, funding_choice::no_source);
  ASSERT_EQ(c.without.status, errc::ok) << name(c.without.binding);
  EXPECT_GT(c.without.rounds, 1U);
  EXPECT_GE(c.without.health_after, p.target);
  // Nobody lends and nothing may leave: the verdict and its limit.
  const auto stuck = choose_funding(restore_target{.health_floor = 1.2}, p, {}, touched, std::span<trade>(rounds));
  EXPECT_EQ(stuck.status, errc::infeasible);
  EXPECT_EQ(stuck.binding, limit::health_floor);
  EXPECT_EQ(stuck.without.status, errc::infeasible);
  EXPECT_EQ(stuck.without.rounds, 0U);
  // A loan that is too small is named where nothing may leave without one.
  const auto small = choose_funding(restore_target{.health_floor = 1.143}, p, lenders, touched);
  EXPECT_EQ(small.status, errc::infeasible);
  EXPECT_EQ(small.binding, limit::flash_loan);
  const flash_source unsound[] = {{.premium = {-3.0}}};
  EXPECT_EQ(choose_funding(careful, p, unsound, touched).status, errc::bad_configuration);
  p.target = 1.1;
  EXPECT_EQ(choose_funding(careful, p, lenders, touched).status, errc::already_there);
  p.venue = nullptr;
  EXPECT_EQ(choose_funding(careful, p, lenders, touched).status, errc::asset_mismatch);
}

TEST(ChooseFunding, IsTheBestOfAllTried) {
  test::random_numbers draw(72);
  int lent = 0, none = 0, failed = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto d = cases::desk::random(draw);
    const auto venue = cases::random_pool(draw, d.price[0] / d.price[1], d.held[0] * 10.0);
    auto p = d.problem(venue);
    p.target = draw.uniform(1.05, 2.0);
    p.collateral_limits.withdrawable = cases::random_room(draw, d.held[0]);
    std::array<std::array<flash_balance, 2>, 4> stocks{};
    std::vector<flash_source> lenders;
    for (auto& of : stocks) {
      of = {flash_balance{cases::debt_asset, d.owed[0] * draw.log_uniform(1e-2, 10.0)},
            flash_balance{cases::collateral_asset, d.held[0] * draw.log_uniform(1e-2, 10.0)}};
      lenders.push_back({.where = static_cast<place>(draw.below(9)),
                         .premium = {draw.uniform(0.0, 30.0)},
                         .balances = of,
                         .locked = draw.below(2) == 0});
    }
    const restore_target sizer{.max_slippage = {draw.uniform(50.0, 2000.0)}};
    const auto c = choose_funding(sizer, p, lenders, touched);
    // Each of the nine once more, by hand.
    double least = infinity;
    p.funding = {funding_mode::none, {}};
    if (const auto s = sizer.size(p); s.has_value()) least = s.trade.cost.total();
    for (const flash_source& l : lenders)
      for (const auto mode : {funding_mode::flash_debt, funding_mode::flash_collateral}) {
        if (l.locked && (l.where == 7 || l.where == 3)) continue;
        auto q = p;
        q.funding = {mode, l.premium};
        q.debt_limits.flash_loan_available = l.balances[0].available;
        q.collateral_limits.flash_loan_available = l.balances[1].available;
        if (mode == funding_mode::flash_collateral && l.where == 3)
          q.collateral_limits.withdrawable *= (1.0 + l.premium.fraction()) / (2.0 + l.premium.fraction());
        if (const auto s = sizer.size(q); s.has_value() && s.trade.cost.total() < least) least = s.trade.cost.total();
      }
    ASSERT_EQ(c.has_value(), least < infinity) << i;
    if (!c.has_value()) {
      ++failed;
      continue;
    }
    ASSERT_EQ(c.best.trade.cost.total(), least) << i;
    if (c.source == funding_choice::no_source) {
      ++none;
    } else {
      ++lent;
      ASSERT_LE(c.best.trade.flash,
                lenders[c.source].balances[c.funding.mode == funding_mode::flash_debt ? 0 : 1].available);
      ASSERT_TRUE(lenders[c.source].may_serve(touched));
    }
  }
  EXPECT_GT(lent, 300);
  EXPECT_GT(none, 500);
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace trimtab
