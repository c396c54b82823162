// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// How far a price falls before anybody can have done anything about it, and the lower band edge that this demands.

#include <trimtab/simulate/oracle_feed.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace trimtab::simulate {

/// @brief The worst relative fall from a block's price to any price of the next `blocks` blocks.
///
/// Formula   g = max over t of 1 − min(p(t), …, p(t + blocks))/p(t)
/// @cost one pass, a queue of candidate minima
[[nodiscard]] inline double worst_fall(std::span<const double> price, std::size_t blocks) {
  double worst = 0.0;
  std::vector<std::size_t> minima;  // blocks of the window in which no later block is lower; the front is the lowest
  std::size_t front = 0;
  for (std::size_t b = price.size(); b-- > 0;) {
    while (minima.size() > front && price[minima.back()] >= price[b]) minima.pop_back();
    minima.push_back(b);
    while (minima[front] > b + blocks) ++front;
    worst = std::max(worst, 1.0 - price[minima[front]] / price[b]);
  }
  return worst;
}

/// @brief The worst relative fall of the *feed* from a printed price through its next print and `blocks` blocks after
/// it.
///
/// That is the time in which an account at that price's health can do nothing: until the feed prints again nothing is
/// seen to change, and what is then sent lands `blocks` later, after that block's own print.
[[nodiscard]] inline double worst_unanswered_fall(const oracle_feed& feed, std::size_t blocks) {
  double worst = 0.0;
  for (std::size_t k = 0; k + 1 < feed.prints.size(); ++k) {
    const std::size_t until = feed.prints[k + 1].block + blocks;
    for (std::size_t j = k + 1; j < feed.prints.size() && feed.prints[j].block <= until; ++j) {
      worst = std::max(worst, 1.0 - feed.prints[j].price / feed.prints[k].price);
    }
  }
  return worst;
}

/// @brief The lower band edge that a worst fall demands: an account at the edge stays at health 1 through it.
///
/// Formula   1/((1 − g)(1 − deviation)): the market may already be the feed's deviation below the price that the
/// protocol sees
[[nodiscard]] constexpr double lower_edge_for(double fall, double deviation) noexcept {
  return 1.0 / ((1.0 - fall) * (1.0 - deviation));
}

}  // namespace trimtab::simulate
