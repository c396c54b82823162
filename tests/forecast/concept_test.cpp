// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/concept.hpp>

namespace trimtab::forecast {
namespace {

/// A model written by somebody who knows only the concept's docstring.
struct naive {
  struct state_type {
    double per_year = 0.0;
  };
  [[nodiscard]] errc validate() const { return errc::ok; }
  [[nodiscard]] state_type step(state_type, const observation& seen) const { return {seen.variance() / seen.years}; }
  [[nodiscard]] double variance(state_type s, double years) const { return s.per_year * years; }
};
struct forgetful {
  struct state_type {};
  [[nodiscard]] errc validate() const { return errc::ok; }
};
static_assert(Forecaster<naive>);
static_assert(!Forecaster<forgetful>);

TEST(Concept, AnObservationPrefersItsRealisedVariance) {
  EXPECT_EQ((observation{.log_return = 0.1}.variance()), 0.1 * 0.1);
  EXPECT_EQ((observation{.log_return = 0.1, .realised_variance = 0.02}.variance()), 0.02);
}

TEST(Concept, TheNaiveModelForecastsWhatItSawLast) {
  const naive model;
  const auto state = model.step({}, {.log_return = 0.1, .years = 0.5});
  EXPECT_DOUBLE_EQ(model.variance(state, 1.0), 0.02);
}

}  // namespace
}  // namespace trimtab::forecast
