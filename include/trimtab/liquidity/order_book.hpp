// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/doubled.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/concept.hpp>

namespace trimtab::liquidity {

/// One price of a book and how much it takes. A bid is as it stands; an ask of `a` for `q` takes a·q at a price of 1/a.
struct book_level {
  double price = 0.0;  ///< asset out per asset in, before the fee
  double size = 0.0;   ///< asset in
};

/// A level with all that stands at it and at better prices: to twice the digits, so that differences are right.
struct book_node {
  double price = 0.0;
  double size = 0.0;
  doubled<double> in{};
  doubled<double> out{};

  [[nodiscard]] constexpr book_node followed_by(const book_level& next) const noexcept {
    const doubled<double> price_of_next(next.price), size_of_next(next.size);
    return {next.price, next.size, in + size_of_next, out + price_of_next * size_of_next};
  }
};

namespace detail {

/// The first level from one on that is not wholly taken.
template <class Taken>
constexpr std::size_t first_left(std::span<const book_node> levels, std::size_t from, Taken taken) noexcept {
  for (std::size_t left = levels.size() - from; left > 0;) {
    const std::size_t half = left / 2;
    if (taken(levels[from + half])) {
      from += half + 1;
      left -= half + 1;
    } else {
      left = half;
    }
  }
  return from;
}

}  // namespace detail

/// @brief Resting orders at falling prices, taken from the best on; fee on what is paid out.
///
/// Formula   y = (1 − fee)·Σ pₖ·xₖ over the levels, best first; what goes in beyond the last buys nothing
/// Levels with prefix sums are the caller's: see `build_order_book`. At a level's end the marginal price is its own.
/// @cost   O(log levels) each, `segments` O(levels)
/// @source derived here: differences of the sums, each level's part by itself
struct order_book {
  std::span<const book_node> levels{};
  basis_points fee{};
  double gas_units = 0.0;
  double gas_per_level = 0.0;  ///< for each level after the first that is touched
  std::size_t first = 0;       ///< the level that is next
  double used = 0.0;           ///< of that level, gone already, asset in

  /// The levels are as their builder has checked them; the next is one of them, or none, and has something left.
  /// @errors negative_amount, size_mismatch (no such level), bad_configuration (a fee outside [0, 100 %), more used
  /// than
  ///         there was)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(used >= 0.0) || !(gas_units >= 0.0) || !(gas_per_level >= 0.0)) return errc::negative_amount;
    if (first > levels.size()) return errc::size_mismatch;
    if (first < levels.size() ? !(used < levels[first].size) : used != 0.0) return errc::bad_configuration;
    return fee.count >= 0.0 && fee.count < 1e4 ? errc::ok : errc::bad_configuration;
  }

  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    if (empty()) return nothing(x);
    const place end = at_input(x);
    return fee.complement() * (end.over ? end.out : end.out + levels[end.level].price * end.rest);
  }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    if (!(y > 0.0)) return y;
    if (empty()) return infinity;
    const double gross = y / fee.complement(), best = levels[first].price, left = left_of_first();
    if (!(best * left < gross)) return smaller(left, gross / best);
    const doubled<double> target = levels[first].out + doubled<double>(gross - best * left);
    const std::size_t level = detail::first_left(levels, first + 1, [&](const book_node& n) { return n.out < target; });
    const doubled<double> before_in = levels[level - 1].in - levels[first].in,
                          before_out = levels[level - 1].out - levels[first].out;
    const double in = left + before_in.high;
    // The last amounts that the book takes may round to more than all of it pays.
    if (level == levels.size())
      return blend<double>(gross <= (best * left + before_out.high) * (1.0 + 0x1p-50), in, infinity);
    const double rest = larger(0.0, gross - best * left - before_out.high) / levels[level].price;
    return in + smaller(levels[level].size, rest);
  }
  /// From the left where a level ends, 0 beyond the last.
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    if (empty()) return {nothing(x)};
    if (x != x) return {x};
    const place end = at_input(x);
    return {end.over ? 0.0 : net_price(end.level)};
  }
  [[nodiscard]] constexpr double marginal_slope(double) const noexcept { return 0.0; }
  /// All levels better than the price.
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    if (empty() || !(price.value < net_price(first))) return 0.0;
    const std::size_t level = detail::first_left(
        levels, first + 1, [&](const book_node& n) { return price.value < fee.complement() * n.price; });
    return left_of_first() + (levels[level - 1].in - levels[first].in).high;
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> price) const noexcept {
    const double ask = larger(0.0, price.value);
    if (empty() || !(ask < net_price(first))) return 0.0;
    const std::size_t level =
        detail::first_left(levels, first + 1, [&](const book_node& n) { return ask < fee.complement() * n.price; });
    const doubled<double> in = levels[level - 1].in - levels[first].in, out = levels[level - 1].out - levels[first].out;
    const doubled<double> gain = out * doubled<double>(fee.complement()) - in * doubled<double>(ask);
    return (net_price(first) - ask) * left_of_first() + larger(0.0, gain.high);
  }
  /// Formula   (1 − fee)·Σ (p₀ − pₖ)·xₖ
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    if (empty()) return nothing(x);
    const double best = levels[first].price;
    const place end = at_input(x);
    if (end.level == first) return nothing(x);
    const doubled<double> in = levels[end.level - 1].in - levels[first].in,
                          out = levels[end.level - 1].out - levels[first].out;
    // To all digits: what is left for the last level may be all that loses anything.
    const double rest =
        larger(0.0, (doubled<double>(x) - doubled<double>(levels[first].size) + doubled<double>(used) - in).high);
    return fee.complement() * (larger(0.0, (in * doubled<double>(best) - out).high) +
                               (end.over ? best : best - levels[end.level].price) * rest);
  }
  [[nodiscard]] constexpr double capacity() const noexcept {
    return empty() ? 0.0 : left_of_first() + (levels.back().in - levels[first].in).high;
  }
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    if (!(x > 0.0)) return 0.0;
    if (empty()) return gas_units;
    const place end = at_input(x);
    return gas_units + gas_per_level * static_cast<double>((end.over ? levels.size() - 1 : end.level) - first);
  }
  [[nodiscard]] constexpr order_book after(double x) const noexcept {
    if (empty() || !(x > 0.0)) return *this;
    order_book left = *this;
    const place end = at_input(x);
    left.first = end.level;
    left.used = end.over ? 0.0 : end.level == first ? used + end.rest : end.rest;
    if (!end.over && left.used >= levels[end.level].size) {
      ++left.first;
      left.used = 0.0;
    }
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept { return empty() ? 0 : levels.size() - first; }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    const std::size_t count = segment_count() < out.size() ? segment_count() : out.size();
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = {.price = net_price(first + i), .capacity = i == 0 ? left_of_first() : levels[first + i].size};
    }
    return count;
  }

private:
  /// Where a trade ends.
  struct place {
    std::size_t level = 0;  ///< one past the last where all is taken
    double out = 0.0;       ///< what the levels before pay
    double rest = 0.0;      ///< what is left for this level
    bool over = false;
  };
  [[nodiscard]] constexpr bool empty() const noexcept { return first >= levels.size(); }
  [[nodiscard]] constexpr double left_of_first() const noexcept { return levels[first].size - used; }
  [[nodiscard]] constexpr double net_price(std::size_t level) const noexcept {
    return fee.complement() * levels[level].price;
  }
  [[nodiscard]] constexpr place at_input(double x) const noexcept {
    const double left = left_of_first();
    if (!(left < x)) return {.level = first, .rest = x};
    const doubled<double> target = levels[first].in + doubled<double>(x - left);
    place end{.level = detail::first_left(levels, first + 1, [&](const book_node& n) { return n.in < target; })};
    end.out = levels[first].price * left + (levels[end.level - 1].out - levels[first].out).high;
    end.over = end.level == levels.size();
    if (end.over) return end;
    end.rest =
        smaller(levels[end.level].size, larger(0.0, x - left - (levels[end.level - 1].in - levels[first].in).high));
    return end;
  }
  static constexpr double nothing(double x) noexcept { return x == x ? 0.0 : x; }
};

/// @brief Writes the levels of a book with their sums into the caller's memory.
/// @param levels best first; equal prices may follow each other; none is a book with no orders
/// @param out    as many as levels
/// @errors size_mismatch (no room), not_finite, non_positive_price, negative_amount (an empty level too),
///         bad_configuration (a better price after a worse one)
/// @cost   O(levels)
constexpr result<order_book> build_order_book(std::span<const book_level> levels, std::span<book_node> out,
                                              basis_points fee = {}) noexcept {
  if (out.size() < levels.size()) return errc::size_mismatch;
  book_node before{.price = infinity};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const book_level& at = levels[i];
    if (!is_finite(at.price) || !is_finite(at.size)) return errc::not_finite;
    if (!(at.price > 0.0)) return errc::non_positive_price;
    if (!(at.size > 0.0)) return errc::negative_amount;
    if (at.price > before.price) return errc::bad_configuration;
    out[i] = before = before.followed_by(at);
    if (!is_finite(before.in.high) || !is_finite(before.out.high)) return errc::not_finite;
  }
  const order_book book{.levels = out.first(levels.size()), .fee = fee};
  if (const errc e = book.validate(); e != errc::ok) return e;
  return book;
}

}  // namespace trimtab::liquidity
