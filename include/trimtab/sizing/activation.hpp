// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/merge_sort.hpp>
#include <trimtab/sizing/activation_search.hpp>
#include <trimtab/sizing/split.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

namespace detail {

/// Constant-product pools: all in closed form.
struct pool_set {
  static constexpr int most_sets = 1 << 16;  // some ten milliseconds
  std::span<const liquidity::constant_product> pools;
  double amount = 0.0;
  double least = infinity;  // of the roots

  constexpr void read(std::span<activation_row> rows, std::span<activation_row> scratch) noexcept {
    for (activation_row& row : rows) {
      row.root = root_of(pools[row.venue]);
      row.held = pools[row.venue].reserve_out;
      const double kept = 1.0 - square_root(row.cost / row.held);
      row.opens = kept > 0.0 ? row.root / kept : infinity;
      least = smaller(row.root, least);
    }
    merge_sort(rows, scratch, [](const activation_row& a, const activation_row& b) { return a.opens < b.opens; });
  }
  /// (√R₂ − √(a·λ))² for λ below the first price.
  [[nodiscard]] constexpr double rent(const activation_row& row, double price) const noexcept {
    const double unsold = larger(0.0, 1.0 - row.root * square_root(price));
    return row.held * unsold * unsold;
  }
  /// R₂·x/(a + x) at every x: where the first price and what is there in the end are no less.
  [[nodiscard]] static constexpr bool pays_no_less(const activation_row& a, const activation_row& b) noexcept {
    return a.root <= b.root && a.held >= b.held;
  }
  [[nodiscard]] constexpr double alone(const activation_row& row) const noexcept {
    return row.held * (amount / (row.held * row.root * row.root + amount));
  }
  /// The price at which the pools that are worth their cost take the whole amount; where the total jumps over it, that
  /// of the jump.
  [[nodiscard]] constexpr double dual(std::span<const activation_row> rows) const noexcept {
    double slope = 0.0, offset = 0.0, at = infinity;
    for (std::size_t i = 0; i < rows.size() && is_finite(rows[i].opens); ++i) {
      slope += rows[i].held * rows[i].root;
      offset += rows[i].held * rows[i].root * (rows[i].root - least);
      at = larger(least + (amount + offset) / slope, rows[i].opens);
      if (i + 1 == rows.size() || at <= rows[i + 1].opens) break;
    }
    return 1.0 / (at * at);
  }
  /// The least root of those `in`: levels count from it, so that dust does not cancel against a better pool left out.
  [[nodiscard]] static constexpr double base_of(std::span<const activation_row> rows) noexcept {
    double base = infinity;
    for (const activation_row& row : rows) base = row.in ? smaller(row.root, base) : base;
    return base;
  }
  [[nodiscard]] constexpr filled fill(std::span<const activation_row> rows) const noexcept {
    const double base = base_of(rows);
    double at = infinity;
    for (std::size_t round = 0; round <= rows.size(); ++round) {
      double slope = 0.0, offset = 0.0;
      for (const activation_row& row : rows) {
        const double above = row.root - base;
        const bool on = row.in && (above < at || above == 0.0);
        const double b = on ? row.held * row.root : 0.0;
        slope += b;
        offset += on ? b * above : 0.0;
      }
      if (!(slope > 0.0)) return {};
      const double next = (amount + offset) / slope;
      if (!(next < at)) break;
      at = next;
    }
    const double level = 1.0 / (base + at);
    double out = 0.0, taken = 0.0;
    for (const activation_row& row : rows) {
      const double sold = row.in ? row.held * larger(0.0, at - (row.root - base)) : 0.0;
      out += sold * level;
      taken += sold * row.root;
    }
    out += (amount - taken) * (level * level);  // what rounding has left over goes at the common price
    return {out, level * level, at};
  }
  /// What each of those `in` takes at a level, by venue; what is left over.
  constexpr double place(std::span<const activation_row> rows, double at, std::span<double> into) const noexcept {
    const double base = base_of(rows);
    double taken = 0.0;
    std::size_t deepest = rows[0].venue;
    for (const activation_row& row : rows) {
      const double x = row.in ? row.held * row.root * larger(0.0, at - (row.root - base)) : 0.0;
      into[row.venue] = x;
      taken += x;
      if (x > into[deepest]) deepest = row.venue;
    }
    into[deepest] = larger(0.0, into[deepest] + (amount - taken));
    return 0.0;
  }
};

}  // namespace detail

/// @brief Which constant-product pools to use for `amount` where each costs a fixed amount, and how much goes to each:
/// the largest net value Σ yᵢ(xᵢ) − Σ costs of those used.
///
/// Formula   bound = min over λ of  λ·amount + Σ max(0, max over x of (yᵢ(x) − λ·x) − costᵢ)
///
/// The minimum's set, and the best single pool, are improved by one added, dropped or exchanged. Where the bound is not
/// met, a pool whose deviation would cost more than the gap is settled, and all choices of the rest are searched, up to
/// 20 of them and 65 536 sets; else the bound is the certificate, at most one pool's cost away (Shapley and Folkman).
/// @param costs  asset out, for each pool: gas units × gas price × what a unit of native token is worth
/// @param into   the parts
/// @param memory 2 rows a pool
/// @errors   the pools' own; size_mismatch, not_finite, negative_amount
/// @source   derived here; the gap: Aubin and Ekeland 1976, "Estimates of the duality gap in nonconvex optimization"
constexpr result<activation> activate(std::span<const liquidity::constant_product> pools, double amount,
                                      std::span<const double> costs, std::span<double> into,
                                      std::span<activation_row> memory) noexcept {
  const std::size_t count = pools.size();
  if (costs.size() != count || into.size() < count || memory.size() < 2 * count) return errc::size_mismatch;
  if (!is_finite(amount)) return errc::not_finite;
  if (!(amount >= 0.0)) return errc::negative_amount;
  for (const auto& pool : pools) {
    if (const errc wrong = pool.validate(); wrong != errc::ok) return wrong;
  }
  return detail::activate(detail::pool_set{.pools = pools, .amount = amount}, amount, costs, into, memory);
}

}  // namespace trimtab::sizing
