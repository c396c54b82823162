// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/kamino.hpp>
#include <trimtab/preset/morpho_pre_liquidation.hpp>
#include <trimtab/simulate/run.hpp>

#include "simulate/fixtures.hpp"
#include <array>
#include <vector>

namespace {

using namespace fixtures;

constexpr double debt = 1e6;
constexpr preset::stranger patient{.gives_up_to = {50.0}};

template <class M>
run_report kept(const market_tape& tape, const M& model, double health, auto keeper) {
  constexpr auto nobody_watches = [](std::size_t, const auto&, const auto&) {};
  const std::array<double, 3> prices{tape.assets[0].oracle.price[0], 1.0, tape.native[0]};
  const std::array<double, 1> shares{1.0};
  const auto opening = open_account(model, shares, oracle_prices<double>(prices), debt, health);
  const run_report r =
      run(tape, model, opening, plain(1'000.0 * debt), keeper, {.lower_edge = 1.05, .automatic = true}, nobody_watches);
  EXPECT_NEAR(r.equity.unexplained(), 0.0, 1e-12 * debt) << "what a stranger takes is booked";
  return r;
}

market_tape sliding(double to) {
  std::vector<double> prices(600, 100.0);
  for (std::size_t b = 0; b < prices.size(); ++b) prices[b] += (to - 100.0) * static_cast<double>(b) / 600.0;
  return tape_of(prices);
}

constexpr std::array<health::kamino_reserve, 2> lent{{{.asset = asset_id{0},
                                                       .slot = price_slot{0},
                                                       .loan_to_value = {7'500},
                                                       .threshold = {8'000},
                                                       .minimum_bonus = {200},
                                                       .maximum_bonus = {1'000},
                                                       .decimals = 18},
                                                      {.asset = asset_id{1},
                                                       .slot = price_slot{1},
                                                       .loan_to_value = {7'500},
                                                       .threshold = {8'000},
                                                       .minimum_bonus = {200},
                                                       .maximum_bonus = {1'000}}}};

TEST(PaidInCollateralReplay, AStandingKaminoOrderKeepsAnObligationFromLiquidation) {
  const auto tape = sliding(60.0);
  const health::kamino model{.reserves = lent};
  EXPECT_GT(kept(tape, model, 1.4, sits_still{}).counts.liquidations, 0);
  preset::kamino_orders orders{};
  orders.orders[0] = {.when = preset::kamino_condition::ltv_above,
                      .threshold = 0.72,
                      .amount = 0.1 * debt,
                      .least_bonus = {100},
                      .largest_bonus = {300}};
  const auto theirs = kept(tape, model, 1.4, steered(preset::kamino(model, orders, asset_id{1}, {}, patient)));
  EXPECT_GT(theirs.counts.trades, 1);
  EXPECT_EQ(theirs.counts.liquidations, 0);
  EXPECT_GT(theirs.equity.costs.reward, 0.0);
  EXPECT_EQ(theirs.equity.costs.gas, 0.0) << "the stranger's";
  // Nobody comes for a bonus that the pool's fee and the loan eat.
  orders.orders[0].least_bonus = orders.orders[0].largest_bonus = {10.0};
  EXPECT_EQ(kept(tape, model, 1.4, steered(preset::kamino(model, orders, asset_id{1}, {}, patient))).counts.trades, 0);
}

TEST(PaidInCollateralReplay, PreLiquidationsComeBeforeMorphosOwn) {
  const auto tape = sliding(60.0);
  const health::morpho_pre_liquidation model{.market = {.collateral = asset_id{0},
                                                        .loan = asset_id{1},
                                                        .collateral_slot = price_slot{0},
                                                        .loan_slot = price_slot{1},
                                                        .lltv = {8'600}},
                                             .oracle_slot = price_slot{0},
                                             .threshold = {8'000},
                                             .close_factor_start = {1'000},
                                             .close_factor_end = {5'000},
                                             .bonus_start = {150},
                                             .bonus_end = {400}};
  EXPECT_GT(kept(tape, model.market, 1.4, sits_still{}).counts.liquidations, 0);
  const auto theirs =
      kept(tape, model.market, 1.4,
           steered(preset::morpho_pre_liquidation(model, patient, {.funding = {.premium = basis_points{5.0}}})));
  EXPECT_GT(theirs.counts.trades, 2);
  EXPECT_EQ(theirs.counts.liquidations, 0);
}

}  // namespace
