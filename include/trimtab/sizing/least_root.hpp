// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/root.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/sizing/size_equation.hpp>

namespace trimtab::sizing {

/// @brief Solves φ(x) = gain·y(x) − give·x − deficit on any venue up to a finite cap, by its curve alone.
///
/// A concave φ rises until y' = give/gain: the root, if any, lies between the tangent's from x = 0 and there, and is
/// bracketed to the last bit; the end where φ ≥ 0 is returned. A venue that is not concave is looked at on a grid of
/// sizes first, a factor 2^(1/8) apart: a root that lies and goes between two of them is not seen, and the answer is
/// then a larger one or a refusal.
/// @pre gain > 0, give ≥ 0, the numbers finite
/// @return as `size_root`; `depth` and `cap_reached` with the x of the largest φ
/// @cost about ten evaluations of the curve
template <Venue V>
constexpr size_root least_root(const size_equation& q, const V& venue, double cap) noexcept {
  using enum size_root::verdict;
  const auto phi = [&](double x) { return (q.gain * venue.amount_out(x) - q.deficit) - q.give * x; };
  const auto slope = [&](double x) { return q.gain * venue.marginal_price(x).value - q.give; };
  const auto rooted = [&](double x) { return size_root{reached, x, slope(x)}; };
  if (!(q.deficit > 0.0)) return rooted(0.0);
  double low = 0.0, high = cap;
  size_root::verdict short_of = cap_reached;
  if constexpr (is_concave<V>()) {
    if (!(slope(0.0) > 0.0)) return {pole, 0.0, slope(0.0)};
    const double turn = venue.amount_at(executable_price<double>{q.give / q.gain});
    if (turn < cap) high = turn, short_of = depth;
    const double tangent = q.deficit / slope(0.0);
    if (tangent < high) low = tangent;
    if (phi(low) >= 0.0) return rooted(low);
  } else {
    constexpr double step = 1.0905077326652577;  // 2^(1/8)
    double best = phi(high);
    for (double x = high / step; x > high * 1e-12; x /= step) {
      const double value = phi(x);
      if (value >= best && best < 0.0) high = x, best = value, short_of = depth;
      if (value >= 0.0) high = x, best = value;
      if (value < 0.0 && best >= 0.0) low = larger(low, x), x = 0.0;
    }
  }
  if (!(phi(high) >= 0.0)) return {short_of, high, slope(high)};
  const result<root<double>> found = find_root(phi, low, high);
  if (!found) return rooted(high);
  return rooted(phi(found->low) >= 0.0 ? found->low : found->high);
}

/// @brief The largest size up to a finite cap at which the average price is still at `floor`; 0 where it starts below.
/// @cost about ten evaluations of the curve, one where the cap is inside
template <Venue V>
constexpr double size_at_average(const V& venue, double floor, double cap) noexcept {
  const auto spare = [&](double x) { return venue.amount_out(x) - floor * x; };
  if (spare(cap) >= 0.0) return cap;
  double low = is_concave<V>() ? smaller(venue.amount_at(executable_price<double>{floor}), cap) : cap;
  for (int halvings = 0; !(spare(low) > 0.0) && halvings < 1000 && low > 0.0; ++halvings) low *= 0.5;
  const result<root<double>> found = find_root(spare, low, cap);
  return found && spare(found->low) >= 0.0 ? found->low : 0.0;
}

}  // namespace trimtab::sizing
