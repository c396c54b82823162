// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_exit.hpp>
#include <trimtab/forecast/band_occupation.hpp>

#include <cmath>
#include <limits>

namespace trimtab {
namespace {

using namespace forecast;

/// E∫f(X)dt by Simpson's rule on the Green's function, in long double.
template <class F>
double by_quadrature(const motion& m, double low, double start, double high, F f) {
  const long double theta = 2.0L * m.drift / (static_cast<long double>(m.volatility) * m.volatility);
  const auto scale = [&](long double x) { return theta == 0.0L ? x : -std::expm1(-theta * x) / theta; };
  const long double u = static_cast<long double>(start) - low, l = static_cast<long double>(high) - low;
  const auto green = [&](long double y) {
    const long double near = y < u ? y : u, far = y < u ? u : y;
    // S(high) − S(far) = e^(−θ·far)·S(high − far)
    return scale(near) * std::exp(-theta * far) * scale(l - far) / scale(l) * std::exp(theta * y);
  };
  const auto part = [&](long double from, long double to) {
    const int n = 2000;
    long double sum = 0.0L;
    for (int k = 0; k <= n; ++k) {
      const long double y = from + (to - from) * k / n;
      sum += (k == 0 || k == n ? 1.0L : k % 2 == 1 ? 4.0L : 2.0L) * green(y) * f(low + y);
    }
    return sum * (to - from) / (3.0L * n);
  };
  return static_cast<double>(2.0L / (static_cast<long double>(m.volatility) * m.volatility) *
                             (part(0.0L, u) + part(u, l)));
}

TEST(BandOccupation, AgreesWithTheGreensFunction) {
  for (const double drift : {0.0, 1e-12, -1e-6, 0.01, -0.3, 1.0, 4.0, -4.0})
    for (const double start : {0.21, 0.3, 0.45, 0.59}) {
      const motion m{.drift = drift, .volatility = 0.6};
      const auto at = occupation_of(m, 0.2, start, 0.6);
      const long double z = start;
      EXPECT_NEAR(at.years / by_quadrature(m, 0.2, start, 0.6, [](long double) { return 1.0L; }), 1.0, 1e-10);
      EXPECT_NEAR(at.second / by_quadrature(m, 0.2, start, 0.6, [&](long double x) { return (x - z) * (x - z); }), 1.0,
                  1e-10);
      const double first = by_quadrature(m, 0.2, start, 0.6, [&](long double x) { return x - z; });
      EXPECT_NEAR(at.first, first, 1e-10 * at.years * 0.4);
      for (const double decay : {0.5, 7.0, 2.0 * std::fabs(drift) / 0.36 + 1e-9, 60.0}) {
        const double met = by_quadrature(m, 0.2, start, 0.6,
                                         [&](long double x) { return std::exp(-static_cast<long double>(decay) * x); });
        EXPECT_NEAR(at.exponential(decay, start) / met, 1.0, 1e-9) << drift << ' ' << start << ' ' << decay;
      }
      const auto exit = exit_of(m, 0.2, 0.6, start);
      EXPECT_NEAR(at.below / exit.below, 1.0, 1e-13);
      EXPECT_NEAR(at.above / exit.above, 1.0, 1e-13);
      EXPECT_NEAR(at.years / exit.mean_years, 1.0, 1e-13);
    }
}

TEST(BandOccupation, BadInput) {
  const motion m{.drift = 0.1, .volatility = 0.6};
  EXPECT_TRUE(std::isnan(occupation_of(m, 0.3, 0.2, 0.6).years));
  EXPECT_TRUE(std::isnan(occupation_of(m, 0.1, 0.2, infinity).years));
  EXPECT_TRUE(std::isnan(occupation_of({.drift = 0.1, .volatility = 0.0}, 0.1, 0.2, 0.6).below));
  EXPECT_TRUE(std::isnan(occupation_of(m, 0.1, std::numeric_limits<double>::quiet_NaN(), 0.6).second));
}

}  // namespace
}  // namespace trimtab
