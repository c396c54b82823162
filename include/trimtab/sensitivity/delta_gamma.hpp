// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/sensitivity/chain_rule.hpp>
#include <trimtab/sensitivity/health_greeks.hpp>

#include <cmath>
#include <limits>

namespace trimtab::sensitivity {

/// Health after a shock to second order, and how far it can be from full revaluation.
struct approximate_health {
  double health{};  ///< H + delta·y + ½ yᵀ gamma y
  double bound{};   ///< |health − revalued health| is at most this
};

/// @brief The delta–gamma approximation of health after a shock of the underlying prices, with an error bound.
///
/// Formula   H₂ = H + delta·y + ½ yᵀ·gamma·y;  with c₂, d₂ the second-order expansions of C and D and R_C, R_D bounds
/// on
///           what they leave out (Σ w·c·Tₖ·ρ³/6, T from each leg's `cubic_bound`, ρ = max |yᵢ/uᵢ|),
///           |C/D − H₂| ≤ (|c₂ − H₂·d₂| + R_C + |H₂|·R_D) / (d₂ − R_D)
/// Without instruments R_C = R_D = 0 and the bound is the error: (delta·y)(b·y)² / (1 + b·y).
/// @param f      liquidation form, of up to M slots; @param legs leg k prices slot k
/// @param world  the underlying prices now; @param shock what is added to them, base currency per token, one each
/// @errors   outside_validity: a leg leaves its regime (a range position's end, an option's strike at expiry) or has no
///           known bound, or the bound on debt leaves nothing of it: revalue instead. size_mismatch, capacity,
///           not_finite, non_positive_price (also of the shocked prices), those of the legs
/// @source   Taylor's theorem with the remainder of each leg; the ratio's is exact algebra
template <std::size_t M = 16, instrument::Instrument I>
result<approximate_health> delta_gamma_health(const form_view<double>& f, std::span<const instrument::leg<I>> legs,
                                              std::span<const double> world, std::span<const double> shock) noexcept {
  if (const errc bad = instrument::validate(legs, world); bad != errc::ok) return bad;
  if (shock.size() != world.size()) return errc::size_mismatch;
  if (legs.size() > M) return errc::capacity;

  std::array<double, M> price{}, moved{}, curved{}, left_out{};
  for (std::size_t k = 0; k < legs.size(); ++k) {
    const auto at = legs[k].template at<double>(world);
    std::array<double, I::capacity> low{}, high{};
    double reach = 0.0;
    for (std::size_t i = 0; i < at.size; ++i) {
      const double now = world[legs[k].reads[i]], by = shock[legs[k].reads[i]];
      if (!is_finite(by)) return errc::not_finite;
      if (!(now + by > 0.0)) return errc::non_positive_price;
      low[i] = by < 0.0 ? now + by : now;
      high[i] = by < 0.0 ? now : now + by;
      reach = std::fmax(reach, std::fabs(by) / now);
      moved[k] += at.gradient[i] * by;
      for (std::size_t j = 0; j < at.size; ++j) curved[k] += 0.5 * by * at.gamma(i, j) * shock[legs[k].reads[j]];
    }
    const auto u = legs[k].template underlyings<double>(world);
    const instrument::price_box box{{low.data(), at.size}, {high.data(), at.size}};
    price[k] = at.value;
    left_out[k] = legs[k].instrument.cubic_bound({u.data(), at.size}, box) * reach * reach * reach / 6.0;
    if (!(left_out[k] < infinity)) return errc::outside_validity;
  }
  const oracle_prices<double> prices(std::span<const double>(price.data(), legs.size()));
  if (const errc bad = validate(f, prices); bad != errc::ok) return bad;

  struct expansion {
    double value = 0.0, first = 0.0, second = 0.0, left_out = 0.0;
    double size = 0.0;  // of its terms, which may cancel
    [[nodiscard]] double moved() const { return value + first + second; }
  };
  const auto expand = [&](std::span<const term<double>> side) {
    expansion e;
    for (const term<double>& t : side) {
      const double balance = t.weight * t.amount;
      const std::size_t k = t.slot.index;
      e.value += balance * price[k];
      e.first += balance * moved[k];
      e.second += balance * curved[k];
      e.left_out += std::fabs(balance) * left_out[k];
      e.size += std::fabs(balance) * (price[k] + std::fabs(moved[k]) + std::fabs(curved[k]));
    }
    return e;
  };
  const expansion held = expand(f.collateral), owed = expand(f.debt);
  if (owed.value == 0.0) return approximate_health{infinity, 0.0};
  const double health = held.value / owed.value;
  const double slope = (held.first - health * owed.first) / owed.value;
  const double curve = (held.second - health * owed.second - slope * owed.first) / owed.value;
  approximate_health out{health + slope + curve, 0.0};
  const double least_debt = owed.moved() - owed.left_out;
  if (!(least_debt > 0.0)) return errc::outside_validity;
  const double gap = std::fabs(held.moved() - out.health * owed.moved());
  // Sums of rounded terms: what a bound of 0 would leave out.
  const double rounding =
      64.0 * std::numeric_limits<double>::epsilon() * (held.size + std::fabs(out.health) * owed.size);
  out.bound = (gap + held.left_out + std::fabs(out.health) * owed.left_out + rounding) / least_debt;
  if (!is_finite(out.health) || !is_finite(out.bound)) return errc::not_finite;
  return out;
}
template <std::size_t M = 16, std::size_t N, instrument::Instrument I>
result<approximate_health> delta_gamma_health(const form<double, N>& f, std::span<const instrument::leg<I>> legs,
                                              std::span<const double> world, std::span<const double> shock) noexcept {
  return delta_gamma_health<M>(f.view(), legs, world, shock);
}

}  // namespace trimtab::sensitivity
