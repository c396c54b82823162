// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/core/scalar.hpp>
#include <trimtab/sensitivity/detail/normal.hpp>

#include <cmath>

namespace trimtab::sensitivity {

/// @brief The health factor at a horizon where one lognormal price moves it: exact.
///
/// Formula   HF at T = stable + risky·e^X, X ~ N(log_drift·T, volatility²·T): weighted collateral in one volatile asset
///           and a stable one over a stable debt; with `stable` 0 also any one collateral over any one debt, X then the
///           log return of their ratio (of 1/price where only the debt moves)
/// Units     HF dimensionless; rates per year, volatility per √year
/// @errors   of every `result`: not_finite; negative_amount: a part of health, volatility or horizon below zero;
///           bad_configuration: a probability outside (0, 1)
/// @source   the lognormal law: Johnson, Kotz, Balakrishnan 1994, chapter 14; ES as the lower partial mean over α
struct one_factor_health {
  double stable{};     ///< part of today's health factor that does not move
  double risky{};      ///< part that moves with the price
  double log_drift{};  ///< of ln price: growth + yields − ½ volatility²
  double volatility{};
  double years{};  ///< T

  /// P(HF < h).
  [[nodiscard]] result<double> probability_below(double h) const noexcept {
    if (const errc bad = refuse(); bad != errc::ok) return bad;
    if (!(h == h)) return errc::not_finite;
    const double needed = h - stable, mean = log_drift * years, deviation = volatility * std::sqrt(years);
    if (!(needed > 0.0)) return 0.0;
    if (!(risky > 0.0)) return 1.0;
    if (!(deviation > 0.0)) return risky * std::exp(mean) < needed ? 1.0 : 0.0;
    return detail::normal_cdf((std::log(needed / risky) - mean) / deviation);
  }
  /// The health factor that it stays below with this probability.
  [[nodiscard]] result<double> quantile(double probability) const noexcept {
    if (const errc bad = refuse(probability); bad != errc::ok) return bad;
    const double z = detail::normal_quantile(probability);
    return stable + risky * std::exp(log_drift * years + volatility * std::sqrt(years) * z);
  }
  /// E[HF].
  [[nodiscard]] result<double> mean() const noexcept {
    if (const errc bad = refuse(); bad != errc::ok) return bad;
    return stable + risky * growth();
  }
  /// E[HF | HF ≤ its quantile] = stable + risky·e^{(log_drift + ½ volatility²)T}·Φ(z − volatility·√T)/probability.
  [[nodiscard]] result<double> expected_shortfall(double probability) const noexcept {
    if (const errc bad = refuse(probability); bad != errc::ok) return bad;
    const double z = detail::normal_quantile(probability);
    return stable + risky * growth() * detail::normal_cdf(z - volatility * std::sqrt(years)) / probability;
  }

private:
  [[nodiscard]] double growth() const noexcept { return std::exp((log_drift + 0.5 * volatility * volatility) * years); }
  [[nodiscard]] errc refuse(double probability = 0.5) const noexcept {
    for (const double x : {stable, risky, log_drift, volatility, years})
      if (!is_finite(x)) return errc::not_finite;
    if (stable < 0.0 || risky < 0.0 || volatility < 0.0 || years < 0.0) return errc::negative_amount;
    return probability > 0.0 && probability < 1.0 ? errc::ok : errc::bad_configuration;
  }
};

}  // namespace trimtab::sensitivity
