// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>

#include <concepts>

namespace trimtab::forecast {

/// What a volatility model is shown: one period of the price, just ended.
struct observation {
  double log_return = 0.0;         ///< ln(close/close before)
  double realised_variance = 0.0;  ///< of ln price over the period, from finer returns or a range; 0: unknown
  double years = 1.0 / 365.0;      ///< length of the period

  /// The best there is to say of the variance of this period.
  [[nodiscard]] constexpr double variance() const noexcept {
    return realised_variance > 0.0 ? realised_variance : log_return * log_return;
  }
  /// Whether a model may learn from it.
  /// @errors not_finite (also a variance per year that is not), negative_amount (a variance), time_backwards (no time)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(log_return) || !is_finite(realised_variance) || !is_finite(years)) return errc::not_finite;
    if (realised_variance < 0.0) return errc::negative_amount;
    if (!(years > 0.0)) return errc::time_backwards;
    return is_finite(variance() / years) ? errc::ok : errc::not_finite;
  }
};

/// @brief A model of volatility, fed one observation at a time. `forecast::ewma` is the one to copy; a caller's own
/// regression or network needs no base class, only these members.
///
/// - `state_type`              all that it remembers, of constant size; configuration never changes
/// - `validate()`              errc::ok, or what is wrong with the configuration
/// - `step(state, observation)` the next state. A bad observation (NaN, no time) leaves the state as it was
/// - `variance(state, years)`  expected variance of ln price from now until then, dimensionless: σ²·T if σ is constant;
///                             NaN while it has not seen enough, and for years below 0
template <class F>
concept Forecaster = std::semiregular<typename F::state_type> &&
    requires(const F& model, const typename F::state_type& state, const observation& seen) {
  { model.validate() } -> std::same_as<errc>;
  { model.step(state, seen) } -> std::same_as<typename F::state_type>;
  { model.variance(state, 1.0) } -> std::same_as<double>;
};

}  // namespace trimtab::forecast
