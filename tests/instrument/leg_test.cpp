// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/instrument/leg.hpp>
#include <trimtab/instrument/token.hpp>

namespace trimtab {
namespace {

using instrument::leg;
using instrument::one_of;
using instrument::token;

constexpr double world[] = {10.0, 20.0, 30.0};

TEST(Leg, ReadsThePricesItNames) {
  const leg<token> third{{}, {2}};
  EXPECT_EQ(third.validate(3), errc::ok);
  EXPECT_EQ(third.value<double>(world), 30.0);
  EXPECT_EQ(third.at<double>(world).gradient[0], 1.0);
}

TEST(Leg, APriceThatIsNotThereIsRefused) {
  EXPECT_EQ((leg<token>{{}, {3}}.validate(3)), errc::size_mismatch);
}

TEST(OneOf, IsTheInstrumentItHolds) {
  const leg<one_of<token>> second{token{}, {1}};
  EXPECT_EQ(second.validate(3), errc::ok);
  EXPECT_EQ(second.value<double>(world), 20.0);
  EXPECT_EQ(second.at<double>(world).value, 20.0);
  EXPECT_EQ(second.instrument.cubic_bound(world, {}), 0.0);
}

}  // namespace
}  // namespace trimtab
