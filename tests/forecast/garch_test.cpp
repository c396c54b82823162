// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/garch.hpp>

#include "laws/forecaster_laws.hpp"
#include <cmath>
#include <limits>
#include <vector>

namespace trimtab::test {
namespace {

struct GarchCase {
  using model = forecast::garch;
  static model make(double unit = 1.0) { return {.omega = 2e-5 * unit * unit, .alpha = 0.1, .beta = 0.88}; }
  static constexpr int warm_up = 1;
  static constexpr double scale_bar = 1e-12;
};
struct GjrCase : GarchCase {
  static model make(double unit = 1.0) {
    return {.omega = 2e-5 * unit * unit, .alpha = 0.03, .leverage = 0.1, .beta = 0.9};
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Garch, ForecasterLaws, GarchCase);
INSTANTIATE_TYPED_TEST_SUITE_P(Gjr, ForecasterLaws, GjrCase);

}  // namespace
}  // namespace trimtab::test

namespace trimtab::forecast {
namespace {

constexpr double day = 1.0 / 365.0, nan = std::numeric_limits<double>::quiet_NaN();

TEST(Garch, AheadIsTheRecursionOfExpectations) {
  for (const garch model :
       {garch{.omega = 2e-5, .alpha = 0.1, .beta = 0.85}, garch{.alpha = 0.05, .beta = 0.95},
        garch{.alpha = 0.0, .beta = 0.0}, garch{.alpha = 0.05, .beta = 0.95 - 1e-9},
        garch{.alpha = 0.02, .leverage = 0.1, .beta = 0.929}, garch{.alpha = 0.05, .beta = 0.9499}}) {
    ASSERT_EQ(model.validate(), errc::ok);
    const long double kept = static_cast<long double>(model.alpha) + static_cast<long double>(model.leverage) / 2.0L +
                             static_cast<long double>(model.beta);
    long double h = 3e-3L, total = 0.0L;
    for (int n = 0; n <= 10'000; ++n) {
      if (n < 12 || n % 997 == 0) {
        const auto ahead = model.ahead(3e-3, n);
        EXPECT_NEAR(ahead.then, static_cast<double>(h), 1e-11 * static_cast<double>(h)) << n;
        EXPECT_NEAR(ahead.total, static_cast<double>(total), 1e-11 * static_cast<double>(total)) << n;
      }
      total += h;
      h = static_cast<long double>(model.omega) + kept * h;
    }
  }
}

TEST(Garch, AheadIsTheMeanOfSimulatedPaths) {
  const garch model{.omega = 2e-5, .alpha = 0.08, .leverage = 0.06, .beta = 0.85};
  const simulate::counter_random normals{.seed = 1986};
  const int paths = 20'000, periods = 20;
  double sum = 0.0, squares = 0.0;
  for (int path = 0; path < paths; ++path) {
    double h = 1e-3, total = 0.0;
    for (int n = 0; n < periods; ++n) {
      total += h;
      h = model.after(h, std::sqrt(h) * normals.normal(static_cast<std::uint64_t>(path * periods + n)));
    }
    sum += total;
    squares += total * total;
  }
  const double mean = sum / paths, error = std::sqrt((squares / paths - mean * mean) / paths);
  EXPECT_LE(std::fabs(model.ahead(1e-3, periods).total - mean), 3.0 * error);
  EXPECT_LT(error, 0.01 * mean);
}

TEST(Garch, ForecastsRevertToTheMeanFromBothSides) {
  const garch model{.omega = 2e-5, .alpha = 0.1, .beta = 0.88};
  EXPECT_NEAR(model.mean(), 1e-3, 1e-15);
  EXPECT_NEAR(model.ahead(5e-3, 2000.0).then, 1e-3, 1e-15);
  EXPECT_NEAR(model.ahead(1e-5, 2000.0).then, 1e-3, 1e-15);
  EXPECT_TRUE(std::isnan(garch({.alpha = 0.5, .beta = 0.5}).mean()));
}

TEST(Garch, AFallCountsMoreWithLeverage) {
  const garch model{.alpha = 0.05, .leverage = 0.1, .beta = 0.85};
  EXPECT_DOUBLE_EQ(model.after(1e-3, 0.05) - model.after(1e-3, 0.0), 0.05 * 0.05 * 0.05);
  EXPECT_DOUBLE_EQ(model.after(1e-3, -0.05) - model.after(1e-3, 0.0), 0.15 * 0.05 * 0.05);
}

TEST(Garch, LearnsFromReturnsAndNotFromRealisedVariance) {
  const garch model;
  const garch::state_type start{.next = 1e-3};
  EXPECT_EQ(model.step(start, {.log_return = 0.02, .realised_variance = 9.0}).next, model.after(1e-3, 0.02));
}

TEST(Garch, PartsOfAPeriodAddUp) {
  const garch model{.alpha = 0.05, .leverage = 0.1, .beta = 0.85};
  garch::state_type state{.next = 1e-3};
  const double hourly[] = {0.01, -0.03, 0.02, -0.025};
  double sum = 0.0;
  for (const double r : hourly) {
    EXPECT_EQ(state.next, 1e-3);
    state = model.step(state, {.log_return = r, .years = day / 4.0});
    sum += r;
  }
  EXPECT_DOUBLE_EQ(state.next, model.after(1e-3, sum));
  EXPECT_EQ(state.open_years, 0.0);
}

TEST(Garch, AReturnOverDaysIsWorthWhatIsExpectedOfThem) {
  // The return that expectations hold for leaves a state that expectations hold for.
  const garch model{.omega = 2e-5, .alpha = 0.1, .beta = 0.85};
  for (const double days : {1.0, 3.0, 2.5, 30.0}) {
    const double h = 2e-3, expected = model.ahead(h, days).total;
    const auto after = model.step({.next = h}, {.log_return = std::sqrt(expected), .years = days * day});
    EXPECT_NEAR(after.next, model.ahead(h, days - 1.0).then * model.persistence() + model.omega, 1e-15);
  }
}

TEST(Garch, StartsAtTheMeanOrAtWhatItSees) {
  const garch reverting{.omega = 2e-5, .alpha = 0.1, .beta = 0.88}, integrated{.alpha = 0.5, .beta = 0.5};
  EXPECT_DOUBLE_EQ(reverting.step({}, {.log_return = 0.03}).next, reverting.after(1e-3, 0.03));
  EXPECT_DOUBLE_EQ(integrated.step({}, {.log_return = 0.03}).next, integrated.after(9e-4, 0.03));
  EXPECT_GT(integrated.step({}, {.log_return = 0.0}).next, 0.0);
}

TEST(Garch, LikelihoodIsTheProductOfNormalDensities) {
  const garch model{.omega = 2e-5, .alpha = 0.06, .leverage = 0.06, .beta = 0.85};
  std::vector<double> returns;
  for (std::uint64_t t = 0; t < 300; ++t) returns.push_back(test::market_day(t).log_return);
  long double sum = 0.0L, h = 2e-3L;
  for (const double r : returns) {
    const long double x = static_cast<long double>(r);
    sum += std::log(std::exp(-x * x / (2.0L * h)) / std::sqrt(2.0L * std::acos(-1.0L) * h));
    h = 2e-5L + (r < 0.0 ? 0.12L : 0.06L) * x * x + 0.85L * h;
  }
  EXPECT_NEAR(garch_log_likelihood(model, returns, 2e-3), static_cast<double>(sum), 1e-12 * static_cast<double>(sum));
  EXPECT_TRUE(std::isnan(garch_log_likelihood(model, {})));
  returns[7] = nan;
  EXPECT_TRUE(std::isnan(garch_log_likelihood(model, returns, 2e-3)));
}

TEST(Garch, NamesWhatIsWrong) {
  EXPECT_EQ(garch{}.validate(), errc::ok);
  EXPECT_EQ((garch{.alpha = 0.1, .leverage = -0.05, .beta = 0.8}.validate()), errc::ok);
  EXPECT_EQ((garch{.omega = nan}.validate()), errc::not_finite);
  EXPECT_EQ((garch{.beta = infinity}.validate()), errc::not_finite);
  for (const garch bad : {garch{.omega = 0.0}, garch{.alpha = -0.1}, garch{.leverage = -0.2}, garch{.beta = -0.1},
                          garch{.alpha = 0.2, .beta = 0.81}, garch{.period = 0.0}})
    EXPECT_EQ(bad.validate(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab::forecast
