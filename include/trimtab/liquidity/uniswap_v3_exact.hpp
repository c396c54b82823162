// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/exact_swap_step.hpp>
#include <trimtab/liquidity/exact_tick.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace trimtab::liquidity {

/// What is asked of a pool. All in smallest units.
struct exact_order {
  bool zero_for_one = true;  ///< pay token 0 and get token 1: the price falls
  bool exact_in = true;      ///< `amount` is what is paid, fee included; else what is wanted
  uint256 amount{};
  uint256 sqrt_price_limit{};  ///< where to stop; 0 for no limit, which is the last price the contract has
};

/// What a pool did.
struct exact_swap {
  uint256 amount_in{}, amount_out{};
  bool filled = false;  ///< the amount asked for, all of it; else the price limit stopped the swap
  uint256 sqrt_price{}, liquidity{};
  std::int32_t tick = 0;
  int ticks_crossed = 0;  ///< initialised ones
  int steps = 0;
};

/// Amounts behind a position.
struct exact_amounts {
  uint256 amount0{}, amount1{};
};

/// @brief A Uniswap v3 pool in the contract's integers: what a swap really pays, to the last unit, over all its ticks.
///
/// The curve of decisions is elsewhere; this is the number to put into a transaction. The table of ticks is the
/// caller's and must be whole, which `validate` checks: what it sums to is the liquidity in range, and in the end
/// nothing.
/// @source Uniswap v3 whitepaper, §6; UniswapV3Pool.sol `swap`. The protocol's share of the fee changes no amount here
struct uniswap_v3_exact {
  uint256 sqrt_price{};  ///< √(token 1 per token 0)·2⁹⁶
  std::int32_t tick = 0;
  uint256 liquidity{};  ///< in range
  std::uint32_t fee_pips = 3000;
  std::int32_t tick_spacing = 60;
  std::span<const exact_tick> ticks{};  ///< ascending

  static constexpr std::int32_t largest_spacing = 16383;

  /// @brief Is this a state that the contract can be in?
  ///
  /// The tick is that of the price, or the one below where a falling price has come to rest on an initialised tick.
  /// @errors bad_configuration (fee, spacing, a tick off its spacing or out of order, a liquidity that the ticks do not
  ///         sum to, a tick that is not the price's), outside_validity (a price or tick that the contract does not
  ///         have)
  /// @cost   O(number of ticks)
  [[nodiscard]] errc validate() const noexcept {
    if (fee_pips >= 1'000'000 || tick_spacing <= 0 || tick_spacing > largest_spacing) return errc::bad_configuration;
    const auto of_price = tick_at(sqrt_price);
    if (!of_price.has_value()) return of_price.error();
    const bool arrived_down = tick == *of_price - 1 && *sqrt_price_at(*of_price) == sqrt_price;
    if (tick != *of_price && !arrived_down) return errc::bad_configuration;
    uint256 sum, in_range;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      const exact_tick& t = ticks[i];
      if (t.index < min_tick || t.index > max_tick) return errc::outside_validity;
      if (t.index % tick_spacing != 0 || (i > 0 && t.index <= ticks[i - 1].index)) return errc::bad_configuration;
      if (t.index > tick && (i == 0 || ticks[i - 1].index <= tick)) in_range = sum;
      const auto next = crossed(sum, t, false);
      if (!next.has_value()) return errc::bad_configuration;
      sum = *next;
    }
    if (sum != uint256{}) return errc::bad_configuration;
    return in_range == liquidity ? errc::ok : errc::bad_configuration;
  }

  /// @brief The whole swap, step by step as the contract walks: each initialised tick, and each end of a word of its
  /// bitmap, where amounts are rounded too.
  ///
  /// Exact in, n steps pay less than the curve without roundings and word ends, by at most n·(1 + 3·(price at the
  /// start)) units and what one unit of √price, 2⁻⁹⁶, is worth: L·2⁻⁹⁶ of token 1, L·2⁻⁹⁶/p² of token 0. (Derived here:
  /// a step rounds its amount in and its fee up, its amount out down.)
  /// @pre `validate()` is ok; it is not asked again
  /// @errors dust (an amount of 0), bad_configuration (a limit on the wrong side of the price or beyond the contract's
  ///         prices), overflow (an amount of 255 bits and more)
  /// @cost   about half a microsecond a step
  [[nodiscard]] result<exact_swap> swap(const exact_order& order) const noexcept {
    const bool down = order.zero_for_one;
    const uint256 limit = limit_of(order);
    if (order.amount == uint256{}) return errc::dust;
    if ((order.amount.word(3) >> 63) != 0) return errc::overflow;
    if (down ? limit >= sqrt_price || limit <= lowest_sqrt_price : limit <= sqrt_price || limit >= highest_sqrt_price)
      return errc::bad_configuration;

    exact_swap s{.sqrt_price = sqrt_price, .liquidity = liquidity, .tick = tick};
    uint256 left = order.amount;
    std::size_t above = first_above(ticks, tick);
    while (left != uint256{} && s.sqrt_price != limit) {
      const tick_stop stop = next_stop(ticks, above, tick_spacing, s.tick, down);
      const uint256 there = *sqrt_price_at(stop.index);
      const uint256 target = (down ? there < limit : there > limit) ? limit : there;
      const auto step = swap_step(s.sqrt_price, target, s.liquidity, left, fee_pips, order.exact_in);
      if (!step.has_value()) return step.error();
      ++s.steps;
      const auto paid = step->amount_in.add(step->fee);
      const auto in = paid.has_value() ? s.amount_in.add(*paid) : paid;
      const auto out = s.amount_out.add(step->amount_out);
      const auto rest = left.subtract(order.exact_in ? *paid : step->amount_out);
      if (!in.has_value() || !out.has_value() || !rest.has_value()) return errc::overflow;
      s.amount_in = *in, s.amount_out = *out, left = *rest;

      if (step->sqrt_price == there) {
        if (stop.initialised) {
          const auto next = crossed(s.liquidity, ticks[down ? above - 1 : above], down);
          if (!next.has_value()) return next.error();
          s.liquidity = *next;
          above = down ? above - 1 : above + 1;
          ++s.ticks_crossed;
        }
        s.tick = down ? stop.index - 1 : stop.index;
      } else if (step->sqrt_price != s.sqrt_price) {
        s.tick = *tick_at(step->sqrt_price);
      }
      s.sqrt_price = step->sqrt_price;
    }
    s.filled = left == uint256{};
    return s;
  }

  /// The pool as the swap leaves it.
  [[nodiscard]] constexpr uniswap_v3_exact after(const exact_swap& done) const noexcept {
    uniswap_v3_exact pool = *this;
    pool.sqrt_price = done.sqrt_price, pool.tick = done.tick, pool.liquidity = done.liquidity;
    return pool;
  }

  /// @brief The tokens behind this much liquidity between two ticks at the pool's price, fees apart: rounded down what
  /// its owner gets for burning it, rounded up what minting it costs.
  /// @errors bad_configuration (ticks out of order), outside_validity (ticks that the contract does not have), overflow
  /// @source Uniswap v3 whitepaper, eq. 6.29 and 6.30; UniswapV3Pool.sol `_modifyPosition`
  [[nodiscard]] constexpr result<exact_amounts> position(const uint256& amount, std::int32_t lower, std::int32_t upper,
                                                         rounding direction) const noexcept {
    const auto low = sqrt_price_at(lower), high = sqrt_price_at(upper);
    if (!low.has_value() || !high.has_value()) return errc::outside_validity;
    if (lower >= upper) return errc::bad_configuration;
    if ((amount.word(2) | amount.word(3)) != 0) return errc::overflow;
    const uint256 from = tick < lower ? *low : tick < upper ? sqrt_price : *high;  // what is above is token 0
    const auto amount0 = amount0_between(from, *high, amount, direction);
    const auto amount1 = amount1_between(*low, from, amount, direction);
    if (!amount0.has_value()) return amount0.error();
    if (!amount1.has_value()) return amount1.error();
    return exact_amounts{*amount0, *amount1};
  }

private:
  /// Liquidity beyond a tick. @errors bad_configuration (less than none, or 128 bits and more)
  static constexpr result<uint256> crossed(const uint256& before, const exact_tick& t, bool down) noexcept {
    const auto after = t.falls == down ? before.add(t.net) : before.subtract(t.net);
    if (!after.has_value() || (after->word(2) | after->word(3)) != 0) return errc::bad_configuration;
    return after;
  }
  static constexpr uint256 limit_of(const exact_order& order) noexcept {
    if (order.sqrt_price_limit != uint256{}) return order.sqrt_price_limit;
    return *(order.zero_for_one ? lowest_sqrt_price.add(uint256{1}) : highest_sqrt_price.subtract(uint256{1}));
  }
};

}  // namespace trimtab::liquidity
