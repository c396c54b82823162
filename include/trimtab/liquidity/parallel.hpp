// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/water_level.hpp>

#include <cstddef>
#include <span>

namespace trimtab::liquidity {

/// @brief Concave venues of one type (`any_venue` mixes kinds) side by side, every amount split between them as well as
/// can be. Itself a venue; a view of the caller's venues.
///
/// Formula   y(x) = max Σ yᵢ(xᵢ) over Σ xᵢ = x
///
/// After a trade it pays what that trade left of the same curve, to the rounding of the whole: what venues such as
/// pools that keep their fees would pay for a second trade is a little less.
/// @cost a question is a root in the common price, about twelve rounds of all venues; where pieces will do, a supply
/// curve answers by a binary search
template <Venue V>
struct parallel {
  std::span<const V> venues{};
  double taken = 0.0;  ///< asset in that they have taken already

  static constexpr bool always_concave = is_concave<V>();

  /// @errors the venues' own; not_finite, negative_amount; bad_configuration (a kind of venue that is not concave)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_concave<V>()) return errc::bad_configuration;
    if (!is_finite(taken)) return errc::not_finite;
    if (!(taken >= 0.0)) return errc::negative_amount;
    for (const V& v : venues) {
      if (const errc wrong = v.validate(); wrong != errc::ok) return wrong;
    }
    return errc::ok;
  }
  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    if (!(x > 0.0)) return x == x ? 0.0 : x;
    return at_total(taken + x, out_of) - at_total(taken, out_of);
  }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    if (!(y > 0.0)) return y == y ? 0.0 : y;
    const double wanted = at_total(taken, out_of) + y;
    const auto level = find_level(venues, wanted, out_of);
    double in = 0.0, out = 0.0;
    for (std::size_t i = 0; i < venues.size(); ++i) {
      const double x = amount_at_level(venues[i], i, level);
      in += x;
      if (level.full && is_finite(x)) out += venues[i].amount_out(x);
    }
    return level.full && !(wanted <= out * (1.0 + 0x1p-48)) ? infinity : larger(0.0, in - taken);
  }
  /// From the left at a kink; 0 beyond the capacity.
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    if (x != x) return {x};
    const double total = taken + larger(0.0, x);
    if (total > whole()) return {0.0};
    if (!(total > 0.0)) return {first_price()};
    const auto level = find_level(venues, total, in_of);
    if (!level.full) return {level.above};
    double least = first_price();
    for (const V& v : venues) {
      if (v.capacity() > 0.0) least = smaller(v.marginal_price(v.capacity()).value, least);
    }
    return {least};
  }
  /// Formula   1 / Σ 1/yᵢ″(xᵢ) over the venues that trade and are not full; 0 where one of them is flat
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept requires Smooth<V> {
    if (x != x) return x;
    const double total = taken + larger(0.0, x);
    if (!(total < whole())) return 0.0;
    const auto level = total > 0.0 ? find_level(venues, total, in_of) : water_level{};
    const double first = first_price();
    double sum = 0.0;
    for (std::size_t i = 0; i < venues.size(); ++i) {
      const double part = total > 0.0 ? amount_at_level(venues[i], i, level) : 0.0;
      const bool trades = total > 0.0 ? part > 0.0 : venues[i].marginal_price(0.0).value >= first;
      if (trades && part < venues[i].capacity()) sum += 1.0 / venues[i].marginal_slope(part);
    }
    return sum < 0.0 ? 1.0 / sum : 0.0;
  }
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    double sum = 0.0;
    for (const V& v : venues) sum += smaller(v.amount_at(price), v.capacity());
    return larger(0.0, sum - taken);
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> price) const noexcept {
    double sum = 0.0;
    for (const V& v : venues) sum += v.best_value(price);
    if (taken == 0.0) return sum;
    if (!(amount_at(price) > 0.0)) return 0.0;
    return larger(0.0, sum - (at_total(taken, out_of) - larger(0.0, price.value) * taken));
  }
  /// Formula   Σ lossᵢ(xᵢ) + (p₀ − p₀ᵢ)·xᵢ
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    if (!(x > 0.0)) return x == x ? 0.0 : x;
    const double first = first_price();
    const auto lost = [first](const V& v, double part) {
      return v.loss(part) + (first - v.marginal_price(0.0).value) * part;
    };
    const double unplaced = larger(0.0, x - capacity());
    const double moved = taken > 0.0 ? (first - marginal_price(0.0).value) * (x - unplaced) : 0.0;
    const double all = at_total(taken + (x - unplaced), lost) - at_total(taken, lost) - moved;
    return larger(0.0, all) + (unplaced > 0.0 ? marginal_price(0.0).value * unplaced : 0.0);
  }
  [[nodiscard]] constexpr double capacity() const noexcept { return larger(0.0, whole() - taken); }
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    return x > 0.0 ? at_total(taken + x, [](const V& v, double part) { return v.gas(part); }) : 0.0;
  }
  [[nodiscard]] constexpr parallel after(double x) const noexcept {
    return {.venues = venues, .taken = smaller(taken + larger(0.0, x), whole())};
  }

  [[nodiscard]] static constexpr std::size_t segment_count() noexcept { return 64; }
  /// Chords between the prices p₀·(1 − k/n)⁶: from below, and denser where the curve bends. For exact pieces of venues
  /// that have such, or finer ones, build a supply curve.
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    std::size_t count = 0;
    chords(out.size(), [&](const segment<>& chord, double, double) { out[count++] = chord; });
    return count;
  }
  /// Between two prices a curve is nowhere farther from its chord than the two tangents are where they meet.
  [[nodiscard]] constexpr double segment_error(std::size_t pieces) const noexcept {
    double worst = 0.0, paid = 0.0;
    chords(pieces, [&](const segment<>& chord, double above, double below) {
      const double width = above - below;
      if (width > 0.0) {
        worst = larger((above - chord.price) * ((chord.price - below) / width) * chord.capacity, worst);
      }
      paid += chord.price * chord.capacity;
    });
    return larger(best_value(executable_price<double>{0.0}) - paid, worst);
  }

private:
  static constexpr auto in_of = [](const V&, double x) { return x; };
  static constexpr auto out_of = [](const V& v, double x) { return v.amount_out(x); };

  [[nodiscard]] constexpr double whole() const noexcept {
    double sum = 0.0;
    for (const V& v : venues) sum += v.capacity();
    return sum;
  }
  [[nodiscard]] constexpr double first_price() const noexcept {
    double best = 0.0;
    for (const V& v : venues) {
      if (v.capacity() > 0.0) best = larger(v.marginal_price(0.0).value, best);
    }
    return best;
  }
  /// What the venues' own amounts come to, where they take `total` together.
  template <class Ask>
  [[nodiscard]] constexpr double at_total(double total, Ask&& ask) const noexcept {
    if (!(total > 0.0)) return total == total ? 0.0 : total;
    const auto level = find_level(venues, smaller(total, whole()), in_of);
    double sum = 0.0;
    for (std::size_t i = 0; i < venues.size(); ++i) sum += ask(venues[i], amount_at_level(venues[i], i, level));
    return sum;
  }
  template <class Show>
  constexpr void chords(std::size_t n, Show&& show) const noexcept {
    const double first = marginal_price(0.0).value;
    double x = 0.0, y = 0.0, above = first, before = first;
    for (std::size_t k = 1; k <= n; ++k) {
      const double way = 1.0 - static_cast<double>(k) / static_cast<double>(n + 1);
      const double below = first * (way * way * way) * (way * way * way);
      const double to = k < n || !is_finite(capacity()) ? amount_at(executable_price<double>{below}) : capacity();
      if (!is_finite(to)) return;
      const double paid = amount_out(to);
      // A chord as short as rounding is part of the next; by rounding only is one steeper than the one before.
      if (to > x * (1.0 + 0x1p-40) && paid > y) {
        before = smaller(before, (paid - y) / (to - x));
        show(segment<>{.price = before, .curvature = 0.0, .capacity = to - x}, above, k < n ? below : 0.0);
        x = to;
        y = paid;
        above = below;
      }
    }
  }
};

}  // namespace trimtab::liquidity
