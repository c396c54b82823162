// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/scalar.hpp>
#include <trimtab/market/asset.hpp>

#include <cstddef>
#include <initializer_list>
#include <span>
#include <type_traits>

namespace trimtab {

/// A price the protocol's oracle reports, base currency per whole token: what health is judged on. Never what a trade
/// gets.
template <Scalar S = double>
struct oracle_price {
  S value{};
};

/// A price a venue would trade at, asset out per asset in. It comes from a venue curve and goes back into one; no form
/// accepts it.
template <Scalar S = double>
struct executable_price {
  S value{};
};

/// @brief The oracle prices of one moment, one per slot; a view of the caller's array.
///
/// With unscaled balances, prices are the oracle's and collateral and debt may share a slot. Health, headroom and
/// greeks also take scaled balances with *effective* prices, oracle price × interest index. Trades (sizing, plan,
/// policy) are in whole tokens, so a policy needs unscaled balances and prices without the index.
/// @pre finite and > 0 (checked by `validate`, not here)
template <Scalar S = double>
class oracle_prices {
public:
  constexpr oracle_prices() = default;
  constexpr explicit oracle_prices(std::span<const S> base_per_token) noexcept : values_(base_per_token) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] constexpr bool has(price_slot slot) const noexcept { return slot.index < values_.size(); }
  [[nodiscard]] constexpr bool has(std::initializer_list<price_slot> slots) const noexcept {
    for (const price_slot slot : slots)
      if (!has(slot)) return false;
    return true;
  }
  /// @pre has(slot)
  constexpr oracle_price<S> operator[](price_slot slot) const noexcept { return {values_[slot.index]}; }

private:
  std::span<const S> values_;
};

template <class S, std::size_t N>
oracle_prices(const S (&)[N]) -> oracle_prices<S>;
template <class S, std::size_t N>
oracle_prices(std::span<S, N>) -> oracle_prices<std::remove_const_t<S>>;

}  // namespace trimtab
