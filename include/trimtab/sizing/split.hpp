// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/constant_product.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

/// @brief What a split comes to, and by how much another could beat it. Whole tokens.
struct split_result {
  double in = 0.0;                   ///< the sum of the parts
  double out = 0.0;                  ///< what they buy
  executable_price<double> price{};  ///< the common marginal price λ
  double gap = 0.0;       ///< no split of `in` buys more than out + gap: λ·in + Σ max(yᵢ − λ·xᵢ) − out
  double unplaced = 0.0;  ///< asset in that the venues have no room for
};

namespace detail {

/// a/R₂ under a square root, for pools y = R₂·x/(a + x): 1/√p₀.
constexpr double root_of(const liquidity::constant_product& pool) noexcept {
  return square_root(1e4 * pool.reserve_in / ((1e4 - pool.fee.count) * pool.reserve_out));
}

/// Sums in four strands, so that an addition need not wait for the one before.
struct strands {
  double part[4] = {};
  constexpr void add(std::size_t i, double x) noexcept { part[i % 4] += x; }
  [[nodiscard]] constexpr double total() const noexcept { return (part[0] + part[1]) + (part[2] + part[3]); }
};

/// @brief The zero σ of Σ max(0, gᵢ·σ − hᵢ) = wanted for gᵢ > 0, hᵢ ≥ 0, some hᵢ = 0: Newton from above, which for a
/// convex broken line never passes the zero and ends after finitely many steps.
template <class Slope, class Offset>
constexpr double broken_line_root(std::size_t count, double wanted, Slope slope, Offset offset) noexcept {
  double at = infinity;
  for (std::size_t round = 0; round <= count; ++round) {
    strands slopes, offsets;
    for (std::size_t i = 0; i < count; ++i) {
      const double g = slope(i), h = offset(i);
      const bool on = at == infinity || g * at > h;
      slopes.add(i, on ? g : 0.0);
      offsets.add(i, on ? h : 0.0);
    }
    const double next = (wanted + offsets.total()) / slopes.total();
    if (!(next < at)) break;
    at = next;
  }
  return at;
}

}  // namespace detail

/// @brief The most that `amount` buys from constant-product pools, and how much of it goes to each. Exact.
///
/// Formula   xᵢ = max(0, bᵢ·s − aᵢ), s = 1/√λ with Σ xᵢ = amount; bᵢ = √(aᵢ·R₂ᵢ); in r = s − min aᵢ/bᵢ, so that dust
/// does not cancel against depth
/// @param into  the parts, one for each pool, whose sum is `amount` to the last bit or two
/// @errors   the pools' own; size_mismatch (`into` is too short), not_finite, negative_amount
/// @cost     a handful of rounds over all pools: no sorting, no allocation
/// @source   derived here from the KKT conditions; Newton on a convex broken line
constexpr result<split_result> split(std::span<const liquidity::constant_product> pools, double amount,
                                     std::span<double> into) noexcept {
  const std::size_t count = pools.size();
  if (into.size() < count) return errc::size_mismatch;
  if (!is_finite(amount)) return errc::not_finite;
  if (!(amount >= 0.0)) return errc::negative_amount;
  double least = infinity;
  for (std::size_t i = 0; i < count; ++i) {
    if (const errc wrong = pools[i].validate(); wrong != errc::ok) return wrong;
    into[i] = detail::root_of(pools[i]);
    least = smaller(into[i], least);
  }
  split_result found{.in = amount, .price = {count > 0 ? 1.0 / (least * least) : 0.0}};
  if (count == 0 || amount == 0.0) {
    for (std::size_t i = 0; i < count; ++i) into[i] = 0.0;
    found.in = 0.0;
    found.unplaced = amount;
    return found;
  }
  const double sigma = detail::broken_line_root(
      count, amount, [&](std::size_t i) { return pools[i].reserve_out * into[i]; },
      [&](std::size_t i) { return pools[i].reserve_out * into[i] * (into[i] - least); });
  const double root = least + sigma, level = 1.0 / root;
  detail::strands in, out, rent;
  std::size_t deepest = 0, best = 0;
  double most = 0.0, alone = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double r = into[i], b = pools[i].reserve_out * r, a = b * r;
    const double x = larger(b * (sigma - (r - least)), 0.0), unsold = larger(1.0 - r * level, 0.0);
    const double single = pools[i].reserve_out * (amount / (a + amount));
    in.add(i, x);
    out.add(i, pools[i].reserve_out * (x / (a + x)));
    rent.add(i, pools[i].reserve_out * unsold * unsold);
    if (x > most) most = x, deepest = i;
    if (single > alone) alone = single, best = i;
    into[i] = x;
  }
  const double rounded = into[deepest];
  into[deepest] = larger(0.0, rounded + (amount - in.total()));
  found.price = {level * level};
  found.out = out.total() + (pools[deepest].amount_out(into[deepest]) - pools[deepest].amount_out(rounded));
  if (alone > found.out) {  // by a rounding
    for (std::size_t i = 0; i < count; ++i) into[i] = i == best ? amount : 0.0;
    found.out = alone;
  }
  found.gap = larger(0.0, found.price.value * amount + rent.total() - found.out);
  return found;
}

/// @brief The least that buys `wanted` from constant-product pools. As `split`, the other way round: `into` is what
/// goes into each, `gap` by how much less could do, asset in.
///
/// Formula   yᵢ = R₂ᵢ·max(0, 1 − rᵢ·w), w = √λ, with Σ yᵢ = wanted; xᵢ = aᵢ·yᵢ / (R₂ᵢ − yᵢ)
/// @errors as `split`; infeasible (all of them do not hold that much)
constexpr result<split_result> split_out(std::span<const liquidity::constant_product> pools, double wanted,
                                         std::span<double> into) noexcept {
  const std::size_t count = pools.size();
  if (into.size() < count) return errc::size_mismatch;
  if (!is_finite(wanted)) return errc::not_finite;
  if (!(wanted >= 0.0)) return errc::negative_amount;
  double least = infinity, held = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    if (const errc wrong = pools[i].validate(); wrong != errc::ok) return wrong;
    into[i] = detail::root_of(pools[i]);
    least = smaller(into[i], least);
    held += pools[i].reserve_out;
  }
  split_result found{.price = {count > 0 ? 1.0 / (least * least) : 0.0}};
  if (wanted == 0.0) {
    for (std::size_t i = 0; i < count; ++i) into[i] = 0.0;
    return found;
  }
  if (!(wanted < held)) return errc::infeasible;
  // yᵢ = R₂ᵢ·(rᵢ·ω − (rᵢ − r₀)/r₀), ω = 1/r₀ − w.
  const double omega = detail::broken_line_root(
      count, wanted, [&](std::size_t i) { return pools[i].reserve_out * into[i]; },
      [&](std::size_t i) { return pools[i].reserve_out * ((into[i] - least) / least); });
  const double level = 1.0 / least - omega;
  if (!(level > 0.0)) return errc::infeasible;
  double out = 0.0, rent = 0.0, most = 0.0;
  std::size_t deepest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double r = into[i], y = larger(pools[i].reserve_out * (r * omega - (r - least) / least), 0.0);
    const double unsold = larger(1.0 - r * level, 0.0);
    rent += pools[i].reserve_out * unsold * unsold;
    out += y;
    if (y > most) most = y, deepest = i;
    into[i] = y;
  }
  into[deepest] = larger(0.0, into[deepest] + (wanted - out));
  found.price = {level * level};
  for (std::size_t i = 0; i < count; ++i) {
    into[i] = pools[i].amount_in(into[i]);
    found.in += into[i];
  }
  if (!is_finite(found.in)) return errc::infeasible;
  found.out = wanted;
  found.gap = larger(0.0, found.in - (wanted - rent) / found.price.value);
  return found;
}

}  // namespace trimtab::sizing
