// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/trigger/in_health.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using namespace trigger;

// One pair: c of collateral at p, d of debt at q, threshold w, borrow factor v, loan to value for new debt l.
struct pair {
  double c, p, d, q, w, v, l;
  [[nodiscard]] double health() const { return w * c * p / (v * d * q); }
  [[nodiscard]] double leverage() const { return c * p / (c * p - d * q); }
  [[nodiscard]] signal look() const {
    return {
        .health = health(), .borrow_health = l * c * p / (v * d * q), .collateral_value = c * p, .debt_value = d * q};
  }
  /// Sell value x of the collateral without loss and repay with it.
  [[nodiscard]] pair after_selling(double x) const { return {c - x / p, p, d - x / q, q, w, v, l}; }
};

TEST(InHealth, ATradeToTheHealthArrivesAtTheLeverageItStandsFor) {
  test::random_numbers random(74);
  double worst = 0.0;
  for (int i = 0; i < 50'000; ++i) {
    const double p = random.log_uniform(1e-3, 1e5), q = random.log_uniform(0.5, 2.0);
    const double equity = random.log_uniform(1.0, 1e6), before = random.uniform(1.2, 4.0);
    const pair a{equity * before / p, p, equity * (before - 1.0) / q, q, 0.86, random.uniform(1.0, 1.2), 0.8};
    const signal s = a.look();
    const double to = random.uniform(1.1, 4.0);
    const pair b = a.after_selling(equity * (before - to));  // the equity stays: its leverage is `to`
    ASSERT_NEAR(b.leverage(), to, 1e-9 * to);
    const auto off = [&](double got, double want) { worst = std::max(worst, std::fabs(got / want - 1.0)); };
    off(health_at_leverage(s, to), b.health());
    off(health_at_loan_to_value(s, 1.0 - 1.0 / to), b.health());
    off(health_at_collateral_ratio(s, 1.0 / (1.0 - 1.0 / to)), b.health());
    off(health_at_borrow_health(s, b.look().borrow_health), b.health());
    off(leverage_at_health(s, b.health()), to);
    off(leverage_of(s), before);
    off(loan_to_value_of(s), 1.0 - 1.0 / before);
    off(weight_of(s), a.w / a.v);
  }
  std::cout << "worst relative error " << worst << '\n';
  EXPECT_LT(worst, 1e-13);
}

TEST(InHealth, TheEndsOfTheScale) {
  const pair a{2.0, 1.0, 1.0, 1.0, 0.8, 1.0, 0.75};
  const signal s = a.look();
  EXPECT_EQ(health_at_leverage(s, 1.0), infinity);
  EXPECT_EQ(health_at_leverage(s, infinity), 0.8) << "nothing of one's own: health is the weight";
  EXPECT_TRUE(std::isnan(health_at_leverage(s, 0.9)));
  EXPECT_EQ(health_at_loan_to_value(s, 0.0), infinity);
  EXPECT_TRUE(std::isnan(health_at_loan_to_value(s, -0.1)));
  EXPECT_EQ(health_at_loan_to_value(s, 0.8), 1.0) << "liquidated at the threshold";
  EXPECT_EQ(leverage_at_health(s, infinity), 1.0);
  EXPECT_EQ(leverage_of(signal{.collateral_value = 1.0}), 1.0);
}

TEST(InHealth, WithoutDebtNothingSaysWhatTheWeightIs) {
  const signal none{.collateral_value = 5.0};
  EXPECT_TRUE(std::isnan(weight_of(none)));
  EXPECT_TRUE(std::isnan(health_at_leverage(none, 2.0)) && std::isnan(health_at_leverage(none, 1.0)));
  EXPECT_TRUE(std::isnan(health_at_loan_to_value(none, 0.5)) && std::isnan(health_at_collateral_ratio(none, 2.0)));
  EXPECT_TRUE(std::isnan(health_at_borrow_health(none, 1.5)));
  EXPECT_TRUE(std::isnan(weight_of(signal{})));
}

// What the header says it is not: exact for several collaterals. By how much is the mix's doing.
TEST(InHealth, WithTwoCollateralsItIsTheMeanWeightNow) {
  const double held[] = {1.0, 1.0}, weight[] = {0.9, 0.5}, debt = 1.0;
  const double value = held[0] + held[1], health = (weight[0] * held[0] + weight[1] * held[1]) / debt;
  const signal s{.health = health, .collateral_value = value, .debt_value = debt};
  EXPECT_DOUBLE_EQ(weight_of(s), 0.7);
  const double x = 0.4;  // of the first, sold and repaid
  const double really = (weight[0] * (held[0] - x) + weight[1] * held[1]) / (debt - x);
  EXPECT_GT(std::fabs(health_at_loan_to_value(s, (debt - x) / (value - x)) / really - 1.0), 0.01);
}

}  // namespace
}  // namespace trimtab
