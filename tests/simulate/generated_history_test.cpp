// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/simulate/daily_observations.hpp>
#include <trimtab/simulate/generated_history.hpp>

#include <cmath>

namespace trimtab::simulate {
namespace {

TEST(GeneratedHistory, IsWhatItsRulesSay) {
  const price_series series = generated_history({.years = 2.0});
  ASSERT_EQ(series.rows.size(), 2U * 365U * 24U);
  double sum = 0.0;
  for (std::size_t k = 0; k < series.rows.size(); ++k) {
    const bar& b = series.rows[k];
    ASSERT_FALSE(detail::bar_fault(b)) << k;
    if (k > 0) {
      ASSERT_EQ(b.time, series.rows[k - 1].time + 3600);
    }
    sum += std::pow(std::log(b.close / b.open), 2);
  }
  // E e^{noise} of the stationary ln variance, and the falls: about 0.5·e^{wander²/(4·pull)} + 25·0.026².
  EXPECT_NEAR(sum / 2.0, 0.61, 0.15);
  EXPECT_EQ(daily_observations(series).size(), 730U);
}

TEST(GeneratedHistory, TheSameSeedIsTheSamePath) {
  const auto a = generated_history({.years = 0.1}), b = generated_history({.years = 0.1});
  EXPECT_EQ(a.rows.back().close, b.rows.back().close);
  EXPECT_NE(a.rows.back().close, generated_history({.seed = 1, .years = 0.1}).rows.back().close);
}

TEST(GeneratedHistory, NoYearsAreNoBars) {
  for (const double years : {0.0, -1.0, std::nan("")}) EXPECT_TRUE(generated_history({.years = years}).rows.empty());
}

}  // namespace
}  // namespace trimtab::simulate
