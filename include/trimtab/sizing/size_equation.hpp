// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/liquidity/concept.hpp>

#include <array>
#include <cstddef>

namespace trimtab::sizing {

/// @brief The size equation of a health target, with the venue's curve inside it.
///
/// Formula   φ(x) = gain·y(x) − give·x − deficit,  wanted: the least x in [0, cap] with φ(x) ≥ 0
///
/// y is concave, so φ is: where φ ≥ 0 is one interval, and its lower end is the trade. base currency throughout.
/// @source derived here: the health inequality at a target, its terms in x collected
struct size_equation {
  double gain = 0.0;     ///< target-weighted value of one unit of proceeds
  double give = 0.0;     ///< weighted value of one unit of what is sold
  double deficit = 0.0;  ///< what φ lacks at x = 0; ≤ 0 means nothing to do
};

/// The least x that solves a size equation, or how it fails.
struct size_root {
  enum class verdict : unsigned char {
    reached,      ///< x solves it
    pole,         ///< φ falls from the start
    depth,        ///< φ has its maximum, below zero, at x
    cap_reached,  ///< φ still rises at the cap, which is x
  };
  verdict what = verdict::cap_reached;
  double x = 0.0;
  double slope = 0.0;   ///< φ'(x)
  bool proven = true;   ///< false: by looking at sizes one by one, on a curve that is not concave
  int evaluations = 0;  ///< of the venue's curve; closed forms have none
};

/// @brief A venue as the sizers read it, once a problem: its pieces where it has few, a view of them where it has many,
/// and the venue itself where it has none.
///
/// Four questions are asked of it, each by an overload for each kind: `solve`, `last_root`, `size_at_average_price` and
/// `size_of_best_ratio`. The other kinds are in `size_on_pieces.hpp` and `size_on_any_venue.hpp`.
template <class V>
struct curve {
  const V* venue = nullptr;

  constexpr explicit curve(const V& of) noexcept : venue(&of) {}
};
template <Pieced V>
struct curve<V> {
  std::array<liquidity::segment<>, V::max_segments> piece{};
  std::size_t count = 0;

  constexpr explicit curve(const V& venue) noexcept { count = venue.segments(piece); }
};
template <class V>
curve(const V&) -> curve<V>;

namespace detail {

// Where φ, which lacks `lacking` > 0 where the piece begins, reaches zero on it; beyond the piece when it does not.
// On a piece y = p·t/(1 + s·t) the equation is s·give·t² − B·t + e = 0 with B = gain·p − give − e·s and e what is still
// lacking; its lower root is taken as 2e / (B + √(B² − 4·give·s·e)), which does not cancel.
constexpr double first_zero(const size_equation& q, const liquidity::segment<>& piece, double lacking) noexcept {
  const double s = piece.curvature, b = q.gain * piece.price - q.give - lacking * s;
  const double four = 4.0 * q.give * s * lacking, square = b * b;
  const double disc = (square - four) + product_error(b, b, square);
  return b > 0.0 && disc >= 0.0 ? 2.0 * lacking / (b + square_root(disc)) : infinity;
}

// Where φ has its maximum on a piece on which it turns.
constexpr double turn(const size_equation& q, const liquidity::segment<>& piece) noexcept {
  const double s = piece.curvature;
  return s > 0.0 ? (square_root(q.gain * piece.price / q.give) - 1.0) / s : 0.0;
}

// Where φ, with `spare` ≥ 0 where the piece begins, comes back to zero on it.
// The root is 2e / (√(B² + 4·give·s·e) − B), or its twin where that would cancel, B = gain·p − give + e·s.
constexpr double last_zero(const size_equation& q, const liquidity::segment<>& piece, double spare) noexcept {
  const double s = piece.curvature, b = q.gain * piece.price - q.give + spare * s;
  const double root = square_root(b * b + 4.0 * q.give * s * spare);
  if (b < 0.0) return 2.0 * spare / (root - b);
  return s > 0.0 ? (b + root) / (2.0 * q.give * s) : infinity;
}

// What `size_of_best_ratio` asks: the slope of the ratio has the sign of lead − (a quadratic in t) on a piece.
struct ratio {
  double collateral, debt, give, per_out, lost;

  [[nodiscard]] constexpr double rest(double bought) const noexcept {
    return give * debt + per_out * lost * collateral - give * per_out * bought;
  }
  [[nodiscard]] constexpr double lead(double price, double before, double bought) const noexcept {
    return per_out * price * (collateral - give * before) - rest(bought);
  }
  [[nodiscard]] constexpr double turn(const liquidity::segment<>& piece, double before, double bought) const noexcept {
    const double r = rest(bought), above = lead(piece.price, before, bought);
    const double s = piece.curvature, a = s * (give * per_out * piece.price - r * s);
    const double disc = r * s * (r * s) - a * above, divisor = r * s + square_root(larger(disc, 0.0));
    return disc >= 0.0 && divisor > 0.0 ? above / divisor : infinity;
  }
};

}  // namespace detail

/// @brief Solves φ on a venue's pieces up to `cap`, in closed form.
///
/// The discriminant is formed with its product's rounding error put back, so that the verdict is right to a few ulps of
/// the boundary.
/// @cost one square root and two divisions a piece; no allocation, no iteration
template <Pieced V>
constexpr size_root solve(const size_equation& q, const curve<V>& c, double cap) noexcept {
  double lacking = q.deficit, before = 0.0;
  size_root at;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double room = smaller(piece.capacity, cap - before);
    if (!(room > 0.0)) break;
    if (!(q.gain * piece.price > q.give)) {
      at.what = i == 0 ? size_root::verdict::pole : size_root::verdict::depth;
      at.x = before;
      at.slope = q.gain * piece.price - q.give;
      return at;
    }
    const double t = detail::first_zero(q, piece, lacking);
    if (t <= room && is_finite(t)) {
      at = {size_root::verdict::reached, before + t, q.gain * piece.marginal_price(t) - q.give};
      return at;
    }
    // Not reached on this piece: has φ turned before its end?
    const double slope_at_end = is_finite(room) ? q.gain * piece.marginal_price(room) - q.give : -q.give;
    if (!(slope_at_end > 0.0)) return {size_root::verdict::depth, before + smaller(detail::turn(q, piece), room), 0.0};
    lacking -= q.gain * piece.amount_out(room) - q.give * room;
    before += room;
    at = {size_root::verdict::cap_reached, before, slope_at_end};
  }
  return at;
}

/// The largest x in [0, cap] with φ(x) ≥ 0, for φ(0) ≥ 0; the cap when φ stays positive up to it.
template <Pieced V>
constexpr double last_root(const size_equation& q, const curve<V>& c, double cap) noexcept {
  double spare = -q.deficit, before = 0.0;
  if (!(spare >= 0.0)) return 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double room = smaller(piece.capacity, cap - before);
    if (!(room > 0.0)) break;
    const double t = detail::last_zero(q, piece, spare);
    if (t <= room) return before + t;
    if (!is_finite(room)) return infinity;
    spare += q.gain * piece.amount_out(room) - q.give * room;
    before += room;
  }
  return before < cap ? before : cap;
}

/// @brief The size at which the average price has fallen to `floor`; +inf when it never does.
/// Formula   the last root of y(x) − floor·x
template <Pieced V>
constexpr double size_at_average_price(const curve<V>& c, double floor) noexcept {
  if (!(floor > 0.0)) return infinity;
  double bought = 0.0, before = 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double t = detail::last_zero({1.0, floor, 0.0}, piece, bought - floor * before);
    if (t <= piece.capacity) return before + t;
    if (!is_finite(piece.capacity)) return infinity;
    bought += piece.amount_out(piece.capacity);
    before += piece.capacity;
  }
  return infinity;
}

/// @brief The x in [0, cap] that gives the highest ratio (C − give·x) / (D − per_out·(y(x) − lost·x)): the best
/// reachable health.
///
/// The ratio is quasi-concave; its derivative has the sign of  per_out·y'(x)·(C − give·x) + give·per_out·y(x) − give·D
/// − per_out·lost·C, which falls in x and is quadratic on a piece.
template <Pieced V>
constexpr double size_of_best_ratio(const curve<V>& c, double collateral, double debt, double give, double per_out,
                                    double lost, double cap) noexcept {
  const detail::ratio of{collateral, debt, give, per_out, lost};
  double bought = 0.0, before = 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double room = smaller(piece.capacity, cap - before);
    if (!(room > 0.0)) break;
    if (!(of.lead(piece.price, before, bought) > 0.0)) return before;
    const double t = of.turn(piece, before, bought);
    if (t <= room) return before + t;
    if (!is_finite(room)) return infinity;
    bought += piece.amount_out(room);
    before += room;
  }
  return before;
}

}  // namespace trimtab::sizing
