// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/pack.hpp>
#include <trimtab/forecast/concept.hpp>
#include <trimtab/forecast/qlike.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace trimtab::forecast {

/// @brief Several models, each with the weight that its recent forecasts have earned. Itself a forecaster:
/// `mixture{ewma{}, garch{…}, har{}, mine}`.
///
/// Formula   variance Σwᵢhᵢ; after an observation wᵢ ∝ wᵢ·exp(−rate·lossᵢ), then wᵢ ← (1 − share)·wᵢ + share/n: a model
///           that was wrong for long can come back. Loss: `qlike` of the variance that it expected of the period just
///           seen, at most `worst_loss`, so that one day does not decide for ever. At rate ½ and share 0 the weights
///           are the posterior probabilities of the models, were returns normal with their variances
///
/// A model that has no forecast yet (NaN) takes no part and keeps its weight for when it has one.
/// @source   Herbster and Warmuth 1998, "Tracking the best expert", Machine Learning 32, figure 1 (fixed share);
///           Freund, Schapire, Singer and Warmuth 1997 for those that take no part
template <Forecaster... F>
struct mixture {
  static constexpr std::size_t size = sizeof...(F);
  static_assert(size > 0, "nothing to mix");

  pack<F...> parts;
  double rate = 0.5;
  double share = 0.01;
  double worst_loss = 8.0;

  struct state_type {
    pack<typename F::state_type...> states{};
    std::array<double, size> weights = equal();  ///< sum to 1

    static constexpr std::array<double, size> equal() noexcept {
      std::array<double, size> w{};
      w.fill(1.0 / static_cast<double>(size));
      return w;
    }
  };

  constexpr explicit mixture(const F&... list) noexcept : parts(list...) {}

  /// @errors those of the parts; not_finite, bad_configuration (rate or worst loss below 0, share outside [0, 1])
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {rate, share, worst_loss})
      if (!is_finite(x)) return errc::not_finite;
    if (!(rate >= 0.0 && share >= 0.0 && share <= 1.0 && worst_loss >= 0.0)) return errc::bad_configuration;
    return first_complaint(std::index_sequence_for<F...>{});
  }
  [[nodiscard]] constexpr state_type step(const state_type& state, const observation& seen) const noexcept;
  [[nodiscard]] constexpr double variance(const state_type& state, double years) const noexcept;

  /// What each model expects, NaN where it does not know.
  [[nodiscard]] constexpr std::array<double, size> forecasts(const state_type& state, double years) const noexcept {
    return forecasts_of(state, years, std::index_sequence_for<F...>{});
  }
  [[nodiscard]] constexpr const std::array<double, size>& weights(const state_type& state) const noexcept {
    return state.weights;
  }

private:
  static constexpr bool takes_part(double forecast) noexcept { return forecast >= 0.0 && is_finite(forecast); }

  template <std::size_t... I>
  constexpr errc first_complaint(std::index_sequence<I...>) const noexcept {
    errc first = errc::ok;
    ((first = first == errc::ok ? get<I>(parts).validate() : first), ...);
    return first;
  }
  template <std::size_t... I>
  constexpr std::array<double, size> forecasts_of(const state_type& state, double years,
                                                  std::index_sequence<I...>) const noexcept {
    return {get<I>(parts).variance(get<I>(state.states), years)...};
  }
  template <std::size_t... I>
  constexpr void step_each(state_type& state, const observation& seen, std::index_sequence<I...>) const noexcept {
    ((get<I>(state.states) = get<I>(parts).step(get<I>(state.states), seen)), ...);
  }
};

template <class... F>
mixture(F...) -> mixture<F...>;

template <Forecaster... F>
constexpr double mixture<F...>::variance(const state_type& state, double years) const noexcept {
  const auto expected = forecasts(state, years);
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!takes_part(expected[i])) continue;
    sum += state.weights[i] * expected[i];
    weight += state.weights[i];
  }
  return weight > 0.0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
}

template <Forecaster... F>
constexpr typename mixture<F...>::state_type mixture<F...>::step(const state_type& state,
                                                                 const observation& seen) const noexcept {
  if (seen.validate() != errc::ok) return state;
  state_type next = state;
  const auto expected = forecasts(state, seen.years);
  std::array<double, size> loss{};
  double best = std::numeric_limits<double>::infinity(), before = 0.0, taking_part = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!takes_part(expected[i])) continue;
    loss[i] = smaller(qlike(seen.variance(), expected[i]), worst_loss);  // also where nothing was expected
    best = smaller(best, loss[i]);
    before += state.weights[i];
    taking_part += 1.0;
  }
  double after = 0.0;
  for (std::size_t i = 0; i < size; ++i)
    if (takes_part(expected[i])) after += next.weights[i] *= std::exp(-rate * (loss[i] - best));
  if (after > 0.0) {
    for (std::size_t i = 0; i < size; ++i)
      if (takes_part(expected[i]))
        next.weights[i] = before * ((1.0 - share) * next.weights[i] / after + share / taking_part);
  }
  step_each(next, seen, std::index_sequence_for<F...>{});
  return next;
}

}  // namespace trimtab::forecast
