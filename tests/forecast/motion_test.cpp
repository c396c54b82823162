// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/motion.hpp>

#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Motion, NamesWhatIsWrong) {
  EXPECT_EQ((motion{.drift = -0.3, .volatility = 0.8}.validate()), errc::ok);
  EXPECT_EQ(motion{}.validate(), errc::bad_configuration);
  EXPECT_EQ((motion{.volatility = -0.8}.validate()), errc::bad_configuration);
  EXPECT_EQ((motion{.drift = nan, .volatility = 0.8}.validate()), errc::not_finite);
  EXPECT_EQ((motion{.volatility = infinity}.validate()), errc::not_finite);
}

TEST(Motion, JumpsNameWhatIsWrong) {
  EXPECT_EQ(exponential_jumps{}.validate(), errc::ok);
  EXPECT_EQ((exponential_jumps{.rate = -1.0}.validate()), errc::negative_amount);
  EXPECT_EQ((exponential_jumps{.rate = nan}.validate()), errc::not_finite);
  EXPECT_EQ((exponential_jumps{.up_share = 1.1}.validate()), errc::bad_configuration);
  EXPECT_EQ((exponential_jumps{.up_decay = 0.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((exponential_jumps{.down_decay = -1.0}.validate()), errc::bad_configuration);
}

TEST(Motion, AYearHas365Days) {
  EXPECT_EQ(in_years(seconds{86'400}), 1.0 / 365.0);
  EXPECT_EQ(in_years(year), 1.0);
}

}  // namespace
}  // namespace trimtab::forecast
