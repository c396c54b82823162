// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief Aims a little above the target, by what a venue's integers may pay less than its curve. Itself a sizer.
///
/// Contracts round at every step of a swap, and a plan to whole units; both only ever take. Where health must be at or
/// above the target after the contract has run, and not after the curve has: a twentieth of a basis point covers
/// Uniswap v2 and v3 pools of tokens with six decimals and trades from a few units up.
template <Sizer Z>
struct with_margin {
  Z inner;
  basis_points margin{0.05};  ///< of the target health

  constexpr explicit with_margin(const Z& sizer, basis_points of_target = {0.05}) noexcept
      : inner(sizer), margin(of_target) {}

  /// @errors bad_configuration, those of the inner sizer
  [[nodiscard]] constexpr errc validate() const noexcept {
    return margin.count >= 0.0 && margin.count < 1e4 ? inner.validate() : errc::bad_configuration;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return inner.can(d); }

  /// @errors those of the inner sizer
  template <class V, std::size_t N>
  constexpr sized size(const problem<V, N>& p) const noexcept {
    if (check(p) != errc::ok) return inner.size(p);
    const double health = health_factor(p.liquidation, p.prices), higher = raised(p);
    if (health >= p.target && health <= higher) {
      sized there{.status = errc::already_there, .best_health = health};
      there.trade.health_before = health;
      return there;
    }
    problem<V, N> above = p;
    above.target = higher;
    return inner.size(above);
  }
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return inner.at_size(p, x);
  }
  template <class V, std::size_t N>
  constexpr objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    return inner.objection_to(p, t);
  }

private:
  template <class V, std::size_t N>
  [[nodiscard]] constexpr double raised(const problem<V, N>& p) const noexcept {
    // Half way to the band's edge at most: the size is rounded up once more.
    return p.target + smaller(p.target * margin.fraction(), 0.5 * (p.band_high - p.target));
  }
};

}  // namespace trimtab::sizing
