// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/detail/normal.hpp>

namespace trimtab::sensitivity {

/// @brief Quantiles from four moments: the normal quantile z bent into a cubic of z.
///
/// Formula   q(z) = mean + deviation·(z + (z² − 1)s/6 + (z³ − 3z)k/24 − (2z³ − 5z)s²/36)
/// @warning  A cubic is a quantile only where it rises on all of R; elsewhere two probabilities share a value, and the
///           functions that check refuse. Even inside, the far tail of a nearly pure quadratic is wrong by tens of per
///           cent: prefer `saddlepoint`.
/// @source   Cornish and Fisher 1937, to fourth order; the domain: Maillard 2012, "A user's guide to the Cornish Fisher
///           expansion"
struct cornish_fisher {
  double mean{};
  double deviation = 1.0;    ///< standard deviation, not negative
  double skewness{};         ///< s
  double excess_kurtosis{};  ///< k

  /// @brief Whether the cubic rises on all of R, which is what makes it a quantile.
  ///
  /// Formula   its slope is A·z² + (s/3)·z + C, A = k/8 − s²/6, C = 1 − k/8 + 5s²/36: A > 0 and (s/3)² ≤ 4·A·C, or the
  ///           normal law, s = k = 0
  [[nodiscard]] bool monotone() const noexcept {
    const double square = skewness * skewness;
    const double a = excess_kurtosis / 8.0 - square / 6.0, c = 1.0 - excess_kurtosis / 8.0 + 5.0 * square / 36.0;
    return (skewness == 0.0 && excess_kurtosis == 0.0) || (a > 0.0 && square / 9.0 <= 4.0 * a * c);
  }

  /// The cubic at the normal quantile z, whether it is a quantile or not.
  [[nodiscard]] double unchecked_quantile(double probability) const noexcept {
    const double z = detail::normal_quantile(probability);
    return mean + deviation * bent(z, z * z, z * z * z);
  }
  /// @brief The mean of the cubic over probabilities below the one given, whether it is a quantile or not.
  ///
  /// Formula   zᵏ replaced by its mean below z: m₁ = −φ/α, m₂ = 1 − zφ/α, m₃ = −(z² + 2)φ/α
  [[nodiscard]] double unchecked_shortfall(double probability) const noexcept {
    const double z = detail::normal_quantile(probability);
    const double ratio = detail::normal_density(z) / probability;
    return mean + deviation * bent(-ratio, 1.0 - z * ratio, -(z * z + 2.0) * ratio);
  }

  /// @brief The value that Y stays below with this probability.
  /// @param probability  inside (0, 1)
  /// @errors   not_finite: a moment that is none; bad_configuration: a probability outside (0, 1), a negative
  ///           deviation; outside_validity: the cubic is no quantile
  [[nodiscard]] result<double> quantile(double probability) const noexcept {
    if (const errc bad = refuse(probability); bad != errc::ok) return bad;
    return unchecked_quantile(probability);
  }
  /// E[Y | Y ≤ its quantile]. @errors those of `quantile`
  [[nodiscard]] result<double> expected_shortfall(double probability) const noexcept {
    if (const errc bad = refuse(probability); bad != errc::ok) return bad;
    return unchecked_shortfall(probability);
  }

private:
  [[nodiscard]] double bent(double z, double z2, double z3) const noexcept {
    return z + (z2 - 1.0) * skewness / 6.0 + (z3 - 3.0 * z) * excess_kurtosis / 24.0 -
           (2.0 * z3 - 5.0 * z) * skewness * skewness / 36.0;
  }
  [[nodiscard]] errc refuse(double probability) const noexcept {
    if (!is_finite(mean) || !is_finite(deviation) || !is_finite(skewness) || !is_finite(excess_kurtosis))
      return errc::not_finite;
    if (!(probability > 0.0 && probability < 1.0) || deviation < 0.0) return errc::bad_configuration;
    return monotone() ? errc::ok : errc::outside_validity;
  }
};

}  // namespace trimtab::sensitivity
