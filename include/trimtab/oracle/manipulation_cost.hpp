// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/core/result.hpp>

#include <cmath>

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
inline result<double> multiple_to_move(averaging mean, double shift, long long window, long long held) noexcept {
  if (held <= 0 || window < held || !is_finite(shift)) return errc::bad_configuration;
  const double leverage = static_cast<double>(window) / static_cast<double>(held);
  if (!(shift > -1.0)) return errc::infeasible;
  const double multiple =
      mean == averaging::arithmetic ? 1.0 + shift * leverage : std::exp(leverage * std::log1p(shift));
  if (!is_finite(multiple) || !(multiple > 0.0)) return errc::infeasible;
  return multiple;
}

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
inline result<manipulation> cost_to_move(const pool_depth& pool, averaging mean, double shift, long long window,
                                         long long held = 1, pusher by = pusher::arbitraged) noexcept {
  if (const errc e = pool.validate(); e != errc::ok) return e;
  const auto multiple = multiple_to_move(mean, shift, window, held);
  if (!multiple.has_value()) return multiple.error();
  const double r = *multiple;
  if (r > pool.most || r < pool.least) return errc::infeasible;
  const double seen = r > 1.0 ? smaller(r, pool.up) : larger(r, pool.down);
  const double m = std::sqrt(r > 1.0 ? seen : 1.0 / seen), y = pool.quote;
  const double fee = pool.fee.fraction() / pool.fee.complement(), times = static_cast<double>(held);
  manipulation out{.multiple = r, .capital = y * (m - 1.0) / pool.fee.complement()};
  if (by == pusher::arbitraged) {
    out.arbitrage = times * (y * (m - 1.0) * (m - 1.0) / m);
    out.fees = times * (y * (m - 1.0) * fee);
  } else {
    out.fees = y * ((m - 1.0) + (m - 1.0) / m) * fee;
  }
  return out;
}

}  // namespace trimtab::oracle
