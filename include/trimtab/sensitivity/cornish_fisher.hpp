// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/standard_normal.hpp>

namespace trimtab::sensitivity {

/// The first four moments of a distribution.
struct four_moments {
  double mean = 0.0;
  double variance = 0.0;
  double skewness = 0.0;
  double excess_kurtosis = 0.0;
};

/// @brief Whether the Cornish–Fisher quantile rises with probability everywhere: only then is it a distribution's.
///
/// Formula   A = k/8 − s²/6 > 0 and (s/3)² ≤ 4A·(1 − k/8 + 5s²/36), or s = k = 0
/// @source   Maillard 2012, "A user's guide to the Cornish Fisher expansion"; derived again: the
///           derivative of the map is a parabola in z, positive if it opens upwards and has no two roots
inline bool cornish_fisher_is_monotone(double skewness, double excess_kurtosis) noexcept {
  const double s = skewness, k = excess_kurtosis;
  if (s == 0.0 && k == 0.0) return true;
  const double opens = k / 8.0 - s * s / 6.0;
  return opens > 0.0 && s * s / 9.0 <= 4.0 * opens * (1.0 - k / 8.0 + 5.0 * s * s / 36.0);
}

/// @brief The fourth-order Cornish–Fisher quantile, whether or not it is one (see `cornish_fisher_quantile`).
///
/// Formula   q = κ₁ + √κ₂·[z + (z²−1)·s/6 + (z³−3z)·k/24 − (2z³−5z)·s²/36], z = Φ⁻¹(α)
/// @source   Cornish and Fisher 1938, "Moments and cumulants in the specification of distributions"
inline double raw_cornish_fisher_quantile(const four_moments& m, double alpha) noexcept {
  const double z = normal_quantile(alpha), s = m.skewness, k = m.excess_kurtosis;
  return m.mean + std::sqrt(m.variance) * (z + (z * z - 1.0) * s / 6.0 + z * (z * z - 3.0) * k / 24.0 -
                                           z * (2.0 * z * z - 5.0) * s * s / 36.0);
}

/// @brief The mean of that quantile over (0, α): the expected shortfall of the lower tail.
///
/// Formula   E[zʲ | z ≤ z_α]:  m₁ = −φ/α, m₂ = 1 − zφ/α, m₃ = −(z²+2)φ/α in place of z, z², z³
/// @source   math: moments of a truncated normal; by quadrature in the tests
inline double raw_cornish_fisher_shortfall(const four_moments& m, double alpha) noexcept {
  const double z = normal_quantile(alpha), s = m.skewness, k = m.excess_kurtosis;
  const double hazard = normal_density(z) / alpha;
  const double m1 = -hazard, m2_less_one = -z * hazard, m3 = -(z * z + 2.0) * hazard;
  return m.mean + std::sqrt(m.variance) *
                      (m1 + m2_less_one * s / 6.0 + (m3 - 3.0 * m1) * k / 24.0 - (2.0 * m3 - 5.0 * m1) * s * s / 36.0);
}

namespace detail {

inline errc check_cornish_fisher(const four_moments& m, double alpha) noexcept {
  for (const double x : {m.mean, m.variance, m.skewness, m.excess_kurtosis, alpha})
    if (!is_finite(x)) return errc::not_finite;
  if (!(m.variance >= 0.0) || !(alpha > 0.0 && alpha < 1.0)) return errc::bad_configuration;
  return cornish_fisher_is_monotone(m.skewness, m.excess_kurtosis) ? errc::ok : errc::outside_validity;
}

}  // namespace detail

/// @brief The α-quantile by Cornish–Fisher, where the expansion is a distribution. Prefer `saddlepoint_quantile`.
/// @errors   outside_validity: the map is not monotone for these moments; not_finite; bad_configuration: α outside
///           (0, 1) or a negative variance
inline result<double> cornish_fisher_quantile(const four_moments& m, double alpha) noexcept {
  if (const errc bad = detail::check_cornish_fisher(m, alpha); bad != errc::ok) return bad;
  return raw_cornish_fisher_quantile(m, alpha);
}

/// @brief E[Y | Y ≤ q_α] by Cornish–Fisher. @errors as `cornish_fisher_quantile`
inline result<double> cornish_fisher_shortfall(const four_moments& m, double alpha) noexcept {
  if (const errc bad = detail::check_cornish_fisher(m, alpha); bad != errc::ok) return bad;
  return raw_cornish_fisher_shortfall(m, alpha);
}

}  // namespace trimtab::sensitivity
