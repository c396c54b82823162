// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

namespace trimtab::trigger {

/// @brief How urgent a health below its edge is: 0 at the edge, 1 at `worst` and below, linear between.
///
/// Formula   (edge − health) / (edge − worst), within [0, 1]
/// @return   never NaN: 1 for a health that is NaN
constexpr double urgency(double health, double edge, double worst) noexcept {
  if (!(health > worst)) return 1.0;
  if (!(health < edge)) return 0.0;
  const double u = (edge - health) / (edge - worst);
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
