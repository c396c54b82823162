// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/concept.hpp>

namespace trimtab::trigger {

// The health that another measure of the same account stands for, so that a band drawn in leverage, in loan to value or
// in a collateral ratio becomes a band of health. The bridge is the account's weight, threshold over borrow factor:
// health = weight·C/D, with C and D the unweighted values. A trade within one pair leaves it as it is, and there all of
// this is exact; with several collaterals or debts it is the mean weight now, and moves as their mix does.

/// @brief Reads `values`. Formula   health·D/C
/// @return   NaN without debt or collateral: such a signal does not say what its weight is
constexpr double weight_of(const signal& s) noexcept {
  return s.health * (s.debt_value / s.collateral_value);
}

/// Leverage now. Formula   C/(C − D); 1 without debt, +inf or below zero where nothing is left, NaN of an empty account
constexpr double leverage_of(const signal& s) noexcept {
  return s.collateral_value / (s.collateral_value - s.debt_value);
}
/// Loan to value now. Formula   D/C
constexpr double loan_to_value_of(const signal& s) noexcept {
  return s.debt_value / s.collateral_value;
}

/// Formula   weight·L/(L − 1); +inf at a leverage of 1, NaN below it. @return NaN as `weight_of`
constexpr double health_at_leverage(const signal& s, double leverage) noexcept {
  const double weight = weight_of(s), debts = leverage - 1.0;
  if (debts > 0.0) return leverage == infinity ? weight : weight * (leverage / debts);
  return debts == 0.0 ? infinity * weight : std::numeric_limits<double>::quiet_NaN();
}
/// Formula   weight/ltv; +inf at zero, NaN below it. @return NaN as `weight_of`
constexpr double health_at_loan_to_value(const signal& s, double ltv) noexcept {
  const double weight = weight_of(s);
  if (ltv > 0.0) return weight / ltv;
  return ltv == 0.0 ? infinity * weight : std::numeric_limits<double>::quiet_NaN();
}
/// A collateral ratio is value held over value owed: 1.5 is 150 %. Formula   weight·ratio. @return NaN as `weight_of`
constexpr double health_at_collateral_ratio(const signal& s, double ratio) noexcept {
  return weight_of(s) * ratio;
}
/// The ratio of the borrow form, what may be owed over what is. Reads `borrow_form`.
/// Formula   health·ratio/borrow_health. @return NaN without debt
constexpr double health_at_borrow_health(const signal& s, double ratio) noexcept {
  return s.health / s.borrow_health * ratio;
}

/// The other way round. Formula   h/(h − weight); +inf or below zero at a health at or below the weight, where nothing
/// is left of the equity
constexpr double leverage_at_health(const signal& s, double health) noexcept {
  return health == infinity ? 1.0 : health / (health - weight_of(s));
}

}  // namespace trimtab::trigger
