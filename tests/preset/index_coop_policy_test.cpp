// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/preset/index_coop.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <array>
#include <cmath>
#include <cstdint>
#include <iostream>

namespace {

using namespace trimtab;
using preset::index_coop_call;
using preset::index_coop_look;
using preset::index_coop_rules;

constexpr index_coop_rules small_trades{.unutilised = 0.05, .largest_trade = 150.0, .ripcord_largest_trade = 400.0};

struct token {
  cases::worked world{10'000.0, 5'000.0};
  timestamp now = at_unix(1'600'000'000);
  timestamp last_trade = never;
  double twap_leverage = 0.0;

  [[nodiscard]] snapshot<liquidity::frictionless> look() const {
    snapshot<liquidity::frictionless> s;
    s.now = now;
    s.account = world.account;
    s.prices = world.prices();
    s.sell = {.in = cases::collateral_asset, .out = cases::debt_asset, .venue = {world.price[0]}};
    s.buy = {.in = cases::debt_asset, .out = cases::collateral_asset, .venue = {1.0 / world.price[0]}};
    return s;
  }
  [[nodiscard]] index_coop_look as_the_extension_sees_it() const {
    return {.collateral = world.account[0].collateral,
            .debt = world.account[1].debt,
            .collateral_price = world.price[0],
            .debt_price = 1.0,
            .threshold = 0.83,
            .ltv = 0.80,
            .now = now,
            .last_trade = last_trade,
            .twap_leverage = twap_leverage};
  }
};

// Step by step along a price path the policy does what the extension's rules say, pieces, pauses and ripcords included.
TEST(IndexCoopPolicy, KeepsStepWithTheExtensionAlongPricePaths) {
  test::random_numbers draw(76);
  std::array<std::int64_t, 8> counted{};
  enum { holds, waits, rebalances, iterates, pulls, abandons, reverts, pieces };
  constexpr std::array<const char*, 8> names{"holds",   "waits",    "rebalances", "iterates",
                                             "ripcord", "abandons", "reverts",    "pieces"};
  for (int run = 0; run < 3'000; ++run) {
    index_coop_rules rules = small_trades;
    rules.recentring_speed = draw.below(4) == 0 ? 0.5 : 0.05;
    rules.margin_on_repay = draw.below(2) == 0;
    token t;
    const auto keeper = preset::index_coop(t.world.model, rules);
    ASSERT_EQ(keeper.validate(t.look()), errc::ok);
    decltype(keeper)::state_type state{};
    for (int step = 0; step < 300; ++step) {
      t.now += seconds{static_cast<long>(draw.below(8) == 0 ? draw.below(40'000) : draw.below(2'000))};
      const double reach = draw.below(8) == 0 ? 0.15 : 0.02;
      const double pull = 0.02 * (1.0 - t.world.price[0]);
      t.world.price[0] *= std::exp(draw.uniform(-reach, reach) + pull - (draw.below(100) == 0 ? 0.3 : 0.0));
      const double owed = t.world.account[1].debt, held = t.world.account[0].collateral * t.world.price[0];
      if (!(owed < 0.829 * held)) break;  // liquidated

      // What the extension finds out by the next iteration, and a transaction, the policy sees at any look.
      const double leverage = held / (held - owed);
      if (t.twap_leverage > 0.0 && (leverage >= t.twap_leverage) != (t.twap_leverage > rules.target)) {
        ++counted[abandons];
        t.twap_leverage = 0.0;
      }
      const auto rule = rules.decide(t.as_the_extension_sees_it());
      ASSERT_NE(rule.reason, errc::already_there);
      const auto d = keeper(state, t.look());
      state = d.state;
      if (rule.call == index_coop_call::none) {
        ASSERT_EQ(d.verdict, verdict::hold) << run << ' ' << step << ' ' << name(d.reason);
        ++counted[rule.reason == errc::cooldown ? waits : holds];
        continue;
      }
      ASSERT_EQ(d.emergency, rule.call == index_coop_call::ripcord || !(d.health > 1.0));
      if (rule.reason == errc::infeasible) {
        ASSERT_EQ(d.verdict, verdict::refuse);
        ASSERT_EQ(d.reason, errc::infeasible);
        ++counted[reverts];
        continue;
      }
      ASSERT_EQ(d.verdict, verdict::rebalance)
          << run << ' ' << step << ' ' << name(d.reason) << ' ' << rule.chunk << ' ' << name(rule.call) << ' '
          << t.twap_leverage << ' ' << rule.leverage << ' ' << rule.new_leverage;
      const double all = held / std::fmin(1.0, t.world.price[0]);
      ASSERT_EQ(d.trade.towards, rule.towards);
      ASSERT_NEAR(d.trade.sold, rule.sold, 1e-11 * all) << run << ' ' << step;
      ASSERT_NEAR(d.trade.min_out, rule.min_out, 1e-11 * all);
      counted[pieces] += rule.chunk < rule.total ? 1 : 0;
      ++counted[rule.call == index_coop_call::ripcord   ? pulls
                : rule.call == index_coop_call::iterate ? iterates
                                                        : rebalances];
      state = keeper.on_receipt(state, {.kind = receipt_kind::sent, .nonce = d.nonce, .at = t.now});
      // It reverts: nothing is remembered, and nothing waits for it. Not a ripcord: that one's target would be what an
      // episode it interrupts goes on to.
      if (rule.call != index_coop_call::ripcord && draw.below(10) == 0) {
        state = keeper.on_receipt(state, {.kind = receipt_kind::reverted, .nonce = d.nonce, .at = t.now});
        continue;
      }
      state = keeper.on_receipt(state, {.kind = receipt_kind::filled, .nonce = d.nonce, .at = t.now});
      t.world.account[0].collateral += d.trade.collateral_change;
      t.world.account[1].debt += d.trade.debt_change;
      t.last_trade = t.now;
      t.twap_leverage = rule.twap_leverage;
    }
  }
  for (std::size_t b = 0; b < names.size(); ++b) {
    std::cout << names[b] << ": " << counted[b] << '\n';
    EXPECT_GT(counted[b], 100) << names[b];
  }
}

// At a threshold of 83 % and an LTV of 80 % the extension's ripcord reverts; the policy says by what, and what else.
TEST(IndexCoopPolicy, TheCapTrapIsARefusalWithItsName) {
  token t;
  t.world.account[1].debt = 8'000.0;
  const auto keeper = preset::index_coop(t.world.model, small_trades);
  const auto d = keeper({}, t.look());
  EXPECT_EQ(d.verdict, verdict::refuse);
  EXPECT_EQ(d.reason, errc::infeasible);
  EXPECT_EQ(d.binding, sizing::limit::health_floor);
  EXPECT_TRUE(d.emergency);
  index_coop_rules without = small_trades;
  without.margin_on_repay = false;
  const auto fixed = preset::index_coop(t.world.model, without)({}, t.look());
  EXPECT_EQ(fixed.verdict, verdict::rebalance);
  EXPECT_NEAR(fixed.trade.sold, 10'000.0 * (0.83 - 0.80) / 0.83, 1e-6);
}

}  // namespace
