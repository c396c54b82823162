// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/basis_points.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/sizing/problem.hpp>

#include <concepts>

namespace trimtab::sizing {

/// The share that a venue takes of what goes in or comes out, where it says; 0 where it does not.
template <class V>
constexpr double fee_fraction(const V& venue) noexcept {
  if constexpr (requires {
                  { venue.fee } -> std::convertible_to<basis_points>;
                }) {
    return venue.fee.fraction();
  } else {
    return 0.0;
  }
}

/// @brief What selling x through a venue costs against the fair rate, item by item, base currency.
///
/// Formula   spread = (fair − y'(0))·x·π,  impact = (y'(0)·x − y(x))·π,  of the spread the fee y'(0)·f/(1 − f)·x·π
/// Add the legs of a trade up with `+=`; the sum is what the whole of it costs, `total()`.
/// @param fair_rate asset out per asset in at fair prices; @param out_price base currency per asset out, π
/// @param gas, premium what else the leg costs, base currency
template <class V>
constexpr cost trade_cost(const V& venue, double x, double fair_rate, double out_price, double gas = 0.0,
                          double premium = 0.0) noexcept {
  const double first = venue.marginal_price(0.0).value, fee = fee_fraction(venue);
  return {.spread = (fair_rate - first) * x * out_price,
          .impact = venue.loss(x) * out_price,
          .premium = premium,
          .gas = gas,
          .fee = first * (fee / (1.0 - fee)) * x * out_price};
}

}  // namespace trimtab::sizing
