// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>
#include <trimtab/liquidity/concept.hpp>

#include <cmath>
#include <cstdint>

namespace trimtab::oracle {

/// Which mean a time-weighted price is: of prices (Uniswap v2) or of their logarithms (Uniswap v3).
enum class averaging : std::uint8_t { arithmetic, geometric };

/// @brief The liquidity whoever pushes a price has to trade against, seen from the price of now.
///
/// A constant product holds at every price. A range of liquidity L around the price p counts as the constant product
/// with L·√p of the quote asset, and ends at multiples of the price; beyond it the price moves for nothing.
struct pool_depth {
  double quote = 0.0;      ///< of the quote asset, in base currency: the reserve, or L·√p of a range
  basis_points fee{30.0};  ///< on what goes in
  double up = infinity;    ///< upper price of the range/price now
  double down = 0.0;       ///< lower price of the range/price now
  double most = infinity;  ///< the highest price that the pool can show at all/price now
  double least = 0.0;      ///< and the lowest

  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(quote)) return errc::not_finite;
    if (!(quote >= 0.0)) return errc::negative_amount;
    if (!(fee.count >= 0.0 && fee.count < 1e4)) return errc::bad_configuration;
    return up >= 1.0 && most >= up && down >= 0.0 && down <= 1.0 && least >= 0.0 && least <= down
               ? errc::ok
               : errc::bad_configuration;
  }
};

/// Whoever pushes it: undone by arbitrage at the next block, or proposing the blocks and undoing it himself.
enum class pusher : std::uint8_t { arbitraged, proposer };

/// What moving an average takes.
struct manipulation {
  double multiple = 1.0;   ///< of the price, while it is pushed
  double capital = 0.0;    ///< in base currency, put in at a time; what comes out is kept or traded back
  double arbitrage = 0.0;  ///< lost to whoever trades it back
  double fees = 0.0;       ///< paid to the pool

  [[nodiscard]] constexpr double cost() const noexcept { return arbitrage + fees; }
};

/// @brief The multiple at which the price has to stand during `held` blocks of a window for its mean to be moved by
/// `shift`, as a fraction of the price; the other blocks show the true price.
///
/// Formula  arithmetic 1 + shift·window/held; geometric (1 + shift)^(window/held)
///          An arithmetic mean cannot be pushed down by held/window or more, whatever it costs; a geometric one can.
/// @errors  bad_configuration (no blocks, more held than there are, a NaN), infeasible (a price of 0 or beyond a
/// double)
/// @source  Mackinga, Nadahalli, Wattenhofer 2022, "TWAP Oracle Attacks: Easier Done than Said?" (arithmetic, one
///          block); derived here for the geometric mean and several blocks
inline result<double> multiple_to_move(averaging mean, double shift, blocks window, blocks held) noexcept {
  if (held.count <= 0 || window < held || !is_finite(shift)) return errc::bad_configuration;
  const double leverage = static_cast<double>(window.count) / static_cast<double>(held.count);
  if (!(shift > -1.0)) return errc::infeasible;
  const double multiple =
      mean == averaging::arithmetic ? 1.0 + shift * leverage : std::exp(leverage * std::log1p(shift));
  if (!is_finite(multiple) || !(multiple > 0.0)) return errc::infeasible;
  return multiple;
}

namespace detail {
/// From what reaches the curve, what of it is lost to the true price, and what comes out at that price.
inline manipulation push_of(double multiple, double in, double lost, double out, basis_points fee, blocks held,
                            pusher by) noexcept {
  const double rate = fee.fraction() / fee.complement(), times = static_cast<double>(held.count);
  manipulation m{.multiple = multiple, .capital = in / fee.complement()};
  m.arbitrage = by == pusher::arbitraged ? times * lost : 0.0;
  m.fees = by == pusher::arbitraged ? times * in * rate : (in + out) * rate;
  return m;
}
}  // namespace detail

/// @brief What it takes to move a time-weighted mean by `shift`.
///
/// With m the square root of the multiple that the liquidity sees, or one over it when pushing down, y the depth and f
/// the fee:
///
///   capital    y·(m − 1)/(1 − f)
///   arbitrage  y·(m − 1)²/m           per block held; nothing for a proposer, who undoes it first thing in his next
///                                     block, so that holding k blocks takes k + 1 in a row (`proposer_run`)
///   fees       y·(m − 1)·f/(1 − f)    per block held; for a proposer once, and y·(1 − 1/m)·f/(1 − f) on the way back
///
/// Undone by arbitrage, a geometric mean is the cheaper to move the more blocks share the push (k·sinh²(c/k) falls in
/// k); a far push of an arithmetic mean is cheapest in a single block.
/// Symmetric in the two directions. Fees stand outside the reserves, as in Uniswap v3; where they join them (v2) the
/// second figure is a little low.
/// @errors those of `multiple_to_move` and of the depth; infeasible (beyond what the pool can show)
/// @source derived here from x·y = k; Adams, Wan, Zinsmeister 2022, "Uniswap v3 TWAP Oracles in Proof of Stake", for
///         proposers of consecutive blocks
inline result<manipulation> cost_to_move(const pool_depth& pool, averaging mean, double shift, blocks window,
                                         blocks held = blocks{1}, pusher by = pusher::arbitraged) noexcept {
  if (const errc e = pool.validate(); e != errc::ok) return e;
  const auto multiple = multiple_to_move(mean, shift, window, held);
  if (!multiple.has_value()) return multiple.error();
  const double r = *multiple;
  if (r > pool.most || r < pool.least) return errc::infeasible;
  const double seen = r > 1.0 ? smaller(r, pool.up) : larger(r, pool.down);
  const double m = std::sqrt(r > 1.0 ? seen : 1.0 / seen), y = pool.quote;
  const double in = y * (m - 1.0);
  return detail::push_of(r, in, in * (m - 1.0) / m, in / m, pool.fee, held, by);
}

/// @brief The same against any curve, such as all ranges of a Uniswap v3 pool.
///
/// @param venue    trades in the direction of the push: the quote asset in for a shift above zero, out for one below
/// @param fee      the part of its fee that is in its curve, which the curve does not tell
/// @param in_price of what goes in, base currency per token
/// @param most     how far the venue can move its price at all, as a multiple above one; past its capacity for nothing
/// @errors those of `multiple_to_move` and of the venue; bad_configuration (a fee that is none), non_positive_price,
///         infeasible (beyond `most`)
template <Venue V>
result<manipulation> cost_to_move(const V& venue, basis_points fee, double in_price, averaging mean, double shift,
                                  blocks window, blocks held = blocks{1}, pusher by = pusher::arbitraged,
                                  double most = infinity) noexcept {
  if (const errc e = venue.validate(); e != errc::ok) return e;
  if (!(fee.count >= 0.0 && fee.count < 1e4)) return errc::bad_configuration;
  if (!is_finite(in_price)) return errc::not_finite;
  if (!(in_price > 0.0)) return errc::non_positive_price;
  const auto multiple = multiple_to_move(mean, shift, window, held);
  if (!multiple.has_value()) return multiple.error();
  const double r = *multiple, factor = r > 1.0 ? r : 1.0 / r;
  if (!(factor <= most)) return errc::infeasible;
  const double first = venue.marginal_price(0.0).value;
  if (!(first > 0.0)) return detail::push_of(r, 0.0, 0.0, 0.0, fee, held, by);  // no liquidity
  const double x = venue.amount_at(executable_price<double>{first / factor});
  // In the asset that goes in, at the price before fees: one out is worth (1 − fee)/first.
  const double unit = in_price * fee.complement() / first;
  return detail::push_of(r, x * fee.complement() * in_price, venue.loss(x) * unit, venue.amount_out(x) * unit, fee,
                         held, by);
}

}  // namespace trimtab::oracle
