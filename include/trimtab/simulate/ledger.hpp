// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Where the money went: every change of equity is booked once, to one cause, so that opening equity + exposure − costs
/// is the final equity to the last rounding. Values at market prices (what one could sell for), not at oracle prices.

#include <trimtab/core/math.hpp>

namespace trimtab::simulate {

/// @brief A sum that keeps what rounding took: exact to a few ulps of its result whatever the number of terms.
class long_sum {
public:
  constexpr void add(double x) noexcept {
    const double sum = high_ + x;
    low_ += sum_error(high_, x, sum);
    high_ = sum;
  }
  [[nodiscard]] constexpr double value() const noexcept { return high_ + low_; }

private:
  double high_ = 0.0;
  double low_ = 0.0;
};

/// @brief What trading, being liquidated and owing cost, base currency; positive is lost.
struct costs {
  double impact =
      0.0;  ///< value sold at market price − fee − value received: price impact and any gap of the pool to the market
  double fee = 0.0;          ///< what the pool keeps
  double premium = 0.0;      ///< of flash loans
  double gas = 0.0;          ///< of every transaction included, reverted ones too, but of those whose sender is paid
  double reward = 0.0;       ///< paid in kind to whoever sent a transaction; its gas is his
  double liquidation = 0.0;  ///< value seized − debt repaid
  double interest = 0.0;     ///< accrued on debt − earned on collateral
  double written_off = 0.0;  ///< bad debt the lender took; reduces what is lost

  [[nodiscard]] constexpr double trading() const noexcept { return impact + fee + premium + gas + reward; }
  [[nodiscard]] constexpr double total() const noexcept { return trading() + liquidation + interest - written_off; }
};

/// @brief Equity from opening to end, by cause.
struct equity_split {
  double opening = 0.0;
  double exposure = 0.0;  ///< what was held × how its price moved: the market's part, not the steering's
  simulate::costs costs{};
  double closing = 0.0;  ///< measured from the balances, not from the lines above

  /// @brief What the lines leave unexplained: 0 up to rounding. Tests hold it against closing.
  [[nodiscard]] constexpr double unexplained() const noexcept { return closing - (opening + exposure - costs.total()); }
};

/// @brief Books as they grow.
struct ledger {
  long_sum exposure, impact, fee, premium, gas, reward, liquidation, interest, written_off;

  [[nodiscard]] constexpr simulate::costs costs() const noexcept {
    return {.impact = impact.value(),
            .fee = fee.value(),
            .premium = premium.value(),
            .gas = gas.value(),
            .reward = reward.value(),
            .liquidation = liquidation.value(),
            .interest = interest.value(),
            .written_off = written_off.value()};
  }
};

}  // namespace trimtab::simulate
