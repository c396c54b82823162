// SPDX-License-Identifier: MIT
#include <trimtab/simulate/counter_random.hpp>
#include <trimtab/sizing/execution_route.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/remedies.hpp"
#include <array>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::choose_route;
using sizing::cost_of;
using sizing::execution_route;
using sizing::funding_mode;
using sizing::restore_target;
using sizing::route_choice;
using sizing::route_cost;
using sizing::waiting_risk;

constexpr constant_product pool{.reserve_in = 1e5, .reserve_out = 2e8, .fee = {5.0}, .gas_units = 1e5};
constexpr waiting_risk risk{.health = {.drift = -0.3, .volatility = 1.2},
                            .terms = {.threshold = 0.8, .bonus = 0.05, .close_factor = 0.5}};
constexpr restore_target sizer{};

// 14000 owed, of health 1.02; gas of 8 in base currency at ten billionths of a native token.
struct threatened : cases::desk {
  threatened() { owed[0] = 16'000.0 / 1.02; }
};
const threatened plain;
sizing::problem<constant_product> problem_at(double price_native, double tank) {
  auto p = plain.problem(pool);
  p.funding = {funding_mode::flash_debt, {5.0}};
  p.gas = {.transaction_gas = 3e5, .price_native = price_native, .tank_native = tank, .native = {4}};
  return p;
}
const std::array<execution_route, 3> usual{sizing::own_transaction(0.5), sizing::relayer(0.6, {10.0}, 5.0),
                                           sizing::private_bundle(0.3, 2.0)};

TEST(ExecutionRoute, CostsWhatItSays) {
  const auto p = problem_at(1e-8, infinity);
  const execution_route route{.gas_multiplier = 1.5,
                              .fixed_cost = 3.0,
                              .premium = {20.0},
                              .delay = {.per_block = 0.25},
                              .failure = 0.1,
                              .paid_on_failure = 0.5};
  const route_cost c = cost_of(route, sizer, p, risk);
  ASSERT_EQ(c.status, errc::ok) << name(c.status);
  const auto& t = c.trade.trade;
  const double gas = 4e5 * 1e-8 * 1.5 * 2000.0, lump = 3.0 + 2e-3 * t.sold * 2000.0;
  EXPECT_NEAR(c.fee, gas + lump, 1e-9 * c.fee);
  EXPECT_GE(c.fee, (gas + lump) * (1.0 - 1e-14)) << "the fee covers its own premium";
  EXPECT_DOUBLE_EQ(c.trading, 0.9 * t.cost.total() + 0.1 * 0.5 * c.fee);
  const double x = std::log(1.02), loss = 0.05 * 0.5 * plain.owed[0];
  const double waiting = liquidated_while_waiting(risk.health, x, route.delay, risk.horizon_years).value;
  const double at_all = forecast::liquidation_probability(risk.health, x, risk.horizon_years);
  EXPECT_NEAR(c.expected_loss, loss * (0.9 * waiting + 0.1 * at_all), 1e-12 * c.expected_loss);
  EXPECT_DOUBLE_EQ(c.mean_years, 4.0 * 12.0 / 31'536'000.0);
  EXPECT_GE(t.health_after, p.target);
}

TEST(ExecutionRoute, ARelayerIsPaidInsideTheSize) {
  const auto p = problem_at(1e-8, infinity);
  const execution_route by_tank{.fixed_cost = 5.0, .premium = {50.0}};
  auto in_kind = by_tank;
  in_kind.paid_from = gas_payer::proceeds;
  const auto tank = cost_of(by_tank, sizer, p, risk), kind = cost_of(in_kind, sizer, p, risk);
  ASSERT_TRUE(tank.has_value() && kind.has_value());
  EXPECT_EQ(tank.trade.trade.gas_in_kind, 0.0);
  EXPECT_GT(kind.trade.trade.sold, tank.trade.trade.sold);
  EXPECT_GE(kind.trade.trade.health_after, p.target);
  // In debt tokens, at the price of 1: gas, the lump and the premium of the trade that pays it.
  EXPECT_NEAR(kind.trade.trade.gas_in_kind, 4e5 * 1e-8 * 2000.0 + 5.0 + 5e-3 * kind.trade.trade.sold * 2000.0, 1e-8);
  EXPECT_GE(kind.trade.trade.gas_in_kind, 13.0 + 5e-3 * kind.trade.trade.sold * 2000.0 - 1e-10);
}

TEST(ExecutionRoute, ChangesUnderCongestionAndWithAnEmptyTank) {
  const auto chosen = [&](const auto& p, std::span<const execution_route> routes) {
    const route_choice c = choose_route(sizer, p, routes, risk);
    EXPECT_EQ(c.status, errc::ok) << name(c.status);
    return c.index;
  };
  // Calm: the own transaction is cheapest.
  EXPECT_EQ(chosen(problem_at(1e-8, 1.0), usual), 0U);
  // The tank is empty: the relayer, who is paid in kind.
  EXPECT_EQ(chosen(problem_at(1e-8, 1e-4), usual), 1U);
  std::array<route_cost, 3> judged{};
  EXPECT_EQ(choose_route(sizer, problem_at(1e-8, 1e-4), usual, risk, judged).index, 1U);
  EXPECT_EQ(judged[0].status, errc::gas_tank);
  EXPECT_EQ(judged[2].status, errc::gas_tank);
  EXPECT_TRUE(judged[1].has_value());
  // A spike: what bids the market's price waits for hours, what bids three times as much is in the next blocks.
  std::array<execution_route, 2> bids{sizing::own_transaction(0.5), sizing::own_transaction(0.9)};
  bids[1].gas_multiplier = 3.0;
  EXPECT_EQ(chosen(problem_at(1e-8, infinity), bids), 0U);
  bids[0].delay.per_block = 1e-4;
  EXPECT_EQ(chosen(problem_at(1e-8, infinity), bids), 1U);
  // A spike in gas so high that it is the tip to a builder that is cheaper than failing in public.
  std::array<execution_route, 2> failing = {sizing::own_transaction(0.5), sizing::private_bundle(0.5, 20.0)};
  EXPECT_EQ(chosen(problem_at(1e-8, infinity), failing), 0U);
  failing[0].failure = 0.4;
  EXPECT_EQ(chosen(problem_at(1e-8, infinity), failing), 1U);
}

TEST(ExecutionRoute, DoesNotDependOnTheOrderAndTakesTheFirstOfTwoAlike) {
  const auto p = problem_at(1e-8, 1.0);
  const std::array<execution_route, 3> turned{usual[2], usual[1], usual[0]};
  EXPECT_EQ(choose_route(sizer, p, usual, risk).index, 0U);
  EXPECT_EQ(choose_route(sizer, p, turned, risk).index, 2U);
  const std::array<execution_route, 2> same{usual[0], usual[0]};
  EXPECT_EQ(choose_route(sizer, p, same, risk).index, 0U);
  const auto idle = choose_route(sizer, p, usual, risk).idle_loss;
  EXPECT_GT(idle, choose_route(sizer, p, usual, risk).best.expected_loss);
  EXPECT_EQ(choose_route(sizer, p, std::span<const execution_route>{}, risk).status, errc::infeasible);
}

TEST(ExecutionRoute, LossesAreThoseOfManyLives) {
  // Wait, perhaps fail, perhaps be liquidated meanwhile: what is lost on average.
  const auto p = problem_at(1e-8, infinity);
  waiting_risk stormy = risk;
  stormy.health.volatility = 6.0;
  stormy.horizon_years = 50.0 * 12.0 / 31'536'000.0;
  const execution_route route{.delay = {.per_block = 0.15}, .failure = 0.2};
  const route_cost c = cost_of(route, sizer, p, stormy);
  ASSERT_TRUE(c.has_value());
  constexpr int lives = 100'000;
  const double block = 12.0 / 31'536'000.0, loss = 0.025 * plain.owed[0], sd = stormy.health.volatility;
  const simulate::counter_random luck{.seed = 74};
  double sum = 0.0, squares = 0.0;
  std::uint64_t n = 0;
  for (int i = 0; i < lives; ++i) {
    double x = std::log(1.02), alive = 1.0;
    const bool fails = luck.uniform((1ULL << 42) + static_cast<std::uint64_t>(i)) < route.failure;
    for (int k = 1; k <= 50; ++k) {
      const double next = x + stormy.health.drift * block + sd * std::sqrt(block) * luck.normal(n++);
      alive *= next <= 0.0 ? 0.0 : -std::expm1(-2.0 * x * next / (sd * sd * block));
      x = next;
      if (alive == 0.0 || (!fails && luck.uniform((1ULL << 40) + n) < 0.15)) break;
    }
    const double lost = loss * (1.0 - alive);
    sum += lost, squares += lost * lost;
  }
  const double mean = sum / lives, deviation = std::sqrt((squares / lives - mean * mean) / lives);
  EXPECT_NEAR(c.expected_loss, mean, 4.0 * deviation);
  EXPECT_LT(deviation, 0.05 * mean);
  EXPECT_GT(mean, 0.0);
}

TEST(ExecutionRoute, RefusesWhatItCannotJudge) {
  const auto p = problem_at(1e-8, infinity);
  const auto judged = [&](auto&& change) {
    execution_route r = usual[0];
    auto q = p;
    auto at_risk = risk;
    change(r, q, at_risk);
    const route_cost c = cost_of(r, sizer, q, at_risk);
    return c.status;
  };
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.gas_multiplier = std::nan(""); }), errc::not_finite);
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.gas_multiplier = -1.0; }), errc::negative_amount);
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.fixed_cost = -1.0; }), errc::negative_amount);
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.premium = {1e4}; }), errc::bad_configuration);
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.failure = 1.1; }), errc::bad_configuration);
  EXPECT_EQ(judged([](auto& r, auto&, auto&) { r.delay.per_block = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(judged([](auto&, auto&, auto& w) { w.health.volatility = 0.0; }), errc::bad_configuration);
  EXPECT_EQ(judged([](auto&, auto&, auto& w) { w.horizon_years = std::nan(""); }), errc::not_finite);
  EXPECT_EQ(judged([](auto&, auto&, auto& w) { w.terms.threshold = 2.0; }), errc::threshold_range);
  EXPECT_EQ(judged([](auto&, auto& q, auto&) { q.venue = nullptr; }), errc::asset_mismatch);
  EXPECT_EQ(judged([](auto&, auto& q, auto&) { q.target = 1.01; }), errc::already_there);
  EXPECT_EQ(judged([](auto&, auto& q, auto&) { q.gas.native = {99}; }), errc::size_mismatch);
  EXPECT_EQ(judged([](auto& r, auto& q, auto&) {
              r.fixed_cost = 1.0;
              q.gas = {.native = {99}};
            }),
            errc::size_mismatch);
  EXPECT_EQ(judged([](auto& r, auto& q, auto&) {
              r.fixed_cost = 1.0;
              q.gas = {.native = {4}};
            }),
            errc::ok)
      << "a tip where gas is free";
  // A fee that no sale can pay for.
  const auto greedy = judged([](auto& r, auto&, auto&) {
    r.paid_from = gas_payer::proceeds;
    r.premium = {5000.0};
  });
  EXPECT_NE(greedy, errc::ok);
}

TEST(ExecutionRoute, SendsTradesOfBothDirections) {
  auto d = plain;
  d.owed[0] = 10'000.0;
  const constant_product buys = pool.reversed();
  auto p = d.problem(buys);
  p.funding = {funding_mode::flash_debt, {5.0}};
  p.gas = {.transaction_gas = 3e5, .price_native = 1e-8, .native = {4}};
  const execution_route route{.premium = {10.0}, .delay = {.per_block = 0.5}};
  const route_cost c = cost_of(route, sizing::leverage_up{}, p, risk);
  ASSERT_EQ(c.status, errc::ok) << name(c.status);
  EXPECT_NEAR(c.fee, 4e5 * 1e-8 * 2000.0 + 1e-3 * c.trade.trade.sold, 1e-9);
}

}  // namespace
}  // namespace trimtab
