// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/liquidity/tick_walk.hpp>

namespace trimtab::liquidity {

/// @brief A pool of concentrated liquidity (Uniswap v3 and v4, Slipstream), asked in one direction; fee on the input.
///
/// Formula   in a range of liquidity L the pool is a constant product: from √P, with γ = 1 − fee,
///           first in:   y = L·√P·γx / (L/√P + γx)    √P' = √P·a/(a + γx), a = L/√P
///           second in:  y = L/√P·γx / (L·√P + γx)    √P' = √P + γx/L
/// until the next initialised tick; whole ranges are differences of the table's prefix sums. Fees stay outside the
/// liquidity, so a trade in parts gets what it gets in one go. Where no liquidity is left, input buys nothing; where a
/// gap has none, the price jumps across it.
/// The contract works in whole units and cuts a swap at every initialised tick, every edge of its bitmap (256 tick
/// spacings) and the end. At each cut it takes up to two smallest units more than the curve, which buy nothing, and
/// pays up to one less; its price is a whole number of 2⁻⁹⁶. Nothing else sets the two apart.
/// @cost   O(log ticks) each, `segments` and their count O(ticks)
/// @source Adams et al. 2021, "Uniswap v3 core", eqs 6.13 to 6.16; v3-core SwapMath.sol computeSwapStep
struct concentrated {
  tick_table ticks{};
  doubled<double> sqrt_price{};  ///< √(second per first), whole tokens: a double, or see `sqrt_price_from_x96`
  swap_direction direction = swap_direction::first_for_second;
  basis_points fee{30.0};
  double gas_units = 0.0;     ///< of a swap within one range
  double gas_per_tick = 0.0;  ///< for each initialised tick crossed
  std::uint32_t hint = 0;     ///< a range the price may be in: right, it saves a search; wrong, it costs nothing else

  /// The table is as its builder has checked it; an empty one is a pool without liquidity.
  /// @errors not_finite, non_positive_price, negative_amount (gas), bad_configuration (a fee outside [0, 100 %))
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(sqrt_price.high)) return errc::not_finite;
    if (!(sqrt_price.high > 0.0)) return errc::non_positive_price;
    if (!(gas_units >= 0.0) || !(gas_per_tick >= 0.0)) return errc::negative_amount;
    return fee.count >= 0.0 && fee.count < 1e4 ? errc::ok : errc::bad_configuration;
  }
  /// The same pool with its hint set: for a pool that is asked more than once.
  [[nodiscard]] constexpr concentrated placed() const noexcept {
    concentrated same = *this;
    same.hint = static_cast<std::uint32_t>(begin().range);
    return same;
  }
  /// The same pool seen from the other side.
  [[nodiscard]] constexpr concentrated reversed() const noexcept {
    concentrated other = *this;
    other.direction = walk().down ? swap_direction::second_for_first : swap_direction::first_for_second;
    return other;
  }
  /// The liquidity that meets the next trade, 0 in a gap. On a tick, that of the range ahead.
  [[nodiscard]] constexpr double liquidity() const noexcept {
    const tick_walk::spot from = begin();
    return from.skipped == 0 ? from.liquidity : 0.0;
  }

  [[nodiscard]] constexpr double amount_out(double x) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0)) return nothing(x);
    const tick_walk::stop end = ahead.at_input(from, x * fee.complement());
    if (end.over) return end.before.out;
    return end.before.out + smaller(end.full.out, ahead.paid(end.from, end.rest));
  }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    if (!(y > 0.0)) return y;
    if (!(from.liquidity > 0.0)) return infinity;
    const tick_walk::stop end = ahead.at_output(from, y);
    // The last amounts that it takes may round to more than all of it pays.
    if (end.over) return y <= end.before.out * (1.0 + 0x1p-50) ? end.before.in / fee.complement() : infinity;
    const flow pool = ahead.reserves(end.from);
    const double left = pool.out - end.rest;
    const double net = left > 0.0 ? smaller(end.full.in, pool.in * (end.rest / left)) : end.full.in;
    return (end.before.in + net) / fee.complement();
  }
  /// From the left on a tick, 0 beyond the end of liquidity.
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0)) return {nothing(x)};
    const tick_walk::stop end = walk().at_input(from, net_of(x));
    if (end.over) return {0.0};
    const double pool = walk().reserves(end.from).in, share = pool / (pool + end.rest);
    return {price_at(end.from.root) * share * share};
  }
  [[nodiscard]] constexpr double marginal_slope(double x) const noexcept {
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0)) return nothing(x);
    const tick_walk::stop end = walk().at_input(from, net_of(x));
    if (end.over) return 0.0;
    const double pool = walk().reserves(end.from).in, share = pool / (pool + end.rest);
    return -2.0 * price_at(end.from.root) * share * share * (fee.complement() / (pool + end.rest));
  }
  /// The price is the trader's, with the fee taken off: the pool's own is higher by it, and it is taken once.
  [[nodiscard]] constexpr double amount_at(executable_price<double> price) const noexcept {
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0) || !(price.value < price_at(from.root))) return 0.0;
    const tick_walk::stop end = at_price(from, price.value);
    double net = end.before.in;
    const double start = price_at(end.from.root);
    if (!end.over && price.value < start) {
      const double fall = (start - price.value) / price.value;
      net += smaller(end.full.in, walk().reserves(end.from).in * (fall / (1.0 + square_root(1.0 + fall))));
    }
    return net / fee.complement();
  }
  /// @brief What goes in until the pool's price is the square of this: a contract's price limit. 0 where it is already
  /// there or past, `capacity()` where liquidity ends before.
  [[nodiscard]] constexpr double amount_to(const doubled<double>& limit) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0) || !ahead.ahead(from.root, limit)) return 0.0;
    const tick_walk::stop end = ahead.at_root(from, limit);
    double net = end.before.in;
    if (!end.over && ahead.ahead(end.from.root, limit)) {
      net += ahead.moved<double>(end.from.liquidity, end.from.root, limit).in;
    }
    return net / fee.complement();
  }
  /// Formula   Σ yₖ·eₖ/(aₖ + eₖ) + (pₖ₊₁ − price)·xₖ over whole ranges k, and that of a constant product for the last
  [[nodiscard]] constexpr double best_value(executable_price<double> price) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    const double ask = larger(0.0, price.value), gamma = fee.complement();
    if (!(from.liquidity > 0.0) || !(ask < price_at(from.root))) return 0.0;
    const tick_walk::stop end = at_price(from, ask);
    // How much better a price is than the one asked for, also where they hardly differ.
    const auto over = [&](const doubled<double>& root) {
      const doubled<double> square = root * root;
      return ((ahead.down ? complement() * square : complement() / square) - doubled<double>(ask)).high;
    };
    const auto whole = [&](const tick_walk::spot& at, const doubled<double>& far, const flow& all) {
      return all.out * ahead.share(at.root, far) + larger(0.0, over(far)) * (all.in / gamma);
    };
    double value = 0.0;
    if (end.crossed > 0) {
      const std::size_t edge = ahead.far_node(from.range);
      const tick_walk::flow<doubled<double>> between = ahead.between(edge, end.near);
      const doubled<double> gain = between.out - between.in * doubled<double>(ask) / complement();
      value = whole(from, ahead.nodes[edge].sqrt_price, end.first) + larger(0.0, gain.high);
    }
    const double rise = over(end.from.root);
    if (end.over || !(rise > 0.0)) return value;
    if (over(end.far) >= 0.0) return value + whole(end.from, end.far, end.full);
    const double gap = rise / (ask + rise), share = gap / (1.0 + square_root(1.0 - gap));
    return value + ahead.reserves(end.from).out * share * share;
  }
  /// Formula   Σ (p₀ − pₖ)·xₖ + pₖ·xₖ·eₖ/(aₖ + eₖ) over the ranges k, each from its own first price pₖ
  [[nodiscard]] constexpr double loss(double x) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0)) return nothing(x);
    const double first_price = ahead.price(from.root);
    const tick_walk::stop end = ahead.at_input(from, net_of(x));
    const double pool = ahead.reserves(end.from).in;
    if (end.crossed == 0) return first_price * end.rest * (end.rest / (pool + end.rest));
    const std::size_t edge = ahead.far_node(from.range);
    const tick_walk::flow<doubled<double>> between = ahead.between(edge, end.near);
    const doubled<double> square = from.root * from.root;
    const doubled<double> worth = ahead.down ? between.in * square : between.in / square;
    const double lost = first_price * end.first.in * ahead.share(from.root, ahead.nodes[edge].sqrt_price) +
                        larger(0.0, (worth - between.out).high);
    if (end.over) return lost + first_price * end.rest;
    return lost + (ahead.drop(from.root, end.from.root) + ahead.price(end.from.root) * (end.rest / (pool + end.rest))) *
                      end.rest;
  }
  [[nodiscard]] constexpr double capacity() const noexcept {
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0)) return 0.0;
    const tick_walk::stop end = walk().at_root(from, doubled<double>(walk().down ? 0.0 : infinity));
    return end.before.in / fee.complement();
  }
  /// A price that is on a tick to begin with has crossed it already.
  [[nodiscard]] constexpr double gas(double x) const noexcept {
    return x > 0.0 ? gas_units + gas_per_tick * static_cast<double>(ticks_crossed(x)) : 0.0;
  }
  /// Initialised ticks that the price passes or ends on.
  [[nodiscard]] constexpr std::size_t ticks_crossed(double x) const noexcept {
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0) || !(x > 0.0)) return 0;
    const tick_walk::stop end = walk().at_input(from, net_of(x));
    return from.skipped + end.crossed + (!end.over && end.rest >= end.full.in ? 1U : 0U);
  }
  [[nodiscard]] constexpr concentrated after(double x) const noexcept {
    const tick_walk ahead = walk();
    const tick_walk::spot from = begin();
    if (!(from.liquidity > 0.0) || !(x > 0.0)) return *this;
    const tick_walk::stop end = ahead.at_input(from, net_of(x));
    concentrated left = *this;
    left.sqrt_price = end.rest < end.full.in ? ahead.root_after(end.from, end.far, end.rest) : end.far;
    left.hint = static_cast<std::uint32_t>(end.from.range);
    return left;
  }
  [[nodiscard]] constexpr std::size_t segment_count() const noexcept {
    std::size_t count = 0;
    for (tick_walk::spot at = begin(); at.liquidity > 0.0; at = walk().next(at)) ++count;
    return count;
  }
  constexpr std::size_t segments(std::span<segment<>> out) const noexcept {
    const tick_walk ahead = walk();
    tick_walk::spot at = begin();
    std::size_t written = 0;
    for (; written < out.size() && at.liquidity > 0.0; at = ahead.next(at)) {
      const double in = ahead.moved<double>(at.liquidity, at.root, ahead.nodes[ahead.far_node(at.range)].sqrt_price).in;
      out[written++] = {.price = price_at(at.root),
                        .curvature = fee.complement() / ahead.reserves(at).in,
                        .capacity = in / fee.complement()};
    }
    return written;
  }

private:
  using flow = tick_walk::flow<double>;

  [[nodiscard]] constexpr tick_walk walk() const noexcept {
    return {ticks.nodes, direction == swap_direction::first_for_second};
  }
  [[nodiscard]] constexpr tick_walk::spot begin() const noexcept { return walk().start(sqrt_price, hint); }
  [[nodiscard]] constexpr double price_at(const doubled<double>& root) const noexcept {
    return fee.complement() * walk().price(root);
  }
  [[nodiscard]] constexpr tick_walk::stop at_price(const tick_walk::spot& from, double price) const noexcept {
    // A range too few or too many by rounding has nothing in it.
    const double root = square_root(larger(0.0, price) / fee.complement());
    return walk().at_root(from, doubled<double>(walk().down ? root : 1.0 / root));
  }
  /// 1 − fee to twice the digits.
  [[nodiscard]] constexpr doubled<double> complement() const noexcept {
    return (doubled<double>(1e4) - doubled<double>(fee.count)) / doubled<double>(1e4);
  }
  [[nodiscard]] constexpr doubled<double> net_of(double x) const noexcept { return doubled<double>(x) * complement(); }
  /// 0 for any amount, NaN for none.
  static constexpr double nothing(double x) noexcept { return x == x ? 0.0 : x; }
};

}  // namespace trimtab::liquidity
