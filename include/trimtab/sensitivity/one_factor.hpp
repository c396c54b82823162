// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/standard_normal.hpp>

namespace trimtab::sensitivity {

/// @brief How one log price, or ratio of two, moves to a horizon: X ~ N(drift·years, volatility²·years).
struct log_move {
  double drift = 0.0;       ///< ν of the logarithm, per year: expected growth of the price less ½·volatility²
  double volatility = 0.0;  ///< per √year
  double years = 0.0;

  [[nodiscard]] double middle() const noexcept { return drift * years; }
  [[nodiscard]] double deviation() const noexcept { return volatility * std::sqrt(years); }
  /// not_finite; bad_configuration: a negative volatility or horizon
  [[nodiscard]] errc check() const noexcept {
    if (!is_finite(drift) || !is_finite(volatility) || !is_finite(years)) return errc::not_finite;
    return volatility >= 0.0 && years >= 0.0 ? errc::ok : errc::bad_configuration;
  }
};

/// @brief Health at a horizon, exactly, where one lognormal factor moves it: H_T = stable + risky·e^X.
///
/// One collateral asset against one debt asset: `stable` = 0, `risky` = H, X the log of the ratio of the two prices.
/// One volatile collateral asset beside stable collateral against stable debt D: `stable` = c₀/D, `risky` = c₁/D,
/// weighted by their thresholds. H_T rises with X, so that its quantiles are X's. Exact until somebody trades or is
/// liquidated.
/// @source   Black and Scholes 1973 (the partial expectation)
struct one_factor_health {
  double stable = 0.0;  ///< health that does not move, ≥ 0
  double risky = 0.0;   ///< health that moves with e^X, ≥ 0
  log_move factor{};

  /// not_finite; negative_amount; of the move: bad_configuration
  [[nodiscard]] errc check() const noexcept {
    if (!is_finite(stable) || !is_finite(risky)) return errc::not_finite;
    if (!(stable >= 0.0) || !(risky >= 0.0)) return errc::negative_amount;
    return factor.check();
  }

  /// @brief P(H_T < health). Formula: Φ((ln((health − stable)/risky) − νT)/(σ√T))
  /// @errors   those of `check`; not_finite
  [[nodiscard]] result<double> probability_below(double health) const noexcept {
    if (const errc bad = check(); bad != errc::ok) return bad;
    if (!(health == health)) return errc::not_finite;
    const double deviation = factor.deviation();
    if (!(health > stable)) return 0.0;
    if (risky == 0.0) return 1.0;
    const double distance = std::log((health - stable) / risky) - factor.middle();
    if (deviation == 0.0) return distance > 0.0 ? 1.0 : 0.0;
    return normal_probability(distance / deviation);
  }

  /// @brief The α-quantile. Formula: stable + risky·e^{νT + σ√T·z_α}
  /// @errors   those of `check`; not_finite (also beyond what doubles hold); bad_configuration: α outside (0, 1)
  [[nodiscard]] result<double> quantile(double alpha) const noexcept {
    if (const errc bad = check(alpha); bad != errc::ok) return bad;
    return known(stable + risky * std::exp(factor.middle() + factor.deviation() * normal_quantile(alpha)));
  }

  /// @brief E[H_T]. Formula: stable + risky·e^{(ν + ½σ²)T} @errors those of `check`; not_finite
  [[nodiscard]] result<double> mean() const noexcept {
    if (const errc bad = check(); bad != errc::ok) return bad;
    return known(stable + risky * growth());
  }

  /// @brief E[H_T | H_T ≤ q_α]. Formula: stable + risky·e^{(ν + ½σ²)T}·Φ(z_α − σ√T)/α
  /// @errors   as `quantile`
  [[nodiscard]] result<double> expected_shortfall(double alpha) const noexcept {
    if (const errc bad = check(alpha); bad != errc::ok) return bad;
    const double tilted = normal_probability(normal_quantile(alpha) - factor.deviation());
    return known(stable + risky * growth() * tilted / alpha);
  }

private:
  [[nodiscard]] double growth() const noexcept {
    return std::exp(factor.middle() + 0.5 * factor.deviation() * factor.deviation());
  }
  [[nodiscard]] errc check(double alpha) const noexcept {
    if (!is_finite(alpha)) return errc::not_finite;
    if (!(alpha > 0.0 && alpha < 1.0)) return errc::bad_configuration;
    return check();
  }
  static result<double> known(double value) noexcept {
    return is_finite(value) ? result<double>(value) : errc::not_finite;
  }
};

}  // namespace trimtab::sensitivity
