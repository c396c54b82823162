// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/health_factor.hpp>

#include <array>

namespace trimtab::sensitivity {

/// The prices between `low` and `high`, one pair per slot.
template <std::floating_point S = double>
struct slot_box {
  oracle_prices<S> low{};
  oracle_prices<S> high{};
};

/// The lowest health in a box of prices, and a corner of the box where it is reached.
template <std::floating_point S = double, std::size_t M = 16>
struct worst_case {
  S health{};
  std::array<S, M> prices{};  ///< one per slot
  std::size_t size = 0;       ///< slots in use
};

/// @brief The lowest health factor that any prices in a box can give.
///
/// Formula   min over p of C(p)/D(p); for a trial λ the corner that minimises C − λ·D has pᵢ low where Aᵢ > λ·Bᵢ and
/// high
///           elsewhere, and λ becomes the health there, until it stays
/// A ratio of linear forms has its minimum in a corner, and λ falls until no corner is lower: the answer is exact, and
/// that C − λ·D ≥ 0 in every corner is its certificate.
/// @return   +inf without debt
/// @errors   size_mismatch, capacity (more than M slots), not_finite, non_positive_price; bad_configuration (low above
///           high); no_convergence (never seen; the corners are finitely many and λ falls)
/// @source   Dinkelbach 1967, "On nonlinear fractional programming", theorem 1
template <std::size_t M = 16, std::floating_point S>
constexpr result<worst_case<S, M>> worst_health(const form_view<S>& f, const slot_box<S>& box) noexcept {
  if (box.low.size() != box.high.size()) return errc::size_mismatch;
  if (box.low.size() > M) return errc::capacity;
  for (const auto& edge : {box.low, box.high})
    if (const errc bad = validate(f, edge); bad != errc::ok) return bad;
  worst_case<S, M> worst;
  worst.size = box.low.size();
  const auto low = [&](std::size_t i) { return box.low[{static_cast<std::uint16_t>(i)}].value; };
  const auto high = [&](std::size_t i) { return box.high[{static_cast<std::uint16_t>(i)}].value; };
  std::array<S, M> held{}, owed{};
  for (const term<S>& t : f.collateral) held[t.slot.index] += t.weight * t.amount;
  for (const term<S>& t : f.debt) owed[t.slot.index] += t.weight * t.amount;
  for (std::size_t i = 0; i < worst.size; ++i) {
    if (!(low(i) <= high(i))) return errc::bad_configuration;
    worst.prices[i] = low(i);
  }
  const auto health_here = [&] {
    return health_factor(f, oracle_prices<S>(std::span<const S>(worst.prices.data(), worst.size)));
  };
  worst.health = health_here();
  bool owes = false;
  for (std::size_t i = 0; i < worst.size; ++i) owes = owes || owed[i] != S(0);
  if (!owes) return worst;
  if (!is_finite(worst.health)) return errc::not_finite;  // with debt, infinity is what overflowed
  for (std::size_t round = 0; round <= 2 * M; ++round) {
    const worst_case<S, M> before = worst;
    for (std::size_t i = 0; i < worst.size; ++i) worst.prices[i] = held[i] > before.health * owed[i] ? low(i) : high(i);
    worst.health = health_here();
    if (!is_finite(worst.health)) return errc::not_finite;
    if (!(worst.health < before.health)) return before;
  }
  return errc::no_convergence;
}
template <std::size_t M = 16, std::floating_point S, std::size_t N>
constexpr result<worst_case<S, M>> worst_health(const form<S, N>& f, const slot_box<S>& box) noexcept {
  return worst_health<M>(f.view(), box);
}

}  // namespace trimtab::sensitivity
