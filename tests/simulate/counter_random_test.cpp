// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/counter_random.hpp>

#include <cmath>

namespace {

using trimtab::simulate::counter_random;

static_assert(counter_random{1, 0}.bits(7) == counter_random{1, 0}.bits(7));
static_assert(counter_random{1, 0}.bits(7) != counter_random{2, 0}.bits(7));
static_assert(counter_random{1, 0}.bits(7) != counter_random{1, 1}.bits(7));
static_assert(counter_random{1, 0}.bits(7) != counter_random{1, 0}.bits(8));

constexpr std::uint64_t draws = 200'000;

TEST(CounterRandom, IsUniformInMeanVarianceAndLag) {
  const counter_random r{42, 3};
  double sum = 0.0, squares = 0.0, lagged = 0.0;
  for (std::uint64_t n = 0; n < draws; ++n) {
    const double u = r.uniform(n);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u - 0.5;
    squares += (u - 0.5) * (u - 0.5);
    lagged += (u - 0.5) * (r.uniform(n + 1) - 0.5);
  }
  const double count = static_cast<double>(draws);
  const double sigmas = 5.0;
  EXPECT_NEAR(sum / count, 0.0, sigmas * std::sqrt(1.0 / 12.0 / count));
  EXPECT_NEAR(squares / count, 1.0 / 12.0, sigmas * std::sqrt(1.0 / 180.0 / count));
  EXPECT_NEAR(lagged / count, 0.0, sigmas / 12.0 / std::sqrt(count));
}

TEST(CounterRandom, IsNormalInItsFirstFourMoments) {
  const counter_random r{42, 4};
  double m1 = 0.0, m2 = 0.0, m4 = 0.0;
  for (std::uint64_t n = 0; n < draws; ++n) {
    const double z = r.normal(n);
    m1 += z;
    m2 += z * z;
    m4 += z * z * z * z;
  }
  const double count = static_cast<double>(draws);
  const double sigmas = 5.0;
  EXPECT_NEAR(m1 / count, 0.0, sigmas / std::sqrt(count));
  EXPECT_NEAR(m2 / count, 1.0, sigmas * std::sqrt(2.0 / count));
  EXPECT_NEAR(m4 / count, 3.0, sigmas * std::sqrt(96.0 / count));
}

TEST(CounterRandom, KeepsStreamsApart) {
  const counter_random a{42, 0}, b{42, 1};
  double together = 0.0;
  for (std::uint64_t n = 0; n < draws; ++n) together += (a.uniform(n) - 0.5) * (b.uniform(n) - 0.5);
  EXPECT_NEAR(together / static_cast<double>(draws), 0.0, 5.0 / 12.0 / std::sqrt(static_cast<double>(draws)));
}

}  // namespace
