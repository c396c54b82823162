// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/health_factor.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using T = test::tolerance<double>;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

static_assert(health_factor(12'500.0, 10'000.0) == 1.25);
static_assert(health_factor(0.0, 10'000.0) == 0.0);
static_assert(health_factor(12'500.0, 0.0) == infinity);
static_assert(health_factor(0.0, 0.0) == infinity);

// 1.5 · 0.83 · 2000 + 4 · 0.5 · 500 against 3000 with a borrow factor of 1.1.
constexpr form<> position() {
  form<> f;
  static_cast<void>(f.collateral.add({1.5, 0.75, {0}, {1}}));
  static_cast<void>(f.collateral.add({4.0, 0.5, {1}, {2}}));
  static_cast<void>(f.debt.add({1000.0, 1.25, {2}, {3}}));
  return f;
}
constexpr double quoted[] = {2000.0, 500.0, 1.0};
constexpr oracle_prices<double> prices{quoted};
static_assert(health_factor(position(), prices) == 3250.0 / 1250.0);
static_assert(headroom(position(), prices) == 2000.0);

template <std::size_t Pairs>
struct random_case {
  form<double, Pairs> f;
  std::array<double, 2 * Pairs> values;
  explicit random_case(test::random_numbers& random) {
    for (std::size_t i = 0; i < Pairs; ++i) {
      const price_slot c{static_cast<std::uint16_t>(2 * i)}, d{static_cast<std::uint16_t>(2 * i + 1)};
      static_cast<void>(f.collateral.add({random.log_uniform(1e-3, 1e3), random.uniform(0.1, 1.0), c, {}}));
      static_cast<void>(f.debt.add({random.log_uniform(1e-3, 1e3), random.uniform(1.0, 1.5), d, {}}));
      values[2 * i] = random.log_uniform(1e-3, 1e3);
      values[2 * i + 1] = random.log_uniform(1e-3, 1e3);
    }
  }
  [[nodiscard]] oracle_prices<double> quoted() const { return oracle_prices<double>(values); }
};

TEST(HealthFactor, WorkedExamplesOfSellingAndRepaying) {
  // C = 10000 at a threshold of 83 %, D = 7800, sold to reach 1.25 with 3452.38 of value at different slippage.
  const struct { double slippage, health; } rows[] = {{0.003, 1.2470}, {0.01, 1.2402}, {0.05, 1.2023}, {0.10, 1.158}};
  for (const auto& [slippage, health] : rows) {
    constexpr double sold = 3452.38;
    EXPECT_NEAR(health_factor(0.83 * (10'000.0 - sold), 7800.0 - sold * (1.0 - slippage)), health, 5e-4) << slippage;
  }
  // The exact sizes.
  const struct {
    double slippage, sold;
  } exact[] = {{0.003, 3483.48}, {0.01, 3558.28}, {0.05, 4055.94}, {0.10, 4915.25}};
  for (const auto& [slippage, sold] : exact)
    EXPECT_NEAR(health_factor(0.83 * (10'000.0 - sold), 7800.0 - sold * (1.0 - slippage)), 1.25, 1e-5) << slippage;
}

TEST(HealthFactor, IsTheRatioOfTheSidesAndItsLogTheLogOfIt) {
  test::random_numbers random(20200313);
  for (int i = 0; i < 2000; ++i) {
    const random_case<3> c(random);
    const double collateral = weighted_value(c.f.collateral, c.quoted()), debt = weighted_value(c.f.debt, c.quoted());
    const double health = health_factor(c.f, c.quoted());
    EXPECT_EQ(health, collateral / debt);
    EXPECT_LE(std::fabs(log_health(c.f, c.quoted()) - std::log(health)),
              T::formula * (1.0 + std::fabs(std::log(health))));
  }
}

#ifdef __SIZEOF_FLOAT128__
TEST(Headroom, KeepsItsDigitsWhereTheSidesCancel) {
  __extension__ using wide = __float128;
  test::random_numbers random(20210519);
  for (int i = 0; i < 2000; ++i) {
    random_case<3> c(random);
    // Bring health within 1e-15 … 1e-1 of 1 by moving the debt prices.
    const double factor = health_factor(c.f, c.quoted()) * (1.0 + random.log_uniform(1e-15, 1e-1));
    for (std::size_t k = 1; k < c.values.size(); k += 2) c.values[k] *= factor;
    wide exact = 0, terms = 0;
    for (const auto& t : c.f.collateral) exact += wide(t.weight) * t.amount * c.values[t.slot.index];
    terms = exact;
    for (const auto& t : c.f.debt) {
      const wide value = wide(t.weight) * t.amount * c.values[t.slot.index];
      exact -= value;
      terms += value;
    }
    const double got = headroom(c.f, c.quoted()), expected = static_cast<double>(exact);
    // One rounding of the result, and eps² of what was added up on the way.
    const double allowed =
        T::epsilon * std::fabs(expected) + 64.0 * T::epsilon * T::epsilon * static_cast<double>(terms);
    EXPECT_LE(std::fabs(static_cast<double>(wide(got) - exact)), allowed) << i;
    const double debt = weighted_value(c.f.debt, c.quoted());
    const double log_exact = static_cast<double>(exact / ((terms - exact) / 2));
    const double log_allowed = T::formula * std::fabs(std::log1p(log_exact)) + allowed / debt;
    EXPECT_LE(std::fabs(log_health(c.f, c.quoted()) - std::log1p(log_exact)), log_allowed) << i;
  }
}
#endif

TEST(Headroom, IsZeroExactlyAtTheBoundary) {
  form<> f;
  ASSERT_EQ(f.collateral.add({3.0, 0.1, {0}, {}}), errc::ok);
  ASSERT_EQ(f.debt.add({0.1, 1.0, {1}, {}}), errc::ok);
  const double equal[] = {10.0, 30.0};
  EXPECT_EQ(headroom(f, oracle_prices<double>(equal)), 0.0) << "3 · 0.1 · 10 against 0.1 · 30";
  EXPECT_EQ(log_health(f, oracle_prices<double>(equal)), 0.0);
}

TEST(HealthFactor, ANaNDebtIsNotNoDebt) {
  EXPECT_TRUE(std::isnan(health_factor(1.0, nan)));
  EXPECT_TRUE(std::isnan(health_factor(nan, 1.0)));
  EXPECT_TRUE(std::isnan(health_factor(nan, nan)));
}

TEST(HealthFactor, NegativeDebtIsARatioLikeAnyOther) {
  EXPECT_EQ(health_factor(10.0, -5.0), -2.0);
}

TEST(HealthFactor, TheSmallestDebtIsStillADebt) {
  EXPECT_EQ(health_factor(0.0, std::numeric_limits<double>::denorm_min()), 0.0);
  EXPECT_EQ(health_factor(1.0, std::numeric_limits<double>::denorm_min()), infinity) << "by overflow";
}

TEST(LogHealth, WithoutDebtIsPlusInfinity) {
  form<> f = position();
  f.debt = {};
  EXPECT_EQ(log_health(f, prices), infinity);
  EXPECT_EQ(log_health(form<>{}, prices), infinity);
}

TEST(LogHealth, WithoutCollateralIsMinusInfinityWhateverTheRounding) {
  test::random_numbers random(20220913);
  for (int i = 0; i < 2000; ++i) {
    random_case<3> c(random);
    c.f.collateral = {};
    EXPECT_EQ(log_health(c.f, c.quoted()), -infinity) << i;
  }
}

TEST(LogHealth, NaNIsNaN) {
  const double bad[] = {nan, 500.0, 1.0};
  EXPECT_TRUE(std::isnan(log_health(position(), oracle_prices<double>(bad))));
  const double bad_debt[] = {1.0, 500.0, nan};
  EXPECT_TRUE(std::isnan(log_health(position(), oracle_prices<double>(bad_debt))));
  EXPECT_TRUE(std::isnan(headroom(position(), oracle_prices<double>(bad))));
}

}  // namespace
}  // namespace trimtab
