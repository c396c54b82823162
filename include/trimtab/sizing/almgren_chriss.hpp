// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>

#include <cmath>
#include <initializer_list>

namespace trimtab::sizing {

/// @brief A sale spread over time where the price moves by itself: fast is dear, slow is risky.
///
/// Formula   N trades, τ = horizon/N apart; after k of them x_k = X·sinh(κ(T − kτ))/sinh(κT) is left, where
///           sinh(κτ/2) = τ/2·√(λσ²/η̃) and η̃ = η − γτ/2
///           expected cost ½γX² + εX + (η̃/τ)·Σ nₖ², variance σ²τ·Σ x_k²
/// Written with differences of exponentials that neither overflow nor cancel; no aversion to risk gives equal pieces.
/// Units     tokens, any unit of time, the price's own unit (σ absolute, per √time)
/// @source   Almgren, Chriss 2000, "Optimal execution of portfolio transactions", eqs 4, 5 and 16 to 20
struct almgren_chriss {
  double size = 0.0;           ///< X, tokens
  double horizon = 1.0;        ///< T
  int trades = 1;              ///< N
  double volatility = 0.0;     ///< σ, price per √time
  double temporary = 0.0;      ///< η, price per (token per time)
  double permanent = 0.0;      ///< γ, price per token
  double half_spread = 0.0;    ///< ε, price
  double risk_aversion = 0.0;  ///< λ, per unit of cost

  /// @errors not_finite, negative_amount, bad_configuration (no time, no trade, a permanent impact above 2η/τ)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double number : {size, horizon, volatility, temporary, permanent, half_spread, risk_aversion})
      if (!is_finite(number)) return errc::not_finite;
    for (const double number : {size, volatility, permanent, half_spread, risk_aversion})
      if (number < 0.0) return errc::negative_amount;
    return horizon > 0.0 && trades >= 1 && adjusted() > 0.0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr double interval() const noexcept { return horizon / trades; }
  /// κ, per unit of time: over 1/κ the sale is done for the most part. 0 without risk or aversion to it.
  [[nodiscard]] double urgency() const noexcept {
    const double tau = interval();
    return 2.0 / tau * std::asinh(0.5 * tau * std::sqrt(risk_aversion / adjusted()) * volatility);
  }
  /// Tokens left after k trades, 0 ≤ k ≤ N.
  [[nodiscard]] double left(int k) const noexcept {
    const double kappa = urgency(), to_go = horizon - k * interval();
    if (k >= trades) return 0.0;
    if (!(kappa > 0.0)) return size * (trades - k) / trades;
    return size * std::exp(kappa * (to_go - horizon)) *
           (std::expm1(-2.0 * kappa * to_go) / std::expm1(-2.0 * kappa * horizon));
  }
  /// Tokens of the k-th trade, 1 ≤ k ≤ N.
  /// Formula   2·sinh(κτ/2)·cosh(κ(T − (k − ½)τ))/sinh(κT)·X
  [[nodiscard]] double traded(int k) const noexcept {
    const double kappa = urgency(), tau = interval(), to_go = horizon - (k - 0.5) * tau;
    if (!(kappa > 0.0)) return size / trades;
    return size * 2.0 * std::sinh(0.5 * kappa * tau) * std::exp(kappa * (to_go - horizon)) *
           (1.0 + std::exp(-2.0 * kappa * to_go)) / -std::expm1(-2.0 * kappa * horizon);
  }
  /// Expected cost against the price before the first trade.
  [[nodiscard]] double expected_cost() const noexcept {
    double squares = 0.0;
    for (int k = 1; k <= trades; ++k) squares += traded(k) * traded(k);
    return 0.5 * permanent * size * size + half_spread * size + adjusted() / interval() * squares;
  }
  /// Variance of the cost.
  [[nodiscard]] double variance() const noexcept {
    double squares = 0.0;
    for (int k = 1; k < trades; ++k) squares += left(k) * left(k);
    return volatility * volatility * interval() * squares;
  }

private:
  // η̃, what is left of the temporary impact when the permanent one of the same trade is counted once.
  [[nodiscard]] constexpr double adjusted() const noexcept { return temporary - 0.5 * permanent * interval(); }
};

}  // namespace trimtab::sizing
