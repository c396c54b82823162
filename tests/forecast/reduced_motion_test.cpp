// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/reduced_motion.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cstdio>
#include <vector>

namespace trimtab::forecast {
namespace {

using sensitivity::lognormal_moves;

TEST(RatioMotion, IsItosFormula) {
  test::random_numbers random(5);
  for (int n = 0; n < 200; ++n) {
    const asset_motion a{random.uniform(-1.0, 1.0), random.uniform(0.1, 1.5), random.uniform(0.0, 0.1)},
        b{random.uniform(-1.0, 1.0), random.uniform(0.1, 1.5), random.uniform(0.0, 0.1)};
    const double rho = random.uniform(-1.0, 1.0);
    const motion m = ratio_motion(a, b, rho);
    const long double variance = static_cast<long double>(a.volatility) * a.volatility +
                                 static_cast<long double>(b.volatility) * b.volatility -
                                 2.0L * rho * a.volatility * b.volatility;
    EXPECT_NEAR(m.volatility, static_cast<double>(std::sqrt(variance)), 1e-14);
    EXPECT_NEAR(m.drift,
                (a.growth + a.interest - 0.5 * a.volatility * a.volatility) -
                    (b.growth + b.interest - 0.5 * b.volatility * b.volatility),
                1e-14);
  }
  EXPECT_NE(ratio_motion({}, {}, 1.5).volatility, ratio_motion({}, {}, 1.5).volatility);
  EXPECT_NE(ratio_motion({0.0, std::nan(""), 0.0}, {}, 0.5).volatility, 0.0);
  EXPECT_EQ(ratio_motion({0.0, 0.7, 0.0}, {0.0, 0.7, 0.0}, 1.0).validate(), errc::bad_configuration);
}

TEST(RatioMotion, APairThatMovesTogetherIsDrift) {
  // A staking token against its coin, looped: the spread of rates and not the market ends it.
  const asset_motion staked{.growth = 0.0, .volatility = 0.8, .interest = 0.029},
      coin{.growth = 0.0, .volatility = 0.8, .interest = 0.049};
  const double gap = 0x1p-40;  // of ρ below 1: σ² = 2·gap·0.64, all of whose digits are kept
  const motion m = ratio_motion(staked, coin, 1.0 - gap);
  EXPECT_TRUE(test::close(m.volatility, std::sqrt(2.0 * gap * 0.64), 1e-14));
  EXPECT_NEAR(m.drift, -0.02, 1e-16);
  const double x = 0.05;
  EXPECT_DOUBLE_EQ(mean_time_to_liquidation(m, x), x / 0.02);
  // So nearly certain that a week each way decides.
  EXPECT_LT(liquidation_probability(m, x, 2.5 - 1.0 / 52.0), 1e-12);
  EXPECT_GT(liquidation_probability(m, x, 2.5 + 1.0 / 52.0), 1.0 - 1e-12);
}

struct book {
  const char* what;
  std::vector<term<double>> collateral, debt;
  std::vector<double> prices, volatility;
  double correlation, years;
};
std::vector<double> covariance_of(const book& b) {
  const std::size_t n = b.prices.size();
  std::vector<double> out(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      out[i * n + j] = b.volatility[i] * b.volatility[j] * (i == j ? 1.0 : b.correlation);
  return out;
}
form<double, 8> form_of(const book& b) {
  form<double, 8> f;
  for (const auto& t : b.collateral) (void)f.collateral.add(t);
  for (const auto& t : b.debt) (void)f.debt.add(t);
  return f;
}

/// Amounts are per unit of price 1: what matters are shares and health.
std::vector<book> books() {
  const auto coll = [](double value, double weight, std::uint16_t slot) {
    return term<double>{value, weight, {slot}, {slot}};
  };
  std::vector<book> all;
  for (const double health : {1.05, 1.15, 1.3, 1.6})
    for (const double years : {7.0 / 365.0, 30.0 / 365.0, 0.5}) {
      const double weighted = 0.8 * 100.0 / health;  // debt for 100 of collateral at threshold 0.8
      all.push_back({"two collaterals, stable debt",
                     {coll(50, 0.8, 0), coll(50, 0.8, 1)},
                     {coll(weighted, 1.0, 2)},
                     {1.0, 1.0, 1.0},
                     {0.6, 0.8, 1e-3},
                     0.7,
                     years});
      all.push_back({"a stable half",
                     {coll(50, 0.8, 0), coll(50, 0.8, 1)},
                     {coll(weighted, 1.0, 1)},
                     {1.0, 1.0},
                     {0.9, 1e-3},
                     0.0,
                     years});
      all.push_back({"two debts",
                     {coll(100, 0.8, 0)},
                     {coll(0.5 * weighted, 1.0, 1), coll(0.5 * weighted, 1.0, 2)},
                     {1.0, 1.0, 1.0},
                     {0.7, 1.2, 1e-3},
                     0.5,
                     years});
      all.push_back({"four assets",
                     {coll(60, 0.8, 0), coll(40, 0.8, 1)},
                     {coll(0.7 * weighted, 1.0, 3), coll(0.3 * weighted, 1.0, 2)},
                     {1.0, 1.0, 1.0, 1.0},
                     {0.3, 1.0, 0.9, 1e-3},
                     0.2,
                     years});
    }
  return all;
}

/// Exact ln HF on a grid in time, and between two points the bridge with the volatility of where it is.
double simulated(const book& b, double& error) {
  constexpr int paths = 2'000, steps = 24;
  const std::size_t n = b.prices.size();
  const auto f = form_of(b);
  const double dt = b.years / steps, share = std::sqrt(b.correlation), rest = std::sqrt(1.0 - b.correlation);
  double sum = 0.0, squares = 0.0;
  const auto covariance = covariance_of(b);
  for (int path = 0; path < paths; ++path) {
    const simulate::counter_random numbers{.seed = 4, .stream = static_cast<std::uint64_t>(path)};
    std::vector<double> p = b.prices;
    double alive = 1.0, before = log_health(f.view(), oracle_prices<double>(std::span<const double>(p)));
    for (int k = 0; k < steps && alive > 1e-9; ++k) {
      const auto local = detail::local_motion_at(f.view(), oracle_prices<double>(std::span<const double>(p)),
                                                 {{b.volatility.data(), n}, covariance, b.years}, 0.0);
      const std::uint64_t at = static_cast<std::uint64_t>(k) * 8;
      const double common = numbers.normal(at);
      for (std::size_t i = 0; i < n; ++i) {
        const double z = share * common + rest * numbers.normal(at + 1 + i), s = b.volatility[i];
        p[i] *= std::exp(s * std::sqrt(dt) * z - 0.5 * s * s * dt);
      }
      const double now = log_health(f.view(), oracle_prices<double>(std::span<const double>(p)));
      alive = now <= 0.0 ? 0.0 : alive * -std::expm1(-2.0 * before * now / (local.variance * dt));
      before = now;
    }
    sum += 1.0 - alive;
    squares += (1.0 - alive) * (1.0 - alive);
  }
  const double mean = sum / paths;
  error = std::sqrt(larger(squares / paths - mean * mean, 0.0) / paths);
  return mean;
}

TEST(ReducedMotion, ItsErrorCoversMonteCarlo) {
  double worst = 0.0, worst_share = 0.0, largest = 0.0;
  std::size_t count = 0;
  for (const book& b : books()) {
    const auto f = form_of(b);
    const std::vector<double> drift(b.prices.size(), 0.0);
    const auto covariance = covariance_of(b);
    const auto got =
        reduce(f.view(), oracle_prices<double>(std::span<const double>(b.prices)), {drift, covariance, b.years});
    ASSERT_TRUE(got) << name(got.error());
    double error = 0.0;
    const double seen = simulated(b, error), off = std::fabs(got->probability - seen);
    EXPECT_LE(off, got->error + 3.0 * error + 1e-4) << b.what << ' ' << got->log_health << ' ' << b.years;
    worst = larger(off - 3.0 * error, worst);
    if (got->error > 1e-4) worst_share = larger((off - 3.0 * error) / got->error, worst_share);
    largest = larger(got->error, largest);
    ++count;
  }
  std::printf("reduced motion: %zu books, off by %.4f beyond 3 s.e. at most (%.2f of the claim), largest claim %.4f\n",
              count, worst, worst_share, largest);
}

TEST(ReducedMotion, OneAgainstOneIsExact) {
  const double prices[] = {2.0, 3.0}, drift[] = {0.1, -0.2};
  form<> f;
  ASSERT_EQ(f.collateral.add({10.0, 0.8, {0}, {0}}), errc::ok);
  ASSERT_EQ(f.debt.add({4.0, 1.1, {1}, {1}}), errc::ok);
  for (const double rho : {-0.5, 0.0, 0.9}) {
    const double covariance[] = {0.49, rho * 0.7 * 0.4, rho * 0.7 * 0.4, 0.16};
    const auto got = reduce(f.view(), oracle_prices<double>(prices), {drift, covariance, 0.5}, 0.03);
    ASSERT_TRUE(got);
    const motion exact = ratio_motion({0.1, 0.7, 0.03}, {-0.2, 0.4, 0.0}, rho);
    EXPECT_NEAR(got->health.volatility, exact.volatility, 1e-15);
    EXPECT_NEAR(got->health.drift, exact.drift, 1e-14);
    EXPECT_NEAR(got->curvature, 0.0, 1e-15);
    EXPECT_NEAR(got->log_health, std::log(16.0 / 13.2), 1e-15);
    EXPECT_LE(got->error, 1e-13);
  }
}

TEST(ReducedMotion, DriftIsThatOfTheExpectedLogarithm) {
  // (E ln HF(T) − ln HF)/T for a short T by a sum over a normal's quadrature points, 3 prices.
  const std::vector<double> prices{1.0, 2.0, 5.0}, drift{0.1, -0.3, 0.0};
  form<> f;
  ASSERT_EQ(f.collateral.add({30.0, 0.8, {0}, {0}}), errc::ok);
  ASSERT_EQ(f.collateral.add({20.0, 0.7, {1}, {1}}), errc::ok);
  ASSERT_EQ(f.debt.add({4.0, 1.0, {1}, {1}}), errc::ok);
  ASSERT_EQ(f.debt.add({4.0, 1.0, {2}, {2}}), errc::ok);
  const double s[] = {0.5, 0.9, 0.3};
  const std::vector<double> covariance{s[0] * s[0], 0.0, 0.0, 0.0, s[1] * s[1], 0.0, 0.0, 0.0, s[2] * s[2]};
  const auto got = reduce(f.view(), oracle_prices<double>(std::span<const double>(prices)), {drift, covariance, 0.1});
  ASSERT_TRUE(got);
  const double years = 1e-5, node[] = {-std::sqrt(3.0), 0.0, std::sqrt(3.0)},
               weight[] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0};
  double mean = 0.0, square = 0.0;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 3; ++k) {
        const int at[] = {i, j, k};
        std::vector<double> p = prices;
        double w = 1.0;
        for (std::size_t a = 0; a < 3; ++a) {
          const auto point = static_cast<std::size_t>(at[a]);
          p[a] *= std::exp((drift[a] - 0.5 * s[a] * s[a]) * years + s[a] * std::sqrt(years) * node[point]);
          w *= weight[point];
        }
        const double moved = log_health(f.view(), oracle_prices<double>(std::span<const double>(p))) - got->log_health;
        mean += w * moved, square += w * moved * moved;
      }
  EXPECT_NEAR(mean / years, got->health.drift, 1e-4);
  EXPECT_NEAR(square / years, got->health.volatility * got->health.volatility, 1e-4);
  EXPECT_GT(std::fabs(got->curvature), 1e-3);
}

TEST(ReducedMotion, RefusesByName) {
  const double prices[] = {2.0, 3.0}, drift[] = {0.1, -0.2}, covariance[] = {0.49, 0.0, 0.0, 0.16}, nan = std::nan("");
  const auto view = oracle_prices<double>(prices);
  form<> f;
  ASSERT_EQ(f.collateral.add({10.0, 0.8, {0}, {0}}), errc::ok);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, 0.5}).error(), errc::not_finite);  // no debt
  form<> g = f;
  ASSERT_EQ(f.debt.add({4.0, 1.1, {1}, {1}}), errc::ok);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, 0.5}).error(), errc::ok);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, 0.0})->probability, 0.0);
  EXPECT_EQ(reduce(f.view(), view, {drift, drift, 0.5}).error(), errc::size_mismatch);
  EXPECT_EQ(reduce(f.view(), view, {covariance, covariance, 0.5}).error(), errc::size_mismatch);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, -1.0}).error(), errc::bad_configuration);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, nan}).error(), errc::not_finite);
  EXPECT_EQ(reduce(f.view(), view, {drift, covariance, 0.5}, nan).error(), errc::not_finite);
  const double none[] = {0.0, 0.0, 0.0, 0.0}, odd[] = {nan, 0.0, 0.0, 0.16}, negative[] = {-1.0, 0.0, 0.0, 0.0};
  EXPECT_EQ(reduce(f.view(), view, {drift, none, 0.5}).error(), errc::bad_configuration);
  EXPECT_EQ(reduce(f.view(), view, {drift, odd, 0.5}).error(), errc::not_finite);
  EXPECT_EQ(reduce(f.view(), view, {drift, negative, 0.5}).error(), errc::bad_configuration);
  const double bad[] = {2.0, -3.0};
  EXPECT_EQ(reduce(f.view(), oracle_prices<double>(bad), {drift, covariance, 0.5}).error(), errc::non_positive_price);
  const std::vector<double> many(17, 1.0), wide(289, 0.0);
  EXPECT_EQ(reduce(f.view(), oracle_prices<double>(std::span<const double>(many)), {many, wide, 0.5}).error(),
            errc::capacity);
  ASSERT_EQ(g.debt.add({12.0, 1.1, {1}, {1}}), errc::ok);  // below 1 already
  EXPECT_EQ(reduce(g.view(), view, {drift, covariance, 0.5})->probability, 1.0);
}

}  // namespace
}  // namespace trimtab::forecast
