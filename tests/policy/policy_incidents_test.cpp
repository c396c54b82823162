// SPDX-License-Identifier: MIT
// What broke, as tests: each says whose fault it was, and what a policy then has to do. The figures are those of the
// post-mortems, rounded; the pools are ours.
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/bounds.hpp>
#include <trimtab/oracle/contractual_rate.hpp>
#include <trimtab/oracle/executable_divergence.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/oracle/median_of_sources.hpp>
#include <trimtab/oracle/twap_tolerance.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/policy/explain.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include <array>
#include <cmath>
#include <string>

namespace {

using namespace trimtab;
using namespace trimtab::literals;
using pool = liquidity::constant_product;

constexpr asset_id held{1}, owed{2};
constexpr auto noon = at_unix(1'600'000'000);

/// One collateral against one debt, what the protocol says of their prices, what everybody else does, and a pool at the
/// real price.
struct scene {
  std::array<double, 3> price{};  ///< the protocol's: collateral, debt, native
  std::array<feed, 3> feeds{};
  account<> of{};
  pool venue{};
  gas_market gas{.transaction_gas = 5e5, .price_native = 30e-9, .native = {2}};
  timestamp now = noon;

  scene(double collateral, double debt, double collateral_price, double debt_price, double depth) {
    of.add({.asset = held, .collateral = collateral});
    of.add({.asset = owed, .debt = debt});
    price = {collateral_price, debt_price, 500.0};
    worth(collateral_price, debt_price, depth);
    fresh();
  }
  /// What everybody but the protocol pays; `depth` in debt tokens on one side.
  void worth(double collateral_price, double debt_price, double depth) {
    venue = {.reserve_in = depth * debt_price / collateral_price, .reserve_out = depth};
    feeds[0].reference.price = collateral_price;
    feeds[1].reference.price = debt_price;
    feeds[2].reference.price = price[2];
  }
  void fresh() {
    for (feed& f : feeds) f.protocol_at = f.reference.at = now;
  }
  [[nodiscard]] snapshot<pool> look() const {
    snapshot<pool> s;
    s.now = now;
    s.account = of;
    s.prices = oracle_prices<double>{price};
    s.feeds = feeds;
    s.sell = {.in = held, .out = owed, .venue = venue};
    s.buy = {.in = owed, .out = held, .venue = venue.reversed()};
    s.gas = gas;
    return s;
  }
};

constexpr health::morpho_blue market{
    .collateral = held, .loan = owed, .collateral_slot = {0}, .loan_slot = {1}, .lltv = 8600_bps};
constexpr trigger::drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.60, .emergency = 1.05};
constexpr sizing::both_ways both{sizing::restore_target{.max_slippage = 300_bps},
                                 sizing::leverage_up{.max_slippage = 300_bps}};

template <class G>
constexpr auto watchful(const G& guard, const execution& how = {}) {
  return policy{market, guard, trigger::all_of{band, trigger::cooldown{}}, both, how};
}
template <class D>
std::string words(const D& d) {
  std::array<char, 512> text{};
  return std::string(explain(d, text));
}

/// The trade, settled against the pool at its real price: what health is then on the protocol's prices.
template <class P, class D>
double settled_health(const P& p, const D& d, const scene& at) {
  const auto s = at.look();
  const auto steps = p.plan_for(d, s);
  EXPECT_TRUE(steps.has_value()) << name(steps.error());
  if (!steps.has_value()) return 0.0;
  const auto end = settle(p.model, at.of, *steps, s.sell, s.prices, s.reserves, s.now, p.execution.funding.premium);
  EXPECT_TRUE(end.has_value()) << name(end.error());
  if (!end.has_value()) return 0.0;
  return health_factor(p.model.template liquidation_form<double>(end->account), s.prices);
}

// November 2020, DAI at 1.30 on the one venue that the protocol's feed watched; everybody else paid 1.02. The feed was
// wrong, and it liquidated: whoever owed DAI had to act on the way up, and not to pay 1.30 for it.
TEST(PolicyIncidents, ADebtPricedTooHighByTheProtocolIsRepaidAtWhatItIsWorth) {
  scene at(10'000.0, 6'000.0, 1.0, 1.0, 5e6);
  const std::array others{observation{1.015, noon}, observation{1.02, noon}, observation{1.025, noon}};
  at.worth(1.0, 1.02, 5e6);
  at.feeds[1].others = others;
  const std::array steady{observation{1.0, noon}, observation{1.001, noon}};
  const std::array native{observation{500.0, noon}, observation{500.5, noon}};
  at.feeds[0].others = steady;
  at.feeds[2].others = native;
  constexpr auto p = watchful(oracle::all_of{oracle::max_age{}, oracle::median_of_sources{}});

  at.price[1] = 1.06;  // on the way up: health 1.352
  auto d = p({}, at.look());
  EXPECT_EQ(d.verdict, verdict::hold);
  EXPECT_EQ(d.trust, trust::protocol_bad);
  EXPECT_TRUE(d.alarms.undervalued) << "before anything has to be done";
  EXPECT_FALSE(d.alarms.overvalued);

  at.price[1] = 1.30;  // health 1.103
  d = p({}, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << words(d);
  EXPECT_EQ(d.trust, trust::protocol_bad);
  EXPECT_EQ(d.doubt, doubt::sources);
  EXPECT_EQ(d.doubted, price_slot{1});
  EXPECT_GE(settled_health(p, d, at), 1.25 * (1.0 - 1e-12));
  EXPECT_LT(d.trade.sold / d.trade.min_out, 1.02 * 1.031) << "limits are those of the fair price";
  EXPECT_NE(words(d).find("protocol"), std::string::npos) << words(d);

  scene rich = at;  // and nobody levers up on such a price
  rich.of.find(owed)->debt = 3'000.0;
  d = p({}, rich.look());
  EXPECT_EQ(d.verdict, verdict::refuse);
  EXPECT_EQ(d.reason, errc::oracle_protocol);
}

// February 2026, cbETH at 1.12 instead of about 2,200: its rate without the price of ether. The feed was wrong by a
// factor that no market moves by, and liquidated everybody within minutes. Selling at what the market pays repays all.
TEST(PolicyIncidents, ACollateralWithoutItsMultiplierIsSoldAtWhatTheMarketPays) {
  scene at(100.0, 120'000.0, 2'200.0, 1.0, 5e7);
  constexpr auto p =
      watchful(oracle::all_of{oracle::max_age{}, oracle::max_deviation{}, oracle::bounds{.low = 0.5, .high = 1e5},
                              oracle::executable_divergence{.executable = {.only_where_given = true}}});
  EXPECT_EQ(p({}, at.look()).verdict, verdict::hold);
  at.price[0] = 1.12;
  at.feeds[0].executable = {{2'199.0}, noon};
  const auto d = p({}, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << words(d);
  EXPECT_TRUE(d.emergency);
  EXPECT_EQ(d.trust, trust::protocol_bad) << "a venue says who is wrong where two sources only differ";
  EXPECT_TRUE(d.alarms.undervalued);
  EXPECT_GT(d.fair_health, 1.5);
  EXPECT_LT(d.health, 0.001);
  EXPECT_EQ(settled_health(p, d, at), infinity) << "nothing is owed any more";
  EXPECT_LT(d.trade.sold, 56.3) << "sold at 2,200 less what slippage allows, not at 1.12";
}

// The same with two sources only: they differ, and nobody says which is wrong. A rescue is not refused for that, and is
// not sold for nothing either.
TEST(PolicyIncidents, AQuarrelOverThePriceIsNoReasonToSellForNothing) {
  constexpr auto p = watchful(oracle::all_of{oracle::max_age{}, oracle::max_deviation{}});
  for (const double broken : {1.12, 22.0, 1'000.0}) {
    for (const bool ours : {true, false}) {
      scene at(100.0, 100.0 * 2'200.0 * 0.86 / 1.10, 2'200.0, 1.0, 5e7);
      (ours ? at.feeds[0].reference.price : at.price[0]) = broken;
      const auto d = p({}, at.look());
      if (d.verdict != verdict::rebalance) continue;
      EXPECT_EQ(d.trust, trust::unknown);
      EXPECT_GE(d.trade.min_out, d.trade.expected_out * 0.9699) << broken;
      EXPECT_LE(d.trade.min_out, d.trade.expected_out);
      settled_health(p, d, at);
    }
  }
}

// March 2026, a rate cap held wstETH 2.85 % below what it redeems at and trades at. The protocol's feed was wrong, and
// liquidated accounts that borrowed close to it.
TEST(PolicyIncidents, ACapBelowTheMarketLiquidatesSoThePolicyActsFirst) {
  // Borrowed at 93 % as such pairs are; the band stands as close.
  constexpr health::morpho_blue close{
      .collateral = held, .loan = owed, .collateral_slot = {0}, .loan_slot = {1}, .lltv = 9450_bps};
  constexpr policy p{close,
                     oracle::all_of{oracle::max_age{}, oracle::contractual_rate{.promise = {.only_where_given = true}}},
                     trigger::drift_band{.lower = 1.010, .target = 1.020, .emergency = 1.002},
                     sizing::restore_target{.max_slippage = 100_bps}};
  scene at(1'000.0, 1'130.0, 1.228, 1.0, 5e5);
  at.feeds[0].contractual = {1.2285, noon};
  EXPECT_EQ(p({}, at.look()).verdict, verdict::hold);
  at.price[0] = 1.228 * (1.0 - 0.0285);
  const auto d = p({}, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << words(d);
  EXPECT_EQ(d.trust, trust::protocol_bad);
  EXPECT_EQ(d.doubt, doubt::contractual);
  EXPECT_TRUE(d.alarms.undervalued);
  EXPECT_GE(settled_health(p, d, at), 1.020 * (1.0 - 1e-12));
  EXPECT_GT(d.trade.min_out / d.trade.sold, 1.228 * 0.989) << "not sold at the capped price";
}

// A crash in which our own reference hangs: the protocol's price is right, and the price that limits would be set by is
// ten minutes old. Ours was wrong: no trade on it, until it is there again.
TEST(PolicyIncidents, AStaleReferenceInACrashIsNotTradedOn) {
  scene at(100.0, 12'000.0, 200.0, 1.0, 5e6);
  constexpr auto p = watchful(oracle::all_of{oracle::max_age{}, oracle::max_deviation{}});
  at.price[0] = 158.0;
  at.venue = {.reserve_in = 5e6 / 158.0, .reserve_out = 5e6};
  at.now += seconds{600};
  for (feed& f : at.feeds) f.protocol_at = at.now;  // the reference is the one that stands still
  auto d = p({}, at.look());
  EXPECT_EQ(d.verdict, verdict::refuse) << words(d);
  EXPECT_EQ(d.reason, errc::oracle_ours);
  EXPECT_EQ(d.doubt, doubt::age);
  EXPECT_TRUE(d.alarms.own_reference);
  EXPECT_EQ(d.trade.sold, 0.0);

  at.now += seconds{12};
  at.worth(158.0, 1.0, 5e6);
  at.fresh();
  d = p(d.state, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << "a refusal leaves the state able to act: " << words(d);
  EXPECT_GE(settled_health(p, d, at), 1.25 * (1.0 - 1e-12));
}

// A flash loan moves the pool that our reference is read from, for one block. Ours was wrong: nothing is traded,
// neither on the way up nor into the moved pool.
TEST(PolicyIncidents, AFlashLoanInOurSpotPoolIsNotTradedOn) {
  constexpr auto p =
      watchful(oracle::all_of{oracle::max_age{}, oracle::twap_tolerance{.average = {.only_where_given = true}}});
  for (const double spike : {0.55, 1.8}) {
    for (const double debt : {12'500.0, 9'000.0, 15'200.0}) {
      scene at(100.0, debt, 200.0, 1.0, 5e6);
      at.feeds[0].average = {200.3, noon};
      at.feeds[0].reference.price = 200.0 * spike;
      at.venue = {.reserve_in = 5e6 / (200.0 * spike), .reserve_out = 5e6};
      const auto d = p({}, at.look());
      EXPECT_NE(d.verdict, verdict::rebalance) << words(d);
      EXPECT_EQ(d.trust, trust::ours_bad);
      EXPECT_EQ(d.doubt, doubt::average);
      EXPECT_TRUE(d.alarms.own_reference);
      if (d.verdict == verdict::refuse) {
        EXPECT_EQ(d.reason, errc::oracle_ours);
      }
    }
  }
}

// November 2025, a collateral priced by a constant in the protocol while nobody paid it any more. The protocol
// overvalued: its health is not real. The alarm, and, where that was asked for, out while somebody still buys.
TEST(PolicyIncidents, AHardCodedPriceRaisesTheAlarmAndIsLeft) {
  scene at(10'000.0, 6'000.0, 1.0, 1.0, 5e6);
  constexpr auto guards = oracle::all_of{oracle::max_age{}, oracle::max_deviation{},
                                         oracle::executable_divergence{.executable = {.only_where_given = true}}};
  constexpr auto stays = watchful(guards), leaves = watchful(guards, {.leave_overvalued = true});
  at.feeds[0].executable = {{0.999}, noon};
  EXPECT_FALSE(leaves({}, at.look()).alarms.any());

  at.worth(0.78, 1.0, 5e6);  // what it trades at; the protocol still says 1
  at.feeds[0].executable = {{0.777}, noon};
  const auto watched = stays({}, at.look());
  EXPECT_EQ(watched.verdict, verdict::hold) << words(watched);
  EXPECT_TRUE(watched.alarms.overvalued);
  EXPECT_NEAR(watched.fair_health, watched.health * 0.777, 1e-12);

  const auto left = leaves({}, at.look());
  ASSERT_EQ(left.verdict, verdict::rebalance) << words(left);
  EXPECT_EQ(left.trade.towards, direction::deleverage);
  EXPECT_TRUE(left.alarms.overvalued);
  const double health = settled_health(leaves, left, at);
  EXPECT_GE(health * 0.777, 1.25 * (1.0 - 1e-12)) << "at what is really paid";
  EXPECT_NE(words(left).find("overvalued"), std::string::npos) << words(left);
}

// March 2020 and before: gas above the user's cap while health fell, and nobody acted. Urgency lifts the cap.
TEST(PolicyIncidents, AGasSpikeAboveTheCapYieldsToUrgency) {
  constexpr auto p = watchful(oracle::all_of{oracle::max_age{}, oracle::max_deviation{}}, {.gas_ceiling = 40e-9});
  const auto at_health = [&](double health, double gwei) {
    scene at(100.0, 100.0 * 200.0 * 0.86 / health, 200.0, 1.0, 5e6);
    at.gas.price_native = gwei * 1e-9;
    return p({}, at.look());
  };
  EXPECT_EQ(at_health(1.149, 39.0).verdict, verdict::rebalance);
  const auto capped = at_health(1.149, 45.0);
  EXPECT_EQ(capped.verdict, verdict::refuse);
  EXPECT_EQ(capped.reason, errc::gas_ceiling);
  EXPECT_EQ(at_health(1.12, 45.0).verdict, verdict::rebalance) << "a third of the way to the emergency";
  EXPECT_EQ(at_health(1.12, 200.0).reason, errc::gas_ceiling);
  double before = 0.0;
  for (const double health : {1.149, 1.13, 1.11, 1.09, 1.07, 1.051}) {
    const double limit = at_health(health, 45.0).gas_limit;
    EXPECT_GT(limit, before) << health;
    before = limit;
  }
  const auto urgent = at_health(1.04, 2'000.0);
  EXPECT_EQ(urgent.verdict, verdict::rebalance) << words(urgent);
  EXPECT_TRUE(urgent.emergency);
  EXPECT_EQ(urgent.gas_limit, infinity);
}

// A transaction that reverts, and one that hangs at yesterday's fee: neither costs the account its next chance.
TEST(PolicyIncidents, RevertedAndStuckTransactionsAreTriedAgain) {
  constexpr auto p =
      watchful(oracle::all_of{oracle::max_age{}, oracle::max_deviation{}}, {.resend_after = seconds{36}});
  scene at(100.0, 100.0 * 200.0 * 0.86 / 1.12, 200.0, 1.0, 5e6);
  auto d = p({}, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance);
  auto state = p.on_receipt(d.state, {receipt_kind::sent, d.nonce, at.now, d.gas_price});
  const auto tick = [&](long by) {
    at.now += seconds{by};
    at.fresh();
    return p(state, at.look());
  };
  d = tick(12);
  EXPECT_EQ(d.reason, errc::pending);
  state = p.on_receipt(d.state, {receipt_kind::reverted, d.nonce, at.now});
  d = p(state, at.look());
  ASSERT_EQ(d.verdict, verdict::rebalance) << "in the same second: no cooldown for a revert";
  const auto episode = d.state.order.episode, nonce = d.nonce;
  EXPECT_EQ(episode, 1U);

  state = p.on_receipt(d.state, {receipt_kind::sent, d.nonce, at.now, d.gas_price});
  d = tick(12);
  EXPECT_EQ(d.verdict, verdict::hold);
  state = d.state;
  at.gas.price_native *= 1.05;  // gas has risen a little; a replacement has to bid an eighth more all the same
  d = tick(30);
  ASSERT_EQ(d.verdict, verdict::rebalance) << words(d);
  EXPECT_TRUE(d.replaces);
  EXPECT_EQ(d.nonce, nonce);
  EXPECT_EQ(d.state.order.episode, episode) << "a replacement with a higher fee keeps its episode";
  EXPECT_GE(d.gas_price, 30e-9 * 1.125);
  state = p.on_receipt(d.state, {receipt_kind::replaced, d.nonce, at.now, d.gas_price});
  d = tick(12);
  EXPECT_EQ(d.reason, errc::pending);
  state = p.on_receipt(d.state, {receipt_kind::filled, d.nonce, at.now});
  at.of.find(held)->collateral += d.state.order.current.expected.collateral_by;
  at.of.find(owed)->debt += d.state.order.current.expected.debt_by;
  d = p(state, at.look());
  EXPECT_EQ(d.verdict, verdict::hold);
  EXPECT_NEAR(d.health, 1.25, 1e-9);
  EXPECT_EQ(d.state.last_fill, at.now);
}

}  // namespace
