// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/instrument/concept.hpp>

#include <cmath>

namespace trimtab::instrument {

/// @brief A share of a weighted pool of up to eight assets, worth so much at reference prices.
///
/// Formula   V = V₀·Π (uᵢ/u⁰ᵢ)^wᵢ    ∂V/∂uᵢ = wᵢV/uᵢ, the tokens of i in the pool
///           ∂²V/∂uᵢ∂uⱼ = V·wᵢ(wⱼ − δᵢⱼ) / (uᵢuⱼ)
/// ln V is linear in log prices: such collateral keeps health lognormal. Fees are left out.
/// @source   Martinelli, Mushegian 2019, "A non-custodial portfolio manager, liquidity provider, and price sensor", eq.
/// 7
///           by minimising the value on the invariant
struct weighted_pool_share {
  static constexpr std::size_t capacity = 8;
  double reference_value = 0.0;                     ///< V₀, base currency
  std::array<double, capacity> weights{};           ///< sum 1
  std::array<double, capacity> reference_prices{};  ///< u⁰, base currency per token
  std::size_t assets = 0;

  [[nodiscard]] constexpr std::size_t size() const noexcept { return assets; }
  /// @errors capacity, not_finite, negative_amount (V₀), non_positive_price, bad_configuration (weights outside (0, 1),
  /// or that do not sum to 1; fewer than two assets)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (assets > capacity) return errc::capacity;
    if (!is_finite(reference_value)) return errc::not_finite;
    if (reference_value < 0.0) return errc::negative_amount;
    double sum = 0.0;
    for (std::size_t i = 0; i < assets; ++i) {
      if (!is_finite(weights[i]) || !is_finite(reference_prices[i])) return errc::not_finite;
      if (!(reference_prices[i] > 0.0)) return errc::non_positive_price;
      if (!(weights[i] > 0.0 && weights[i] < 1.0)) return errc::bad_configuration;
      sum += weights[i];
    }
    return assets >= 2 && sum > 1.0 - 1e-12 && sum < 1.0 + 1e-12 ? errc::ok : errc::bad_configuration;
  }

  template <Scalar S>
  [[nodiscard]] S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    S product = literal<S>(reference_value);
    for (std::size_t i = 0; i < assets; ++i)
      product = product * scalar_traits<S>::power(u[i] / literal<S>(reference_prices[i]), weights[i]);
    return product;
  }
  template <Scalar S>
  [[nodiscard]] jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    jet<S, capacity> here{};
    here.value = value<S>(u);
    here.size = assets;
    for (std::size_t i = 0; i < assets; ++i) here.gradient[i] = literal<S>(weights[i]) * here.value / u[i];
    for (std::size_t i = 0; i < assets; ++i)
      for (std::size_t j = 0; j <= i; ++j) {
        const S entry = here.gradient[i] * literal<S>(i == j ? weights[i] - 1.0 : weights[j]) / u[j];
        here.hessian[i * capacity + j] = here.hessian[j * capacity + i] = entry;
      }
    return here;
  }
  /// With qᵢ = uᵢzᵢ/vᵢ the third derivative is (s₁³ − 3s₁s₂ + 2s₃)·V, sₙ = Σ wᵢqᵢⁿ. For a given s₁ that is linear in
  /// the weights, so two values of q are the worst, and of those −½ and 1 with weights ⅔ and ⅓: at most ½·q³·V.
  [[nodiscard]] double cubic_bound(std::span<const double> u, const price_box& box) const noexcept {
    double q = 1.0;
    for (std::size_t i = 0; i < assets; ++i) q = larger(q, u[i] / box.low[i]);
    return 0.5 * q * q * q * value<double>(box.high);
  }
  /// @brief Impermanent loss: value against that of holding what was put in at the reference prices, minus 1; never
  /// above 0.
  [[nodiscard]] double impermanent_loss(std::span<const double> u) const noexcept {
    double held = 0.0;  // above 1, weighted
    for (std::size_t i = 0; i < assets; ++i) held += weights[i] * ((u[i] - reference_prices[i]) / reference_prices[i]);
    double log_pool = 0.0;
    for (std::size_t i = 0; i < assets; ++i)
      log_pool += weights[i] * scalar_traits<double>::log1p((u[i] - reference_prices[i]) / reference_prices[i]);
    return std::expm1(log_pool - std::log1p(held));
  }
};
static_assert(Instrument<weighted_pool_share>);

}  // namespace trimtab::instrument
