// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/errc.hpp>
#include <trimtab/core/math.hpp>
#include <trimtab/market/price.hpp>

#include <cstdint>

namespace trimtab {

/// Who pays for the transaction: the owner's tank of native tokens, or the trade's own proceeds (a relayer paid in
/// kind).
enum class gas_payer : std::uint8_t { tank, proceeds };

/// @brief What a transaction costs and what is there to pay it: native units, priced through a slot of their own.
///
/// Paid from the tank, gas is a cost of the trade but takes nothing from the size equation; paid from the proceeds it
/// is inside it.
struct gas_market {
  double transaction_gas = 0.0;   ///< gas units of the whole plan without the venue's own
  double price_native = 0.0;      ///< native tokens per gas unit
  double tank_native = infinity;  ///< native tokens at hand
  gas_payer paid_from = gas_payer::tank;
  price_slot native{};  ///< base currency per native token; read only when gas costs anything

  /// Native tokens for a plan that trades through a venue which itself uses `venue_gas`.
  [[nodiscard]] constexpr double fee_native(double venue_gas) const noexcept {
    return (transaction_gas + venue_gas) * price_native;
  }
  /// The tank has to pay and cannot.
  [[nodiscard]] constexpr bool short_of_gas(double venue_gas) const noexcept {
    return paid_from == gas_payer::tank && fee_native(venue_gas) > tank_native;
  }
  /// The fee in base currency.
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
