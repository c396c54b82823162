// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/ewma.hpp>

#include "laws/forecaster_laws.hpp"
#include <cmath>
#include <limits>

namespace trimtab::test {
namespace {

struct EwmaCase {
  using model = forecast::ewma;
  static model make(double = 1.0) { return {}; }
  static constexpr int warm_up = 1;
  static constexpr double scale_bar = 1e-12;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Ewma, ForecasterLaws, EwmaCase);

}  // namespace
}  // namespace trimtab::test

namespace trimtab::forecast {
namespace {

constexpr double day = 1.0 / 365.0;

TEST(Ewma, IsTheWeightedSumOfWhatItSaw) {
  const ewma model{.decay = 0.9};
  ewma::state_type state;
  for (std::uint64_t t = 0; t < 50; ++t) state = model.step(state, test::market_day(t));
  long double sum = 0.0L;
  for (std::uint64_t t = 0; t < 50; ++t) {
    const long double weight = (t == 0 ? 1.0L : 0.1L) * std::pow(0.9L, static_cast<long double>(49 - t));
    sum += weight * static_cast<long double>(test::market_day(t).realised_variance);
  }
  EXPECT_NEAR(model.variance(state, day), static_cast<double>(sum), 1e-14 * static_cast<double>(sum));
}

TEST(Ewma, HalfADayCountsHalfInTheExponent) {
  // Two halves with the same variance per year are one whole.
  const ewma model;
  const auto start = model.step({}, {.realised_variance = 4e-4, .years = day});
  const auto whole = model.step(start, {.realised_variance = 9e-4, .years = day});
  auto halves = start;
  for (int k = 0; k < 2; ++k) halves = model.step(halves, {.realised_variance = 4.5e-4, .years = 0.5 * day});
  EXPECT_NEAR(halves.per_year, whole.per_year, 1e-14 * whole.per_year);
  // A return over four days counts for them all.
  auto days = start;
  for (int k = 0; k < 4; ++k) days = model.step(days, {.realised_variance = 1e-4, .years = day});
  const auto at_once = model.step(start, {.realised_variance = 4e-4, .years = 4.0 * day});
  EXPECT_NEAR(at_once.per_year, days.per_year, 1e-13 * days.per_year);
}

TEST(Ewma, HalvesAWeightInItsHalfLife) {
  const ewma model = ewma::from_half_life(11.2 / 365.0);
  EXPECT_EQ(model.validate(), errc::ok);
  const ewma::state_type one{1.0};
  EXPECT_NEAR(model.step(one, {.log_return = 0.0, .years = 11.2 / 365.0}).per_year, 0.5, 1e-15);
  EXPECT_NEAR(model.step(one, {.log_return = 0.0, .years = day}).per_year, 0.94, 1e-4);  // RiskMetrics' day
}

TEST(Ewma, NamesWhatIsWrong) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ((ewma{.decay = nan}.validate()), errc::not_finite);
  EXPECT_EQ((ewma{.period = infinity}.validate()), errc::not_finite);
  for (const double decay : {0.0, 1.0, -0.5, 1.5})
    EXPECT_EQ((ewma{.decay = decay}.validate()), errc::bad_configuration);
  EXPECT_EQ((ewma{.period = 0.0}.validate()), errc::bad_configuration);
  EXPECT_EQ(ewma::from_half_life(-1.0).validate(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab::forecast
