// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/instrument/concept.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace trimtab::instrument {

/// @brief A share of a stable-swap pool of up to four coins, as arbitrage leaves it: the cheapest balances on the
/// invariant.
///
/// Formula   V = min Σ uᵢxᵢ over A·nⁿ·Σx + D = A·nⁿ·D + Dⁿ⁺¹/(nⁿ·Πx), A·nⁿ⁻¹ = amplification
///           ∂V/∂uᵢ = xᵢ, the coins of i in the pool    ∂²V/∂uᵢ∂uⱼ = ∂xᵢ/∂uⱼ along the invariant
/// Units     D and balances in whole coins per share; prices in base currency per coin, each of what the pool counts as
///           one coin (with its own rate for a coin that earns)
///
/// Computed from ξᵢ = n·xᵢ/D. Where the price ratios are the pool's, ξᵢ = q/wᵢ with q = 1/Πξ, qⁿ⁺¹ = Πwᵢ and
/// wᵢ = a·(uᵢ/u₀ − 1) + w·uᵢ/u₀, u₀ the lowest price and a the amplification: one unknown w, one equation
/// a·Σξ + 1 = a·n + q, one root (the problem is convex), Newton in its logarithms inside a bracket. No difference
/// cancels, at the peg or far from it. Only for plain floating scalars; where there is no certificate, value and
/// derivatives are NaN, and `solve` says why.
/// @source   Egorov 2019, "StableSwap", the invariant; math by the conditions of Karush, Kuhn and Tucker, the gradient
///           by the envelope theorem
struct stable_swap_share {
  static constexpr std::size_t capacity = 4;

  std::size_t coins = 2;         ///< n
  double amplification = 100.0;  ///< as the contract states it (its Ann is this times n); 0 is a constant product
  double invariant = 1.0;        ///< D of one share: the pool's virtual price

  /// Balances that arbitrage leaves, and how well they satisfy what defines them.
  template <std::floating_point S>
  struct solution {
    std::array<S, capacity> balances{};  ///< coins per share
    S residual{};                        ///< of the invariant and of the price ratios, relative, the larger
    int iterations = 0;
  };

  [[nodiscard]] constexpr std::size_t size() const noexcept { return coins; }

  /// @errors capacity, bad_configuration (fewer than two coins), not_finite, negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (coins > capacity) return errc::capacity;
    if (coins < 2) return errc::bad_configuration;
    if (!is_finite(amplification) || !is_finite(invariant)) return errc::not_finite;
    return amplification >= 0.0 && invariant >= 0.0 ? errc::ok : errc::negative_amount;
  }

  /// @brief The balances at prices u, with their certificate: a relative residual of at most 64 eps.
  ///
  /// The relative error of the value is no more than that of the invariant.
  /// @errors those of the terms; size_mismatch, not_finite, non_positive_price; no_convergence
  template <std::floating_point S>
  [[nodiscard]] result<solution<S>> solve(std::span<const S> u) const noexcept {
    if (const errc e = validate(); e != errc::ok) return e;
    if (u.size() != coins) return errc::size_mismatch;
    for (const S price : u) {
      if (!is_finite(price)) return errc::not_finite;
      if (!(price > S(0))) return errc::non_positive_price;
    }
    const S lowest = *std::min_element(u.begin(), u.end());
    const S a = static_cast<S>(amplification), n = static_cast<S>(coins), eps = std::numeric_limits<S>::epsilon();

    // Left of the root the pool holds too much for its invariant; right of it, too little.
    S w_lowest = S(0), left = S(0), right = std::numeric_limits<S>::infinity(), last_miss = right;
    for (const S price : u) w_lowest += std::log1p(a * ((price - lowest) / lowest)) / n;
    w_lowest = std::exp(w_lowest);
    std::array<S, capacity> xi{};
    solution<S> out;
    for (bool done = false; !done; ++out.iterations) {
      if (out.iterations == 100) return errc::no_convergence;
      std::array<S, capacity> w{}, slope{};  // slope: d log wᵢ / d log w
      S q = S(0), q_slope = S(0), sum = S(0), sum_slope = S(0);
      for (std::size_t i = 0; i < coins; ++i) {
        const S own = w_lowest * (u[i] / lowest);
        w[i] = a * ((u[i] - lowest) / lowest) + own;
        slope[i] = own / w[i];
        q += std::log(w[i]) / (n + S(1));
        q_slope += slope[i] / (n + S(1));
      }
      q = std::exp(q);
      S ratio = S(1) / q;
      for (std::size_t i = 0; i < coins; ++i) ratio *= w[i] / q;
      q += q * (ratio - S(1)) / (n + S(1));  // what the logarithms lost
      for (std::size_t i = 0; i < coins; ++i) {
        xi[i] = q / w[i];
        sum += xi[i];
        sum_slope += xi[i] * (q_slope - slope[i]);
      }
      const S excess = std::log1p((a * (sum - n) + (S(1) - q)) / (a * n + q));
      const S bend = a * sum_slope / (a * sum + S(1)) - q * q_slope / (a * n + q);
      if (excess != excess) return errc::no_convergence;
      // Done where rounding is all that is left: small enough, or small and getting no smaller.
      const S miss = excess < S(0) ? -excess : excess;
      done = miss <= S(4) * eps || (miss <= S(32) * eps && miss >= last_miss);
      last_miss = miss;
      (excess > S(0) ? left : right) = w_lowest;
      w_lowest *= std::exp(-excess / bend);
      if (!(w_lowest > left && w_lowest < right))
        w_lowest = left > S(0) && is_finite(right) ? std::sqrt(left) * std::sqrt(right)
                   : excess > S(0)                 ? left * S(8)
                                                   : right / S(8);
    }
    out.residual = residual_of(xi, u);
    if (!(out.residual <= S(64) * eps)) return errc::no_convergence;
    for (std::size_t i = 0; i < coins; ++i) out.balances[i] = xi[i] * (static_cast<S>(invariant) / n);
    return out;
  }

  /// NaN without a certificate.
  template <std::floating_point S>
  [[nodiscard]] S value(std::span<const S> u) const noexcept {
    return at<S>(u).value;
  }
  template <std::floating_point S>
  [[nodiscard]] jet<S, capacity> at(std::span<const S> u) const noexcept {
    jet<S, capacity> here{.size = coins};
    const result<solution<S>> solved = solve(u);
    if (!solved) {
      here.value = std::numeric_limits<S>::quiet_NaN();
      here.gradient.fill(here.value);
      here.hessian.fill(here.value);
      return here;
    }
    here.gradient = solved->balances;
    for (std::size_t i = 0; i < coins; ++i) here.value += u[i] * here.gradient[i];
    bend(here, u);
    return here;
  }
  /// No bound is known.
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return infinity;
  }

private:
  /// Relative residuals of a·Σξ + 1 = a·n + 1/Πξ and of uᵢ ∝ a + 1/(ξᵢ·Πξ), the larger; NaN if anything is.
  template <std::floating_point S>
  [[nodiscard]] S residual_of(const std::array<S, capacity>& xi, std::span<const S> u) const noexcept {
    const S a = static_cast<S>(amplification), n = static_cast<S>(coins);
    S q = S(1), sum = S(0);
    for (std::size_t i = 0; i < coins; ++i) q /= xi[i], sum += xi[i];
    S least = u[0] / (a + q / xi[0]), most = least;
    for (std::size_t i = 1; i < coins; ++i) {
      const S multiplier = u[i] / (a + q / xi[i]);
      if (multiplier != multiplier) return multiplier;
      least = std::min(least, multiplier), most = std::max(most, multiplier);
    }
    const S off = (a * (sum - n) + (S(1) - q)) / (a * n + q), spread = (most - least) / most;
    const S gap = off < S(0) ? -off : off;
    return gap < spread ? spread : gap;
  }

  /// @brief The Hessian, from the balances.
  ///
  /// With zᵢ = δξᵢ/ξᵢ and bᵢ = a·ξᵢ + q, moves along the invariant have Σ bᵢzᵢ = 0 and cost λq·z'(I + 11')z, so that
  /// ∂²V = −(D/n)·ξᵢξⱼKᵢⱼ/(λq), K the inverse of I + 11' on that plane. Taking out the coin of the largest b leaves
  /// I + cc' + dd', cᵢ = bᵢ/b ≤ 1, d = 1 − c, whose inverse is a 2 × 2 one: all of it is well conditioned.
  template <std::floating_point S>
  void bend(jet<S, capacity>& here, std::span<const S> u) const noexcept {
    if (invariant == 0.0) return;
    const S a = static_cast<S>(amplification), per_coin = static_cast<S>(invariant) / static_cast<S>(coins);
    std::array<S, capacity> xi{}, b{}, c{};
    S q = S(1);
    for (std::size_t i = 0; i < coins; ++i) xi[i] = here.gradient[i] / per_coin, q /= xi[i];
    std::size_t m = 0;
    for (std::size_t i = 0; i < coins; ++i) {
      b[i] = a * xi[i] + q;
      if (b[i] > b[m]) m = i;
    }
    S cc = S(0), cd = S(0), dd = S(0);
    for (std::size_t i = 0; i < coins; ++i) {
      c[i] = b[i] / b[m];
      const S d = S(1) - c[i];
      if (i != m) cc += c[i] * c[i], cd += c[i] * d, dd += d * d;
    }
    const S determinant = (S(1) + cc) * (S(1) + dd) - cd * cd;
    std::array<S, capacity * capacity> k{};
    for (std::size_t i = 0; i < coins; ++i) {
      if (i == m) continue;
      S to_m = S(0);
      for (std::size_t j = 0; j < coins; ++j) {
        if (j == m) continue;
        const S di = S(1) - c[i], dj = S(1) - c[j];
        const S taken = c[i] * c[j] * (S(1) + dd) - (c[i] * dj + di * c[j]) * cd + di * dj * (S(1) + cc);
        k[i * capacity + j] = (i == j ? S(1) : S(0)) - taken / determinant;
        to_m -= k[i * capacity + j] * c[j];
      }
      k[i * capacity + m] = k[m * capacity + i] = to_m;
      k[m * capacity + m] -= to_m * c[i];
    }
    const S scale = -per_coin * (a + q / xi[m]) / (u[m] * q);
    for (std::size_t i = 0; i < coins; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        here.hessian[i * capacity + j] = here.hessian[j * capacity + i] = scale * xi[i] * xi[j] * k[i * capacity + j];
  }
};
static_assert(Instrument<stable_swap_share>);

}  // namespace trimtab::instrument
