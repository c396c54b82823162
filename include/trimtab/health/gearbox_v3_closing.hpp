// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/gearbox_v3.hpp>

namespace trimtab::health {

/// What a full liquidation of a Gearbox account pays, whole underlying tokens.
struct gearbox_v3_payments {
  double to_pool = 0.0;
  double to_owner = 0.0;
  double profit = 0.0;  ///< the part of `to_pool` beyond debt and interest
  double loss = 0.0;    ///< debt and interest that the pool does not get back
};

/// @brief The full liquidation: the account is closed, and its tokens are the liquidator's for these payments.
///
/// Formula   funds = value·discount, value unweighted; the pool asks for debt + value·fee and gets at most the funds,
/// the
///           owner gets the rest of them
/// @param accrued_fees the part of the debt that is fees, neither principal nor interest, whole underlying tokens
/// @errors   negative_amount (fees below zero or beyond the debt), size_mismatch, outside_validity, not_liquidatable,
///           not_finite
/// @source   core-v3, CreditLogic.sol calcLiquidationPayments, commit 510fc65
template <std::size_t N>
constexpr result<gearbox_v3_payments> closing_payments(const gearbox_v3& model, const account<N>& a,
                                                       oracle_prices<double> prices,
                                                       double accrued_fees = 0.0) noexcept {
  if (const errc e = model.holds_at(a, prices); e != errc::ok) return e;
  const double health = health_factor(model.liquidation_form<double>(a), prices);
  if (!liquidatable_at(model.liquidation_boundary(), health)) return errc::not_liquidatable;
  if (!(health < infinity)) return errc::not_finite;  // a NaN
  const double owed = a.find(model.underlying)->debt;
  if (!(accrued_fees >= 0.0 && accrued_fees <= owed)) return errc::negative_amount;
  double value = 0.0;
  for (const holding& h : a) {
    const gearbox_v3_token* token = row_of(model.tokens, h.asset);
    value += h.collateral * prices[token != nullptr ? token->slot : model.underlying_slot].value;
  }
  value /= prices[model.debt_slot].value;
  const double funds = value * model.liquidation_discount.fraction();
  const double asked = owed + value * model.liquidation_fee.fraction(), to_lenders = owed - accrued_fees;
  gearbox_v3_payments out;
  out.to_pool = smaller(asked, funds);
  out.to_owner = funds - out.to_pool;
  out.profit = larger(out.to_pool - to_lenders, 0.0);
  out.loss = larger(to_lenders - out.to_pool, 0.0);
  return out;
}

}  // namespace trimtab::health
