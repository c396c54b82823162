// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/constant_product.hpp>

namespace trimtab::sizing {

/// @brief What somebody who trades before and after a sale on the same constant-product pool can make of it.
///
/// Before the sale of x they sell e of the same token, after it they sell back what they got for it. In units of the
/// reserves, with γ = 1 − fee, ξ = x/R₁ and e in R₁:
///
///     profit  π(e) = e·(A + B·e) / (1 + c·e + γ²·e²),  A = γ²(1 + ξ)(1 + γξ) − 1,  B = γ²(1 + ξ) − 1,
///             c = 1 + γ²(1 + γξ)
///     victim  y(e) = γξ / ((1 + γe)(1 + e + γξ)), in R₂
///
/// A and B are formed without cancellation. As A ≥ B, no front run pays at all when A ≤ 0: when the sale is small
/// against the fee, about ξ ≤ fee. Liquidity added for one block, and several pools, are not looked at.
/// @source derived here, from the pool's rule applied three times
struct sandwich {
  double front_run = 0.0;   ///< e, asset in; infinity where a larger one always pays more
  double profit = 0.0;      ///< of the best front run that the sale's minimum output lets through, asset in
  double victim_out = 0.0;  ///< what the sale brings then
};

namespace detail {

struct sandwich_terms {
  double r1, r2, gamma, fee, xi, a, b, c, d;

  constexpr sandwich_terms(const liquidity::constant_product& pool, double sold) noexcept
      : r1(pool.reserve_in),
        r2(pool.reserve_out),
        gamma(pool.fee.complement()),
        fee(pool.fee.fraction()),
        xi(sold / pool.reserve_in) {
    const double lost = fee * (2.0 - fee);  // 1 − γ²
    a = gamma * gamma * xi * (1.0 + gamma + gamma * xi) - lost;
    b = gamma * gamma * xi - lost;
    c = 1.0 + gamma * gamma * (1.0 + gamma * xi);
    d = gamma * gamma;
  }
  [[nodiscard]] constexpr double profit(double e) const noexcept { return e * (a + b * e) / (1.0 + (c + d * e) * e); }
  [[nodiscard]] constexpr double victim(double e) const noexcept {
    return gamma * xi / ((1.0 + gamma * e) * (1.0 + e + gamma * xi));
  }
  /// The front run after which the sale brings just y, or a share `kept` of what it brings undisturbed.
  /// Formula   (1 + γe)(1 + e + γξ) = γξ/y:  γe² + (1 + γ(1 + γξ))·e = (1 + γξ)·(1/kept − 1)
  [[nodiscard]] constexpr double up_to(double lost_share, double kept) const noexcept {
    const double linear = 1.0 + gamma * (1.0 + gamma * xi), room = (1.0 + gamma * xi) * (lost_share / kept);
    return 2.0 * room / (linear + square_root(linear * linear + 4.0 * gamma * room));
  }
};

constexpr errc check(const liquidity::constant_product& pool, double sold) noexcept {
  if (const errc bad = pool.validate(); bad != errc::ok) return bad;
  if (!is_finite(sold)) return errc::not_finite;
  return sold > 0.0 ? errc::ok : errc::negative_amount;
}

}  // namespace detail

/// @brief The worst sandwich of a sale whose minimum output is `min_out`.
///
/// The best e without a bound solves (B·c − A·γ²)·e² + 2·B·e + A = 0; the minimum output cuts it.
/// @errors those of the pool; not_finite, negative_amount (nothing sold); slippage (the pool does not pay `min_out`)
constexpr result<sandwich> worst_sandwich(const liquidity::constant_product& pool, double sold,
                                          double min_out) noexcept {
  if (const errc bad = detail::check(pool, sold); bad != errc::ok) return bad;
  const detail::sandwich_terms s(pool, sold);
  const double quiet = s.victim(0.0) * s.r2;
  if (!(min_out <= quiet)) return min_out == min_out ? errc::slippage : errc::not_finite;
  sandwich w{.victim_out = quiet};
  if (!(s.a > 0.0)) return w;
  const double lead = s.b * s.c - s.a * s.d;
  double e = infinity;
  if (lead < 0.0) {
    const double root = square_root(s.b * s.b - lead * s.a);
    e = s.b < 0.0 ? s.a / (root - s.b) : (root + s.b) / -lead;
  }
  if (min_out > 0.0) e = smaller(e, s.up_to((quiet - min_out) / quiet, min_out / quiet));
  w.front_run = e * s.r1;
  w.profit = is_finite(e) ? s.profit(e) * s.r1 : s.b / s.d * s.r1;
  w.victim_out = is_finite(e) ? s.victim(e) * s.r2 : 0.0;
  return w;
}

/// How far below its undisturbed output the minimum of a sale may be set.
struct safe_tolerance {
  basis_points largest{};       ///< below the undisturbed output; with any more a sandwich pays. 100 %: none ever does
  double front_run = infinity;  ///< the smallest one that pays, asset in; +inf where none does
};

/// @brief The largest tolerance with which no sandwich of a sale makes more than `attack_cost`.
///
/// The first e with π(e) = g, the attacker's cost g = attack_cost/R₁:  (B − g·γ²)·e² + (A − g·c)·e − g = 0
/// Where the attacker pays nothing and A > 0 every front run pays, however small: the tolerance is 0 then, and only a
/// private route or a smaller sale helps.
/// @param attack_cost what two swaps cost the attacker, in the asset sold: gas, and the bid for the place in the block
/// @errors those of the pool; not_finite, negative_amount
constexpr result<safe_tolerance> largest_safe_tolerance(const liquidity::constant_product& pool, double sold,
                                                        double attack_cost) noexcept {
  if (const errc bad = detail::check(pool, sold); bad != errc::ok) return bad;
  if (!is_finite(attack_cost)) return errc::not_finite;
  if (attack_cost < 0.0) return errc::negative_amount;
  const detail::sandwich_terms s(pool, sold);
  const safe_tolerance always{.largest = {1e4}};
  const double g = attack_cost / s.r1;
  if (!(s.a > 0.0)) return always;
  // a·e² + b·e − g = 0: the first root from 0 on, 2g / (b + √(b² + 4·a·g)), or its twin where that would cancel.
  const double a = s.b - g * s.d, b = s.a - g * s.c, disc = b * b + 4.0 * a * g;
  if (disc < 0.0 || (a <= 0.0 && b <= 0.0)) return always;
  const double root = square_root(disc), e = b > 0.0 ? 2.0 * g / (b + root) : (root - b) / (2.0 * a);
  // 1 − y(e)/y(0) without cancellation.
  const double whole = 1.0 + s.gamma * s.xi;
  const double more = s.gamma * e * (1.0 + e + s.gamma * s.xi) + e, share = more / (whole + more);
  return safe_tolerance{.largest = to_basis_points(share), .front_run = e * s.r1};
}

}  // namespace trimtab::sizing
