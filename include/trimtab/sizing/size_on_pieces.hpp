// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/size_equation.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace trimtab::sizing {

/// A venue of any number of pieces that knows, of each, what went in and came out before it, counted from
/// `offset_in()` and `offset_out()`: an aggregate supply curve.
template <class V>
concept Placed = !Pieced<V> && requires(const V& v, std::size_t i, std::span<liquidity::segment<>> out) {
  { v.placed()[i].piece.price } -> std::convertible_to<double>;
  { v.placed()[i].before_in } -> std::convertible_to<double>;
  { v.placed()[i].before_out } -> std::convertible_to<double>;
  { v.placed().size() } -> std::convertible_to<std::size_t>;
  { v.offset_in() } -> std::convertible_to<double>;
  { v.offset_out() } -> std::convertible_to<double>;
  { v.segments(out) } -> std::same_as<std::size_t>;
};

/// A view of those pieces.
template <Placed V>
struct curve<V> {
  using pieces = decltype(std::declval<const V&>().placed());
  pieces all{};
  liquidity::segment<> first{};  ///< what is left of the first one
  double from_in = 0.0, from_out = 0.0;

  constexpr explicit curve(const V& venue) noexcept
      : all(venue.placed()), from_in(venue.offset_in()), from_out(venue.offset_out()) {
    if (all.size() > 0) venue.segments(std::span<liquidity::segment<>>(&first, 1));
  }

  struct place {
    double before, bought;  ///< in and out before the piece
    double price;           ///< where it begins
  };
  [[nodiscard]] constexpr place at(std::size_t i) const noexcept {
    if (i == 0) return {0.0, 0.0, first.price};
    return {all[i].before_in - from_in, all[i].before_out - from_out, all[i].piece.price};
  }
  [[nodiscard]] constexpr const liquidity::segment<>& piece(std::size_t i) const noexcept {
    return i == 0 ? first : all[i].piece;
  }
  /// The last piece for which `before` holds, which holds on a first run of them; 0 when it does not hold on any.
  template <class F>
  constexpr std::size_t last(F&& before) const noexcept {
    std::size_t low = 0, length = all.size();
    while (length > 1) {
      const std::size_t half = length / 2;
      low += before(at(low + half)) ? half : 0;
      length -= half;
    }
    return low;
  }
  /// Asset in of all pieces together.
  [[nodiscard]] constexpr double capacity() const noexcept {
    return all.size() == 0 ? 0.0 : at(all.size() - 1).before + piece(all.size() - 1).capacity;
  }
};

/// @brief Solves φ on any number of pieces: the piece by φ and its slope at the breakpoints, the root in closed form.
///
/// Up to its maximum φ rises from breakpoint to breakpoint, and beyond it the prices say so. "φ < 0 here and the piece
/// still pays" therefore holds on a first run of pieces and on none after, whose end is found by halving.
/// @cost O(log T)
template <Placed V>
constexpr size_root solve(const size_equation& q, const curve<V>& c, double cap) noexcept {
  using enum size_root::verdict;
  if (c.all.size() == 0 || !(cap > 0.0)) return {};
  if (!(q.gain * c.first.price > q.give)) return {pole, 0.0, q.gain * c.first.price - q.give};
  const auto lacking = [&](const auto& p) { return q.deficit - (q.gain * p.bought - q.give * p.before); };
  const std::size_t from =
      c.last([&](const auto& p) { return lacking(p) > 0.0 && q.gain * p.price > q.give && p.before < cap; });
  // Rounding may put the root a few ulps beyond the end of its piece: the next one is looked at too.
  for (std::size_t i = from;; ++i) {
    const auto& piece = c.piece(i);
    const auto p = c.at(i);
    const double room = smaller(piece.capacity, cap - p.before);
    const double t = detail::first_zero(q, piece, lacking(p));
    if (t <= room && is_finite(t)) return {reached, p.before + t, q.gain * piece.marginal_price(t) - q.give};
    const double slope_at_end = is_finite(room) ? q.gain * piece.marginal_price(room) - q.give : -q.give;
    if (!(slope_at_end > 0.0)) return {depth, p.before + smaller(detail::turn(q, piece), room), 0.0};
    if (i + 1 == c.all.size() || !(c.at(i + 1).before < cap)) return {cap_reached, p.before + room, slope_at_end};
    if (!(q.gain * c.at(i + 1).price > q.give)) return {depth, c.at(i + 1).before, 0.0};
  }
}

/// The largest x in [0, cap] with φ(x) ≥ 0, for φ(0) ≥ 0; the cap when φ stays positive up to it.
template <Placed V>
constexpr double last_root(const size_equation& q, const curve<V>& c, double cap) noexcept {
  if (!(q.deficit <= 0.0)) return 0.0;
  const double most = smaller(c.capacity(), cap);
  if (c.all.size() == 0) return most;
  const auto spare = [&](const auto& p) { return q.gain * p.bought - q.give * p.before - q.deficit; };
  const std::size_t i = c.last([&](const auto& p) { return spare(p) >= 0.0; });
  const auto p = c.at(i);
  const double t = detail::last_zero(q, c.piece(i), larger(0.0, spare(p)));
  return smaller(p.before + smaller(t, c.piece(i).capacity), most);
}

/// The size at which the average price has fallen to `floor`; +inf when it never does.
template <Placed V>
constexpr double size_at_average_price(const curve<V>& c, double floor) noexcept {
  if (!(floor > 0.0) || c.all.size() == 0) return infinity;
  const size_equation q{1.0, floor, 0.0};
  const std::size_t i = c.last([&](const auto& p) { return p.bought >= floor * p.before; });
  const auto p = c.at(i);
  const double t = detail::last_zero(q, c.piece(i), larger(0.0, p.bought - floor * p.before));
  if (t <= c.piece(i).capacity) return p.before + t;
  return i + 1 < c.all.size() ? c.at(i + 1).before : infinity;
}

/// The x in [0, cap] that gives the highest ratio (C − give·x) / (D − per_out·(y(x) − lost·x)): the best reachable
/// health.
template <Placed V>
constexpr double size_of_best_ratio(const curve<V>& c, double collateral, double debt, double give, double per_out,
                                    double lost, double cap) noexcept {
  const detail::ratio of{collateral, debt, give, per_out, lost};
  if (c.all.size() == 0 || !(of.lead(c.first.price, 0.0, 0.0) > 0.0)) return 0.0;
  const std::size_t i = c.last([&](const auto& p) { return of.lead(p.price, p.before, p.bought) > 0.0; });
  const auto p = c.at(i);
  return smaller(smaller(p.before + of.turn(c.piece(i), p.before, p.bought), p.before + c.piece(i).capacity), cap);
}

}  // namespace trimtab::sizing
