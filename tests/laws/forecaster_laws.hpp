// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What holds for every model of volatility.
///
/// Usage:
///
///     struct EwmaCase {
///       using model = forecast::ewma;
///       static model make() { return {}; }
///       static constexpr int warm_up = 1;        // observations until it forecasts
///       static constexpr double scale_bar = 1e-9; // how exactly it follows a change of units
///     };
///     INSTANTIATE_TYPED_TEST_SUITE_P(Ewma, ForecasterLaws, EwmaCase);

#include <gtest/gtest.h>

#include <trimtab/forecast/concept.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace trimtab::test {

/// A day of a market in which volatility comes in clusters; `unit` scales its returns.
inline forecast::observation market_day(std::uint64_t day, double unit = 1.0) {
  const simulate::counter_random normals{.seed = 2016, .stream = 1};
  const double t = static_cast<double>(day);
  const double deviation = 0.03 * unit * std::exp(0.6 * std::sin(t / 23.0) + 0.3 * std::sin(t / 5.0));
  const double r = deviation * normals.normal(2 * day);
  const double noise = std::exp(0.2 * normals.normal(2 * day + 1) - 0.02);
  return {.log_return = r, .realised_variance = deviation * deviation * noise, .years = 1.0 / 365.0};
}

template <class Case>
struct ForecasterLaws : testing::Test {
  using model_type = typename Case::model;
  using state_type = typename model_type::state_type;

  static state_type after(const model_type& model, int days, double unit = 1.0) {
    state_type state{};
    for (int day = 0; day < days; ++day) state = model.step(state, market_day(static_cast<std::uint64_t>(day), unit));
    return state;
  }
};
TYPED_TEST_SUITE_P(ForecasterLaws);

TYPED_TEST_P(ForecasterLaws, IsOneAndItsStateIsOfConstantSize) {
  using model = typename TypeParam::model;
  static_assert(forecast::Forecaster<model>);
  static_assert(std::is_trivially_copyable_v<typename model::state_type>);
  static_assert(sizeof(typename model::state_type) <= 4096);
  EXPECT_EQ(TypeParam::make().validate(), errc::ok);
}

TYPED_TEST_P(ForecasterLaws, KnowsNothingUntilItHasSeenEnough) {
  const auto model = TypeParam::make();
  EXPECT_TRUE(std::isnan(model.variance(this->after(model, 0), 1.0)));
  EXPECT_TRUE(std::isnan(model.variance(this->after(model, TypeParam::warm_up - 1), 1.0)));
  EXPECT_GT(model.variance(this->after(model, TypeParam::warm_up), 1.0), 0.0);
}

TYPED_TEST_P(ForecasterLaws, VarianceIsPositiveAndGrowsWithTheHorizon) {
  const auto model = TypeParam::make();
  for (const int days : {TypeParam::warm_up, TypeParam::warm_up + 3, 200, 1000}) {
    const auto state = this->after(model, days);
    EXPECT_EQ(model.variance(state, 0.0), 0.0);
    EXPECT_TRUE(std::isnan(model.variance(state, -0.1))) << "nothing is known of the past";
    EXPECT_TRUE(std::isnan(model.variance(state, std::numeric_limits<double>::quiet_NaN())));
    double before = 0.0;
    for (const double ahead : {0.01, 0.5, 1.0, 1.5, 2.0, 7.0, 30.0, 90.5, 364.0, 366.0, 1000.0}) {
      const double now = model.variance(state, ahead / 365.0);
      EXPECT_GT(now, before) << days << ' ' << ahead;
      EXPECT_TRUE(std::isfinite(now));
      before = now;
    }
  }
}

TYPED_TEST_P(ForecasterLaws, APeriodIsItsParts) {
  // Within a period variance is spread evenly: the halves of every day add up to it.
  const auto model = TypeParam::make();
  const auto state = this->after(model, 300);
  for (const double day : {0.0, 1.0, 6.0, 40.0}) {
    const double from = model.variance(state, day / 365.0), to = model.variance(state, (day + 1.0) / 365.0);
    const double middle = model.variance(state, (day + 0.5) / 365.0);
    EXPECT_NEAR(middle - from, to - middle, 1e-11 * to) << day;
  }
}

TYPED_TEST_P(ForecasterLaws, ABadObservationTeachesNothing) {
  const auto model = TypeParam::make();
  const auto state = this->after(model, 100);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN(), big = std::numeric_limits<double>::max();
  const forecast::observation bad[] = {{.log_return = nan},
                                       {.log_return = -infinity},
                                       {.log_return = 0.1, .realised_variance = nan},
                                       {.log_return = 0.1, .realised_variance = -1e-4},
                                       {.log_return = 0.1, .realised_variance = infinity},
                                       {.log_return = 0.1, .years = 0.0},
                                       {.log_return = 0.1, .years = -1.0},
                                       {.log_return = 0.1, .years = nan},
                                       {.log_return = big}};
  for (const auto& seen : bad) {
    const auto next = model.step(state, seen);
    for (const double years : {0.5 / 365.0, 1.0 / 365.0, 0.1, 2.0})
      EXPECT_EQ(model.variance(next, years), model.variance(state, years));
    // nor is it remembered
    EXPECT_EQ(model.variance(model.step(next, market_day(100)), 0.1),
              model.variance(model.step(state, market_day(100)), 0.1));
    EXPECT_TRUE(std::isnan(model.variance(model.step({}, seen), 1.0)) || TypeParam::warm_up == 0);
  }
}

TYPED_TEST_P(ForecasterLaws, FollowsTheUnitOfReturns) {
  for (const double unit : {0.01, 3.0}) {
    const auto model = TypeParam::make(), scaled = TypeParam::make(unit);
    const auto state = this->after(model, 400), other = this->after(scaled, 400, unit);
    for (const double years : {1.0 / 365.0, 7.0 / 365.0, 0.25}) {
      const double expected = unit * unit * model.variance(state, years);
      EXPECT_NEAR(scaled.variance(other, years), expected, TypeParam::scale_bar * expected) << unit;
    }
  }
}

TYPED_TEST_P(ForecasterLaws, AfterACalmMillionStepsAndAStormItIsStillFinite) {
  const auto model = TypeParam::make();
  auto state = this->after(model, 100);
  for (std::uint64_t day = 0; day < 1'000'000; ++day) {
    forecast::observation seen = market_day(day % 1000);
    if (day % 100'000 == 77) seen.log_return = 2.0, seen.realised_variance = 9.0;        // a collapse
    if (day > 500'000 && day < 600'000) seen.log_return = seen.realised_variance = 0.0;  // a feed that stood still
    state = model.step(state, seen);
  }
  for (const double years : {1.0 / 365.0, 1.0}) {
    EXPECT_GT(model.variance(state, years), 0.0);
    EXPECT_TRUE(std::isfinite(model.variance(state, years)));
    EXPECT_LT(model.variance(state, years), 100.0 * (1.0 + years));
  }
}

TYPED_TEST_P(ForecasterLaws, TheSameHistoryGivesTheSameForecast) {
  const auto model = TypeParam::make();
  const auto one = this->after(model, 333), other = this->after(model, 333);
  EXPECT_EQ(model.variance(one, 0.3), model.variance(other, 0.3));
}

REGISTER_TYPED_TEST_SUITE_P(ForecasterLaws, IsOneAndItsStateIsOfConstantSize, KnowsNothingUntilItHasSeenEnough,
                            VarianceIsPositiveAndGrowsWithTheHorizon, APeriodIsItsParts, ABadObservationTeachesNothing,
                            FollowsTheUnitOfReturns, AfterACalmMillionStepsAndAStormItIsStillFinite,
                            TheSameHistoryGivesTheSameForecast);

}  // namespace trimtab::test
