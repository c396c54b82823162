// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/market/price.hpp>

namespace trimtab {

/// @brief What a transaction costs and what is there to pay it: native units from a tank, priced through a slot of its own.
///
/// A tank and not the position pays, so gas is a cost of the trade but takes nothing from the size equation.
struct gas_market {
  double transaction_gas = 0.0;     ///< gas units of the whole plan without the venue's own
  double price_native = 0.0;        ///< native tokens per gas unit
  double tank_native = infinity;    ///< native tokens at hand
  price_slot native{};              ///< base currency per native token; read only when gas costs anything

  /// Native tokens for a plan that trades through a venue which itself uses `venue_gas`.
  [[nodiscard]] constexpr double fee_native(double venue_gas) const noexcept {
    return (transaction_gas + venue_gas) * price_native;
  }
  /// The same in base currency.
  [[nodiscard]] constexpr double fee_base(double venue_gas, oracle_prices<double> prices) const noexcept {
    const double fee = fee_native(venue_gas);
    return fee > 0.0 ? fee * prices[native].value : 0.0;
  }
};

/// @errors not_finite, negative_amount, size_mismatch
constexpr errc validate(const gas_market& gas, oracle_prices<double> prices) noexcept {
  if (!is_finite(gas.transaction_gas) || !is_finite(gas.price_native)) return errc::not_finite;
  if (gas.transaction_gas < 0.0 || gas.price_native < 0.0 || !(gas.tank_native >= 0.0)) return errc::negative_amount;
  if (gas.price_native > 0.0 && !prices.has(gas.native)) return errc::size_mismatch;
  return errc::ok;
}

}  // namespace trimtab
