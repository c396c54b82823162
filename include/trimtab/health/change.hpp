// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/health_factor.hpp>

namespace trimtab {

/// A trade as a form sees it: one collateral amount and one debt amount move, whole tokens. Negative takes away.
struct change {
  asset_id collateral{};
  double collateral_by = 0.0;
  asset_id debt{};
  double debt_by = 0.0;
};

/// The form after a change; an amount never falls below zero. A side that does not list the asset stays as it is.
template <Scalar S, std::size_t N>
constexpr form<S, N> after(form<S, N> f, const change& by) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0);
  if (auto* t = f.collateral.find(by.collateral)) t->amount = larger<S>(zero, t->amount + literal<S>(by.collateral_by));
  if (auto* t = f.debt.find(by.debt)) t->amount = larger<S>(zero, t->amount + literal<S>(by.debt_by));
  return f;
}

/// @brief Weighted value of a side as if the amount of one asset had changed: the bits of `weighted_value` on the
/// changed side, without the copy.
template <std::floating_point S, std::size_t N>
constexpr S weighted_value_after(const terms<S, N>& side, oracle_prices<S> prices, asset_id asset, S by) noexcept {
  S sum = 0;
  for (const term<S>& t : side) {
    const S amount = t.asset == asset ? larger<S>(S(0), t.amount + by) : t.amount;
    sum = sum + t.weight * amount * prices[t.slot].value;
  }
  return sum;
}

/// The health factor a change would leave: what `health_factor(after(f, by), prices)` reads, bit for bit.
template <std::size_t N>
constexpr double health_factor_after(const form<double, N>& f, oracle_prices<double> prices,
                                     const change& by) noexcept {
  return health_factor(weighted_value_after(f.collateral, prices, by.collateral, by.collateral_by),
                       weighted_value_after(f.debt, prices, by.debt, by.debt_by));
}

}  // namespace trimtab
