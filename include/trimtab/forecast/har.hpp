// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/recursive_least_squares.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace trimtab::forecast {

/// What the regression of `har` is in.
enum class har_scale : std::uint8_t {
  log,    ///< ln RV, and means of ln RV: robust, cannot forecast a negative variance
  level,  ///< RV, and means of RV, each row divided by its 30-day mean
};

/// @brief Heterogeneous autoregression: tomorrow's realised variance from that of the last 1, 7 and 30 periods, with
/// coefficients learned on the way.
///
/// Formula   y = b₀ + b₁·y⁽¹⁾ + b₇·y⁽⁷⁾ + b₃₀·y⁽³⁰⁾, y⁽ᵏ⁾ the mean of the last k. Recursive least squares; a row counts
///           `memory` of the next. Forecasts of further periods iterate it, y⁽ᵏ⁾ then containing forecasts; in
///           logs E RV = exp(ŷₙ + ½·s²·Σψⱼ²), ψ the response to one shock after j < n periods, s² the mean square of
///           past errors one period ahead. No forecast leaves the range of what was seen; beyond 365 periods it is
///           constant
///
/// Prior: y = ½·y⁽¹⁾ + 0.3·y⁽⁷⁾ + 0.2·y⁽³⁰⁾, worth `prior` days, and kept at that worth: without it coefficients drift
/// when nothing happens and nothing is remembered. y is relative to the first 30 days, so units do not matter.
/// Feed it realised variances. Of squared daily returns the logarithm has long left tails: use `level`.
/// Observations of less than a period are added up until they fill one; a longer one counts as one, scaled. A period
/// without any variance counts as the quietest one seen. It forecasts after 30 periods.
/// @source   Corsi 2009, "A simple approximate long-memory model of realized volatility", J. Financial Econometrics 7,
///           equation (9); 1/7/30 and not 1/5/22, as the market never closes. Range: Swanson and White 1997
struct har {
  har_scale scale = har_scale::log;
  double memory = 0.999;        ///< of a period, in (0, 1]
  double prior = 10.0;          ///< periods that the prior is worth
  double period = 1.0 / 365.0;  ///< years

  static constexpr std::size_t week = 7, month = 30;
  static constexpr int furthest = 365;  ///< periods ahead that are iterated

  struct state_type {
    std::array<double, month> past{};                                    ///< y of the last periods, in a ring
    recursive_least_squares<4> regression{};                             ///< in y relative to `origin`
    double origin = 0.0;                                                 ///< the first 30 periods' mean of y
    double squares = 0.0, weights = 0.0;                                 ///< of errors one period ahead
    double least = std::numeric_limits<double>::infinity(), most = 0.0;  ///< variances seen, per period
    double open_variance = 0.0, open_years = 0.0;                        ///< of a period that is not over
    std::uint64_t periods = 0;
  };
  /// y = intercept + daily·y⁽¹⁾ + weekly·y⁽⁷⁾ + monthly·y⁽³⁰⁾, and the deviation of its errors.
  struct fit {
    double intercept = 0.0, daily = 0.0, weekly = 0.0, monthly = 0.0;
    double deviation = 0.0;
  };

  /// @errors not_finite, bad_configuration (memory outside (0, 1], a prior or a period not above 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {memory, prior, period})
      if (!is_finite(x)) return errc::not_finite;
    return memory > 0.0 && memory <= 1.0 && prior > 0.0 && period > 0.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] state_type step(const state_type& state, const observation& seen) const noexcept;
  [[nodiscard]] double variance(const state_type& state, double years) const noexcept;
  /// What it has learned; NaN before 30 periods.
  [[nodiscard]] fit learned(const state_type& state) const noexcept;

private:
  static constexpr std::array<double, 4> prior_coefficients{0.0, 0.5, 0.3, 0.2};

  struct means {
    double daily, weekly, monthly;
  };
  [[nodiscard]] static means means_of(const state_type& state) noexcept;
  [[nodiscard]] state_type learn(state_type state, double y) const noexcept;
};

inline har::means har::means_of(const state_type& state) noexcept {
  double thirds[3] = {};  // three chains of additions run side by side
  for (std::size_t k = 0; k < month / 3; ++k)
    for (std::size_t third = 0; third < 3; ++third) thirds[third] += state.past[k + third * (month / 3)];
  const std::size_t next = state.periods % month;
  double last = 0.0;
  for (std::size_t k = 1; k <= week; ++k) last += state.past[next >= k ? next - k : next + month - k];
  return {state.past[next == 0 ? month - 1 : next - 1], last / week, (thirds[0] + thirds[1] + thirds[2]) / month};
}

inline har::state_type har::step(const state_type& state, const observation& seen) const noexcept {
  if (seen.validate() != errc::ok) return state;
  state_type next = state;
  next.open_variance += seen.variance();
  next.open_years += seen.years;
  if (next.open_years < period * (1.0 - 1e-9)) return next;  // what adds up to a period but for rounding is one
  double variance = next.open_variance * (period / next.open_years);
  next.open_variance = next.open_years = 0.0;
  if (!(variance > 0.0)) variance = next.least;
  if (!is_finite(variance)) return state;  // also nothing but silence so far
  next.least = smaller(next.least, variance);
  next.most = larger(next.most, variance);
  return learn(next, scale == har_scale::log ? std::log(variance) : variance);
}

inline har::state_type har::learn(state_type state, double y) const noexcept {
  const bool logs = scale == har_scale::log;
  if (state.periods >= month) {
    y = logs ? y - state.origin : y / state.origin;
    const means x = means_of(state);
    const double unit = logs ? 1.0 : 1.0 / x.monthly;  // levels: errors grow with the level
    const std::array<double, 4> row{unit, unit * x.daily, unit * x.weekly, unit * x.monthly};
    const std::array<double, 4> b = state.regression.coefficients();
    const double error = unit * y - (row[0] * b[0] + row[1] * b[1] + row[2] * b[2] + row[3] * b[3]);
    constexpr double absurd = 1e100;  // its square would be infinite
    if (row[0] < absurd && magnitude(error) < absurd) {
      state.squares = memory * state.squares + error * error;
      state.weights = memory * state.weights + 1.0;
      state.regression.discount(memory);
      if (memory < 1.0 && state.periods % 4 == 0) {  // what the prior lost: one coefficient every 4 periods, in turn
        const std::size_t turn = state.periods / 4 % 4;
        const double after_4 = memory * memory * memory * memory, after_16 = after_4 * after_4 * after_4 * after_4;
        std::array<double, 4> one{};
        one[turn] = 1.0;
        state.regression.add(one, prior_coefficients[turn], (1.0 - after_16) * prior, turn);
      }
      state.regression.add(row, unit * y);
    }
  }
  state.past[state.periods % month] = y;
  if (++state.periods != month) return state;
  double sum = 0.0, squares = 0.0;
  for (const double x : state.past) sum += x / static_cast<double>(month);
  for (double& x : state.past) {
    x = logs ? x - sum : x / sum;
    squares += (logs ? x : x - 1.0) * (logs ? x : x - 1.0);
  }
  state.origin = sum;
  state.regression = recursive_least_squares<4>::at(prior_coefficients, prior);
  state.weights = prior;  // nothing forecast yet: errors as large as the variation seen
  state.squares = prior * squares / static_cast<double>(month - 1);
  return state;
}

inline har::fit har::learned(const state_type& state) const noexcept {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  if (state.periods < month) return {unknown, unknown, unknown, unknown, unknown};
  const std::array<double, 4> b = state.regression.coefficients();
  const double intercept =
      scale == har_scale::log ? b[0] + state.origin * (1.0 - b[1] - b[2] - b[3]) : b[0] * state.origin;
  return {intercept, b[1], b[2], b[3], std::sqrt(state.squares / state.weights)};
}

inline double har::variance(const state_type& state, double years) const noexcept {
  const double periods = years / period;
  if (state.periods < month || !(periods >= 0.0)) return std::numeric_limits<double>::quiet_NaN();
  const std::array<double, 4> b = state.regression.coefficients();
  const bool logs = scale == har_scale::log;
  const double noise = logs ? 0.5 * state.squares / state.weights : 0.0;
  // The last 30 of y, and of the response to a shock of 1, oldest first.
  std::array<double, month + furthest> path, response;
  double in_week = 0.0, in_month = 0.0, shock_week = 0.0, shock_month = 0.0;
  for (std::size_t k = 0; k < month; ++k) {
    path[k] = state.past[(state.periods + k) % month];
    response[k] = 0.0;
    in_month += path[k];
    if (k >= month - week) in_week += path[k];
  }
  const double lowest = logs ? std::log(state.least) - state.origin : state.least / state.origin;
  const double highest = logs ? std::log(state.most) - state.origin : state.most / state.origin;
  double sum = 0.0, shocks = 0.0, left = periods, expected = 0.0;
  for (std::size_t k = month; k < path.size() && left > 0.0; ++k, left -= 1.0) {
    const double y = b[0] + b[1] * path[k - 1] + b[2] * (in_week / week) + b[3] * (in_month / month);
    path[k] = smaller(larger(lowest, y), highest);
    const double shock =
        k == month ? 1.0 : b[1] * response[k - 1] + b[2] * (shock_week / week) + b[3] * (shock_month / month);
    response[k] = smaller(larger(-1.0, shock), 1.0);  // none outgrows itself, whatever was learned
    shocks += response[k] * response[k];
    expected = logs ? std::exp(state.origin + y + noise * shocks) : state.origin * y;
    expected = smaller(larger(state.least, expected), state.most);
    sum += smaller(left, 1.0) * expected;
    in_week += path[k] - path[k - week];
    in_month += path[k] - path[k - month];
    shock_week += response[k] - response[k - week];
    shock_month += response[k] - response[k - month];
  }
  return sum + larger(left, 0.0) * expected;
}

}  // namespace trimtab::forecast
