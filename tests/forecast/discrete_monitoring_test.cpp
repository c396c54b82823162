// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/discrete_monitoring.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <vector>

namespace trimtab::forecast {
namespace {

/// The recursion once more, by Simpson's rule on a fine grid that reaches far: one look is one year, σ = 1.
double by_simpson(double health, double drift, int looks) {
  const double step = 0.025;
  const int half = static_cast<int>((health + 11.0 * std::sqrt(looks)) / step / 2.0), size = 2 * half + 1;
  std::vector<double> now(static_cast<std::size_t>(size)), next = now, bell(static_cast<std::size_t>(2 * size + 1));
  const auto at = [](int i) { return static_cast<std::size_t>(i); };
  for (int i = -size; i <= size; ++i) bell[at(i + size)] = normal_density(i * step - drift);
  const auto weight = [&](int j) { return step / 3.0 * (j == 0 || j == size - 1 ? 1.0 : (j % 2 == 1 ? 4.0 : 2.0)); };
  for (int i = 0; i < size; ++i) now[at(i)] = normal_cdf(-i * step - drift);
  for (int k = 2; k < looks; ++k) {
    for (int i = 0; i < size; ++i) {
      double sum = normal_cdf(-i * step - drift);
      const int from = std::max(0, i - 920), to = std::min(size, i + 920);
      for (int j = from; j < to; ++j) sum += weight(j) * bell[at(j - i + size)] * now[at(j)];
      next[at(i)] = sum;
    }
    now.swap(next);
  }
  double last = normal_cdf(-health - drift);
  if (looks > 1)
    for (int j = 0; j < size; ++j) last += weight(j) * normal_density(j * step - health - drift) * now[at(j)];
  return last;
}

TEST(DiscreteMonitoring, TheRecursionIsTheRecursion) {
  for (const double drift : {-0.4, 0.0, 0.3}) {
    for (const double health : {0.05, 1.0, 6.0}) {
      for (const int looks : {1, 2, 3, 9}) {
        const result<monitored> got = monitored_probability({drift, 1.0}, health, looks, 1.0);
        ASSERT_TRUE(got);
        EXPECT_EQ(got->method, monitoring_method::recursion);
        EXPECT_EQ(got->looks, looks);
        EXPECT_TRUE(test::close(got->hit, by_simpson(health, drift, looks), 1e-7))
            << drift << ' ' << health << ' ' << looks;
        EXPECT_LE(got->hit, liquidation_probability({drift, 1.0}, health, looks));
      }
    }
  }
  // One look is the distribution at that look, wherever it is.
  for (const double z : {-30.0, -3.0, 0.4, 12.0, 30.0}) {
    const result<monitored> one = monitored_probability({z - 5.0, 1.0}, 5.0, 1.0, 1.0);
    ASSERT_TRUE(one);
    EXPECT_TRUE(test::close(one->hit, normal_cdf(-z), 1e-13 * (1.0 + z * z))) << z;
  }
  // Two are the union of two normals: midpoints over the first, which is above 0, of the chance at the second.
  for (const double health : {0.5, 4.0, 20.0}) {
    double sum = normal_cdf(-health + 0.2);
    for (int k = 0; k < 40000; ++k) {
      const double y = (k + 0.5) * 1e-3;
      sum += 1e-3 * normal_density(y - health + 0.2) * normal_cdf(-y + 0.2);
    }
    EXPECT_TRUE(test::close(monitored_probability({-0.2, 1.0}, health, 2.0, 1.0)->hit, sum, 2e-6)) << health;
  }
}

TEST(DiscreteMonitoring, PublishedFiguresOfTheCorrection) {
  // σ = 0.8, T = 1/52, ν = −0.1: exact, and by how many per cent the continuous and the shifted value are off.
  struct line {
    double z, exact, continuous, shifted;
    int looks;
  };
  const line lines[] = {{0.5, 5.66927e-1, 9.8, -0.17, 50},   {0.5, 5.99233e-1, 3.9, -0.026, 300},
                        {1.0, 2.85566e-1, 13.0, -0.43, 50},  {1.0, 3.06934e-1, 5.2, -0.067, 300},
                        {1.0, 2.23860e-1, 44.0, -5.3, 5},    {2.0, 3.91783e-2, 20.0, -1.3, 50},
                        {2.0, 4.35793e-2, 8.1, -0.21, 300},  {3.0, 2.22449e-3, 28.0, -2.6, 50},
                        {3.0, 2.55725e-3, 11.0, -0.42, 300}, {3.0, 1.57898e-3, 80.0, -25.0, 5}};
  const motion m{.drift = -0.1, .volatility = 0.8};
  const double years = 1.0 / 52.0;
  for (const line& l : lines) {
    const double x = l.z * m.volatility * std::sqrt(years), interval = years / l.looks;
    const result<monitored> got = monitored_probability(m, x, years, interval);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->looks, l.looks);
    EXPECT_LE(std::fabs(got->hit - l.exact), got->error + 1e-5 * l.exact) << l.z << ' ' << l.looks;
    EXPECT_LE(got->error, 1.2e-3 * l.exact) << l.z << ' ' << l.looks;
    const double continuous = 100.0 * (liquidation_probability(m, x, years) / l.exact - 1.0);
    const double shifted = 100.0 * (liquidation_probability(m, seen_from(m, x, interval), years) / l.exact - 1.0);
    EXPECT_TRUE(test::close(continuous, l.continuous, 0.05)) << l.z << ' ' << l.looks << ' ' << continuous;
    EXPECT_TRUE(test::close(shifted, l.shifted, 0.05)) << l.z << ' ' << l.looks << ' ' << shifted;
  }
}

TEST(DiscreteMonitoring, TheEstimateCoversTheErrorOfTheShift) {
  // The recursion serves up to 128 looks: judge there what is used beyond.
  double closest = 0.0;
  for (const double delta : {-6.0, -3.0, -1.0, 0.0, 1.0, 3.0, 6.0}) {
    for (const double z : {1e-6, 0.02, 0.06, 0.15, 0.3, 0.5, 1.0, 2.0, 4.0, 7.0}) {
      for (const int looks : {24, 60}) {
        const motion m{.drift = delta, .volatility = 1.0};
        const double interval = 1.0 / looks, root = std::sqrt(interval);
        const double exact = detail::looks_recursion::hit(z / root, delta * root, looks);
        const monitored shifted = detail::by_shifted_barrier(m, z, looks, interval);
        const double second = shifted.hit, off = std::fabs(second - exact);
        EXPECT_LE(off, shifted.error) << delta << ' ' << z << ' ' << looks << ' ' << exact;
        if (shifted.error <= 0.5 * second) closest = std::fmax(closest, off / shifted.error);
        // And the quarter of an interval is worth having where there are looks enough.
        const double first = liquidation_probability(m, seen_from(m, z, interval), 1.0);
        if (std::fabs(delta) <= 1.0 && z >= 0.5) {
          EXPECT_LE(std::fabs(second - exact), 0.5 * std::fabs(first - exact)) << delta << ' ' << z << ' ' << looks;
        }
      }
    }
  }
  std::printf("monitored: error at most %.2f of its estimate\n", closest);
}

TEST(DiscreteMonitoring, MonteCarlo) {
  test::random_numbers random(1997);
  struct world {
    motion m;
    double x, years;
    int looks;
  };
  for (const world& w : {world{{-0.3, 0.9}, 0.12, 0.02, 50}, world{{0.5, 0.7}, 0.05, 0.05, 60}}) {
    const double interval = w.years / w.looks, step = w.m.volatility * std::sqrt(interval),
                 moved = w.m.drift * interval;
    const int paths = 100000;
    int hits = 0;
    for (int path = 0; path < paths; ++path) {
      double x = w.x;
      for (int k = 0; k < w.looks && x > 0.0; ++k) x += moved + step * normal_quantile(random.uniform(1e-16, 1.0));
      hits += x <= 0.0 ? 1 : 0;
    }
    const double seen = static_cast<double>(hits) / paths, deviation = std::sqrt(seen * (1.0 - seen) / paths);
    const result<monitored> got = monitored_probability(w.m, w.x, w.years, interval);
    ASSERT_TRUE(got);
    EXPECT_LE(std::fabs(got->hit - seen), 3.0 * deviation) << seen;
    EXPECT_LE(std::fabs(liquidation_probability(w.m, seen_from(w.m, w.x, interval), w.years) - seen), 3.0 * deviation)
        << seen;
    EXPECT_GT(std::fabs(liquidation_probability(w.m, w.x, w.years) - seen), 3.0 * deviation) << seen;
  }
}

TEST(DiscreteMonitoring, MoreLooksSeeMore) {
  const motion m{.drift = -0.1, .volatility = 0.8};
  double before = 0.0;
  for (const int looks : {1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, 8192, 1 << 20, 1 << 28}) {
    const result<monitored> got = monitored_probability(m, 0.2, 0.1, 0.1 / looks);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->looks, looks);
    EXPECT_GT(got->hit, before);
    before = got->hit;
  }
  EXPECT_TRUE(test::close(before, liquidation_probability(m, 0.2, 0.1), 1e-3));
  EXPECT_TRUE(test::close(seen_from(m, 0.0, 1.0 / (365.0 * 24.0)), 50e-4, 0.01));
}

// Three looks, of which the likeliest way down takes equal shares: 15 deviations each, far outside the bell of one
// look. And a drift of several deviations a look, against which rare paths fall as fast.
TEST(DiscreteMonitoring, RareEventsKeepTheirDigits) {
  struct {
    int looks;
    double health, drift;
  } const cases[] = {{3, 45.0, 0.0}, {3, 15.2, -0.93}, {4, 16.0, 4.0}, {12, 15.1, 3.1}, {10, 29.0, 2.1}, {4, 3.0, 0.1}};
  for (const auto& c : cases) {
    const auto got = monitored_probability({c.drift, 1.0}, c.health, c.looks, 1.0);
    ASSERT_TRUE(got);
    EXPECT_TRUE(test::close(got->hit, by_simpson(c.health, c.drift, c.looks), 1e-8))
        << c.looks << ' ' << c.health << ' ' << c.drift;
  }
}

TEST(DiscreteMonitoring, RefusesByName) {
  const double nan = std::nan("");
  const motion m{.drift = -0.1, .volatility = 0.8};
  EXPECT_EQ(monitored_probability(m, 0.1, 0.5, 0.01).error(), errc::ok);
  EXPECT_EQ(monitored_probability({nan, 0.8}, 0.1, 0.5, 0.01).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability({0.0, 0.0}, 0.1, 0.5, 0.01).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(m, nan, 0.5, 0.01).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability(m, 0.1, nan, 0.01).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability(m, 0.1, infinity, 0.01).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability(m, 0.1, 0.5, nan).error(), errc::not_finite);
  EXPECT_EQ(monitored_probability(m, 0.1, -0.5, 0.01).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(m, 0.1, 0.5, 0.0).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability(m, 0.1, 0.5, -0.1).error(), errc::bad_configuration);
  EXPECT_EQ(monitored_probability({-900.0, 1.0}, 30.0, 1.0, 1e-3).error(), errc::outside_validity);
  EXPECT_EQ(monitored_probability(m, 0.1, 1e300, 1e-300).error(), errc::outside_validity);
  // No look at all, already below, too far away.
  EXPECT_EQ(monitored_probability(m, 0.1, 0.5, 0.6)->hit, 0.0);
  EXPECT_EQ(monitored_probability(m, -0.1, 0.5, 0.6)->hit, 1.0);
  EXPECT_EQ(monitored_probability(m, 1000.0, 0.5, 0.01)->hit, 0.0);
  EXPECT_EQ(monitored_probability({1e200, 1.0}, 1.0, 1.0, 0.1)->hit, 0.0);
  EXPECT_EQ(monitored_probability({-1e200, 1.0}, 1.0, 1.0, 0.1)->hit, 1.0);
}

}  // namespace
}  // namespace trimtab::forecast
