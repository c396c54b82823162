// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/constants/constants.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <trimtab/core/math.hpp>

#include <cmath>

namespace trimtab::sensitivity {

/// Boost.Math as this library calls it: in double, and errors are values, never exceptions.
using quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::denorm_error<boost::math::policies::ignore_error>,
    boost::math::policies::rounding_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::indeterminate_result_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

/// @brief The standard normal density, φ(z) = e^{−z²/2}/√(2π).
inline double normal_density(double z) noexcept {
  return std::exp(-0.5 * z * z) * boost::math::constants::one_div_root_two_pi<double>();
}

/// @brief The standard normal distribution function, Φ(z) = ½·erfc(−z/√2): relative accuracy in the lower tail.
inline double normal_probability(double z) noexcept {
  if (!is_finite(z)) return z > 0.0 ? 1.0 : z < 0.0 ? 0.0 : z;
  return 0.5 * boost::math::erfc(-z * boost::math::constants::one_div_root_two<double>(), quiet{});
}

/// @brief Its inverse, Φ⁻¹(p); −∞ at 0, +∞ at 1, NaN outside.
inline double normal_quantile(double p) noexcept {
  if (!(p > 0.0 && p < 1.0)) return p == 0.0 ? -infinity : p == 1.0 ? infinity : std::nan("");
  return -boost::math::constants::root_two<double>() * boost::math::erfc_inv(2.0 * p, quiet{});
}

}  // namespace trimtab::sensitivity
