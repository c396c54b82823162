// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/oracle/concept.hpp>
#include <trimtab/oracle/tick_window.hpp>

#include <cmath>
#include <span>

namespace trimtab::oracle {

/// @brief Means of a price over a window. arithmetic ≥ geometric ≥ harmonic, and for a random walk of volatility σ the
/// logarithm of the first ratio is σ²·window/12 on average.
///
/// The geometric mean of 1/p is one over that of p; the arithmetic one of 1/p is one over the harmonic one of p, so
/// reading an arithmetic mean the other way round gives another price.
struct time_weighted {
  double arithmetic = 0.0;  ///< Σ p·Δ/W
  double geometric = 0.0;   ///< exp(Σ ln p·Δ/W)
  double harmonic = 0.0;    ///< W/Σ(Δ/p)
};

/// @brief Time-weighted means of prices that each hold until the next one, the last one on.
///
/// @param path in order of time, the first not after `from`
/// @errors bad_configuration (a window of no length), size_mismatch (no prices), time_backwards (out of order),
///         outside_validity (the first after `from`; prices more than the range of a double apart), not_finite,
///         non_positive_price
/// @cost   one logarithm and two divisions per price in the window
inline result<time_weighted> means_over(std::span<const observation> path, timestamp from, timestamp to) noexcept {
  if (from >= to) return errc::bad_configuration;
  if (path.empty()) return errc::size_mismatch;
  if (path.front().at > from) return errc::outside_validity;
  const double length = static_cast<double>((to - from).count()), unit = path.front().price;
  double sum = 0.0, logarithms = 0.0, reciprocals = 0.0;  // of p/unit
  for (std::size_t i = 0; i < path.size(); ++i) {
    const double p = path[i].price;
    if (!is_price(p)) return is_finite(p) ? errc::non_positive_price : errc::not_finite;
    if (i > 0 && path[i].at < path[i - 1].at) return errc::time_backwards;
    const timestamp begins = path[i].at < from ? from : path[i].at;
    const timestamp ends = i + 1 == path.size() || path[i + 1].at > to ? to : path[i + 1].at;
    if (ends <= begins) continue;
    const double share = static_cast<double>((ends - begins).count()) / length, relative = p / unit;
    sum += share * relative;
    logarithms += share * std::log(relative);
    reciprocals += share / relative;
  }
  const time_weighted w{unit * sum, unit * std::exp(logarithms), unit / reciprocals};
  for (const double mean : {w.arithmetic, w.geometric, w.harmonic})
    if (!is_price(mean)) return errc::outside_validity;
  return w;
}

/// @brief Time-weighted means from the observations of a Uniswap v3 pool, whole tokens 1 per whole token 0: between two
/// of them the tick stood still, so the sums say what it was.
///
/// The geometric mean is that of `mean_price` over the same window; the arithmetic one is what the pool itself never
/// says.
/// @pre    the ring is valid
/// @errors as `tick_ring::window`
/// @cost   one exponential per observation in the window
inline result<time_weighted> means_over(const tick_ring& ring, timestamp from, timestamp to, timestamp now,
                                        int decimals0, int decimals1) noexcept {
  if (from >= to) return errc::bad_configuration;
  const auto first = ring.at(from, now), last = ring.at(to, now);
  if (!first.has_value()) return first.error();
  if (!last.has_value()) return last.error();
  const double length = static_cast<double>((to - from).count()), step = std::log1p(1e-4);
  const double mean_tick = static_cast<double>(last->tick_seconds - first->tick_seconds) / length;
  double sum = 0.0, reciprocals = 0.0;  // of price/price at the mean tick
  timestamp begins = from;
  std::int64_t summed = first->tick_seconds;
  const auto stood = [&](timestamp ends, std::int64_t sums) {
    const double seconds_of = static_cast<double>((ends - begins).count());
    const double relative = std::exp((static_cast<double>(sums - summed) / seconds_of - mean_tick) * step);
    sum += seconds_of / length * relative;
    reciprocals += seconds_of / length / relative;
    begins = ends, summed = sums;
  };
  for (std::size_t i = 1; i <= ring.cardinality; ++i) {  // from the oldest on
    const tick_observation& o = ring.slots[(ring.newest + i) % ring.cardinality];
    if (o.initialised && o.at > from && o.at < to) stood(o.at, o.sums.tick_seconds);
  }
  stood(to, last->tick_seconds);
  const double geometric = std::exp(mean_tick * step) * std::pow(10.0, decimals0 - decimals1);
  return time_weighted{geometric * sum, geometric, geometric / reciprocals};
}

/// @brief Arithmetic mean from a Uniswap v2 pair's cumulative prices, whole tokens 1 per whole token 0 for
/// `price0CumulativeLast`; exchange the decimals for the other.
///
/// Formula  (end − start mod 2²⁵⁶)/(window·2¹¹²)·10^(decimals 0 − decimals 1)
/// @errors  bad_configuration (a window of no length), outside_validity (a mean that no pair can have: 2¹¹² or more)
/// @source  Uniswap v2 whitepaper, §2.2; UniswapV2Pair.sol `_update`, UQ112x112.sol: sums wrap by design
inline result<double> mean_price(const uint256& start, const uint256& end, seconds window, int decimals0,
                                 int decimals1) noexcept {
  if (window.count() <= 0) return errc::bad_configuration;
  constexpr uint256 all_ones = uint256::from_words(~0ULL, ~0ULL, ~0ULL, ~0ULL);
  constexpr uint256 two_to_112 = uint256::from_words(0, 0, 1ULL << 48, 0), one{1};
  // end − start where it does not wrap; else 2²⁵⁶ − (start − end), one unit at a time so that it fits
  const uint256 grown = end >= start ? *end.subtract(start) : *all_ones.subtract(*start.subtract(end)->subtract(one));
  const auto mean =
      uint256::ratio(grown, one, uint256{static_cast<std::uint64_t>(window.count())}, two_to_112, rounding::down);
  if (!mean.has_value()) return mean.error();
  if (!(*mean < 0x1p112)) return errc::outside_validity;
  return *mean * std::pow(10.0, decimals0 - decimals1);
}

/// @brief Geometric mean from a Uniswap v3 pool's cumulative ticks, whole tokens 1 per whole token 0, with the mean
/// tick not rounded: what `tick_window::mean_price` gives up to one part in 10⁴ lower.
///
/// Formula  1.0001^((end − start)/window)·10^(decimals 0 − decimals 1)
/// @errors  bad_configuration (a window of no length), outside_validity (a mean tick that no pool can have)
/// @source  Uniswap v3 whitepaper, §5.2
inline result<double> mean_price(const tick_sums& start, const tick_sums& end, seconds window, int decimals0,
                                 int decimals1) noexcept {
  if (window.count() <= 0) return errc::bad_configuration;
  const double passed = static_cast<double>(end.tick_seconds) - static_cast<double>(start.tick_seconds);
  const double tick = passed / static_cast<double>(window.count());
  if (!(tick >= liquidity::min_tick && tick <= liquidity::max_tick)) return errc::outside_validity;
  return std::exp(tick * std::log1p(1e-4)) * std::pow(10.0, decimals0 - decimals1);
}

}  // namespace trimtab::oracle
