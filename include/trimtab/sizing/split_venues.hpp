// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/liquidity/water_level.hpp>
#include <trimtab/sizing/split.hpp>

#include <cstddef>
#include <span>

namespace trimtab::sizing {

namespace detail {

template <Venue V>
constexpr errc check_split(std::span<const V> venues, double amount, std::span<double> into) noexcept {
  if (into.size() < venues.size()) return errc::size_mismatch;
  if (!is_finite(amount)) return errc::not_finite;
  if (!(amount >= 0.0)) return errc::negative_amount;
  if (!is_concave<V>()) return errc::bad_configuration;
  for (const V& venue : venues) {
    if (const errc wrong = venue.validate(); wrong != errc::ok) return wrong;
  }
  for (double& part : into) part = 0.0;
  return errc::ok;
}

}  // namespace detail

/// @brief The same for concave venues of any kind (`any_venue` mixes them), by one root in the common price.
///
/// Where the venues have not room for all, they are filled and the rest is `unplaced`. Never less than the best single
/// venue pays.
/// @errors as above; bad_configuration (a kind of venue that is not concave: `build_supply_curve` takes its pieces)
template <Venue V>
constexpr result<split_result> split(std::span<const V> venues, double amount, std::span<double> into) noexcept {
  if (const errc wrong = detail::check_split(venues, amount, into); wrong != errc::ok) return wrong;
  split_result found;
  double room = 0.0;
  for (const V& venue : venues) room += venue.capacity();
  const double placed = smaller(amount, room);
  found.unplaced = amount - placed;
  if (!(placed > 0.0)) return found;
  const auto level = liquidity::find_level(venues, placed, [](const V&, double x) { return x; });
  std::size_t deepest = 0, best = 0;
  double alone = 0.0, bound = 0.0;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    into[i] = liquidity::amount_at_level(venues[i], i, level);
    found.in += into[i];
    if (into[i] > into[deepest]) deepest = i;
    const double single = venues[i].amount_out(placed);
    if (single > alone) alone = single, best = i;
  }
  into[deepest] = smaller(venues[deepest].capacity(), larger(0.0, into[deepest] + (placed - found.in)));
  found.in = placed;
  found.price = {level.full || !is_finite(level.below) ? 0.0 : level.below};
  for (std::size_t i = 0; i < venues.size(); ++i) {
    found.out += venues[i].amount_out(into[i]);
    bound += venues[i].best_value(executable_price<double>{level.full ? 0.0 : level.above});
  }
  // A full level is all that all of them have.
  if (!level.full) found.gap = larger(0.0, level.above * placed + bound - found.out);
  if (alone > found.out) {  // by a rounding
    for (std::size_t i = 0; i < venues.size(); ++i) into[i] = i == best ? placed : 0.0;
    found.gap = larger(0.0, found.gap - (alone - found.out));
    found.out = alone;
  }
  return found;
}

/// @brief The least that buys `wanted` from concave venues of any kind.
/// @errors as `split`; infeasible (all of them cannot pay that much)
template <Venue V>
constexpr result<split_result> split_out(std::span<const V> venues, double wanted, std::span<double> into) noexcept {
  if (const errc wrong = detail::check_split(venues, wanted, into); wrong != errc::ok) return wrong;
  split_result found;
  if (wanted == 0.0) return found;
  const auto pays = [](const V& v, double x) { return v.amount_out(x); };
  const auto level = liquidity::find_level(venues, wanted, pays);
  std::size_t deepest = 0;
  double rent = 0.0, most = 0.0;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    into[i] = liquidity::amount_at_level(venues[i], i, level);
    const double y = is_finite(into[i]) ? venues[i].amount_out(into[i]) : 0.0;
    found.out += y;
    if (y > most) most = y, deepest = i;
    rent += venues[i].best_value(executable_price<double>{level.full ? 0.0 : level.above});
  }
  if (!(most > 0.0) || (level.full && !(wanted <= found.out))) return errc::infeasible;
  const double repaired = venues[deepest].amount_in(most + (wanted - found.out));
  if (is_finite(repaired)) into[deepest] = larger(0.0, repaired);
  for (std::size_t i = 0; i < venues.size(); ++i) found.in += into[i];
  if (!is_finite(found.in)) return errc::infeasible;
  found.out = wanted;
  found.price = {level.full ? 0.0 : level.below};
  if (!level.full) found.gap = larger(0.0, found.in - (wanted - rent) / level.above);
  return found;
}

/// @brief Parts in smallest units whose sum is exactly `total`: each part rounded down, the remainder to the venue that
/// still pays most for one more.
///
/// The remainder is a unit a venue, more only where doubles do not hold single units.
/// @param parts  whole tokens, as `split` gives them
/// @errors   size_mismatch, bad_configuration (decimals), overflow, negative_amount, not_finite; infeasible (no venue
/// has
///           room for the remainder)
template <Venue V>
constexpr errc split_units(std::span<const V> venues, std::span<const double> parts, units total, int decimals,
                           std::span<units> into) noexcept {
  const std::size_t count = venues.size();
  if (parts.size() < count || into.size() < count) return errc::size_mismatch;
  units left = total;
  std::size_t best = count;
  double dearest = -1.0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto whole = units::floor(parts[i], decimals);
    if (!whole) return whole.error();
    into[i] = *whole < left ? *whole : left;  // the parts may add up to a little more than the total
    left = left.subtract(into[i]).value();
  }
  if (left == units{}) return errc::ok;
  const double rest = left.to_tokens_up(decimals);
  for (std::size_t i = 0; i < count; ++i) {
    const double marginal = venues[i].marginal_price(parts[i]).value;
    if (into[i].to_tokens_up(decimals) + rest > venues[i].capacity() || !(marginal > dearest)) continue;
    dearest = marginal;
    best = i;
  }
  if (best == count) return errc::infeasible;
  const auto more = into[best].add(left);
  if (!more) return more.error();
  into[best] = *more;
  return errc::ok;
}

}  // namespace trimtab::sizing
