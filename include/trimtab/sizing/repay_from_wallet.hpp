// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab::sizing {

/// @brief Repays just enough debt out of the owner's wallet: the remedy without a venue, and the one to copy.
///
/// Formula   x = (D − C/h) / (v·π), rounded up by a few ulps and read back
/// Where that would leave a debt below the protocol's minimum, all of it is repaid if the wallet reaches.
/// @source   derived here: C ≥ h·(D − v·π·x)
struct repay_from_wallet {
  double available = 0.0;  ///< of the debt asset, whole tokens; gas in kind comes out of it too

  /// @errors negative_amount (a NaN too)
  [[nodiscard]] constexpr errc validate() const noexcept { return available >= 0.0 ? errc::ok : errc::negative_amount; }

  /// @errors those of `check_account`; asset_mismatch, already_there, gas_tank, dust (limit::minimum_debt),
  /// infeasible with its limit: reserve, debt, pole (the debt weighs nothing), wallet
  /// @cost a few passes over the holdings; no allocation
  template <class V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept {
    remedy r{.kind = remedy_kind::repay_from_wallet, .asset = p.debt};
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return detail::refused(r, bad);
    const term<double>* owed = p.liquidation.debt.find(p.debt);
    if (owed == nullptr) return detail::refused(r, errc::asset_mismatch);
    const detail::account_reading k(p);
    r.health_before = k.health();
    if (r.health_before >= p.target) return detail::refused(r, errc::already_there);
    if (!p.debt_limits.can_reduce()) return detail::refused(r, errc::infeasible, limit::reserve);
    if (p.gas.short_of_gas(0.0)) return detail::refused(r, errc::gas_tank);
    const double price = p.prices[owed->slot].value, weighted = owed->weight * price;
    if (!(weighted > 0.0)) return detail::refused(r, errc::infeasible, limit::pole);

    r.gas_in_kind = k.gas_in_kind(0.0, price);
    largest most;
    most.at_most(owed->amount, limit::debt);
    most.at_most(available - r.gas_in_kind, limit::wallet);
    const auto fill = [&](double x) {
      r.amount = x;
      r.changes[0] = {.debt = p.debt, .debt_by = -x};
      k.read_back(r);
    };
    const double deficit = p.target * k.debt_value - k.collateral_value, each = p.target * weighted;
    const double step = detail::rounding_of(k.collateral_value, p.target * k.debt_value) / each;
    const bool reached = detail::raise_to_target(r, p.target, deficit / each, step, most.x, fill);
    if (reached && k.leaves_dust(r)) {
      fill(owed->amount);
      if (owed->amount > most.x || k.leaves_dust(r)) return detail::refused(r, errc::dust, limit::minimum_debt);
    }
    if (!reached) {
      // All but the minimum; a few ulps less where that reads below it.
      const double debts = owed_value(p.liquidation.debt, p.prices);
      for (int attempt = 0; attempt < 4 && k.leaves_dust(r); ++attempt)
        fill(larger(0.0, (debts - p.minimum_debt - attempt * detail::rounding_of(debts, 0.0)) / price));
      if (!(r.amount > 0.0) || k.leaves_dust(r)) return detail::refused(r, errc::infeasible, most.why);
    }
    r.status = reached ? errc::ok : errc::infeasible;
    r.binding = reached ? limit::none : most.why;
    r.cost.gas = p.gas.fee_base(0.0, p.prices);
    r.funds = (r.amount + r.gas_in_kind) * price;
    return r;
  }
};

}  // namespace trimtab::sizing
