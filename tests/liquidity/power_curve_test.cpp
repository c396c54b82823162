// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/power_curve.hpp>

#include "support/random.hpp"
#include <cmath>
#include <limits>

namespace trimtab {
namespace {

namespace curve = liquidity::detail;
constexpr long double eps = std::numeric_limits<double>::epsilon();

// Each against the definition in 80 bits, whose own rounding is 2⁻¹¹ of the bar.
TEST(PowerCurve, PowersAndTheirDifferencesFromOne) {
  test::random_numbers random(20240101);
  for (int i = 0; i < 20'000; ++i) {
    const double u = random.log_uniform(1e-12, 1e3), numerator = random.log_uniform(0.02, 50.0);
    const auto e = curve::ratio(numerator, 1.0);
    const long double exact = std::pow(1.0L + u, static_cast<long double>(numerator));
    const long double more = std::expm1(numerator * std::log1p(static_cast<long double>(u)));
    if (exact > 1e300L) continue;
    const long double spread = 1.0L + std::fabs(numerator * std::log1p(static_cast<long double>(u)));
    EXPECT_LE(std::fabs(curve::grown(u, 0.0, e) - exact), 2.0L * eps * exact + spread * 0x1p-62L * exact) << u;
    EXPECT_LE(std::fabs(curve::growth(u, 0.0, e) - more), 4.0L * eps * more + spread * 0x1p-62L * exact) << u;
  }
}

TEST(PowerCurve, TheBendIsWhatTheTangentLeaves) {
  test::random_numbers random(20240102);
  for (int i = 0; i < 20'000; ++i) {
    const double u = random.log_uniform(1e-4, 10.0) * (i % 2 == 0 ? 1.0 : -0.05), e = random.uniform(-20.0, 20.0);
    if (u <= -1.0) continue;
    const long double log = static_cast<long double>(e) * std::log1p(static_cast<long double>(u));
    const long double power = std::expm1(log), straight = static_cast<long double>(e) * u, exact = power - straight;
    const bool near = (2.0 + std::fabs(e)) * std::fabs(u) <= 0.5;
    const long double parts = (1.0L + std::fabs(log)) * (1.0L + std::fabs(power)) + std::fabs(straight);
    const long double bar = near ? 16.0L * eps * std::fabs(exact) : 4.0L * eps * parts;
    EXPECT_LE(std::fabs(curve::power_bend(u, e) - exact), bar + 0x1p-59L * parts) << u << " " << e;
  }
  EXPECT_EQ(curve::power_bend(0.0, 3.0), 0.0);
  EXPECT_EQ(curve::power_bend(0.25, 1.0), 0.0) << "a straight line does not bend";
}

TEST(PowerCurve, AQuotientKeepsTwiceTheDigits) {
  const auto third = curve::ratio(1.0, 3.0);
  EXPECT_EQ(third.high, 1.0 / 3.0);
  EXPECT_NEAR(third.low, 1.0 / 54043195528445952.0, 1e-32);  // 1/3 − the nearest double to it
}

}  // namespace
}  // namespace trimtab
