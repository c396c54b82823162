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
/// @source reference: B.6, "sizing equation for a health factor"
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
  double slope = 0.0;  ///< φ'(x)
};

/// A venue's pieces, read once.
template <Pieced V>
struct curve {
  std::array<liquidity::segment<>, V::max_segments> piece{};
  std::size_t count = 0;

  constexpr explicit curve(const V& venue) noexcept { count = venue.segments(piece); }
};

/// @brief Solves φ on a venue's pieces up to `cap`, in closed form.
///
/// On a piece y = p·t/(1 + s·t) the equation is s·give·t² − B·t + e = 0 with B = gain·p − give − e·s and e what is
/// still lacking; its lower root is taken as 2e / (B + √(B² − 4·give·s·e)), which does not cancel. The discriminant is
/// formed with its product's rounding error put back, so that the verdict is right to a few ulps of the boundary.
/// @cost one square root and two divisions a piece; no allocation, no iteration
template <class V>
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
    const double s = piece.curvature, b = q.gain * piece.price - q.give - lacking * s;
    const double four = 4.0 * q.give * s * lacking, square = b * b;
    const double disc = (square - four) + product_error(b, b, square);
    double t = b > 0.0 && disc >= 0.0 ? 2.0 * lacking / (b + square_root(disc)) : infinity;
    if (t <= room && is_finite(t)) {
      at = {size_root::verdict::reached, before + t, q.gain * piece.marginal_price(t) - q.give};
      return at;
    }
    // Not reached on this piece: has φ turned before its end?
    const double slope_at_end = is_finite(room) ? q.gain * piece.marginal_price(room) - q.give : -q.give;
    if (!(slope_at_end > 0.0)) {
      const double turn = s > 0.0 ? (square_root(q.gain * piece.price / q.give) - 1.0) / s : 0.0;
      return {size_root::verdict::depth, before + smaller(turn, room), 0.0};
    }
    lacking -= q.gain * piece.amount_out(room) - q.give * room;
    before += room;
    at = {size_root::verdict::cap_reached, before, slope_at_end};
  }
  return at;
}

/// @brief The largest x in [0, cap] with φ(x) ≥ 0, for φ(0) ≥ 0; the cap when φ stays positive up to it.
/// The root on a piece is 2e / (√(B² + 4·give·s·e) − B), or its twin where that would cancel, B = gain·p − give + e·s.
template <class V>
constexpr double last_root(const size_equation& q, const curve<V>& c, double cap) noexcept {
  double spare = -q.deficit, before = 0.0;
  if (!(spare >= 0.0)) return 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double room = smaller(piece.capacity, cap - before);
    if (!(room > 0.0)) break;
    const double s = piece.curvature, b = q.gain * piece.price - q.give + spare * s;
    const double root = square_root(b * b + 4.0 * q.give * s * spare);
    double t = infinity;
    if (b < 0.0) {
      t = 2.0 * spare / (root - b);
    } else if (s > 0.0) {
      t = (b + root) / (2.0 * q.give * s);
    }
    if (t <= room) return before + t;
    if (!is_finite(room)) return infinity;
    spare += q.gain * piece.amount_out(room) - q.give * room;
    before += room;
  }
  return before < cap ? before : cap;
}

/// @brief The size at which the average price has fallen to `floor`; +inf when it never does.
template <class V>
constexpr double size_at_average_price(const curve<V>& c, double floor) noexcept {
  if (!(floor > 0.0)) return infinity;
  double bought = 0.0, before = 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    // bought + p·t/(1 + s·t) = floor·(before + t): with spare = bought − floor·before ≥ 0, the only root t ≥ 0.
    const double spare = bought - floor * before, s = piece.curvature;
    const double b = piece.price - floor + s * spare, a = floor * s;
    double t = infinity;
    if (a > 0.0) {
      const double root = square_root(b * b + 4.0 * a * spare);
      t = b >= 0.0 ? (b + root) / (2.0 * a) : 2.0 * spare / (root - b);
    } else if (b < 0.0) {
      t = spare / -b;
    }
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
template <class V>
constexpr double size_of_best_ratio(const curve<V>& c, double collateral, double debt, double give, double per_out,
                                    double lost, double cap) noexcept {
  double bought = 0.0, before = 0.0;
  for (std::size_t i = 0; i < c.count; ++i) {
    const auto& piece = c.piece[i];
    const double room = smaller(piece.capacity, cap - before);
    if (!(room > 0.0)) break;
    const double r = give * debt + per_out * lost * collateral - give * per_out * bought;
    const double lead = per_out * piece.price * (collateral - give * before) - r;
    if (!(lead > 0.0)) return before;
    const double s = piece.curvature, a = s * (give * per_out * piece.price - r * s);
    const double disc = r * s * (r * s) - a * lead, divisor = r * s + square_root(larger(disc, 0.0));
    const double t = disc >= 0.0 && divisor > 0.0 ? lead / divisor : infinity;
    if (t <= room) return before + t;
    if (!is_finite(room)) return infinity;
    bought += piece.amount_out(room);
    before += room;
  }
  return before;
}

}  // namespace trimtab::sizing
