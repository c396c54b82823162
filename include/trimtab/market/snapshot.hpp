// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/market/account.hpp>
#include <trimtab/market/feed.hpp>
#include <trimtab/market/gas.hpp>
#include <trimtab/market/price.hpp>
#include <trimtab/market/reserve_limits.hpp>

#include <cstddef>
#include <span>

namespace trimtab {

/// A venue curve and the two assets it trades: what says that a curve sells this collateral for that debt.
template <class V>
struct listing {
  asset_id in{};
  asset_id out{};
  V venue{};
  int in_decimals = 18;
  int out_decimals = 18;
};

/// @brief Everything a policy looks at, at one moment. Data only; spans are the caller's and outlive the call.
///
/// @tparam V the venue type: a concrete venue, or a curve built from several
/// @tparam N inline capacity of the account
template <class V, std::size_t N = 8>
struct snapshot {
  timestamp now{};
  trimtab::account<N> account{};
  oracle_prices<double> prices{};  ///< the protocol's own, effective, one per slot
  std::span<const feed> feeds{};   ///< for slots 0 … size−1; the slots behind are constants that no guard looks at
  std::span<const reserve_limits> reserves{};
  listing<V> sell{};  ///< collateral → debt, for deleveraging
  listing<V> buy{};   ///< debt → collateral, for leveraging up
  gas_market gas{};
  trimtab::sequencer sequencer{};
  double carry = 0.0;  ///< what the equity earns a year, interest and yields together, as a fraction of it
};

/// @brief The door: every number finite and in its range, once, so that formulas need not ask again.
/// @errors non_positive_price, not_finite, size_mismatch, and those of the parts
template <class V, std::size_t N>
constexpr errc validate(const snapshot<V, N>& s) noexcept {
  if (s.feeds.size() > s.prices.size()) return errc::size_mismatch;
  for (std::size_t i = 0; i < s.prices.size(); ++i) {
    const double p = s.prices[price_slot{static_cast<std::uint16_t>(i)}].value;
    if (!is_finite(p)) return errc::not_finite;
    if (!(p > 0.0)) return errc::non_positive_price;
  }
  if (!is_finite(s.carry)) return errc::not_finite;
  if (const errc e = validate(s.account); e != errc::ok) return e;
  if (const errc e = validate(s.reserves); e != errc::ok) return e;
  return validate(s.gas, s.prices);
}

}  // namespace trimtab
