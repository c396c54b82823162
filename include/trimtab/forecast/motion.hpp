// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/time.hpp>

namespace trimtab::forecast {

/// A duration in the unit of this room, years of 365 days.
constexpr double in_years(seconds duration) noexcept {
  return static_cast<double>(duration.count()) / static_cast<double>(year.count());
}

/// @brief How ln HF moves between trades: dX = drift·dt + volatility·dW. With one collateral price and debt that is
/// stable in the quote currency this is exact, not an approximation.
///
/// Drift     ν = μ + y − r − ½σ²: growth of the price, yield of the collateral, minus the borrow rate, all continuous
struct motion {
  double drift = 0.0;       ///< ν, of ln HF and not of the price, per year
  double volatility = 0.0;  ///< σ, per √year (0.8 is 80 %)

  /// @errors not_finite, bad_configuration (a volatility that is not above 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(drift) || !is_finite(volatility)) return errc::not_finite;
    return volatility > 0.0 ? errc::ok : errc::bad_configuration;
  }
};

/// @brief Jumps of ln HF on top of its motion, up and down with exponential sizes.
///
/// The motion's drift stays that of the continuous part: nothing is compensated.
/// @source   Kou 2002, "A jump-diffusion model for option pricing", Management Science 48, equation (1)
struct exponential_jumps {
  double rate = 0.0;        ///< λ, jumps a year
  double up_share = 0.5;    ///< p, of them upwards
  double up_decay = 1.0;    ///< η₁: upward jumps have mean 1/η₁ in ln HF
  double down_decay = 1.0;  ///< η₂

  /// @errors not_finite, negative_amount (the rate), bad_configuration (a share outside [0, 1], a decay not above 0)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {rate, up_share, up_decay, down_decay})
      if (!is_finite(x)) return errc::not_finite;
    if (rate < 0.0) return errc::negative_amount;
    const bool sound = up_share >= 0.0 && up_share <= 1.0 && up_decay > 0.0 && down_decay > 0.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
};

}  // namespace trimtab::forecast
