// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/discrete_monitoring.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr motion weekly{.drift = -0.1, .volatility = 0.8};
constexpr double week = 1.0 / 52.0;

double from(double deviations) {
  return deviations * weekly.volatility * std::sqrt(week);
}
double exact(const motion& m, double x, double years, int looks) {
  const double step = m.volatility * std::sqrt(years / looks);
  return detail::look_by_look(x / step, m.drift * years / looks / step, looks, 1.3).hit();
}

// Exact values by quadrature in another program, six digits.
TEST(DiscreteMonitoring, LookByLookIsTheReference) {
  struct line {
    double z;
    int looks;
    double expected;
  };
  for (const auto& [z, looks, expected] :
       {line{0.5, 50, 5.66927e-1}, line{1.0, 50, 2.85566e-1}, line{1.0, 5, 2.23860e-1}, line{2.0, 50, 3.91783e-2},
        line{3.0, 50, 2.22449e-3}, line{3.0, 5, 1.57898e-3}})
    EXPECT_NEAR(exact(weekly, from(z), week, looks), expected, 6e-6 * expected) << z << ' ' << looks;
}

TEST(DiscreteMonitoring, OneLookIsTheNormalDistribution) {
  const auto one = monitored_probability(weekly, 0.1, week, week);
  ASSERT_TRUE(one);
  EXPECT_EQ(one->method, monitoring_method::recursion);
  EXPECT_NEAR(one->hit, normal_cdf(-(0.1 + weekly.drift * week) / (0.8 * std::sqrt(week))), 1e-15);
}

TEST(DiscreteMonitoring, TheShiftedBarrierIsWithinItsError) {
  double worst = 0.0;
  int cases = 0;
  for (const double nu : {-3.0, -0.1, 0.0, 2.0})
    for (const double z : {0.2, 0.5, 1.0, 2.0, 3.0, 3.5})
      for (const int looks : {21, 60}) {
        const motion m{.drift = nu, .volatility = 0.8};
        const auto quick = monitored_probability(m, from(z), week, week / looks);
        ASSERT_TRUE(quick);
        if (quick->method != monitoring_method::shifted_barrier) continue;
        const double truth = exact(m, from(z), week, looks);
        EXPECT_LE(std::fabs(quick->hit - truth), quick->error) << nu << ' ' << z << ' ' << looks;
        worst = std::fmax(worst, std::fabs(quick->hit - truth) / quick->error);
        ++cases;
      }
  EXPECT_GT(cases, 40);
  EXPECT_GT(worst, 0.2) << "an error estimate that far off says nothing";
}

TEST(DiscreteMonitoring, TheRecursionsOwnErrorIsSmall) {
  for (const double z : {0.1, 1.0, 4.0, 8.0})
    for (const int looks : {2, 7, 20}) {
      const auto slow = monitored_probability(weekly, from(z), week, week / looks);
      ASSERT_TRUE(slow) << z;
      EXPECT_LE(slow->error, 1e-9 * slow->hit) << z << ' ' << looks;
      const double step = weekly.volatility * std::sqrt(week / looks);
      const double finer = detail::look_by_look(from(z) / step, weekly.drift * week / looks / step, looks, 0.8).hit();
      EXPECT_LE(std::fabs(finer - slow->hit), slow->error + 1e-13 * slow->hit);
    }
}

TEST(DiscreteMonitoring, SimulatedBlocksAgree) {
  const simulate::counter_random random{.seed = 41};
  constexpr int paths = 100'000, looks = 60;
  constexpr double x = 0.11, dt = week / looks;
  const double step = weekly.volatility * std::sqrt(dt);
  int hits = 0;
  std::uint64_t n = 0;
  for (int path = 0; path < paths; ++path) {
    double health = x;
    for (int k = 0; k < looks && health > 0.0; ++k) health += weekly.drift * dt + step * random.normal(n++);
    hits += health <= 0.0;
  }
  const auto p = monitored_probability(weekly, x, week, dt);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->method, monitoring_method::shifted_barrier);
  const double seen = hits / static_cast<double>(paths), deviation = std::sqrt(seen * (1.0 - seen) / paths);
  EXPECT_NEAR(p->hit, seen, 3.0 * deviation + p->error);
  EXPECT_GT(liquidation_probability(weekly, x, week) - seen, 10.0 * deviation) << "watching all the time finds more";
}

TEST(DiscreteMonitoring, BadInputHasAName) {
  EXPECT_EQ(monitored_probability({}, 0.1, week, week).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(weekly, nan, week, week).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability(weekly, 0.1, -week, week).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(weekly, 0.1, week, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(weekly, 9.0, week, week / 1000).error(), errc::outside_validity);
  EXPECT_EQ(monitored_probability(weekly, 0.1, week, 2.0 * week)->method, monitoring_method::no_look);
  EXPECT_EQ(monitored_probability(weekly, 0.1, week, 2.0 * week)->hit, 0.0);
  EXPECT_EQ(monitored_probability(weekly, 0.0, week, week)->hit, 1.0);
}

}  // namespace
}  // namespace trimtab::forecast
