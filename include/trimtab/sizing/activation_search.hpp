// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/market/price.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

/// @brief Which venues to use where each costs a fixed amount to use at all, and how sure that is. Whole tokens.
struct activation {
  double out = 0.0;                  ///< what the parts buy
  double cost = 0.0;                 ///< of the venues used, asset out
  double bound = 0.0;                ///< no choice nets more than this
  executable_price<double> price{};  ///< the common marginal price of the venues used
  std::size_t used = 0;
  double unplaced = 0.0;   ///< asset in that the venues used have no room for
  bool exhausted = false;  ///< every choice that could be better was looked at: none is, whatever the bound says

  [[nodiscard]] constexpr double net() const noexcept { return out - cost; }
  /// No choice nets more than net + gap.
  [[nodiscard]] constexpr double gap() const noexcept { return exhausted ? 0.0 : larger(0.0, bound - net()); }
};

/// What a choice keeps about each venue: the caller's memory, twice as many as there are venues.
struct activation_row {
  double root = 0.0;  ///< 1/√p₀ of a pool
  double held = 0.0;  ///< its R₂
  double cost = 0.0;
  double opens = 0.0;  ///< 1/√λ at which it is worth its cost
  double spare = 0.0;  ///< what it is worth beyond its cost at the price looked at
  std::size_t venue = 0;
  bool in = false;
  bool best = false;
};

namespace detail {

/// What venues pay together, and at what common price.
struct filled {
  double out = -infinity;
  double price = 0.0;
  double level = 0.0;  ///< the same as the set counts it: of pools 1/√price less the least such of the set
};

/// The search for the best set, whatever the venues: `Set` answers what a set pays and what a venue is worth at a
/// price.
template <class Set>
struct choice {
  Set set;
  std::span<activation_row> rows;
  double bound = infinity;
  double best = -infinity;
  filled kept{};
  double margin = 0.0;  // of rounding
  std::size_t ambiguous[20] = {};
  std::size_t count = 0;
  int budget = Set::most_sets;  // sets looked at, at most

  /// Takes the present set if it nets more.
  constexpr bool consider() noexcept {
    --budget;
    const filled now = set.fill(rows);
    double net = now.out;
    for (const activation_row& row : rows) net -= row.in ? row.cost : 0.0;
    if (!(net > best + margin)) return false;
    best = net;
    kept = now;
    margin = 0x1p-50 * now.out;
    for (activation_row& row : rows) row.best = row.in;
    return true;
  }
  constexpr void look_at(double price) noexcept {
    for (activation_row& row : rows) row.spare = set.rent(row, price) - row.cost;
  }
  constexpr void back_to_best() noexcept {
    for (activation_row& row : rows) row.in = row.best;
  }
  /// One added, one dropped, or one exchanged for another, while that helps. At the set's own price λ the change in
  /// `spare` bounds what a change can bring, so nearly all are refused unseen.
  constexpr void improve() noexcept {
    for (bool better = true; better;) {
      better = false;
      back_to_best();
      look_at(kept.price);
      for (std::size_t i = 0; i <= rows.size() && !better; ++i) {
        const bool drops = i < rows.size();
        if (drops && !rows[i].best) continue;
        if (drops) rows[i].in = false;
        const double saved = drops ? -rows[i].spare : 0.0;
        if (drops && saved > margin) better = consider();
        for (std::size_t j = 0; j < rows.size() && !better; ++j) {
          if (rows[j].best || !(rows[j].spare + saved > margin)) continue;
          rows[j].in = true;
          better = consider();
          rows[j].in = false;
        }
        if (drops) rows[i].in = true;
      }
    }
  }
  /// Whether what is settled up to k is no choice of the worse of two: one venue used that costs no less and at every
  /// size pays no more than another that is not.
  [[nodiscard]] constexpr bool sensible(std::size_t k) const noexcept {
    const activation_row& newest = rows[ambiguous[k]];
    for (std::size_t i = 0; i < k; ++i) {
      const activation_row& row = rows[ambiguous[i]];
      if (row.in == newest.in) continue;
      if (newest.in ? preferable(row, newest) : preferable(newest, row)) return false;
    }
    return true;
  }
  [[nodiscard]] constexpr bool preferable(const activation_row& a, const activation_row& b) const noexcept {
    if (!(a.cost <= b.cost) || !set.pays_no_less(a, b)) return false;
    // Of two that are alike, the first.
    return !(b.cost <= a.cost && set.pays_no_less(b, a)) || a.venue < b.venue;
  }
  /// Every set whose bound, that of the price looked at less what its deviations cost there, is above the best.
  constexpr void branch(std::size_t k, double above) noexcept {
    if (!(above > best + margin) || budget <= 0) return;
    if (k == count) {
      consider();
      return;
    }
    activation_row& row = rows[ambiguous[k]];
    const bool worth = row.spare > 0.0;
    row.in = worth;
    if (sensible(k)) branch(k + 1, above);
    row.in = !worth;
    if (sensible(k)) branch(k + 1, above - magnitude(row.spare));
    row.in = worth;
  }

  /// True when no better set is left.
  constexpr bool run(double amount) noexcept {
    const double price = set.dual(rows);
    look_at(price);
    bound = price * amount;
    for (activation_row& row : rows) {
      bound += larger(0.0, row.spare);
      row.in = row.spare > 0.0;
    }
    consider();
    activation_row* single = nullptr;
    double most = -infinity;
    for (activation_row& row : rows) {
      const double net = set.alone(row) - row.cost;
      if (net > most) most = net, single = &row;
    }
    if (single != nullptr && most > best) {
      for (activation_row& row : rows) row.in = &row == single;
      consider();
    }
    improve();
    if (!(bound > best + margin)) return true;
    // A venue whose deviation from its sign at this price costs more than the gap is settled.
    look_at(price);
    count = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i].in = rows[i].spare > 0.0;
      if (magnitude(rows[i].spare) > bound - best) continue;
      if (count == 20) return false;
      std::size_t at = count++;
      for (; at > 0 && magnitude(rows[ambiguous[at - 1]].spare) < magnitude(rows[i].spare); --at) {
        ambiguous[at] = ambiguous[at - 1];
      }
      ambiguous[at] = i;
    }
    branch(0, bound);
    return budget > 0;
  }
};

template <class Set>
constexpr result<activation> activate(Set set, double amount, std::span<const double> costs, std::span<double> into,
                                      std::span<activation_row> memory) noexcept {
  const std::size_t count = costs.size();
  const auto rows = memory.first(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_finite(costs[i])) return errc::not_finite;
    if (!(costs[i] >= 0.0)) return errc::negative_amount;
    rows[i] = {.cost = costs[i], .venue = i};
    into[i] = 0.0;
  }
  activation found{.unplaced = amount, .exhausted = true};
  if (count == 0 || amount == 0.0) return found;
  set.read(rows, memory.subspan(count));
  choice<Set> search{.set = set, .rows = rows};
  found.exhausted = search.run(amount);
  search.back_to_best();
  found.unplaced = set.place(rows, search.kept.level, into);
  found.bound = search.bound;
  found.price = {search.kept.price};
  for (const activation_row& row : rows) {
    if (!row.in) continue;
    ++found.used;
    found.cost += row.cost;
  }
  found.out = search.kept.out;
  return found;
}

}  // namespace detail

}  // namespace trimtab::sizing
