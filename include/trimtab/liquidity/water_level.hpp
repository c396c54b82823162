// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/liquidity/concept.hpp>

#include <cstddef>
#include <span>

namespace trimtab::liquidity {

/// @brief A common marginal price, as near as doubles come to it: every venue takes what it takes down to the price
/// `above`, and the same share of what it takes from there to `below`; so a price that several hold is shared between
/// them. Where one venue takes without end at that price, or at next to none, it takes what
/// is left.
struct water_level {
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  double above = infinity;
  double below = infinity;
  double share = 0.0;
  double left = 0.0;        ///< what the sink takes after `above`
  std::size_t sink = none;  ///< the venue without end
  bool full = false;        ///< every venue takes all it can
};

/// What venue i takes at a level.
template <Venue V>
constexpr double amount_at_level(const V& venue, std::size_t i, const water_level& level) noexcept {
  if (level.full) return venue.capacity();
  const double least = smaller(venue.amount_at(executable_price<double>{level.above}), venue.capacity());
  if (level.sink != water_level::none) return i == level.sink ? least + level.left : least;
  if (!(level.share > 0.0)) return least;
  const double most = smaller(venue.amount_at(executable_price<double>{level.below}), venue.capacity());
  return most > least ? least + level.share * (most - least) : least;
}

/// @brief The level at which venues together have taken `wanted`, or paid it, as `measure(venue, x)` says of each.
///
/// Formula   Σ measure(xᵢ(λ)) = wanted, solved in 1/√λ, in which Möbius curves are straight; at a price that flat
/// pieces hold the total jumps, and the share of the jump is what is wanted of it
/// @param measure  what venue v adds with x in: x, or v.amount_out(x); 0 leaves a venue out
/// @pre wanted > 0; concave venues
/// @cost about ten rounds of all venues, 64 · 3 at most
/// @source KKT: one price for all that trade, none that does not trade has a better one
template <Venue V, class Measure>
constexpr water_level find_level(std::span<const V> venues, double wanted, Measure&& measure) noexcept {
  const auto total = [&](double price) {
    double sum = 0.0;
    for (const V& v : venues) {
      sum += measure(v, smaller(v.amount_at(executable_price<double>{price}), v.capacity()));
    }
    return sum;
  };
  double best = 0.0;
  for (const V& v : venues) best = larger(v.marginal_price(0.0).value, best);
  if (!(best > 0.0) || !is_finite(best)) return {.full = true};

  double above = best, below = best;
  for (double step = 0.5; !(total(below) >= wanted); step = larger(step * step, 1e-30)) {
    above = below;
    below *= step;
    if (below > 1e-280) continue;
    // At next to no price: what is left is one venue's that takes without end.
    for (std::size_t i = 0; i < venues.size(); ++i) {
      if (measure(venues[i], venues[i].capacity()) != infinity) continue;
      return {.above = above, .below = above, .left = larger(0.0, wanted - total(above)), .sink = i};
    }
    return {.full = true};
  }
  const auto root = [](double price) { return 1.0 / square_root(price); };
  const auto price = [](double r) { return 1.0 / (r * r); };
  // One step outside on both sides: 1/(1/√p)² is p to an ulp or two only.
  const auto at = find_root([&](double r) { return total(price(r)) - wanted; }, root(above) * (1.0 - 0x1p-50),
                            root(below) * (1.0 + 0x1p-50), 0x1p-51);
  water_level level{.above = above, .below = below};
  if (at) level = {.above = price(at->low), .below = price(at->high)};

  const double taken = total(level.above);
  level.left = larger(0.0, wanted - taken);
  if (!(level.left > 0.0)) return level;
  double jump = 0.0;
  for (std::size_t i = 0; i < venues.size(); ++i) {
    const V& v = venues[i];
    const double most = smaller(v.amount_at(executable_price<double>{level.below}), v.capacity());
    if (!is_finite(most) && measure(v, 1.0) > 0.0) {
      level.sink = i;
      level.left /= measure(v, 1.0);  // a venue without end pays one price
      return level;
    }
    jump += measure(v, most) - measure(v, smaller(v.amount_at(executable_price<double>{level.above}), v.capacity()));
  }
  level.share = jump > 0.0 ? smaller(1.0, level.left / jump) : 0.0;
  return level;
}

}  // namespace trimtab::liquidity
