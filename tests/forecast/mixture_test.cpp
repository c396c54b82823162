// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/ewma.hpp>
#include <trimtab/forecast/garch.hpp>
#include <trimtab/forecast/har.hpp>
#include <trimtab/forecast/mixture.hpp>

#include "laws/forecaster_laws.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr double day = 1.0 / 365.0, nan = std::numeric_limits<double>::quiet_NaN();

/// A caller's own model: the mean of all it has seen, once it has seen five.
struct running_mean {
  struct state_type {
    double sum = 0.0, years = 0.0;
    int count = 0;
  };
  [[nodiscard]] errc validate() const { return errc::ok; }
  [[nodiscard]] state_type step(const state_type& s, const observation& seen) const {
    if (seen.validate() != errc::ok) return s;
    return {s.sum + seen.variance(), s.years + seen.years, s.count + 1};
  }
  [[nodiscard]] double variance(const state_type& s, double years) const {
    return s.count < 5 || !(years >= 0.0) ? nan : s.sum / s.years * years;
  }
};

/// Always expects the same.
struct stubborn {
  double per_year = 0.0;
  errc complaint = errc::ok;
  struct state_type {};
  [[nodiscard]] errc validate() const { return complaint; }
  [[nodiscard]] state_type step(const state_type& s, const observation&) const { return s; }
  [[nodiscard]] double variance(const state_type&, double years) const { return per_year * years; }
};

}  // namespace
}  // namespace trimtab::forecast

namespace trimtab::test {
namespace {

struct OwnCase {
  using model = forecast::running_mean;
  static model make(double = 1.0) { return {}; }
  static constexpr int warm_up = 5;
  static constexpr double scale_bar = 1e-12;
};
struct MixtureCase {
  using model = forecast::mixture<forecast::ewma, forecast::garch, forecast::har, forecast::running_mean>;
  static model make(double unit = 1.0) {
    return forecast::mixture{forecast::ewma{}, forecast::garch{.omega = 2e-5 * unit * unit, .alpha = 0.1, .beta = 0.88},
                             forecast::har{}, forecast::running_mean{}};
  }
  static constexpr int warm_up = 1;
  static constexpr double scale_bar = 1e-9;
};
INSTANTIATE_TYPED_TEST_SUITE_P(Own, ForecasterLaws, OwnCase);
INSTANTIATE_TYPED_TEST_SUITE_P(Mixture, ForecasterLaws, MixtureCase);

}  // namespace
}  // namespace trimtab::test

namespace trimtab::forecast {
namespace {

observation of_variance(double per_year) {
  return {.realised_variance = per_year * day, .years = day};
}

TEST(Mixture, IsTheFormula) {
  mixture model{stubborn{0.5}, stubborn{1.0}, stubborn{2.0}};
  model.rate = 0.7;
  model.share = 0.05;
  decltype(model)::state_type state;
  std::array<double, 3> w{1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0};
  for (const double seen : {1.1, 0.8, 1.9, 0.6, 1.0}) {
    state = model.step(state, of_variance(seen));
    double total = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double q = seen / std::array{0.5, 1.0, 2.0}[i];
      total += w[i] *= std::exp(-0.7 * (q - std::log(q) - 1.0));
    }
    for (double& x : w) x = 0.95 * x / total + 0.05 / 3.0;
    double expected = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(model.weights(state)[i], w[i], 1e-14);
      expected += w[i] * std::array{0.5, 1.0, 2.0}[i];
    }
    EXPECT_NEAR(model.variance(state, 1.0), expected, 1e-14);
  }
}

TEST(Mixture, AtRateHalfWithoutSharesItIsBayes) {
  // The posterior of models that say N(0, h) after these returns.
  mixture model{stubborn{0.5}, stubborn{0.9}};
  model.share = 0.0;
  decltype(model)::state_type state;
  double likelihood[2] = {1.0, 1.0};
  for (std::uint64_t t = 0; t < 30; ++t) {
    const double r = std::sqrt(0.7 * day) * simulate::counter_random{.seed = 3}.normal(t);
    if (r * r < 2e-6) continue;  // beyond the cap
    state = model.step(state, {.log_return = r, .years = day});
    for (int i = 0; i < 2; ++i) {
      const double h = (i == 0 ? 0.5 : 0.9) * day;
      likelihood[i] *= std::exp(-0.5 * r * r / h) / std::sqrt(h) * 0.04;
    }
  }
  EXPECT_NEAR(model.weights(state)[0], likelihood[0] / (likelihood[0] + likelihood[1]), 1e-12);
}

TEST(Mixture, FollowsTheBestAndTheNextBestAfterAChange) {
  mixture model{stubborn{0.25}, stubborn{1.0}};
  decltype(model)::state_type state;
  for (int n = 0; n < 2000; ++n) state = model.step(state, of_variance(0.25));
  EXPECT_GT(model.weights(state)[0], 0.95);
  int days = 0;
  while (model.weights(state)[1] < 0.9 && days < 1000) state = model.step(state, of_variance(1.0)), ++days;
  EXPECT_LE(days, 15);  // after 2,000 days of being wrong
}

TEST(Mixture, LosesLittleMoreThanItsBestModel) {
  mixture model{ewma{}, ewma{.decay = 0.8}, garch{.omega = 2e-5, .alpha = 0.1, .beta = 0.88}, har{}};
  model.rate = 4.0;  // realised variances with noise of 20 % are more than one return
  decltype(model)::state_type state;
  std::array<double, 4> loss{};
  double mixed = 0.0;
  for (std::uint64_t t = 0; t < 3000; ++t) {
    const observation seen = test::market_day(t);
    if (t >= 60) {
      const auto each = model.forecasts(state, day);
      for (std::size_t i = 0; i < 4; ++i) loss[i] += qlike(seen.variance(), each[i]);
      mixed += qlike(seen.variance(), model.variance(state, day));
    }
    state = model.step(state, seen);
  }
  const double best = *std::min_element(loss.begin(), loss.end()), worst = *std::max_element(loss.begin(), loss.end());
  EXPECT_LE(mixed, 1.05 * best);
  EXPECT_LT(mixed, 0.8 * worst);
}

TEST(Mixture, OneDayDoesNotDecideForEver) {
  mixture model{stubborn{0.25}, stubborn{1.0}};
  model.share = 0.0;
  decltype(model)::state_type state;
  state = model.step(state, of_variance(1e9));  // both at the cap: neither learns
  EXPECT_EQ(model.weights(state)[0], 0.5);
  state = model.step(state, of_variance(0.0));  // nothing moved: an infinite loss, capped
  EXPECT_EQ(model.weights(state)[0], 0.5);
  state = model.step(state, of_variance(8.0));
  EXPECT_GE(model.weights(state)[0], 0.5 * std::exp(-0.5 * model.worst_loss));
}

TEST(Mixture, WhoHasNoForecastTakesNoPartAndKeepsItsWeight) {
  mixture model{ewma{}, stubborn{0.3}, har{}};
  decltype(model)::state_type state;
  EXPECT_EQ(model.variance(state, 1.0), 0.3);  // the only one who says anything
  for (std::uint64_t t = 0; t < 30; ++t) {
    EXPECT_TRUE(std::isnan(model.forecasts(state, day)[2]));
    EXPECT_NEAR(model.weights(state)[2], 1.0 / 3.0, 1e-15);
    state = model.step(state, test::market_day(t));
    EXPECT_NEAR(model.weights(state)[0] + model.weights(state)[1] + model.weights(state)[2], 1.0, 1e-13);
  }
  EXPECT_GT(model.forecasts(state, day)[2], 0.0);
  EXPECT_NE(model.weights(model.step(state, test::market_day(30)))[2], 1.0 / 3.0);
}

TEST(Mixture, OfMixtures) {
  const mixture inner{ewma{}, garch{}};
  const mixture<mixture<ewma, garch>, har> outer{inner, har{}};
  static_assert(Forecaster<std::remove_const_t<decltype(outer)>>);
  auto state = outer.step({}, test::market_day(0));
  EXPECT_EQ(outer.variance(state, day), inner.variance(inner.step({}, test::market_day(0)), day));
}

TEST(Mixture, NamesWhatIsWrong) {
  mixture model{ewma{}, stubborn{0.3}};
  EXPECT_EQ(model.validate(), errc::ok);
  EXPECT_EQ((mixture{ewma{}, stubborn{0.3, errc::capacity}}.validate()), errc::capacity);
  EXPECT_EQ((mixture{ewma{.decay = 2.0}, stubborn{0.3, errc::capacity}}.validate()), errc::bad_configuration);
  model.rate = -1.0;
  EXPECT_EQ(model.validate(), errc::bad_configuration);
  model.rate = nan;
  EXPECT_EQ(model.validate(), errc::not_finite);
  model.rate = 0.5;
  model.share = 1.5;
  EXPECT_EQ(model.validate(), errc::bad_configuration);
  model.share = 0.0;
  model.worst_loss = infinity;
  EXPECT_EQ(model.validate(), errc::not_finite);
}

}  // namespace
}  // namespace trimtab::forecast
