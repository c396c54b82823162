// SPDX-License-Identifier: MIT
#pragma once

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <cmath>

namespace trimtab::sensitivity::detail {

/// Errors come back as NaN or ±∞, nothing is thrown, and a double stays a double.
using quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::underflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::denorm_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>,
    boost::math::policies::rounding_error<boost::math::policies::ignore_error>,
    boost::math::policies::indeterminate_result_error<boost::math::policies::ignore_error>,
    boost::math::policies::promote_double<false>>;

inline constexpr double half_root = 0.707106781186547524400844;  // 1/√2
inline constexpr double bell_top = 0.398942280401432677939946;   // 1/√(2π)

inline double normal_cdf(double z) noexcept {
  return 0.5 * std::erfc(-z * half_root);
}
inline double normal_density(double z) noexcept {
  return bell_top * std::exp(-0.5 * z * z);
}
/// ∓∞ at 0 and 1, NaN outside.
inline double normal_quantile(double probability) noexcept {
  return -boost::math::erfc_inv(2.0 * probability, quiet{}) / half_root;
}

}  // namespace trimtab::sensitivity::detail
