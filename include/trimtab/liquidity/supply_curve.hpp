// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>

#include <cstddef>
#include <span>

namespace trimtab::liquidity {

/// One piece of an aggregate curve and where it begins, all measured from the curve's first unit.
struct placed_segment {
  segment<> piece{};
  double before_in = 0.0;    ///< asset in that the pieces before it take
  double before_out = 0.0;   ///< asset out that they pay
  double before_loss = 0.0;  ///< p₀·before_in − before_out, summed without cancellation
  double drop = 0.0;         ///< p₀ less the price where this piece begins, without cancellation
  double gas_units = 0.0;    ///< of all swaps, where the last unit goes into this piece
};

/// @brief Several venues between the same two assets as one: the most that a total of x buys from all of them together.
/// Itself a venue; `build_supply_curve` (build_supply_curve.hpp) makes one.
///
/// Formula   y(x) = max Σ yᵢ(xᵢ) over Σ xᵢ = x, xᵢ ≥ 0
///
/// The pieces are the caller's memory and are read, never written: a copy of the curve is a view of the same pieces.
/// Every question is a binary search and one closed form, O(log T) for T pieces.
struct supply_curve {
  std::span<const placed_segment> pieces{};
  std::size_t first = 0;  ///< the piece that the next unit goes into
  double taken = 0.0;     ///< asset in that this piece has taken already
  double error = 0.0;     ///< asset out that the venues may pay more than their pieces

  /// The pieces themselves were checked when they were placed; this looks at what is left of them, in constant time.
  /// @errors size_mismatch (begins behind its last piece), not_finite, negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (first > pieces.size()) return errc::size_mismatch;
    if (!is_finite(taken) || !is_finite(error)) return errc::not_finite;
    return taken >= 0.0 && error >= 0.0 ? errc::ok : errc::negative_amount;
  }
  /// What is left of the pieces: a sizer that searches them subtracts `offset_in` and `offset_out`.
  [[nodiscard]] constexpr std::span<const placed_segment> placed() const noexcept { return pieces.subspan(first); }
  [[nodiscard]] constexpr double offset_in() const noexcept {
    if (first < pieces.size()) return pieces[first].before_in + taken;
    return pieces.empty() ? 0.0 : pieces.back().before_in + pieces.back().piece.capacity;
  }
  [[nodiscard]] constexpr double offset_out() const noexcept {
    return first < pieces.size() ? pieces[first].before_out + pieces[first].piece.amount_out(taken) : end_out();
  }

  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    if (!(x > 0.0)) return x == x ? 0.0 : x;
    const spot at = after_input(x);
    return at.k < pieces.size() ? paid_before(at.k) + rest(at.k).amount_out(at.t) : 0.0;
  }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    if (y != y) return y;
    if (!(y > 0.0)) return 0.0;
    if (!(y <= (end_out() - offset_out()) * (1.0 + 0x1p-50))) return infinity;  // the last amounts may round up
    std::size_t low = first, high = pieces.size();
    const double from = offset_out();
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      const bool further = pieces[middle].before_out - from < y;
      low = further ? middle : low;
      high = further ? high : middle;
    }
    const segment<> s = rest(low);
    const double here = y - paid_before(low), left = s.price - s.curvature * here;
    // The quotient may round past the capacity for what the capacity itself buys.
    return taken_before(low) + (left > 0.0 ? smaller(here / left, s.capacity) : s.capacity);
  }
  /// From the left where a piece ends; 0 beyond the capacity.
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    if (x != x) return {x};
    const spot at = after_input(x);
    return {at.beyond ? 0.0 : rest(at.k).marginal_price(at.t)};
  }
  /// Formula   −2·price·curvature / (1 + curvature·t)³; from the left where a piece ends
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept {
    if (x != x) return x;
    const spot at = after_input(x);
    if (at.beyond) return 0.0;
    const segment<> s = rest(at.k);
    return -2.0 * s.curvature * (s.marginal_price(at.t) / (1.0 + s.curvature * at.t));
  }
  /// Swap to a price. On a flat piece of exactly this price, the least such amount.
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    const spot at = at_price(price.value);
    return at.k < pieces.size() ? taken_before(at.k) + at.t : 0.0;
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> at) const noexcept {
    const double price = larger(0.0, at.value);
    const spot s = at_price(price);
    if (s.k >= pieces.size()) return 0.0;
    if (price == 0.0) return end_out() - offset_out();
    // Of the last piece price·curvature·t², the rent of a Möbius piece; its average less the price where it is full.
    const segment<> piece = rest(s.k);
    const double bend = piece.curvature > 0.0 ? piece.curvature * s.t : 0.0;  // t may be without end where it is flat
    const double rent = s.beyond ? s.t * (piece.price / (1.0 + bend) - price) : price * bend * s.t;
    return larger(0.0, (paid_before(s.k) - price * taken_before(s.k)) + rent);
  }
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    if (!(x > 0.0)) return x == x ? 0.0 : x;
    if (first >= pieces.size()) return 0.0;
    const spot at = after_input(x);
    const double fallen = start_drop(), unpaid = at.beyond ? x - capacity() : 0.0;
    double whole = 0.0;
    if (at.k > first) {
      const segment<> opening = rest(first);
      const placed_segment& begun = pieces[first + 1];
      whole =
          own_loss(opening, opening.capacity) + larger(0.0, (pieces[at.k].before_loss - begun.before_loss) -
                                                                fallen * (pieces[at.k].before_in - begun.before_in));
      if (first == 0 && taken == 0.0) whole = pieces[at.k].before_loss;
      whole += larger(0.0, pieces[at.k].drop - fallen) * at.t;
    }
    return whole + own_loss(rest(at.k), at.t) + (unpaid > 0.0 ? rest(first).price * unpaid : 0.0);
  }
  [[nodiscard]] constexpr double capacity() const noexcept {
    return first < pieces.size() ? taken_before(pieces.size() - 1) + rest(pieces.size() - 1).capacity : 0.0;
  }
  /// Of every venue that x reaches. After a trade, venues that it filled still count: an upper bound.
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    return x > 0.0 && first < pieces.size() ? pieces[after_input(x).k].gas_units : 0.0;
  }
  [[nodiscard]] constexpr supply_curve after(double x) const noexcept {
    supply_curve left = *this;
    if (!(x > 0.0) || first >= pieces.size()) return left;
    const spot at = after_input(x);
    const bool full = at.t >= rest(at.k).capacity;
    left.taken = full ? 0.0 : (at.k == first ? taken : 0.0) + at.t;
    left.first = full ? at.k + 1 : at.k;
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return pieces.size() - first; }
  /// The first of them where there is not room for all.
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    const std::size_t count = out.size() < segment_count() ? out.size() : segment_count();
    for (std::size_t i = 0; i < count; ++i) out[i] = rest(first + i);
    return count;
  }
  [[nodiscard]] constexpr double segment_error(std::size_t count) const noexcept {
    return count < segment_count() ? error + (end_out() - offset_out() - paid_before(first + count)) : error;
  }

private:
  struct spot {
    std::size_t k = 0;
    double t = 0.0;       // into the rest of piece k
    bool beyond = false;  // x is more than the curve takes; of a price, that piece k is full before it
  };

  [[nodiscard]] constexpr segment<> rest(std::size_t k) const noexcept {
    const segment<>& s = pieces[k].piece;
    if (k != first || taken == 0.0) return s;
    return {s.marginal_price(taken), s.curvature / (1.0 + s.curvature * taken), larger(0.0, s.capacity - taken)};
  }
  [[nodiscard]] constexpr double taken_before(std::size_t k) const noexcept {
    return k == first ? 0.0 : pieces[k].before_in - (pieces[first].before_in + taken);
  }
  [[nodiscard]] constexpr double paid_before(std::size_t k) const noexcept {
    return k == first ? 0.0 : pieces[k].before_out - offset_out();
  }
  /// All that the pieces pay from the first unit on.
  [[nodiscard]] constexpr double end_out() const noexcept {
    if (pieces.empty()) return 0.0;
    const auto& [s, before_in, before_out, before_loss, drop, gas_units] = pieces.back();
    if (is_finite(s.capacity)) return before_out + s.amount_out(s.capacity);
    return s.curvature > 0.0 ? before_out + s.price / s.curvature : infinity;
  }
  [[nodiscard]] constexpr double start_drop() const noexcept {
    const double u = pieces[first].piece.curvature * taken;
    return pieces[first].drop + pieces[first].piece.price * (u / (1.0 + u)) * ((2.0 + u) / (1.0 + u));
  }
  static constexpr double own_loss(const segment<>& s, double t) noexcept {
    const double u = s.curvature * t;
    return s.price * t * (u / (1.0 + u));
  }
  [[nodiscard]] constexpr spot after_input(double x) const noexcept {
    if (first >= pieces.size()) return {.k = pieces.size(), .t = 0.0, .beyond = true};
    std::size_t low = first, high = pieces.size();
    const double from = pieces[first].before_in + taken;
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      const bool further = pieces[middle].before_in - from < x;
      low = further ? middle : low;
      high = further ? high : middle;
    }
    const bool beyond = low + 1 == pieces.size() && x > capacity();
    return {.k = low, .t = smaller(larger(0.0, x - taken_before(low)), rest(low).capacity), .beyond = beyond};
  }
  [[nodiscard]] constexpr spot at_price(double price) const noexcept {
    if (first >= pieces.size() || !(price < rest(first).price)) return {.k = pieces.size()};
    if (!(price > 0.0)) return {pieces.size() - 1, rest(pieces.size() - 1).capacity, true};
    std::size_t low = first, high = pieces.size();
    while (high - low > 1) {
      const std::size_t middle = low + (high - low) / 2;
      const bool further = price < pieces[middle].piece.price;
      low = further ? middle : low;
      high = further ? high : middle;
    }
    const segment<> s = rest(low);
    const double fall = (s.price - price) / price, t = fall / (1.0 + square_root(1.0 + fall)) / s.curvature;
    return s.curvature > 0.0 && t < s.capacity ? spot{low, t, false} : spot{low, s.capacity, true};
  }
};

}  // namespace trimtab::liquidity
