// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/core/normal.hpp>

#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <limits>
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <boost/math/distributions/normal.hpp>
#endif

namespace trimtab {
namespace {

constexpr long double unit = std::numeric_limits<double>::epsilon();

long double off(double ours, long double expected) {
  const long double gap = std::fabs(static_cast<long double>(ours) - expected);
  return gap == 0.0L ? 0.0L : gap / std::fabs(expected) / unit;
}

struct reference {
  double x;
  long double density, cdf, log_cdf;
};
// mpmath, 60 digits.
constexpr reference references[] = {
    {-100000.0, 0.0L, 0.0L, -5000000012.43186399827L},
    {-100.0, 1.34431346778172304334e-2172L, 1.34417907674419830507e-2174L, -5005.52420869420508863L},
    {-38.0, 1.09722105200759295801e-314L, 2.88542836006878430835e-316L, -726.557216018820130097L},
    {-37.5, 1.72823373228410522075e-306L, 4.60535300958195484383e-308L, -707.668989317507191066L},
    {-30.25, 7.89974172266082287727e-200L, 2.60864028574126049633e-201L, -461.860774569534642983L},
    {-20.1, 7.43452538968031215572e-89L, 3.68968086372138955442e-90L, -205.927118401948245764L},
    {-12.3, 5.60665692630384045613e-34L, 4.52870695615878465144e-35L, -79.0800417961839959749L},
    {-8.0, 5.05227108353689228795e-15L, 6.22096057427178412352e-16L, -35.0134371599145498955L},
    {-5.7, 3.51395509482043359223e-8L, 5.9903714010635281878e-9L, -18.9331124232247429696L},
    {-3.3, 0.00172256893905368115128L, 0.0004834241423837775071L, -7.63461614807112729381L},
    {-2.0, 0.0539909665131880519506L, 0.0227501319481792072003L, -3.78318433368203194884L},
    {-1.0000001, 0.241970700322070883756L, 0.158655229734385795226L, -1.84102179752279521543L},
    {-1.0, 0.241970724519143349798L, 0.158655253931457051415L, -1.84102164500926350577L},
    {-0.7, 0.312253933366761266815L, 0.241963652223073028616L, -1.41896776153153157933L},
    {-0.3, 0.381387815460524086878L, 0.382088577811047366928L, -0.962102818168850656663L},
    {-1e-08, 0.398942280401432657993L, 0.499999996010577195986L, -0.693147188538790949277L},
    {0.0, 0.39894228040143267794L, 0.5L, -0.693147180559945309417L},
    {1e-08, 0.398942280401432657993L, 0.500000003989422804014L, -0.69314717258109973322L},
    {0.4, 0.368270140303323304473L, 0.655421741610324174914L, -0.422476370227776054945L},
    {1.0, 0.241970724519143349798L, 0.841344746068542948585L, -0.172753779023449889526L},
    {2.5, 0.0175283004935685373622L, 0.993790334674223864833L, -0.00622902548586000238099L},
    {5.0, 0.00000148671951473429770791L, 0.999999713348428120806L, -2.86651612963763593385e-7L},
    {7.9, 1.11879562143518048882e-14L, 0.999999999999998605483L, -1.39451714665926525042e-15L},
    {8.5, 8.16623563166955003941e-17L, 0.99999999999999999052L, -9.47953482220331839908e-18L},
    {20.0, 5.52094836215976318958e-88L, 1.0L, -2.75362411860623369508e-89L},
    {37.0, 2.12000655152460562685e-298L, 1.0L, -5.72557122252457682268e-300L}};

struct quantile_reference {
  double p;
  long double x;
};
constexpr quantile_reference quantiles[] = {{2.2250738585072014e-308, -37.5193793471444998207L},
                                            {1e-300, -37.0470962993611992365L},
                                            {1e-200, -30.2055941795796430631L},
                                            {1e-100, -21.2734535609653242942L},
                                            {1e-50, -14.9333375347884889807L},
                                            {1e-20, -9.26234008979840757957L},
                                            {1e-10, -6.3613409024040561991L},
                                            {1e-05, -4.26489079392282461023L},
                                            {0.001, -3.09023230616781353536L},
                                            {0.02425, -1.9729610513118848376L},
                                            {0.1, -1.28155156554460043533L},
                                            {0.2, -0.841621233572914165522L},
                                            {0.25, -0.674489750196081743202L},
                                            {0.3, -0.524400512708040815969L},
                                            {0.4, -0.253347103135799741325L},
                                            {0.499, -0.0025066308995717662317L},
                                            {0.4999999, -2.5066282747031065135e-7L},
                                            {0.5, 0.0L},
                                            {0.5000001, 2.50662827331164830116e-7L},
                                            {0.51, 0.0250689082587110580327L},
                                            {0.6, 0.253347103135799741325L},
                                            {0.75, 0.674489750196081743202L},
                                            {0.8, 0.841621233572914363804L},
                                            {0.9, 1.28155156554460059349L},
                                            {0.999, 3.09023230616781327776L},
                                            {0.999999, 4.75342430881708776569L},
                                            {0.9999999999999, 7.34875454030004253867L}};

TEST(Normal, References) {
  for (const auto& [x, density, cdf, log_cdf] : references) {
    if (density >= std::numeric_limits<double>::min()) {
      EXPECT_LE(off(normal_density(x), density), 4.0L) << x;
    }
    if (cdf >= std::numeric_limits<double>::min()) {
      EXPECT_LE(off(normal_cdf(x), cdf), 4.0L) << x;
    }
    if (std::fabs(log_cdf) >= std::numeric_limits<double>::min()) {
      // Right of 1 the error of x/√2 is multiplied by x².
      EXPECT_LE(off(log_normal_cdf(x), log_cdf), x > 1.0 ? 4.0L + x * x : 4.0L) << x;
    }
  }
  for (const auto& [p, x] : quantiles) EXPECT_LE(off(normal_quantile(p), x), 4.0L) << p;
}

TEST(Normal, QuantileUndoesTheCdf) {
  test::random_numbers random(44);
  for (int i = 0; i < 100'000; ++i) {
    const double x = random.uniform(-37.0, 0.5);
    // One unit of p moves x by a unit of p/φ.
    const double p = normal_cdf(x), per_unit = p / normal_density(x);
    EXPECT_LE(std::fabs(normal_quantile(p) - x), 4.0 * static_cast<double>(unit) * (per_unit + std::fabs(x))) << x;
  }
}

#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
TEST(Normal, BoostAgrees) {
  const boost::math::normal_distribution<long double> normal;
  test::random_numbers random(45);
  for (int i = 0; i < 20'000; ++i) {
    const double x = random.uniform(-37.0, 8.0), p = random.log_uniform(1e-300, 1.0);
    EXPECT_LE(off(normal_density(x), boost::math::pdf(normal, x)), 4.0L) << x;
    EXPECT_LE(off(normal_cdf(x), boost::math::cdf(normal, x)), 4.0L) << x;
    if (x < 1.0) {
      EXPECT_LE(off(log_normal_cdf(x), std::log(boost::math::cdf(normal, static_cast<long double>(x)))), 4.0L) << x;
    }
    EXPECT_LE(off(normal_quantile(p), boost::math::quantile(normal, static_cast<long double>(p))), 4.0L) << p;
  }
}
#endif

TEST(Normal, LimitsAndNonsense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(normal_density(infinity), 0.0);
  EXPECT_EQ(normal_density(-1e200), 0.0);
  EXPECT_EQ(normal_cdf(-infinity), 0.0);
  EXPECT_EQ(normal_cdf(infinity), 1.0);
  EXPECT_EQ(log_normal_cdf(infinity), 0.0);
  EXPECT_EQ(log_normal_cdf(-infinity), -infinity);
  EXPECT_EQ(normal_quantile(0.0), -infinity);
  EXPECT_EQ(normal_quantile(1.0), infinity);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  for (const double p : {nan, -0.1, 1.1}) EXPECT_TRUE(std::isnan(normal_quantile(p)));
  EXPECT_TRUE(std::isnan(normal_density(nan)));
  EXPECT_TRUE(std::isnan(normal_cdf(nan)));
  EXPECT_TRUE(std::isnan(log_normal_cdf(nan)));
}

}  // namespace
}  // namespace trimtab
