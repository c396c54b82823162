// SPDX-License-Identifier: MIT
// A volatility model of your own, next to the library's. No base class and nothing to register: a state, `step` and
// `variance` are all that `mixture` asks of it. Here it is the smallest of neural networks, one neuron that learns
// online; a random forest or a call into your own inference engine has the same three members.
#include <trimtab/forecast.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace {

using namespace trimtab::forecast;
using trimtab::errc;

constexpr double day = 1.0 / 365.0;

// ln variance of tomorrow = weights · (1, ln variance today, its slow mean, how deep today's fall was), each relative
// to where it started. It learns by gradient steps on QLIKE, whose slope in ln variance is 1 − realised/forecast.
struct neuron {
  double learning_rate = 0.01;

  struct state_type {
    std::array<double, 4> weights{0.0, 0.4, 0.4, 0.0};
    std::array<double, 4> inputs{1.0, 0.0, 0.0, 0.0};
    double origin = std::numeric_limits<double>::quiet_NaN();  // ln variance of the first day
  };

  [[nodiscard]] errc validate() const { return learning_rate > 0.0 ? errc::ok : errc::bad_configuration; }

  [[nodiscard]] state_type step(const state_type& state, const observation& seen) const {
    if (seen.validate() != errc::ok || !(seen.variance() > 0.0)) return state;
    const double today = std::log(seen.variance() / seen.years);
    state_type next = state;
    if (std::isnan(state.origin)) {
      next.origin = today;
      return next;
    }
    const double surprise = std::min(std::exp(today - expected(state)) - 1.0, 3.0);
    for (std::size_t i = 0; i < 4; ++i) next.weights[i] += learning_rate * surprise * state.inputs[i];
    const double y = today - state.origin;
    const double fall = std::max(-seen.log_return / std::sqrt(seen.variance()), 0.0);
    next.inputs = {1.0, y, 0.9 * state.inputs[2] + 0.1 * y, fall};
    return next;
  }
  [[nodiscard]] double variance(const state_type& state, double years) const {
    return years >= 0.0 ? std::exp(expected(state)) * years : std::numeric_limits<double>::quiet_NaN();
  }

private:
  static double expected(const state_type& state) {
    double sum = state.origin;
    for (std::size_t i = 0; i < 4; ++i) sum += state.weights[i] * state.inputs[i];
    return sum;
  }
};
static_assert(Forecaster<neuron>);

// A market whose volatility has good and bad months, and rises after falls. A day is 24 hourly returns.
class market {
public:
  observation next() {
    double sum = 0.0, squares = 0.0;
    for (int hour = 0; hour < 24; ++hour) {
      const double r = std::sqrt(std::exp(state_) * day / 24.0) * luck_.normal(drawn_++);
      sum += r;
      squares += r * r;
    }
    const double standard = sum / std::sqrt(std::exp(state_) * day);
    const double mean = day_++ / 180 % 2 == 0 ? std::log(0.3) : std::log(1.0);  // volatility of 55 % or 100 %
    state_ += 0.1 * (mean - state_) + 0.15 * luck_.normal(drawn_++) - 0.15 * standard;
    return {.log_return = sum, .realised_variance = squares, .years = day};
  }

private:
  trimtab::simulate::counter_random luck_{.seed = 42};
  std::uint64_t drawn_ = 0;
  int day_ = 0;
  double state_ = std::log(0.3);
};

}  // namespace

int main() {
  mixture model{ewma{}, garch{.omega = 2e-5, .alpha = 0.05, .leverage = 0.06, .beta = 0.90}, har{}, neuron{}};
  model.rate = 2.0;
  if (model.validate() != errc::ok) return 1;
  constexpr const char* names[] = {"ewma", "garch", "har", "neuron"};
  decltype(model)::state_type state;
  market prices;

  std::printf("Weights, every half year\n\n   day   ewma  garch    har neuron\n");
  std::array<double, 5> loss{};
  int scored = 0;
  for (int now = 1; now <= 1440; ++now) {
    const observation seen = prices.next();
    if (now > 60) {  // from here on everybody has a forecast
      const auto each = model.forecasts(state, day);
      for (std::size_t i = 0; i < each.size(); ++i) loss[i] += qlike(seen.variance(), each[i]);
      loss[4] += qlike(seen.variance(), model.variance(state, day));
      ++scored;
    }
    state = model.step(state, seen);
    if (now % 180 != 0) continue;
    std::printf("  %4d", now);
    for (const double w : model.weights(state)) std::printf(" %6.2f", w);
    std::printf("\n");
  }

  std::printf("\nMean QLIKE of one day ahead, over %d days: 0 is perfect\n\n", scored);
  for (std::size_t i = 0; i < 4; ++i) std::printf("   %-8s %6.3f\n", names[i], loss[i] / scored);
  std::printf("   %-8s %6.3f\n", "mixture", loss[4] / scored);

  std::printf("\nWhat each says tonight: volatility of the week to come, and the probability that an account\n");
  std::printf("with health 1.15 is liquidated in it\n\n");
  constexpr double week = 7.0 * day, health = 1.15;
  const auto line = [](const char* name, double variance) {
    std::printf("   %-8s %5.0f %% %8.1f %%\n", name, 100.0 * std::sqrt(variance / week),
                100.0 * liquidation_probability({.volatility = std::sqrt(variance / week)}, std::log(health), week));
  };
  const auto each = model.forecasts(state, week);
  for (std::size_t i = 0; i < 4; ++i) line(names[i], each[i]);
  line("mixture", model.variance(state, week));
  return 0;
}
