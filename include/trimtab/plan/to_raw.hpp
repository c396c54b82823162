// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/whole_repayment.hpp>
#include <trimtab/market/account.hpp>
#include <trimtab/plan/step.hpp>

#include <span>

namespace trimtab {

/// @brief A step's amount in smallest units, rounded against the trader: what goes out of his hands up, what comes into
/// them down.
///
/// Up: flash_repay, supply, repay, swap, pay, transfer_in. Down: flash_borrow, withdraw, borrow, transfer_out. Where
/// one step hands on what another took, both carry the integer of the first that names it.
/// @errors those of `units::floor`; dust (a positive amount that rounds to nothing)
constexpr result<units> to_raw(action what, double tokens, int decimals) noexcept {
  const bool down = what == action::flash_borrow || what == action::withdraw || what == action::borrow ||
                    what == action::transfer_out;
  const auto raw = down ? units::floor(tokens, decimals) : units::ceil(tokens, decimals);
  if (raw.has_value() && *raw == units{} && tokens > 0.0) return errc::dust;
  return raw;
}

/// By how much a debt may have grown when a plan executes: a factor of at least 1.
struct growth {
  asset_id debt{};
  double factor = 1.0;
};

/// @brief The growth of a debt until its plan is included, however often it compounds.
///
/// Formula   1 + r·t + (r·t)² ≥ e^{r·t} for r·t ≤ 1
/// @param per_second the borrow rate, a fraction a second; a longer or dearer wait than r·t = 1 gives infinity, which
/// no
///                   plan is made for
/// @source   derived here: the series of e^x, whose terms from x²/2 on are at most x² up to x = 1
constexpr growth growth_until(asset_id debt, double per_second, seconds inclusion) noexcept {
  const double x = per_second * static_cast<double>(inclusion.count());
  return {debt, x >= 0.0 && x <= 1.0 ? (1.0 + x + x * x) * (1.0 + 0x1p-51) : infinity};
}

/// @errors bad_configuration (a factor below 1, infinite or NaN), duplicate_asset
constexpr errc validate(std::span<const growth> table) noexcept {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!(table[i].factor >= 1.0 && table[i].factor < infinity)) return errc::bad_configuration;
    for (std::size_t k = 0; k < i; ++k)
      if (table[k].debt == table[i].debt) return errc::duplicate_asset;
  }
  return errc::ok;
}

/// 1 for a debt that the table leaves out.
constexpr double growth_of(std::span<const growth> table, asset_id debt) noexcept {
  for (const growth& g : table)
    if (g.debt == debt) return g.factor;
  return 1.0;
}

/// The account with its debts grown.
template <std::size_t N>
constexpr account<N> grown(account<N> a, std::span<const growth> table) noexcept {
  for (std::size_t i = 0; i < a.size(); ++i) a[i].debt *= growth_of(table, a[i].asset);
  return a;
}

/// @brief What a plan must hold and allow to be sure to repay a debt whole at inclusion: grown, rounded up, by the few
/// last places to which a double knows a balance too, and where it grows one unit more for the protocol's own
/// roundings.
/// @errors those of `units::ceil`
constexpr result<units> whole_debt_allowance(double owed, double factor, int decimals) noexcept {
  const auto raw = units::ceil(owed * factor * (1.0 + 0x1p-50), decimals);
  return raw.has_value() && factor > 1.0 ? raw->add(units{1}) : raw;
}

}  // namespace trimtab
