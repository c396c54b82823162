// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/withdraw_above.hpp>

#include "support/remedies.hpp"
#include <limits>
#include <random>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::limit;
using sizing::withdraw_above;

constexpr constant_product unused{.reserve_in = 1.0, .reserve_out = 1.0};

struct rich : cases::desk {
  rich() { owed[0] = 10'000.0; }  // 16000 weighted: health 1.6
};
const rich plain;

static_assert(Sizer<withdraw_above>);
static_assert(!borrows_to_lever<withdraw_above>());
static_assert(!borrows_to_lever<sizing::both_ways<sizing::restore_target, withdraw_above>>());
static_assert(borrows_to_lever<sizing::restore_target>(), "unless it says that it does not");

auto asked(double target = 1.25) {
  auto p = plain.problem(unused);
  p.target = target;
  return p;
}

TEST(WithdrawAbove, HandsOutWhatTheTargetDoesNotNeedAndSellsNothing) {
  const auto p = asked();
  const auto s = withdraw_above{}.size(p);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_EQ(s.trade.towards, direction::leverage);
  EXPECT_EQ(s.trade.sold, 0.0);
  EXPECT_EQ(s.trade.debt_change, 0.0);
  EXPECT_NEAR(s.trade.paid_out, 3500.0 / 1600.0, 1e-12);
  EXPECT_EQ(s.trade.paid_out, -s.trade.collateral_change);
  EXPECT_GE(s.trade.health_after, 1.25);
  EXPECT_LE(s.trade.health_after, 1.25 * (1.0 + 1e-14));
  EXPECT_EQ(s.best_health, s.trade.health_after);
  // Taken out of the form, term by term.
  auto left = p.liquidation;
  left.collateral.find(p.collateral)->amount += s.trade.collateral_change;
  EXPECT_EQ(health_factor(left, p.prices), s.trade.health_after);
}

TEST(WithdrawAbove, OneTokenMoreWouldBeBelowTheTargetOrALimit) {
  std::mt19937_64 engine(4);
  const auto uniform = [&](double low, double high) { return std::uniform_real_distribution<>(low, high)(engine); };
  int sized = 0;
  for (int i = 0; i < 20000; ++i) {
    auto p = asked(uniform(1.05, 1.7));
    p.collateral_limits.withdrawable = uniform(0.0, 4.0);
    p.gas = {.transaction_gas = 4e5, .price_native = uniform(0.0, 1e-8), .native = p.gas.native};
    if (uniform(0.0, 1.0) < 0.5) p.gas.paid_from = gas_payer::proceeds;
    if (uniform(0.0, 1.0) < 0.5) p.withdrawal = withdrawal_check::borrow_form;
    p.reward.flat = uniform(0.0, 5.0);
    const auto s = withdraw_above{}.size(p);
    if (!s.has_value()) continue;
    ++sized;
    const auto& t = s.trade;
    EXPECT_EQ(withdraw_above{}.objection_to(p, t).why, errc::ok);
    EXPECT_GE(t.health_after, p.target);
    EXPECT_DOUBLE_EQ(t.paid_out + t.gas_in_kind, -t.collateral_change) << "all that leaves goes to one of two";
    const auto more = withdraw_above{}.at_size(p, -t.collateral_change * (1.0 + 1e-9) + 1e-12);
    const bool stopped = more.health_after < p.target || withdraw_above{}.objection_to(p, more).why != errc::ok;
    EXPECT_TRUE(stopped) << p.target << ' ' << name(s.binding);
  }
  EXPECT_GT(sized, 5000);
}

TEST(WithdrawAbove, EveryRefusalIsNamed) {
  const auto refusal = [](auto&& spoil, const withdraw_above& sizer = {}) {
    auto p = asked();
    spoil(p);
    const auto s = sizer.size(p);
    EXPECT_EQ(s.trade.paid_out, 0.0);
    return std::pair{s.status, s.binding};
  };
  using pair = std::pair<errc, limit>;
  EXPECT_EQ(refusal([](auto& p) { p.target = 1.6; }), (pair{errc::already_there, limit::none}));
  EXPECT_EQ(refusal([](auto& p) { p.collateral_limits.paused = true; }), (pair{errc::infeasible, limit::reserve}));
  EXPECT_EQ(refusal([](auto& p) { p.collateral_limits.withdrawable = 0.0; }),
            (pair{errc::infeasible, limit::withdrawable}));
  EXPECT_EQ(refusal([](auto& p) { p.reward.flat = 1e6; }), (pair{errc::dust, limit::none})) << "the sender takes all";
  EXPECT_EQ(refusal([](auto&) {}, {.at_least = 100.0}), (pair{errc::dust, limit::none}));
  // 2.1875 of a token without decimals are two; of one that comes in threes, none.
  auto whole = asked();
  whole.collateral_unit = 1.0;
  EXPECT_EQ(withdraw_above{}.size(whole).status, errc::ok);
  EXPECT_EQ(refusal([](auto& p) { p.collateral_unit = 3.0; }), (pair{errc::dust, limit::none}));
  EXPECT_EQ(refusal([](auto& p) { p.collateral_unit = 1.5, p.reward.flat = 1.0; }), (pair{errc::dust, limit::none}))
      << "down for what leaves, up for the sender";
  EXPECT_EQ(refusal([](auto& p) { p.venue = nullptr; }).first, errc::asset_mismatch);
  EXPECT_EQ(refusal([](auto& p) { p.target = std::numeric_limits<double>::quiet_NaN(); }).first, errc::not_finite);
  EXPECT_EQ(refusal([](auto& p) { p.reward.flat = -1.0; }).first, errc::bad_configuration);
  EXPECT_EQ(refusal([](auto& p) {
              p.gas = {.transaction_gas = 1e6, .price_native = 1e-8, .tank_native = 0.0, .native = p.gas.native};
            }).first,
            errc::gas_tank);
  EXPECT_EQ(withdraw_above{.at_most = -1.0}.validate(), errc::negative_amount);
  EXPECT_EQ(withdraw_above{.at_most = std::numeric_limits<double>::quiet_NaN()}.validate(), errc::negative_amount);
  EXPECT_EQ((withdraw_above{.at_most = 1.0, .at_least = 2.0}.validate()), errc::bad_configuration);
  EXPECT_EQ(withdraw_above{.at_most = 0.0}.validate(), errc::bad_configuration);
}

TEST(WithdrawAbove, APieceAtATimeIsAChunk) {
  const auto p = asked();
  const auto s = withdraw_above{.at_most = 0.5}.size(p);
  ASSERT_EQ(s.status, errc::ok);
  EXPECT_EQ(s.binding, limit::chunk);
  EXPECT_EQ(s.trade.paid_out, 0.5);
}

}  // namespace
}  // namespace trimtab
