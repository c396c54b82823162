// SPDX-License-Identifier: MIT
// Assets that do not belong together are refused wherever they meet: at the door, in a decision, in a sizer, in a plan,
// in its settlement.
#include <gtest/gtest.h>

#include <trimtab/health/compound_v3.hpp>
#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/in_chunks.hpp>

#include "support/keepers.hpp"
#include <array>

namespace {

using namespace trimtab;
using cases::collateral_asset;
using cases::debt_asset;
using cases::keeper;
using cases::watched;
using cases::watching;

constexpr asset_id strange{77};

TEST(PolicyAssets, AtTheDoor) {
  const watched w = watching(1.1);
  const auto spoilt = [&](auto&& change) {
    auto s = w.look();
    change(s);
    return keeper.validate(s);
  };
  EXPECT_EQ(spoilt([](auto&) {}), errc::ok);
  EXPECT_EQ(spoilt([](auto& s) { s.sell.in = strange; }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { s.sell.out = strange; }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { s.buy.in = strange; }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { s.buy.out = strange; }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { std::swap(s.sell.in, s.sell.out); }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { std::swap(s.sell, s.buy); }), errc::asset_mismatch) << "the wrong way round";
  EXPECT_EQ(spoilt([](auto& s) { s.sell.in = s.sell.out; }), errc::asset_mismatch);
  EXPECT_EQ(spoilt([](auto& s) { s.account.add({.asset = strange, .collateral = 1.0}); }), errc::asset_mismatch);
}

TEST(PolicyAssets, InADecision) {
  for (const double health : {1.02, 1.1, 1.9}) {
    const watched w = watching(health);
    const auto spoilt = [&](auto&& change) {
      auto s = w.look();
      change(health < 1.25 ? s.sell : s.buy);
      const auto d = keeper({}, s);
      EXPECT_EQ(d.verdict, verdict::refuse);
      EXPECT_EQ(d.trade.sold, 0.0);
      EXPECT_EQ(d.state.order.status, order_status::idle) << "able to act next time";
      EXPECT_EQ(keeper(d.state, w.look()).verdict, verdict::rebalance);
      return d.reason;
    };
    EXPECT_EQ(spoilt([](auto& market) { market.in = strange; }), errc::asset_mismatch);
    EXPECT_EQ(spoilt([](auto& market) { market.out = strange; }), errc::asset_mismatch);
    EXPECT_EQ(spoilt([](auto& market) { std::swap(market.in, market.out); }), errc::asset_mismatch);
  }
  const watched w = watching(1.1);
  auto s = w.look();
  s.account.add({.asset = strange, .debt = 1.0});
  EXPECT_EQ(keeper({}, s).reason, errc::asset_mismatch);
}

// An amount on a side that the protocol does not have: a collateral that is owed, a debt that is held.
TEST(PolicyAssets, OnTheWrongSideOfAnAccount) {
  const health::morpho_blue market{
      .collateral = collateral_asset, .loan = debt_asset, .loan_slot = {1}, .lltv = basis_points{8600.0}};
  account<> wrong;
  wrong.add({.asset = collateral_asset, .debt = 10'000.0});
  wrong.add({.asset = debt_asset, .collateral = 7'800.0});
  EXPECT_EQ(market.validate(wrong), errc::asset_mismatch);
  const std::array<health::compound_v3_asset, 1> backed{
      {{collateral_asset, {0}, basis_points{8000.0}, basis_points{8500.0}, basis_points{9300.0}}}};
  const health::compound_v3 comet{.base = debt_asset, .base_slot = {1}, .assets = backed};
  EXPECT_EQ(comet.validate(wrong), errc::asset_mismatch);
  const policy p{market, cases::guards, cases::one_sided, sizing::restore_target{}};
  const watched w = watching(1.1);
  auto s = w.look();
  s.account = wrong;
  EXPECT_EQ(p.validate(s), errc::asset_mismatch);
  EXPECT_EQ(p({}, s).reason, errc::asset_mismatch);
}

TEST(PolicyAssets, InASizer) {
  const cases::worked w;
  const cases::pool pool{.reserve_in = 1e6, .reserve_out = 1e6};
  const auto refused = [&](const auto& sizer, double target) {
    for (const bool of_collateral : {true, false}) {
      auto p = w.problem(pool);
      p.target = target;
      (of_collateral ? p.collateral : p.debt) = strange;
      const auto s = sizer.size(p);
      EXPECT_EQ(s.status, errc::asset_mismatch);
      EXPECT_EQ(s.trade.sold, 0.0);
      p = w.problem(pool);
      p.target = target;
      std::swap(p.collateral, p.debt);
      EXPECT_EQ(sizer.size(p).status, errc::asset_mismatch);
    }
  };
  refused(sizing::restore_target{}, 1.25);
  refused(sizing::leverage_up{}, 1.05);
  refused(sizing::in_chunks{sizing::restore_target{}}, 1.25);
  refused(sizing::both_ways{sizing::restore_target{}, sizing::leverage_up{}}, 1.25);
}

TEST(PolicyAssets, InASettlement) {
  for (const double health : {1.1, 1.9}) {
    const watched w = watching(health);
    const auto s = w.look();
    const auto d = keeper({}, s);
    ASSERT_EQ(d.verdict, verdict::rebalance);
    const auto good = keeper.plan_for(d, s);
    ASSERT_TRUE(good.has_value());
    const auto& market = health < 1.25 ? s.sell : s.buy;
    const auto settled = [&](const auto& p, const auto& with) {
      return settle(w.world.model, w.world.account, p, with, s.prices, s.reserves, s.now,
                    cases::plain_execution.funding.premium);
    };
    ASSERT_TRUE(settled(*good, market).has_value());
    for (std::uint32_t i = 0; i < good->count; ++i) {
      auto p = *good;
      p.steps[i].asset = strange;
      p = sealed(p);
      EXPECT_FALSE(settled(p, market).has_value());
      EXPECT_EQ(settled(p, market).error(), errc::asset_mismatch) << name(p.steps[i].what);
      if (p.steps[i].what != action::swap) continue;
      p = *good;
      p.steps[i].asset_out = strange;
      p = sealed(p);
      EXPECT_EQ(settled(p, market).error(), errc::asset_mismatch);
    }
    auto other = market;
    other.in = strange;
    EXPECT_EQ(settled(*good, other).error(), errc::asset_mismatch);
    other = market;
    std::swap(other.in, other.out);
    EXPECT_EQ(settled(*good, other).error(), errc::asset_mismatch);
  }
}

}  // namespace
