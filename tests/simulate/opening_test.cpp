// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "fixtures.hpp"
#include <limits>

namespace {

using namespace fixtures;

TEST(Opening, HasTheDebtAndHealthAskedFor) {
  const auto tape = tape_of({100.0, 100.0});
  for (const double health : {1.0, 1.1, 1.35, 2.0}) {
    const auto a = opened(tape, 5e5, health);
    EXPECT_EQ(a.find({1})->debt, 5e5);
    const std::array<double, 3> prices = {100.0, 1.0, 1.0};
    EXPECT_NEAR(health_factor(aave().liquidation_form<double>(a), oracle_prices<double>(prices)), health,
                4 * std::numeric_limits<double>::epsilon() * health);
  }
}

TEST(Opening, SplitsCollateralByValue) {
  constexpr std::array<health::aave_v3_reserve, 3> three = {{
      {.asset = {0}, .collateral_slot = {0}, .threshold = {8000.0}},
      {.asset = {1}, .collateral_slot = {1}, .threshold = {7000.0}},
      {.asset = {2}, .collateral_slot = {2}, .debt_slot = {2}, .threshold = {7800.0}},
  }};
  const std::array<double, 4> prices = {100.0, 5.0, 1.0, 1.0};
  const std::array<double, 2> shares = {3.0, 1.0};
  const auto a = open_account(health::aave_v3{.reserves = three}, shares, oracle_prices<double>(prices), 1'000.0, 1.5);
  EXPECT_NEAR(a.find({0})->collateral * 100.0, 3.0 * a.find({1})->collateral * 5.0, 1e-9);
}

}  // namespace
