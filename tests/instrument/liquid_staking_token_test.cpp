// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/liquid_staking_token.hpp>

#include "laws/instrument_laws.hpp"
#include <limits>

namespace trimtab {
namespace {

using instrument::liquid_staking_token;

constexpr double two_thousand[] = {2000.0};
constexpr liquid_staking_token uncapped{.rate = 1.25};
constexpr liquid_staking_token capped{.rate = 1.25, .snapshot_rate = 1.0, .max_yearly_growth = 0.25, .elapsed = 0.5};
static_assert(!uncapped.capped() && uncapped.value<double>(two_thousand) == 2500.0);
static_assert(capped.capped() && capped.cap() == 1.125 && capped.value<double>(two_thousand) == 2250.0);
static_assert(capped.at<double>(two_thousand).gradient[0] == 1.125);

TEST(LiquidStakingToken, TheLineCatchesUpWithTheRate) {
  liquid_staking_token later = capped;
  later.elapsed = 1.0;  // 1.0·(1 + 0.25·1) = 1.25: at the cap, not above it
  EXPECT_FALSE(later.capped());
  EXPECT_EQ(later.value<double>(two_thousand), 2500.0);
  later.elapsed = 3.0;  // linear, not compounded
  EXPECT_EQ(later.cap(), 1.75);
}

TEST(LiquidStakingToken, AJumpOfTheRateReachesTheMarketOnlyUpToTheCap) {
  const double before = capped.value<double>(two_thousand);
  liquid_staking_token jumped = capped;
  jumped.rate *= 10.0;
  EXPECT_EQ(jumped.value<double>(two_thousand), before);
  jumped.rate = 0.9;  // a slashing reaches it whole
  EXPECT_EQ(jumped.value<double>(two_thousand), 1800.0);
}

TEST(LiquidStakingToken, BadTermsAreNamed) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(liquid_staking_token{}.validate(), errc::ok);
  EXPECT_EQ(capped.validate(), errc::ok);
  EXPECT_EQ(liquid_staking_token{.rate = nan}.validate(), errc::not_finite);
  EXPECT_EQ(liquid_staking_token{.rate = infinity}.validate(), errc::not_finite);
  EXPECT_EQ(liquid_staking_token{.snapshot_rate = nan}.validate(), errc::not_finite);
  EXPECT_EQ(liquid_staking_token{.elapsed = nan}.validate(), errc::not_finite);
  EXPECT_EQ(liquid_staking_token{.max_yearly_growth = -0.1}.validate(), errc::negative_amount);
  EXPECT_EQ(liquid_staking_token{.elapsed = -0.1}.validate(), errc::negative_amount);
  EXPECT_EQ(liquid_staking_token{.rate = 0.0}.validate(), errc::non_positive_price);
  EXPECT_EQ(liquid_staking_token{.snapshot_rate = -1.0}.validate(), errc::non_positive_price);
}

struct staking_case {
  static constexpr bool homogeneous = true;
  static constexpr double scale_of_rounding = 1.0;
  static std::vector<liquid_staking_token> instruments() { return {{}, uncapped, capped}; }
  static std::vector<double> underlyings(const liquid_staking_token&, test::random_numbers& random) {
    return {random.log_uniform(1e-3, 1e5)};
  }
};

}  // namespace

namespace laws {
INSTANTIATE_TYPED_TEST_SUITE_P(LiquidStakingToken, InstrumentLaws, staking_case);
}  // namespace laws
}  // namespace trimtab
