// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/core/uint256.hpp>
#include <trimtab/market/account.hpp>

#include <cstddef>
#include <string_view>

namespace trimtab {

/// @brief What one stored unit of a balance is worth in the token's smallest units, the rational value / scale.
///
/// `unscaled` for balances kept in the token itself. A default index is 0/0 and refused, so the value of a refusal
/// never passes for an index.
struct chain_index {
  uint256 value{};
  uint256 scale{};

  /// @brief An index as the contract prints it, at an integer scale of 10^scale_decimals: 27 for Aave's and Maker's, 15
  /// for Comet's, 18 where it is a wad.
  /// @errors malformed_number, overflow, bad_configuration (a scale outside [10⁰, 10⁷⁷], an index of zero)
  static constexpr result<chain_index> parse(std::string_view text, int scale_decimals) noexcept {
    const auto value = uint256::parse(text), scale = uint256::power_of_ten(scale_decimals);
    if (!value) return value.error();
    if (!scale) return scale.error();
    if (*value == uint256{}) return errc::bad_configuration;  // debts would vanish
    return chain_index{*value, *scale};
  }

  /// @brief Of shares in a pool, with Morpho's virtual 1 asset and 10⁶ shares.
  /// Formula   (total assets + 1) / (total shares + 10⁶)
  /// @errors   malformed_number, overflow
  /// @source   morpho-blue, SharesMathLib.sol toAssetsUp and toAssetsDown
  static constexpr result<chain_index> of_shares(std::string_view total_assets,
                                                 std::string_view total_shares) noexcept {
    const auto assets = uint256::parse(total_assets), shares = uint256::parse(total_shares);
    if (!assets) return assets.error();
    if (!shares) return shares.error();
    const auto value = assets->add(uint256{1}), scale = shares->add(uint256{1'000'000});
    if (!value || !scale) return errc::overflow;
    return chain_index{*value, *scale};
  }
};

inline constexpr chain_index unscaled{uint256{1}, uint256{1}};

/// @brief A stored balance in whole tokens, the exact rational number rounded once.
///
/// Formula   balance · index.value / (index.scale · 10^decimals)
/// @param    direction down for collateral, up for debt: against the borrower
/// @return   the nearest double on that side of the exact value. The contract's own balance is a whole number of
/// smallest
///           units, rounded by rules of its release (Aave ≤ v3.4 half up, later collateral down and debt up; Comet all
///           down), so it may lie less than one such unit to either side
/// @errors   bad_configuration (decimals outside [0, 77], an index of 0 or over 0)
constexpr result<double> whole_tokens(const uint256& balance, int decimals, rounding direction,
                                      const chain_index& index = unscaled) noexcept {
  const auto unit = uint256::power_of_ten(decimals);
  if (!unit) return unit.error();
  if (index.value == uint256{}) return errc::bad_configuration;
  return uint256::ratio(balance, index.value, index.scale, *unit, direction);
}
/// The same from text. @errors malformed_number, overflow (256 bits and more), bad_configuration
constexpr result<double> whole_tokens(std::string_view balance, int decimals, rounding direction,
                                      const chain_index& index = unscaled) noexcept {
  const auto count = uint256::parse(balance);
  if (!count) return count.error();
  return whole_tokens(*count, decimals, direction, index);
}

/// @brief One asset of an account as a node prints it: decimal or 0x-hexadecimal text of up to 256 bits.
///
/// An Aave position, with what the contracts call scaled balances:
///
///     const auto supply = chain_index::parse(liquidity_index, 27), borrow = chain_index::parse(borrow_index, 27);
///     const auto h = to_holding({.asset = weth, .collateral = scaled_atoken, .debt = scaled_debt, .decimals = 18,
///                                .collateral_index = *supply, .debt_index = *borrow});
///
/// With `unscaled` indices the holding keeps scaled balances, for forms whose price slots carry the index.
struct chain_holding {
  asset_id asset{};
  std::string_view collateral = "0";
  std::string_view debt = "0";
  int decimals = -1;  ///< of the token; must be stated, no default is safe
  chain_index collateral_index = unscaled;
  chain_index debt_index = unscaled;
  bool used_as_collateral = true;
};

/// @brief The holding in whole tokens: collateral rounded down, debt rounded up.
/// @errors malformed_number, overflow, bad_configuration (decimals, index)
constexpr result<holding> to_holding(const chain_holding& h) noexcept {
  const auto collateral = whole_tokens(h.collateral, h.decimals, rounding::down, h.collateral_index);
  if (!collateral) return collateral.error();
  const auto debt = whole_tokens(h.debt, h.decimals, rounding::up, h.debt_index);
  if (!debt) return debt.error();
  return holding{
      .asset = h.asset, .collateral = *collateral, .debt = *debt, .used_as_collateral = h.used_as_collateral};
}

/// Lists a holding given as text; the account is unchanged where it is refused. @errors those of `to_holding` and
/// `account::add`
template <std::size_t N>
constexpr errc add(account<N>& a, const chain_holding& h) noexcept {
  const auto read = to_holding(h);
  return read ? a.add(*read) : read.error();
}

}  // namespace trimtab
