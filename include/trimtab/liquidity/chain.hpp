// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/core/root.hpp>
#include <trimtab/liquidity/constant_product.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace trimtab::liquidity {

namespace detail {

/// @brief Two curves of Möbius pieces one after the other: what comes out of the first goes into the second.
///
/// Formula   y = p₁p₂·t / (1 + (c₁ + c₂·p₁)·t) from where a piece of either begins to where one of them ends
constexpr std::size_t compose(std::span<const segment<>> first, std::span<const segment<>> second,
                              std::span<segment<>> out) noexcept {
  const auto rest = [](const segment<>& s, double t) {
    const double left = is_finite(s.capacity) ? larger(0.0, s.capacity - t) : s.capacity;
    return segment<>{s.marginal_price(t), s.curvature / (1.0 + s.curvature * t), left};
  };
  std::size_t i = 0, j = 0, written = 0;
  if (first.empty() || second.empty()) return 0;
  segment<> a = first[0], b = second[0];
  while (written < out.size()) {
    // Up to here the first pays what the second takes; no such t where it never pays that much.
    const double slack = a.price - a.curvature * b.capacity, full = b.capacity / slack;
    const bool second_ends = is_finite(b.capacity) && slack > 0.0 && full <= a.capacity;
    const bool first_ends = !second_ends || full >= a.capacity;
    const double t = second_ends ? full : a.capacity;
    if (t > 0.0) out[written++] = {a.price * b.price, a.curvature + b.curvature * a.price, t};
    if (!is_finite(t)) break;
    const double u = second_ends ? b.capacity : a.amount_out(t);
    if (first_ends) {
      if (++i == first.size()) break;
      a = first[i];
    } else {
      a = rest(a, t);
    }
    if (second_ends) {
      if (++j == second.size()) break;
      b = second[j];
    } else {
      b = rest(b, u);
    }
  }
  return written;
}

template <class First, class Second>
struct chain_pieces {};
template <Pieced First, Pieced Second>
struct chain_pieces<First, Second> {
  static constexpr std::size_t max_segments = First::max_segments + Second::max_segments - 1;
};

}  // namespace detail

/// @brief Two venues one after the other: y = y₂(y₁(x)). Itself a venue, so a longer path is a chain of chains.
///
/// A venue that two paths share is counted twice: such paths belong to a network, not side by side.
/// @source the chain rule; a concave increasing function of a concave one is concave
template <Venue First, Venue Second>
struct chain : detail::chain_pieces<First, Second> {
  First first{};
  Second second{};

  static constexpr bool always_concave = is_concave<First>() && is_concave<Second>();

  constexpr chain() = default;
  constexpr chain(const First& a, const Second& b) noexcept : first(a), second(b) {}

  /// @errors those of the venues
  [[nodiscard]] constexpr errc validate() const noexcept {
    const errc wrong = first.validate();
    return wrong == errc::ok ? second.validate() : wrong;
  }
  [[nodiscard]] constexpr double amount_out(double x) const noexcept { return second.amount_out(first.amount_out(x)); }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    const double between = second.amount_in(y), in = between < infinity ? first.amount_in(between) : between;
    if (in != infinity || !(y < infinity)) return in;
    // What comes between may round to more than the first pays, for what the capacity itself buys.
    const double most = capacity();
    return is_finite(most) && y <= amount_out(most) * (1.0 + 0x1p-48) ? most : in;
  }
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    return {second.marginal_price(first.amount_out(x)).value * first.marginal_price(x).value};
  }
  /// Formula   y₂″·y₁′² + y₂′·y₁″
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept requires Smooth<First> && Smooth<Second> {
    const double between = first.amount_out(x), rate = first.marginal_price(x).value;
    return second.marginal_slope(between) * rate * rate +
           second.marginal_price(between).value * first.marginal_slope(x);
  }
  /// The root of a falling marginal price, or the place where it jumps over `price`.
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    const auto above = [&](double x) { return marginal_price(x).value - price.value; };
    if (!(above(0.0) > 0.0)) return 0.0;
    const double most = capacity();
    if (!(price.value > 0.0)) return most;
    if (is_finite(most) && above(most) > 0.0) return most;
    // Not beyond where either venue's price has fallen that far by itself.
    const double of_first = price.value / second.marginal_price(0.0).value;
    const double of_second = price.value / first.marginal_price(0.0).value;
    const double between = second.amount_at(executable_price<double>{of_second});
    double high = first.amount_at(executable_price<double>{of_first});
    if (between < infinity) high = smaller(first.amount_in(between), high);
    high = is_finite(most) ? most : high * (1.0 + 0x1p-40);
    if (!is_finite(high)) {
      for (high = 1.0; above(high) > 0.0; high *= 2.0) {
        if (!(high < 1e300)) return infinity;
      }
    }
    // Below rounding the price there is none that is lower: so of dust, where one of the two has one price.
    if (above(high) > 0.0) return high;
    const auto at = find_root(above, 0.0, high);
    return at ? at->low : 0.0;
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> price) const noexcept {
    if (!(price.value > 0.0)) {
      if (price.value != price.value) return 0.0;
      const double between = first.best_value(executable_price<double>{0.0}), room = second.capacity();
      return between < infinity ? second.amount_out(smaller(between, room))
                                : second.best_value(executable_price<double>{0.0});
    }
    const double x = amount_at(price);
    if (!(x > 0.0)) return 0.0;
    return is_finite(x) ? larger(0.0, amount_out(x) - price.value * x) : infinity;
  }
  /// Formula   p₂·loss₁(x) + loss₂(y₁(x)), p₂ the second's first price
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    return second.marginal_price(0.0).value * first.loss(x) + second.loss(first.amount_out(x));
  }
  [[nodiscard]] constexpr double capacity() const noexcept {
    const double room = second.capacity(), own = first.capacity();
    return is_finite(room) ? smaller(first.amount_in(room), own) : own;
  }
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    return first.gas(x) + second.gas(x > 0.0 ? first.amount_out(x) : 0.0);
  }
  [[nodiscard]] constexpr chain after(double x) const noexcept {
    return {first.after(x), second.after(first.amount_out(x))};
  }
  [[nodiscard]] constexpr seconds delay() const noexcept { return delay_of(first) + delay_of(second); }

  /// How many to make room for. Where the venues' pieces are not of a constant number, they are first read into the
  /// end of that room, so it is more than will be written.
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept {
    if constexpr (Pieced<First> && Pieced<Second>) {
      return first.segment_count() == 0 || second.segment_count() == 0
                 ? 0
                 : first.segment_count() + second.segment_count() - 1;
    } else {
      return first.segment_count() + 2 * second.segment_count();
    }
  }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    if constexpr (Pieced<First> && Pieced<Second>) {
      std::array<segment<>, First::max_segments> one{};
      std::array<segment<>, Second::max_segments> two{};
      const std::size_t ones = first.segments(one), twos = second.segments(two);
      return detail::compose(std::span<const segment<>>(one).first(ones), std::span<const segment<>>(two).first(twos),
                             out);
    } else {
      // Piece k of the composition is written when k pieces of theirs are used up: none that is still to be read is
      // hit.
      const std::size_t ones = first.segment_count(), twos = second.segment_count();
      if (out.size() < ones + 2 * twos) return 0;
      const auto two = out.last(twos), one = out.last(ones + twos).first(ones);
      return detail::compose(one.first(first.segments(one)), two.first(second.segments(two)), out);
    }
  }
  /// What the first falls short is worth the second's first price at most. With room for fewer than `segment_count()`
  /// it may be all.
  [[nodiscard]] constexpr double segment_error(std::size_t pieces) const noexcept {
    if (pieces < segment_count()) return best_value(executable_price<double>{0.0});
    return second.marginal_price(0.0).value * segment_error_of(first, first.segment_count()) +
           segment_error_of(second, second.segment_count());
  }
};

/// A chain of three and more, from the left: chain(a, chain(b, c)).
template <Venue First, Venue... Rest>
constexpr auto chain_of(const First& first, const Rest&... rest) noexcept {
  if constexpr (sizeof...(Rest) == 0) {
    return first;
  } else {
    return chain<First, decltype(chain_of(rest...))>(first, chain_of(rest...));
  }
}

/// @brief Constant-product pools one after the other as one pool without a fee: the same curve, in one Möbius map.
///
/// Formula   price p = Πpᵢ, curvature c = Σ cᵢ₊₁·p₁…pᵢ; reserve in 1/c, reserve out p/c
///
/// The products carry their exponent apart, so that units of 10²⁷ on one hop and 10⁻²⁷ on the next meet no overflow on
/// the way. `after` of the result is that of a pool without a fee: it pays a little more than the pools, which keep
/// their fees, would pay for a second trade; of the pools themselves it is `chain`.
/// @errors the pools' own; bad_configuration (no pool); overflow (a result that no double holds)
constexpr result<constant_product> in_series(std::span<const constant_product> pools) noexcept {
  constexpr double far = 0x1p256, near = 0x1p-256;
  // m·2^(256·e), 2⁻²⁵⁶ ≤ m < 2²⁵⁶
  struct scaled {
    double m = 1.0;
    int e = 0;
    constexpr void normalise() noexcept {
      for (; m >= far && is_finite(m); ++e) m *= near;
      for (; m < near && m > 0.0; --e) m *= far;
    }
    [[nodiscard]] constexpr double times(double factor) const noexcept {
      double value = m * factor;
      for (int k = 0; k < e && is_finite(value); ++k) value *= far;
      for (int k = 0; k > e && value > 0.0; --k) value *= near;
      return value;
    }
  };
  if (pools.empty()) return errc::bad_configuration;
  scaled price;
  double curvature = 0.0, gas = 0.0;
  for (const constant_product& pool : pools) {
    if (const errc wrong = pool.validate(); wrong != errc::ok) return wrong;
    curvature += price.times(1.0 / pool.depth());
    price.m *= pool.reserve_out / pool.depth();
    price.normalise();
    gas += pool.gas_units;
  }
  const double in = 1.0 / curvature, out = price.times(in);
  if (!(in > 0.0) || !(out > 0.0) || !is_finite(in) || !is_finite(out)) return errc::overflow;
  return constant_product{.reserve_in = in, .reserve_out = out, .fee = {0.0}, .gas_units = gas};
}

}  // namespace trimtab::liquidity
