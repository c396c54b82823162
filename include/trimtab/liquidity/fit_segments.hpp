// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

#include <cmath>
#include <limits>

namespace trimtab::liquidity {

/// Pieces that suit a curve which has none of its own: their error is a few parts in 10⁵ of what the venue can pay.
inline constexpr std::size_t fitted_pieces = 16;

/// What a fit has to know of a curve besides its values.
struct curve_outline {
  double most_out = 0.0;  ///< all it can pay, asset out
  std::span<const double>
      turns{};  ///< where 1/√(marginal price) turns from convex to concave or back; rising, asset in
};

namespace detail {

/// @brief One Möbius piece from a to b of a concave curve, through both ends and never above it in between.
///
/// A Möbius map is where φ = 1/√(marginal price) is a straight line. Through both ends of an interval on which the
/// curve's φ is convex, the map that starts with the curve's price lies below; where φ is concave, the one that ends
/// with it. The product of first and last price is the square of the average, so both are the lower of two first
/// prices. Across a turn the straight line is the one that is surely below.
inline segment<> piece_below(double width, double paid, double first, double last, bool turns) noexcept {
  const double average = smaller(first, paid / width);  // no more than the first price but by rounding
  if (turns || !(average > 0.0)) return {.price = average, .curvature = 0.0, .capacity = width};
  const double other = last > 0.0 ? average * (average / last) : infinity;
  const double price = larger(smaller(first, other), average);
  return {.price = price, .curvature = (price - average) / average / width, .capacity = width};
}

/// @brief Places n pieces so that each is about as far from the curve as the others, and shows them one by one, with
/// how far each is at most.
///
/// Positions are r = ∛(1 − y/most_out), from 1 to 0: the pieces of a curve that levels off, as all do, are about
/// equally long in r. The rest is measured: a grid is made finer where a cell's error is large, a few times over.
template <class V>
class fit {
public:
  fit(const V& venue, const curve_outline& outline) noexcept : venue_(venue), outline_(outline) {
    for (std::size_t i = 0; i <= cells; ++i) at_[i] = 1.0 - static_cast<double>(i) / static_cast<double>(cells);
    for (int pass = 0; pass < 4; ++pass) {
      measure();
      if (pass == 3) return;
      double moved[cells + 1];
      for (std::size_t i = 0; i <= cells; ++i) moved[i] = position(static_cast<double>(i) / static_cast<double>(cells));
      for (std::size_t i = 0; i <= cells; ++i) at_[i] = moved[i];
    }
  }

  template <class F>
  void pieces(std::size_t n, F&& show) const noexcept {
    if (!(outline_.most_out > 0.0)) return;
    double from = 0.0, paid = 0.0, end_price = infinity;
    for (std::size_t k = 1; k <= n; ++k) {
      const double to = k < n ? knot(k, n) : venue_.capacity();
      if (!(from < to)) continue;
      const double first = smaller(venue_.marginal_price(from).value, end_price);
      const double turn = turn_between(from, to);
      segment<> piece;
      double missing = 0.0;
      if (to < infinity || turn < to) {
        const double end = to < infinity ? to : last_turn();
        const double out = venue_.amount_out(end) - paid;
        piece = piece_below(end - from, out, first, venue_.marginal_price(end).value, turn < to);
        if (!(to < infinity)) missing = larger(0.0, outline_.most_out - paid - out);
      } else {
        piece = tail(from, paid, first);
        missing = larger(0.0, outline_.most_out - paid - piece.price / piece.curvature);
      }
      if (!(piece.price > 0.0)) continue;  // too short for doubles to tell what it pays
      show(piece, larger(missing, gap(from, paid, piece)));
      from = to, paid = venue_.amount_out(to), end_price = piece.marginal_price(piece.capacity);
    }
  }

private:
  static constexpr std::size_t cells = 48;

  [[nodiscard]] double amount(double r) const noexcept {
    return r <= 0.0 ? venue_.capacity() : venue_.amount_in(outline_.most_out * (1.0 - r * r * r));
  }
  /// Cube roots of the cells' errors, summed up.
  void measure() noexcept {
    double share[cells], total = 0.0, from = 0.0, paid = 0.0, first = venue_.marginal_price(0.0).value;
    for (std::size_t i = 0; i < cells; ++i) {
      const double to = amount(at_[i + 1]);
      share[i] = 0.0;
      if (to < infinity && from < to) {
        const double out = venue_.amount_out(to), last = venue_.marginal_price(to).value, half = 0.5 * (out - paid);
        const segment<> piece = piece_below(to - from, out - paid, first, last, false);
        const double midway = half / (piece.price - piece.curvature * half);  // where the piece has paid half
        share[i] = std::cbrt(magnitude(venue_.amount_out(from + midway) - paid - half));
        from = to, paid = out, first = last;
      } else if (i > 0) {  // the way to infinity goes on as it was
        share[i] = share[i - 1] * (at_[i] / (at_[i - 1] - at_[i]));
      }
      if (!(share[i] >= 0.0 && share[i] < infinity)) share[i] = 0.0;
      total += share[i];
    }
    const double least = total > 0.0 ? 0.05 * total : 1.0;  // no stretch is left without any
    sum_[0] = 0.0;
    for (std::size_t i = 0; i < cells; ++i) sum_[i + 1] = sum_[i] + share[i] + least * (at_[i] - at_[i + 1]);
  }
  /// The position before which lies this part of all that was summed up.
  [[nodiscard]] double position(double part) const noexcept {
    const double wanted = part * sum_[cells];
    std::size_t i = 0;
    while (i + 1 < cells && sum_[i + 1] < wanted) ++i;
    const double way = (wanted - sum_[i]) / (sum_[i + 1] - sum_[i]);
    return at_[i] + smaller(1.0, way) * (at_[i + 1] - at_[i]);
  }
  /// The end of piece k of n: a turn of the curve that is nearer to it than to its neighbours.
  [[nodiscard]] double knot(std::size_t k, std::size_t n) const noexcept {
    const double all = static_cast<double>(n), here = static_cast<double>(k);
    const double before = k == 1 ? 2.0 : position((here - 0.5) / all);
    const double after = k + 1 == n ? -1.0 : position((here + 0.5) / all);
    for (const double turn : outline_.turns) {
      const double r = std::cbrt(larger(0.0, 1.0 - venue_.amount_out(turn) / outline_.most_out));
      if (after < r && r <= before) return turn;
    }
    return amount(position(here / all));
  }
  /// The first turn strictly inside, infinity where there is none.
  [[nodiscard]] double turn_between(double from, double to) const noexcept {
    for (const double turn : outline_.turns)
      if (from < turn && turn < to) return turn;
    return infinity;
  }
  [[nodiscard]] double last_turn() const noexcept { return outline_.turns.back(); }

  /// From here to no end: it pays all there is where φ is convex, and touches the curve twice over where it is concave.
  [[nodiscard]] segment<> tail(double from, double paid, double first) const noexcept {
    const double left = outline_.most_out - paid, bend = -venue_.marginal_slope(from) / (2.0 * first);
    return {.price = first, .curvature = larger(first / left, bend), .capacity = infinity};
  }
  /// The largest distance of a piece from the curve: it grows while the curve's price is the higher, then falls.
  [[nodiscard]] double gap(double from, double paid, const segment<>& piece) const noexcept {
    double low = 0.0, high = 1.0, here = 0.0;
    for (int i = 0; i < 24; ++i) {
      const double way = 0.5 * (low + high);
      here = piece.capacity < infinity ? way * piece.capacity : way / (1.0 - way) / piece.curvature;
      (venue_.marginal_price(from + here).value > piece.marginal_price(here) ? low : high) = way;
    }
    const double found = larger(0.0, venue_.amount_out(from + here) - paid - piece.amount_out(here));
    return found * (1.0 + 1e-6) + 16.0 * std::numeric_limits<double>::epsilon() * outline_.most_out;
  }

  const V& venue_;
  curve_outline outline_;
  double at_[cells + 1]{};
  double sum_[cells + 1]{};
};

}  // namespace detail

/// @brief A smooth concave curve as Möbius pieces, from below: together they never pay more than the curve, their ends
/// lie on it, and their prices fall from piece to piece. The error falls with the third power of their number up to
/// fifty or so, then as fast or, where a curve begins or ends with no slope or no end of it, with the second.
/// @param venue    a smooth venue; amounts far below its scale are asked of it too
/// @param outline  what it can pay in all, and the turns of 1/√(marginal price), without which it may be above
/// @param out      as many pieces as there is room for; more than 10⁴ lose to rounding what they gain
/// @return         how many were written, all of `out` but for pieces of no width; 0 where there is nothing to pay
/// @cost           O(n), about 200 questions to the venue, and 4 for every piece
/// @source         derived here
template <class V>
std::size_t fit_segments(const V& venue, const curve_outline& outline, std::span<segment<>> out) noexcept {
  std::size_t count = 0;
  if (out.empty()) return 0;
  detail::fit<V>(venue, outline).pieces(out.size(), [&](const segment<>& piece, double) { out[count++] = piece; });
  return count;
}

/// @brief How much less n such pieces pay than the curve, at most, in asset out: the largest of the pieces' distances,
/// each found where the two prices are equal, and what lies beyond the last.
/// @cost  about 25 questions to the venue for every piece
template <class V>
double fit_error(const V& venue, const curve_outline& outline, std::size_t n) noexcept {
  double worst = n == 0 ? outline.most_out : 0.0;
  detail::fit<V>(venue, outline).pieces(n, [&](const segment<>&, double error) { worst = larger(worst, error); });
  return worst;
}

}  // namespace trimtab::liquidity
