// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/instrument/concept.hpp>

namespace trimtab::instrument {

/// @brief One share of a tokenised vault (ERC-4626): a claim on a part of what the vault holds.
///
/// Formula   V = r·u    r = (total_assets + virtual_assets)/(total_supply + virtual_supply)    ∂V/∂u = r    ∂²V/∂u² = 0
/// Units     amounts in whole tokens, of the asset and of the share; r in assets per share, u in base currency per
///           asset
///
/// OpenZeppelin's vault counts one smallest unit of the asset and 10^offset smallest units of the share that nobody
/// holds, and gives its share `offset` decimals more than the asset's d. In whole tokens both are 10⁻ᵈ, whatever the
/// offset: virtual_assets = virtual_supply = 1e-18 for a token of 18 decimals, 1e-6 for one of 6. With a share of other
/// decimals e, virtual_supply = 10^(offset − e). Zero, the default, is the plain ratio.
/// The vault rounds to smallest units; this does not, and is off by less than one of them.
/// @source ERC-4626, convertToAssets; OpenZeppelin Contracts 4.9, ERC4626.sol, _convertToAssets
struct vault_share {
  static constexpr std::size_t capacity = 1;

  double total_assets = 1.0;    ///< what the vault holds
  double total_supply = 1.0;    ///< shares that there are
  double virtual_assets = 0.0;  ///< held besides by nobody
  double virtual_supply = 0.0;

  [[nodiscard]] constexpr std::size_t size() const noexcept { return 1; }

  /// Assets per share.
  [[nodiscard]] constexpr double rate() const noexcept {
    return (total_assets + virtual_assets) / (total_supply + virtual_supply);
  }
  /// @errors not_finite, negative_amount, bad_configuration (no share to divide by)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double amount : {total_assets, total_supply, virtual_assets, virtual_supply}) {
      if (!is_finite(amount)) return errc::not_finite;
      if (amount < 0.0) return errc::negative_amount;
    }
    if (!(total_supply + virtual_supply > 0.0)) return errc::bad_configuration;
    return is_finite(rate()) ? errc::ok : errc::not_finite;
  }

  template <Scalar S>
  [[nodiscard]] constexpr S value(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return literal<S>(rate()) * u[0];
  }
  template <Scalar S>
  [[nodiscard]] constexpr jet<S, capacity> at(std::span<const S> u) const noexcept(std::floating_point<S>) {
    return {.value = value<S>(u), .gradient = {literal<S>(rate())}, .hessian = {literal<S>(0.0)}, .size = 1};
  }
  [[nodiscard]] constexpr double cubic_bound(std::span<const double> /*u*/, const price_box& /*box*/) const noexcept {
    return 0.0;
  }
};
static_assert(Instrument<vault_share>);

}  // namespace trimtab::instrument
