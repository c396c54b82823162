// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

#include <limits>

namespace trimtab::trigger {

/// @brief The natural logarithm by arithmetic alone, so that it is a constant expression and the same bits in every
/// build.
///
/// Formula   x = 2ᵏ·m, √½ ≤ m ≤ √2:  k·ln 2 + 2·artanh((m − 1)/(m + 1)), ten terms of the series
/// @return   within 4 eps of the larger of 1 and the logarithm; −inf at 0, +inf at +inf, NaN below 0 and of NaN
/// @source   derived here: the series' remainder at |z| ≤ 0.1716 is below 2e-17
constexpr double constant_log(double x) noexcept {
  if (!(x > 0.0)) return x == 0.0 ? -infinity : std::numeric_limits<double>::quiet_NaN();
  if (x == infinity) return infinity;
  constexpr double root_two = 1.41421356237309504880, ln_two = 0.69314718055994530942;
  double powers = 0.0;
  for (; x > root_two; x *= 0.5) powers += 1.0;
  for (; 2.0 * x < root_two; x *= 2.0) powers -= 1.0;
  const double z = (x - 1.0) / (x + 1.0), square = z * z;
  double sum = 0.0;
  for (int odd = 19; odd > 0; odd -= 2) sum = sum * square + 1.0 / odd;
  return powers * ln_two + 2.0 * z * sum;
}

/// @brief How urgent a health below its edge is: 0 at the edge, 1 at `worst` and below, in log health between.
///
/// Formula   ln(edge/health) / ln(edge/worst), within [0, 1]
/// @return   never NaN: 1 for a health that is NaN
constexpr double urgency(double health, double edge, double worst) noexcept {
  if (!(health > worst)) return 1.0;
  if (!(health < edge)) return 0.0;
  const double u = constant_log(edge / health) / constant_log(edge / worst);
  return u > 0.0 && u < 1.0 ? u : u > 0.0 ? 1.0 : 0.0;
}

/// @brief The health to go to when only a share of the way to the target is gone at once.
///
/// Formula   (1 − speed)·health + speed·target; never beyond the target, and the target itself from a health that is
///           NaN or so close that no double lies between. From a health of +inf it is +inf, unless the speed is 1.
constexpr double part_way(double health, double target, double speed) noexcept {
  if (!(speed < 1.0)) return target;
  const double there = (1.0 - speed) * health + speed * target;
  const bool between = (health < there && there < target) || (health > there && there > target) ||
                       (there == infinity && health == infinity);
  return between ? there : target;
}

}  // namespace trimtab::trigger
