// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>

#include <array>
#include <cmath>
#include <cstddef>

namespace trimtab::forecast {

/// Where a descent ended.
template <class Place>
struct minimum {
  Place at{};
  double value = infinity;
  double gradient = infinity;  ///< largest |derivative| relative to the value, in the coordinates of the last step
  bool converged = false;      ///< the next step would gain no more than 1e-13 of the value, or 1e-11 and does not
};

namespace detail {

/// The most coordinates of a descent.
inline constexpr std::size_t most_coordinates = 4;
using coordinates = std::array<double, most_coordinates>;
using curvature = std::array<coordinates, most_coordinates>;

/// (H + damping·|diagonal of H|)·by = −gradient by Cholesky; false where that matrix is not positive definite.
inline bool newton_step(const curvature& hessian, const coordinates& gradient, double damping, double steepest,
                        std::size_t n, coordinates& by) noexcept {
  curvature l{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double size = larger(magnitude(hessian[i][i]), 1e-9 * steepest);
      double sum = hessian[i][j] + (i == j ? damping * size : 0.0);
      for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
      if (i == j && !(sum > 1e-10 * size)) return false;
      l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    by[i] = -gradient[i];
    for (std::size_t k = 0; k < i; ++k) by[i] -= l[i][k] * by[k];
    by[i] /= l[i][i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) by[i] -= l[k][i] * by[k];
    by[i] /= l[i][i];
  }
  return true;
}

}  // namespace detail

/// @brief A local minimum of a smooth positive function of few variables, by damped Newton steps from differences.
///
/// `space` says what a place is and how one moves: in coordinates about the place in which the function bends by order
/// 1, so that neither scales nor bounds are this function's business.
///   Space::place
///   space.dimensions(place)   how many coordinates a place has, 1 to 4
///   space.moved(place, by)    the place that many coordinates away
///   space.kept(place)         the nearest that is allowed; its dimensions may differ. Differences look past it
///   space.value(place)        +∞ where there is none
/// @source   Marquardt 1963, "An algorithm for least-squares estimation of nonlinear parameters", for the
///           damping; central differences for the gradient, forward ones for mixed second derivatives
template <class Space>
minimum<typename Space::place> descend(Space& space, const typename Space::place& start) noexcept {
  constexpr double step = 1e-4;
  minimum<typename Space::place> end{.at = start, .value = space.value(start)};
  double damping = 0.0;
  for (int iteration = 0; iteration < 60 && end.value < infinity; ++iteration) {
    const std::size_t n = space.dimensions(end.at);
    detail::coordinates up{}, gradient{};
    detail::curvature hessian{};
    const auto value = [&](std::size_t i, double di, std::size_t j, double dj) {
      detail::coordinates by{};
      by[i] += di;
      by[j] += dj;
      return space.value(space.moved(end.at, by));
    };
    end.gradient = 0.0;
    double steepest = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      up[i] = value(i, step, i, 0.0);
      double down = value(i, -step, i, 0.0);
      // At the end of what is possible: a wall, and flat along it where it is not cheaper to turn back.
      if (up[i] == infinity) up[i] = down < end.value ? 2.0 * end.value - down : down;
      if (down == infinity) down = up[i] < end.value ? 2.0 * end.value - up[i] : up[i];
      gradient[i] = (up[i] - down) / (2.0 * step);
      hessian[i][i] = (up[i] - 2.0 * end.value + down) / (step * step);
      end.gradient = larger(end.gradient, magnitude(gradient[i]) / end.value);
      steepest = larger(steepest, magnitude(hessian[i][i]));
    }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double both = value(i, step, j, step);
        if (both < infinity) hessian[i][j] = hessian[j][i] = (both - up[i] - up[j] + end.value) / (step * step);
      }
    if (!is_finite(end.gradient) || !is_finite(steepest)) return end;
    for (bool moved = false; !moved;) {
      detail::coordinates by{};
      const bool convex = detail::newton_step(hessian, gradient, damping, steepest, n, by);
      double gain = 0.0, longest = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        gain -= 0.5 * gradient[i] * by[i];
        longest = larger(longest, magnitude(by[i]));
      }
      if (convex && damping < 10.0 && gain <= 1e-13 * end.value) {
        end.converged = true;
        return end;
      }
      if (convex && longest <= 2.0) {
        const auto next = space.kept(space.moved(end.at, by));
        const double there = space.value(next);
        if (there < end.value) {
          damping = damping > 1e-2 ? 0.1 * damping : 0.0;
          end.at = next;
          end.value = there;
          moved = true;
          continue;
        }
        if (damping < 10.0 && gain <= 1e-11 * end.value) {  // what is left to gain drowns in rounding
          end.converged = true;
          return end;
        }
      }
      damping = damping > 0.0 ? 4.0 * damping : 1e-2;
      if (!(damping < 1e9)) return end;
    }
  }
  return end;
}

}  // namespace trimtab::forecast
