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
/// Formula   y = b₀ + b₁·y⁽¹⁾ + b₇·y⁽⁷⁾ + b₃₀·y⁽³⁰⁾, y⁽ᵏ⁾ the mean of the last k, by recursive least squares in which a
/// day
///           counts `memory` of the next. Forecasts of further periods iterate it, y⁽ᵏ⁾ then containing forecasts; in
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
};

}  // namespace trimtab::forecast
