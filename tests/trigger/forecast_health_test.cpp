// SPDX-License-Identifier: MIT
#include <trimtab/health/form.hpp>
#include <trimtab/sensitivity/coordinates.hpp>
#include <trimtab/sensitivity/log_health_greeks.hpp>
#include <trimtab/trigger/forecast_health.hpp>

#include "laws/trigger_laws.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using trigger::forecast_health;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr forecast_health rule{.volatility = 0.8, .reaction = seconds{600}, .deviations = 3.0};
static_assert(rule.validate() == errc::ok && forecast_health{}.validate() == errc::ok);

firing at(const forecast_health& f, double health, double delta, double gamma) {
  return f.fired(f.step({}, {.health = health, .log_delta = delta, .log_gamma = gamma}));
}

// Health with one price moved by e^s: a·e^s + b over c·e^s + d.
struct account {
  double a, b, c, d;
  [[nodiscard]] double health(double s) const { return (a * std::exp(s) + b) / (c * std::exp(s) + d); }
  [[nodiscard]] double q() const { return a / (a + b); }
  [[nodiscard]] double r() const { return c / (c + d); }
  [[nodiscard]] double delta() const { return q() - r(); }
  [[nodiscard]] double gamma() const { return q() * (1.0 - q()) - r() * (1.0 - r()); }
};

TEST(ForecastHealth, TheGreeksOfTheTestAreThoseOfTheLibrary) {
  const account x{3.0, 2.0, 0.5, 2.5};
  form<double> f;
  for (const errc e : {f.collateral.add({.amount = 3.0, .weight = 1.0, .slot = {0}, .asset = {0}}),
                       f.collateral.add({.amount = 2.0, .weight = 1.0, .slot = {1}, .asset = {1}}),
                       f.debt.add({.amount = 0.5, .weight = 1.0, .slot = {0}, .asset = {2}}),
                       f.debt.add({.amount = 2.5, .weight = 1.0, .slot = {1}, .asset = {3}})})
    ASSERT_EQ(e, errc::ok);
  const double ones[] = {1.0, 1.0};
  const oracle_prices<double> prices{std::span<const double>(ones)};
  const auto g = sensitivity::in_log_prices(sensitivity::log_health_greeks(f, prices), prices);
  EXPECT_NEAR(g.delta[0], x.delta(), 1e-15);
  EXPECT_NEAR(g.gamma(0, 0), x.gamma(), 1e-15);
}

TEST(ForecastHealth, OneCollateralAndOneDebtIsExact) {
  const double s = rule.move();
  EXPECT_NEAR(s, 3.0 * 0.8 * std::sqrt(600.0 / 31'536'000.0), 1e-17);
  for (const double delta : {1.0, -1.0}) {
    const double left = rule.left_of_health(delta, 0.0);
    EXPECT_LE(left, std::exp(-s)) << "a fall for a long, a rise for a short";
    EXPECT_NEAR(left, std::exp(-s), 5e-8) << "but for the bound on what a mix could add";
  }
  const double edge = 1.0 / rule.left_of_health(1.0, 0.0);
  EXPECT_FALSE(at(rule, edge * (1.0 + 1e-12), 1.0, 0.0).fired);
  EXPECT_TRUE(at(rule, edge * (1.0 - 1e-12), 1.0, 0.0).fired);
  EXPECT_FALSE(at(rule, 1.0001, 0.0, 0.0).fired) << "a hedged account has nothing to fear from this price";
}

// The forecast against exact revaluation along the whole move, on both sides: never better, and close.
TEST(ForecastHealth, IsNeverBetterThanTheExactWorst) {
  test::random_numbers random(77);
  double gap = 0.0, bound = 0.0;
  for (int i = 0; i < 20'000; ++i) {
    const account x{random.log_uniform(1e-3, 1e3), random.below(3) == 0 ? 0.0 : random.log_uniform(1e-3, 1e3),
                    random.below(3) == 0 ? 0.0 : random.log_uniform(1e-3, 1e3), random.log_uniform(1e-3, 1e3)};
    const forecast_health f{.volatility = random.uniform(0.2, 2.0),
                            .reaction = seconds{static_cast<long long>(random.log_uniform(12.0, 86'400.0))},
                            .deviations = random.uniform(1.0, 4.0)};
    const double s = f.move();
    double worst = infinity;
    for (int k = -64; k <= 64; ++k) worst = std::min(worst, x.health(s * k / 64.0));
    const double exact = worst / x.health(0.0), forecast = f.left_of_health(x.delta(), x.gamma());
    ASSERT_LE(forecast, exact * (1.0 + 1e-12)) << s << ' ' << x.delta() << ' ' << x.gamma();
    const double allowed = 3.0 * std::sqrt(3.0) / 108.0 * s * s * s;  // the bound, and twice that in our favour
    ASSERT_GE(std::log(forecast), std::log(exact) - allowed - 1e-12);
    gap = std::max(gap, std::log(exact / forecast)), bound = std::max(bound, allowed);
  }
  std::cout << "widest gap in log health " << gap << ", allowed up to " << bound << '\n';
  EXPECT_GT(gap, 0.5 * bound) << "and it is no looser than it has to be";
}

// One pair: deleverage to the health it names, and the same move leaves the target of the forecast.
TEST(ForecastHealth, ItsTargetIsTheHealthThatTheMoveLeavesSafe) {
  for (const double health : {0.95, 1.001, 1.01}) {
    const firing f = at(rule, health, 1.0, 0.0);
    ASSERT_TRUE(f.fired && f.towards == direction::deleverage && !f.emergency);
    EXPECT_GT(f.target, health);
    EXPECT_NEAR(f.target * rule.left_of_health(1.0, 0.0), rule.target, 1e-12);
    EXPECT_FALSE(at(rule, f.target, 1.0, 0.0).fired);
  }
}

TEST(ForecastHealth, AnEpisodeLastsUntilTheForecastIsBackAtRearm) {
  const double left = rule.left_of_health(1.0, 0.0);
  auto s = rule.step({}, {.health = 0.999 / left, .log_delta = 1.0});
  EXPECT_TRUE(rule.fired(s).fired);
  s = rule.step(s, {.health = (rule.rearm_at() - 1e-9) / left, .log_delta = 1.0});
  EXPECT_TRUE(rule.fired(s).fired);
  s = rule.step(s, {.health = (rule.rearm_at() + 1e-9) / left, .log_delta = 1.0});
  EXPECT_FALSE(rule.fired(s).fired);
  EXPECT_EQ(s, forecast_health::state_type{}) << "and nothing is remembered";
}

TEST(ForecastHealth, UrgencyGrowsFromTheEdgeToLiquidation) {
  const double edge = 1.0 / rule.left_of_health(1.0, 0.0);
  double before = -1.0;
  for (int k = 0; k <= 10; ++k) {
    const double health = edge + (1.0 - edge) * k / 10.0;
    const double u = at(rule, health * (1.0 - 1e-14), 1.0, 0.0).urgency;
    EXPECT_GT(u, before);
    before = u;
  }
  EXPECT_EQ(before, 1.0);
  EXPECT_EQ(at(rule, 0.5, 1.0, 0.0).urgency, 1.0);
}

TEST(ForecastHealth, WhatIsNotKnownIsNotSafe) {
  EXPECT_TRUE(at(rule, nan, 1.0, 0.0).fired);
  EXPECT_TRUE(at(rule, 1.5, nan, 0.0).fired);
  EXPECT_TRUE(at(rule, 1.5, 1.0, nan).fired);
  EXPECT_EQ(at(rule, nan, 1.0, 0.0).urgency, 1.0);
  EXPECT_EQ(at(rule, 0.0, 1.0, 0.0).target, rule.target);
  EXPECT_FALSE(at(rule, infinity, 1.0, 0.0).fired);
}

TEST(ForecastHealth, BadConfigurationIsRefusedByName) {
  for (double forecast_health::*field : {&forecast_health::volatility, &forecast_health::deviations,
                                         &forecast_health::lower, &forecast_health::target, &forecast_health::rearm}) {
    forecast_health bad = rule;
    bad.*field = nan;
    EXPECT_EQ(bad.validate(), errc::not_finite);
    bad.*field = -1.0;
    EXPECT_EQ(bad.validate(), errc::bad_configuration);
  }
  EXPECT_EQ((forecast_health{.reaction = seconds{0}}.validate()), errc::bad_configuration);
  EXPECT_EQ((forecast_health{.lower = 0.99}.validate()), errc::bad_configuration);
  EXPECT_EQ((forecast_health{.lower = 1.0, .target = 1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((forecast_health{.lower = 1.0, .target = 1.1, .rearm = 1.1}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct forecast_case {
  static constexpr double healths[] = {0.99, 1.0, 1.02, 1.05, 1.10, 1.25, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr bool fills = false;
  static constexpr std::size_t longest = 4;
  static constexpr int variants = 4;
  static signal vary(signal s, int k) {
    constexpr double deltas[] = {1.0, -1.0, 0.0, 0.3}, gammas[] = {0.0, 0.0, 0.1, -0.2};
    s.log_delta = deltas[k];
    s.log_gamma = gammas[k];
    return s;
  }
  static constexpr double emergency = -infinity;
  static constexpr trigger::forecast_health trigger() {
    return {.volatility = 1.0, .reaction = seconds{3600}, .deviations = 4.0, .lower = 1.0, .target = 1.05};
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(ForecastHealth, TriggerLaws, forecast_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
