// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/sizing/loop_schedule.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/remedies.hpp"
#include <array>

namespace trimtab {
namespace {

using liquidity::constant_product;
using liquidity::frictionless;
using sizing::limit;
using sizing::loops;
using sizing::restore_target;
using sizing::trade;

const cases::desk plain;  // 16000 weighted against 14000, 1600 a token
constexpr restore_target careful{.max_slippage = {1000.0}, .health_floor = 1.02};

TEST(LoopSchedule, FollowsTheRecursionItSays) {
  const frictionless venue{2000.0};
  auto p = plain.problem(venue);
  p.target = 1.5;
  std::array<trade, 32> rounds{};
  const auto s = loops(careful, p, std::span<trade>(rounds));
  ASSERT_EQ(s.status, errc::ok) << name(s.binding);
  ASSERT_GT(s.rounds, 2U);
  long double c = 16'000.0L, d = 14'000.0L;
  for (std::size_t k = 0; k + 1 < s.rounds; ++k) {
    const long double x = (c - 1.02L * d) / 1600.0L;
    ASSERT_NEAR(rounds[k].sold, static_cast<double>(x), 1e-10 * static_cast<double>(x)) << k;
    c -= 1600.0L * x, d -= 2000.0L * x;
    ASSERT_NEAR(rounds[k].health_after, static_cast<double>(c / d), 1e-11);
  }
  EXPECT_NEAR(s.health_after, 1.5, 1e-12);
  EXPECT_GE(s.health_after, 1.5);
  // In all it is what one trade would have been: nothing is lost on the way.
  EXPECT_NEAR(s.sold, (1.5 * 14'000.0 - 16'000.0) / (1.5 * 2000.0 - 1600.0), 1e-9);
}

TEST(LoopSchedule, IsOfAsManyRoundsAsHealthIsShort) {
  const frictionless venue{2000.0};
  std::size_t before = 0;
  for (const double floor : {1.0, 1.05, 1.1, 1.13}) {
    auto p = plain.problem(venue);
    p.target = 1.5;
    std::array<trade, 256> rounds{};
    const auto s = loops(restore_target{.health_floor = floor}, p, std::span<trade>(rounds));
    ASSERT_EQ(s.status, errc::ok);
    EXPECT_GE(s.rounds, before);
    before = s.rounds;
  }
  EXPECT_GT(before, 5U);
}

TEST(LoopSchedule, EveryRoundFindsThePoolAsTheLastLeftIt) {
  const constant_product pool{.reserve_in = 200.0, .reserve_out = 4e5, .fee = {5.0}};
  auto p = plain.problem(pool);
  std::array<trade, 64> rounds{};
  const auto s = loops(careful, p, std::span<trade>(rounds));
  ASSERT_EQ(s.status, errc::ok) << name(s.binding);
  constant_product left = pool;
  auto form = p.liquidation;
  double cost = 0.0;
  for (std::size_t k = 0; k < s.rounds; ++k) {
    ASSERT_DOUBLE_EQ(rounds[k].expected_out, left.amount_out(rounds[k].sold));
    const change withdrawn{.collateral = p.collateral, .collateral_by = rounds[k].collateral_change};
    ASSERT_GE(cases::exact_health(after(form, withdrawn), p.prices), 1.02L - 1e-14L) << "between the steps";
    form = after(form, {p.collateral, rounds[k].collateral_change, p.debt, rounds[k].debt_change});
    left = left.after(rounds[k].sold);
    cost += rounds[k].cost.total();
  }
  EXPECT_GE(cases::exact_health(form, p.prices), 1.25L - 1e-14L);
  EXPECT_NEAR(s.cost.total(), cost, 1e-9);
}

TEST(LoopSchedule, SaysWhyItStops) {
  const frictionless venue{2000.0};
  std::array<trade, 3> few{};
  auto p = plain.problem(venue);
  p.target = 1.5;
  const auto full = loops(restore_target{.health_floor = 1.1}, p, std::span<trade>(few));
  EXPECT_EQ(full.status, errc::infeasible);
  EXPECT_EQ(full.binding, limit::chunk);
  EXPECT_EQ(full.rounds, 3U);
  EXPECT_GT(full.health_after, full.health_before);

  std::array<trade, 64> many{};
  const auto expect = [&](const auto& q, const restore_target& z, errc why, limit binding, bool some) {
    const auto s = loops(z, q, std::span<trade>(many));
    EXPECT_EQ(s.status, why) << name(s.status);
    EXPECT_EQ(s.binding, binding) << name(s.binding);
    EXPECT_EQ(s.rounds > 0, some);
    EXPECT_GE(s.health_after, s.health_before);
  };
  expect(p, restore_target{.health_floor = 1.2}, errc::infeasible, limit::health_floor, false);
  auto drained = p;
  drained.collateral_limits.withdrawable = 2.0;
  expect(drained, careful, errc::infeasible, limit::withdrawable, true);
  auto closed = p;
  closed.debt_limits.paused = true;
  expect(closed, careful, errc::infeasible, limit::reserve, false);
  auto near = p;
  near.target = 1.1;
  expect(near, careful, errc::already_there, limit::none, false);
  auto whole = p;
  whole.minimum_debt = 13'999.0;  // no part may be repaid
  expect(whole, careful, errc::dust, limit::minimum_debt, false);
  const constant_product thin{.reserve_in = 3.0, .reserve_out = 6000.0, .fee = {5.0}};
  auto shallow = plain.problem(thin);
  expect(shallow, restore_target{.max_slippage = {9000.0}, .health_floor = 1.0}, errc::infeasible, limit::depth, true);
  auto empty = p;
  empty.gas = {.transaction_gas = 1e5, .price_native = 1e-6, .tank_native = 0.25, .native = {4}};
  const auto s = loops(careful, empty, std::span<trade>(many));
  EXPECT_EQ(s.rounds, 2U) << "the tank pays for two";
  EXPECT_EQ(s.status, errc::infeasible);
  EXPECT_NEAR(s.cost.gas, 400.0, 1e-9);
}

TEST(LoopSchedule, ReachesTheTargetOrSaysWhyOnAnyAccount) {
  test::random_numbers draw(71);
  int reached = 0, several = 0, stopped = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto d = cases::desk::random(draw);
    const auto pool = cases::random_pool(draw, d.price[0] / d.price[1], d.held[0]);
    auto p = d.problem(pool);
    p.target = draw.uniform(1.05, 2.5);
    p.collateral_limits.withdrawable = cases::random_room(draw, d.held[0]);
    if (draw.below(2) == 0) p.withdrawal = withdrawal_check::borrow_form;
    std::array<trade, 40> rounds{};
    const auto s = loops(restore_target{.max_slippage = {draw.uniform(50.0, 3000.0)}}, p, std::span<trade>(rounds));
    auto form = p.liquidation;
    auto borrow = p.borrow;
    double taken = 0.0;
    for (std::size_t k = 0; k < s.rounds; ++k) {
      const change first{.collateral = p.collateral, .collateral_by = rounds[k].collateral_change};
      ASSERT_GE(cases::exact_health(after(form, first), p.prices), 1.0L - 1e-13L) << i;
      if (p.withdrawal == withdrawal_check::borrow_form) {
        ASSERT_GE(cases::exact_health(after(borrow, first), p.prices), 1.0L - 1e-13L) << i;
      }
      const change by{p.collateral, rounds[k].collateral_change, p.debt, rounds[k].debt_change};
      form = after(form, by), borrow = after(borrow, by);
      taken -= rounds[k].collateral_change;
    }
    ASSERT_LE(taken, p.collateral_limits.withdrawable * (1.0 + 1e-14));
    if (s.has_value()) {
      ++reached;
      several += s.rounds > 1 ? 1 : 0;
      ASSERT_GE(cases::exact_health(form, p.prices), p.target * (1.0L - 1e-13L)) << i;
    } else if (s.rounds > 0) {
      ++stopped;
      ASSERT_NE(s.binding, limit::none) << i;
      ASSERT_GT(s.health_after, s.health_before);
      ASSERT_LT(cases::exact_health(form, p.prices), static_cast<long double>(p.target));
    }
  }
  EXPECT_GT(reached, 500);
  EXPECT_GT(several, 100);
  EXPECT_GT(stopped, 500);
}

}  // namespace
}  // namespace trimtab
