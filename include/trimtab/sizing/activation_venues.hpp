// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/liquidity/water_level.hpp>
#include <trimtab/sizing/activation.hpp>
#include <trimtab/sizing/split_venues.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

namespace detail {

/// Venues of any kind, asked through their own functions.
template <Venue V>
struct venue_set {
  static constexpr int most_sets = 1 << 12;  // each is a root: some ten milliseconds, more where a venue is slow to ask
  std::span<const V> venues;
  double amount = 0.0;

  constexpr void read(std::span<activation_row>, std::span<activation_row>) const noexcept {}
  [[nodiscard]] constexpr double rent(const activation_row& row, double price) const noexcept {
    return venues[row.venue].best_value(executable_price<double>{price});
  }
  /// Not known without looking at every size.
  [[nodiscard]] static constexpr bool pays_no_less(const activation_row&, const activation_row&) noexcept {
    return false;
  }
  [[nodiscard]] constexpr double alone(const activation_row& row) const noexcept {
    return venues[row.venue].amount_out(smaller(amount, venues[row.venue].capacity()));
  }
  [[nodiscard]] constexpr double dual(std::span<const activation_row> rows) const noexcept {
    const auto lacking = [&](double root) {
      const double price = 1.0 / (root * root);
      double sum = 0.0;
      for (const activation_row& row : rows) {
        const V& v = venues[row.venue];
        if (rent(row, price) > row.cost) sum += smaller(v.amount_at(executable_price<double>{price}), v.capacity());
      }
      return sum - amount;
    };
    double dearest = 0.0;
    for (const V& v : venues) dearest = larger(v.marginal_price(0.0).value, dearest);
    if (!(dearest > 0.0) || !is_finite(dearest)) return 0.0;
    const double low = (1.0 - 0x1p-50) / square_root(dearest);
    double high = low;
    for (double step = 2.0; lacking(high) < 0.0; high *= step, step *= step) {
      if (high > low * 1e120) return 0.0;
    }
    const auto at = find_root(lacking, low, high, 0x1p-50);
    return at ? 1.0 / (at->low * at->low) : 0.0;
  }
  [[nodiscard]] constexpr liquidity::water_level level(std::span<const activation_row> rows) const noexcept {
    return liquidity::find_level(venues, amount, [&](const V& v, double x) {
      return rows[static_cast<std::size_t>(&v - venues.data())].in ? x : 0.0;
    });
  }
  [[nodiscard]] constexpr filled fill(std::span<const activation_row> rows) const noexcept {
    const auto at = level(rows);
    double out = 0.0;
    bool any = false;
    for (const activation_row& row : rows) {
      if (!row.in) continue;
      any = true;
      out += venues[row.venue].amount_out(liquidity::amount_at_level(venues[row.venue], row.venue, at));
    }
    return any ? filled{out, at.full ? 0.0 : at.above} : filled{};
  }
  constexpr double place(std::span<const activation_row> rows, double, std::span<double> into) const noexcept {
    const auto at = level(rows);
    double taken = 0.0;
    std::size_t deepest = 0;
    for (const activation_row& row : rows) {
      into[row.venue] = row.in ? liquidity::amount_at_level(venues[row.venue], row.venue, at) : 0.0;
      taken += into[row.venue];
      if (into[row.venue] > into[deepest]) deepest = row.venue;
    }
    if (at.full) return larger(0.0, amount - taken);
    into[deepest] = smaller(venues[deepest].capacity(), larger(0.0, into[deepest] + (amount - taken)));
    return 0.0;
  }
};

}  // namespace detail

/// @brief The same for concave venues of any kind. Where those worth using have not room for all, the rest is
/// `unplaced`, and worth nothing.
/// @cost   each set looked at is one root in the common price, 4096 of them at most
/// @errors as above; bad_configuration (a kind of venue that is not concave)
template <Venue V>
constexpr result<activation> activate(std::span<const V> venues, double amount, std::span<const double> costs,
                                      std::span<double> into, std::span<activation_row> memory) noexcept {
  const std::size_t count = venues.size();
  if (costs.size() != count || memory.size() < 2 * count) return errc::size_mismatch;
  if (const errc wrong = detail::check_split(venues, amount, into); wrong != errc::ok) return wrong;
  return detail::activate(detail::venue_set<V>{.venues = venues, .amount = amount}, amount, costs, into, memory);
}

}  // namespace trimtab::sizing
