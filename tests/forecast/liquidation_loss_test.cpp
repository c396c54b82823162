// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/liquidation_loss.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr liquidation_terms usual{.threshold = 0.8, .bonus = 0.06, .close_factor = 0.5, .debt = 1000.0};
constexpr motion ether{.drift = -0.3, .volatility = 0.7};
constexpr exponential_jumps crashes{.rate = 12.0, .up_share = 0.4, .up_decay = 30.0, .down_decay = 18.0};

// The same by summing over where the jump lands.
TEST(LiquidationLoss, AfterAJumpByQuadrature) {
  for (const auto& terms : {usual, liquidation_terms{.threshold = 0.93, .bonus = 0.05, .debt = 1.0},
                            liquidation_terms{.threshold = 0.98, .bonus = 0.05, .debt = 1.0},
                            liquidation_terms{.threshold = 0.8, .borrow_factor = 1.2, .bonus = 0.1, .debt = 1.0}})
    for (const double eta : {0.7, 4.0, 18.0, 200.0}) {
      constexpr int n = 400'000;
      double health = 0.0, owner = 0.0, bad = 0.0, below = 0.0;
      for (int k = 0; k < n; ++k) {
        // The k-th quantile of the landing; equity and shortfall per unit of debt.
        const double h = std::pow((k + 0.5) / n, 1.0 / eta), worth = h / terms.insolvent_at();
        health += h;
        owner += std::clamp(worth - 1.0, 0.0, terms.bonus);
        bad += std::max(0.0, 1.0 - worth / (1.0 + terms.bonus));
        below += worth < 1.0 + terms.bonus;
      }
      const jump_liquidation got = after_a_jump(terms, eta);
      EXPECT_NEAR(got.mean_health, health / n, 1e-5);
      EXPECT_NEAR(got.owner_loss, owner / n, 1e-5) << terms.threshold << ' ' << eta;
      EXPECT_NEAR(got.bad_debt, bad / n, 1e-5) << terms.threshold << ' ' << eta;
      EXPECT_NEAR(got.bad_debt_probability, below / n, 1e-5);
    }
}

// Exact jump times, bridges between them: who is liquidated, where they land, who pays.
TEST(LiquidationLoss, TheOutlookAgreesWithSimulation) {
  constexpr double x = 0.18, years = 0.25;
  constexpr int paths = 200'000;
  const simulate::counter_random random{.seed = 5};
  std::uint64_t n = 0;
  std::array<double, 4> sum{}, squares{};
  for (int path = 0; path < paths; ++path) {
    double at = x, time = 0.0, alive = 1.0;
    std::array<double, 4> got{};
    const auto liquidated = [&](double p, double health) {
      const double worth = health / usual.insolvent_at();
      const bool jumped = health < 1.0;
      got[0] += p;
      got[1] +=
          p * usual.debt * (jumped ? std::clamp(worth - 1.0, 0.0, usual.bonus) : usual.bonus * usual.close_factor);
      got[2] += p * (worth < 1.0 + usual.bonus);
      got[3] += p * usual.debt * std::max(0.0, 1.0 - worth / (1.0 + usual.bonus));
    };
    while (time < years && alive > 0.0) {
      const double wait = -std::log(random.uniform(n++)) / crashes.rate, dt = std::min(wait, years - time);
      n += n % 2;
      const double next = at + ether.drift * dt + ether.volatility * std::sqrt(dt) * random.normal(n / 2);
      n += 2;
      const double touch = next > 0.0 ? std::exp(-2.0 * at * next / (ether.volatility * ether.volatility * dt)) : 1.0;
      liquidated(alive * touch, 1.0);
      alive *= 1.0 - touch;
      at = next;
      time += wait;
      if (time < years && alive > 0.0) {
        const bool up = random.uniform(n++) < crashes.up_share;
        const double size = -std::log(random.uniform(n++)) / (up ? crashes.up_decay : crashes.down_decay);
        at += up ? size : -size;
        if (at <= 0.0) liquidated(alive, std::exp(at)), alive = 0.0;
      }
    }
    for (std::size_t k = 0; k < 4; ++k) sum[k] += got[k], squares[k] += got[k] * got[k];
  }
  const auto outlook = liquidation_outlook_of(ether, crashes, usual, x, years);
  ASSERT_TRUE(outlook);
  const std::array<double, 4> expected{outlook->probability, outlook->owner_loss, outlook->bad_debt_probability,
                                       outlook->bad_debt};
  for (std::size_t k = 0; k < 4; ++k) {
    const double mean = sum[k] / paths, error = std::sqrt((squares[k] / paths - mean * mean) / paths);
    EXPECT_NEAR(expected[k], mean, 3.0 * error) << k;
  }
}

TEST(LiquidationLoss, WithoutJumpsItIsTheProbabilityTimesTheBonus) {
  exponential_jumps none = crashes;
  none.rate = 0.0;
  const auto outlook = liquidation_outlook_of(ether, none, usual, 0.1, 0.1);
  ASSERT_TRUE(outlook);
  EXPECT_DOUBLE_EQ(outlook->owner_loss, expected_liquidation_loss(ether, usual, 0.1, 0.1));
  EXPECT_DOUBLE_EQ(outlook->owner_loss, liquidation_probability(ether, 0.1, 0.1) * 0.06 * 0.5 * 1000.0);
  EXPECT_EQ(outlook->bad_debt, 0.0);
}

TEST(LiquidationLoss, TheBenefitIsTheLossThatGoesAway) {
  const double benefit = liquidation_benefit(ether, usual, 0.1, 1.05, 1.3, 800.0);
  EXPECT_GT(benefit, 0.0);
  EXPECT_LT(benefit, owner_loss_at_threshold(usual));
  EXPECT_EQ(liquidation_benefit(ether, usual, 0.1, 1.05, 1.05, 1000.0), 0.0);
  EXPECT_LT(liquidation_benefit(ether, usual, 0.1, 1.3, 1.05, 1000.0), 0.0);
  EXPECT_GT(liquidation_benefit(ether, usual, 0.1, 1.05, 1.4, 800.0), benefit) << "more health is worth more";
  EXPECT_DOUBLE_EQ(liquidation_benefit(ether, usual, 0.1, 0.0, infinity, 0.0), owner_loss_at_threshold(usual));
}

TEST(LiquidationLoss, BadInputHasAName) {
  EXPECT_EQ((liquidation_terms{.threshold = 1.1}.validate()), errc::threshold_range);
  EXPECT_EQ((liquidation_terms{.close_factor = -0.1}.validate()), errc::threshold_range);
  EXPECT_EQ((liquidation_terms{.bonus = -0.1}.validate()), errc::negative_amount);
  EXPECT_EQ((liquidation_terms{.debt = nan}.validate()), errc::not_finite);
  EXPECT_EQ((liquidation_terms{.borrow_factor = 0.9}.validate()), errc::bad_configuration);
  EXPECT_TRUE(std::isnan(expected_liquidation_loss({}, usual, 0.1, 1.0)));
  EXPECT_TRUE(std::isnan(liquidation_benefit(ether, usual, 0.1, nan, 1.3, 800.0)));
  EXPECT_TRUE(std::isnan(after_a_jump(usual, 0.0).bad_debt));
  EXPECT_EQ(liquidation_outlook_of({}, crashes, usual, 0.1, 0.1).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab::forecast
