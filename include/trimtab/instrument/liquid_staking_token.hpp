// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/instrument/concept.hpp>

namespace trimtab::instrument {

/// @brief A liquid staking token as a lending market prices it: the rate its contract states, times a feed, the rate
/// held below a line that grows linearly from a snapshot.
///
/// Formula   V = min(rate, cap)·u    cap = snapshot_rate·(1 + max_yearly_growth·elapsed)    ∂V/∂u = V/u    ∂²V/∂u² = 0
/// Units     rates in staked asset per token, growth a fraction per year of the snapshot, elapsed in years since it; u
///           in base currency per staked asset
///
/// A rate above the cap is not an error: the market values the token at the cap until the line catches up, and so does
/// this. An infinite snapshot_rate, the default, is no cap.
/// @source Aave correlated-asset price oracle (CAPO): PriceCapAdapterBase.sol, _getMaxRatio, latestAnswer
struct liquid_staking_token {
  static constexpr std::size_t capacity = 1;

  double rate = 1.0;                ///< as its contract states it now
  double snapshot_rate = infinity;  ///< as it stood at the snapshot
  double max_yearly_growth = 0.0;
  double elapsed = 0.0;

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }

  /// The highest rate that the market takes at face value.
  [[nodiscard]] constexpr double cap() const noexcept { return snapshot_rate * (1.0 + max_yearly_growth * elapsed); }
  /// Whether the market prices the token below the rate its contract states.
  [[nodiscard]] constexpr bool capped() const noexcept { return rate > cap(); }
  /// Staked asset per token, as the market counts it.
  [[nodiscard]] constexpr double counted_rate() const noexcept { return capped() ? cap() : rate; }

  /// @errors not_finite, negative_amount (growth, elapsed), non_positive_price (rates)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {rate, max_yearly_growth, elapsed})
      if (!is_finite(x)) return errc::not_finite;
    if (snapshot_rate != snapshot_rate) return errc::not_finite;
    if (max_yearly_growth < 0.0 || elapsed < 0.0) return errc::negative_amount;
    return rate > 0.0 && snapshot_rate > 0.0 ? errc::ok : errc::non_positive_price;
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return literal<S>(counted_rate()) * u[0];
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return {.value = value<S>(u), .gradient = {literal<S>(counted_rate())}, .hessian = {literal<S>(0.0)}, .size = 1};
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return 0.0;
  }
};
static_assert(Instrument<liquid_staking_token>);

}  // namespace trimtab::instrument
