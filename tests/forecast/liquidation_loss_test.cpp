// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/liquidation_loss.hpp>

#include "support/jump_paths.hpp"
#include "support/random.hpp"

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/quadrature/gauss_kronrod.hpp>
#endif

namespace trimtab::forecast {
namespace {

constexpr liquidation_terms usual{
    .threshold = 0.83, .borrow_factor = 1.05, .bonus = 0.06, .close_factor = 0.5, .debt = 1e6};
constexpr motion calm{.drift = -0.1, .volatility = 0.6};
constexpr exponential_jumps gaps{.rate = 12.0, .up_share = 0.4, .up_decay = 25.0, .down_decay = 6.0};

/// What each side loses at health H, from the account itself and not from the formulas.
struct ledger {
  double owner, bad_debt;
};
ledger liquidated_at(double health, const liquidation_terms& t) {
  const double collateral = health * t.borrow_factor * t.debt / t.threshold, equity = collateral - t.debt;
  const double whole_price = t.debt * (1.0 + t.bonus);
  return {std::fmin(t.bonus * t.close_factor * t.debt, std::fmax(equity, 0.0)),
          collateral < whole_price ? t.debt - collateral / (1.0 + t.bonus) : 0.0};
}

TEST(LiquidationLoss, WithoutAJumpIsThePenalty) {
  EXPECT_DOUBLE_EQ(liquidated_at(1.0, usual).owner, usual.penalty());
  EXPECT_EQ(liquidated_at(1.0, usual).bad_debt, 0.0);
  EXPECT_DOUBLE_EQ(expected_liquidation_loss(calm, usual, 0.2, 0.25),
                   liquidation_probability(calm, 0.2, 0.25) * 0.06 * 0.5 * 1e6);
  EXPECT_EQ(expected_liquidation_loss(calm, usual, -0.1, 0.25), usual.penalty());
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(LiquidationLoss, AfterAJumpByQuadrature) {
  test::random_numbers random(7);
  for (int n = 0; n < 100; ++n) {
    const exponential_jumps jumps{1.0, 0.5, 1.0, random.log_uniform(0.5, 100.0)};
    const liquidation_terms t{.threshold = random.uniform(0.3, 0.9),
                              .borrow_factor = random.uniform(1.0, 1.3),
                              .bonus = random.uniform(0.0, 0.1),
                              .close_factor = random.uniform(0.0, 1.0),
                              .debt = 1.0};
    ASSERT_EQ(t.validate(), errc::ok);
    const jump_liquidation got = liquidation_after_jump(jumps, t);
    // In u = P(H < h): h = u^{1/η}. The kinks are known: between them all is smooth in h.
    const double eta = jumps.down_decay;
    const auto mean = [&](auto f) {
      const double equal = t.threshold / t.borrow_factor;
      const double kinks[] = {0.0, equal, std::fmin(equal * (1.0 + t.bonus * t.close_factor), t.bad_debt_below()),
                              t.bad_debt_below(), 1.0};
      double sum = 0.0;
      for (int k = 0; k < 4; ++k) {
        if (!(kinks[k] < kinks[k + 1])) continue;
        sum += boost::math::quadrature::gauss_kronrod<double, 31>::integrate(
            [&](double u) { return f(std::pow(u, 1.0 / eta)); }, std::pow(kinks[k], eta), std::pow(kinks[k + 1], eta),
            10, 1e-12);
      }
      return sum;
    };
    EXPECT_NEAR(got.health, mean([](double h) { return h; }), 1e-8);
    EXPECT_NEAR(got.owner, mean([&](double h) { return liquidated_at(h, t).owner; }), 1e-8) << n;
    EXPECT_NEAR(got.bad_debt, mean([&](double h) { return liquidated_at(h, t).bad_debt; }), 1e-8) << n;
    EXPECT_NEAR(got.depth, mean([](double h) { return h > 0.0 ? -std::log(h) : 0.0; }), 1e-3 / eta) << n;
    EXPECT_NEAR(got.bad_debt_probability, std::exp(eta * std::log(t.bad_debt_below())), 1e-13);
  }
}
#endif

TEST(LiquidationLoss, MonteCarloAgrees) {
  constexpr int paths = 200'000;
  for (const double close : {0.5, 1.0}) {
    liquidation_terms t = usual;
    t.close_factor = close;
    const double x = 0.25, years = 0.25;
    const auto got = expected_liquidation_loss(calm, gaps, t, x, years);
    ASSERT_TRUE(got);
    double owner = 0.0, owner_squared = 0.0, bad = 0.0, bad_squared = 0.0;
    for (int n = 0; n < paths; ++n) {
      const auto path = test::jump_path_of(calm, gaps.rate, x, years,
                                           {.seed = 47, .stream = static_cast<std::uint64_t>(n)}, test::kou_size{gaps});
      if (!path.hit) continue;
      const ledger lost = liquidated_at(std::exp(-path.below), t);
      owner += lost.owner, owner_squared += lost.owner * lost.owner;
      bad += lost.bad_debt, bad_squared += lost.bad_debt * lost.bad_debt;
    }
    const auto agrees = [](double expected, double sum, double squares) {
      const double mean = sum / paths, error = std::sqrt((squares / paths - mean * mean) / paths);
      EXPECT_LE(std::fabs(mean - expected), 3.0 * error) << expected << " seen " << mean << " +- " << error;
      EXPECT_LE(error, 0.05 * expected);
    };
    agrees(got->owner, owner, owner_squared);
    agrees(got->bad_debt, bad, bad_squared);
    EXPECT_EQ(got->passage.hit, kou_first_passage(calm, gaps, x, years)->hit);
    EXPECT_GT(got->error, 0.0);
    EXPECT_LE(got->error, 1e-2);
  }
}

TEST(LiquidationLoss, WithoutJumpsBothFormulasAgree) {
  const auto got = expected_liquidation_loss(calm, exponential_jumps{}, usual, 0.2, 0.25);
  ASSERT_TRUE(got);
  EXPECT_DOUBLE_EQ(got->owner, expected_liquidation_loss(calm, usual, 0.2, 0.25));
  EXPECT_EQ(got->bad_debt, 0.0);
  EXPECT_DOUBLE_EQ(*liquidation_benefit(calm, exponential_jumps{}, usual, 0.25, 1.2, 1.3),
                   liquidation_benefit(calm, usual, 0.25, 1.2, 1.3));
}

TEST(LiquidationLoss, BenefitIsTheLossSaved) {
  double before = 0.0;
  for (int k = 1; k <= 40; ++k) {
    const double health = 1.1 + 0.02 * k, worth = liquidation_benefit(calm, usual, 0.25, 1.1, health);
    EXPECT_GT(worth, before);
    EXPECT_LT(worth, expected_liquidation_loss(calm, usual, std::log(1.1), 0.25));
    EXPECT_DOUBLE_EQ(worth, -liquidation_benefit(calm, usual, 0.25, health, 1.1));
    before = worth;
  }
  EXPECT_EQ(liquidation_benefit(calm, usual, 0.25, 1.3, 1.3), 0.0);
  // Where liquidation is nearly certain either way, what is saved is a difference of survivals.
  const motion falling{.drift = -8.0, .volatility = 0.3};
  const double saved = liquidation_benefit(falling, usual, 1.0, 1.01, 1.02);
  EXPECT_GT(saved, 0.0);
  EXPECT_LT(saved, 1e-100);
  const auto with_gaps = liquidation_benefit(calm, gaps, usual, 0.25, 1.1, 1.3);
  ASSERT_TRUE(with_gaps);
  EXPECT_GT(*with_gaps, 0.0);
}

TEST(LiquidationLoss, RefusesByName) {
  const double nan = std::nan("");
  const auto with = [](auto change) {
    liquidation_terms t = usual;
    change(t);
    return t.validate();
  };
  using terms = liquidation_terms;
  EXPECT_EQ(usual.validate(), errc::ok);
  EXPECT_EQ(with([&](terms& t) { t.bonus = nan; }), errc::not_finite);
  EXPECT_EQ(with([](terms& t) { t.debt = -1.0; }), errc::negative_amount);
  EXPECT_EQ(with([](terms& t) { t.bonus = -0.1; }), errc::negative_amount);
  EXPECT_EQ(with([](terms& t) { t.threshold = 0.0; }), errc::threshold_range);
  EXPECT_EQ(with([](terms& t) { t.threshold = 1.1; }), errc::threshold_range);
  EXPECT_EQ(with([](terms& t) { t.borrow_factor = 0.9; }), errc::bad_configuration);
  EXPECT_EQ(with([](terms& t) { t.close_factor = 1.1; }), errc::bad_configuration);
  EXPECT_EQ(with([](terms& t) { t.threshold = 1.0, t.borrow_factor = 1.0; }), errc::bad_configuration);
  terms bad = usual;
  bad.debt = -1.0;
  EXPECT_EQ(expected_liquidation_loss(calm, gaps, bad, 0.2, 0.25).error(), errc::negative_amount);
  EXPECT_EQ(expected_liquidation_loss({0.0, -1.0}, gaps, usual, 0.2, 0.25).error(), errc::bad_configuration);
  EXPECT_EQ(liquidation_benefit(calm, gaps, usual, 0.25, -1.0, 1.2).error(), errc::not_finite);
  EXPECT_EQ(liquidation_benefit(calm, gaps, usual, 0.25, 1.2, nan).error(), errc::not_finite);
  EXPECT_NE(liquidation_benefit(calm, usual, 0.25, -1.0, 1.2), liquidation_benefit(calm, usual, 0.25, -1.0, 1.2));
}

}  // namespace
}  // namespace trimtab::forecast
