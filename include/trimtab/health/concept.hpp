// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/form.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/market/account.hpp>

#include <concepts>

namespace trimtab {

/// @brief One protocol's collateral rules: a map from an account to two forms. `health::morpho_blue` is the one to
/// copy.
///
/// - `validate(account)`          errc::asset_mismatch for a holding the model does not list; its own configuration too
/// - `liquidation_form<S>(account)` the form whose factor below 1 gets the account liquidated
/// - `borrow_form<S>(account)`    the form a new borrow must keep at or above 1
/// - `withdrawal_checked_by()`    which of the two a withdrawal must keep at or above 1
/// - `may_withdraw(account, asset)` whether the protocol lets this asset leave at all, health apart
/// - `minimum_debt()`             the least debt that may remain, base currency; 0 where the protocol has none
/// - `liquidation_boundary()`     whether equality is healthy
template <class M, class S = double>
concept HealthModel = Scalar<S> && requires(const M& model, const account<>& a, asset_id asset) {
  { model.validate(a) } -> std::same_as<errc>;
  { model.template liquidation_form<S>(a) } -> std::same_as<form<S, account<>::max_holdings>>;
  { model.template borrow_form<S>(a) } -> std::same_as<form<S, account<>::max_holdings>>;
  { model.minimum_debt() } -> std::same_as<double>;
  { model.may_withdraw(a, asset) } -> std::same_as<bool>;
  { model.withdrawal_checked_by() } -> std::same_as<withdrawal_check>;
  { model.liquidation_boundary() } -> std::same_as<boundary>;
};

/// @brief A health model that also says what a liquidation does: close factor, bonus, fee, dust, bad debt.
///
/// - `liquidate(account, prices, request)` the amounts, or errc::not_liquidatable, asset_mismatch, dust, not_finite
/// - `bonus(collateral)`                   what a liquidator is paid on top
template <class M>
concept Liquidatable = HealthModel<M> &&
    requires(const M& model, const account<>& a, oracle_prices<double> prices, liquidation_request request) {
  { model.liquidate(a, prices, request) } -> std::same_as<result<liquidation_outcome>>;
  { model.bonus(request.collateral) } -> std::same_as<basis_points>;
};

/// The account after a liquidation. @pre the outcome came from `liquidate` on this account
template <std::size_t N>
constexpr account<N> after_liquidation(account<N> a, const liquidation_request& request,
                                       const liquidation_outcome& outcome) noexcept {
  if (holding* owed = a.find(request.debt)) owed->debt = larger(0.0, owed->debt - outcome.repaid - outcome.bad_debt);
  if (holding* held = a.find(request.collateral)) held->collateral = larger(0.0, held->collateral - outcome.seized);
  return a;
}

}  // namespace trimtab
