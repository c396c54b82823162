// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/form.hpp>
#include <trimtab/health/liquidation.hpp>
#include <trimtab/health/whole_repayment.hpp>
#include <trimtab/market/account.hpp>

#include <concepts>
#include <cstdint>

namespace trimtab {

/// How far a model's form is the protocol's own judgement.
enum class form_class : std::uint8_t {
  linear,            ///< at every price, for a fixed configuration
  piecewise_linear,  ///< up to an edge, a price or an amount; beyond it another form is, and the model refuses
  global_input,      ///< for one state of the whole system that the caller read, and which may change by itself
};

/// @brief The prices of one slot between which a form is the protocol's, all other prices and the amounts fixed.
///
/// What a model with an edge in a price returns, so that a caller knows how far a form may be moved before it has to be
/// built again; empty (low > high, or from infinity up) where nothing that this slot does would make the form hold.
/// Both ends belong to it. Edges in amounts, and those of two prices at once, are asked with `holds_at`.
struct price_range {
  double low = 0.0;
  double high = infinity;

  [[nodiscard]] constexpr bool contains(double price) const noexcept { return low <= price && price <= high; }
  friend constexpr bool operator==(price_range, price_range) = default;
};

/// @brief One protocol's collateral rules: a map from an account to two forms. `health::morpho_blue` is the one to
/// copy.
///
/// - `kind`                       linear, or why not
/// - `holds_at(account, prices)`  where the form has an edge, or where prices are possible that no sound oracle quotes:
///                                errc::outside_validity beyond it; errc::size_mismatch for a slot that only the edge
///                                or the limits read
/// - `valid_prices(account, prices, slot)` the edge itself, for one slot; only where the kind is not linear
/// - `validate(account)`          errc::asset_mismatch for a holding the model does not list; its own configuration too
/// - `liquidation_form<S>(account)` the form whose factor below 1 gets the account liquidated
/// - `borrow_form<S>(account)`    the form a new borrow must keep at or above 1
/// - `withdrawal_checked_by()`    which of the two a withdrawal must keep at or above 1
/// - `may_withdraw(account, asset)` whether the protocol lets this asset leave at all, health apart
/// - `may_borrow(account, asset)` whether the protocol lends this asset to this account at all, health apart
/// - `minimum_debt(prices)`       the least debt that may remain, base currency; 0 where the protocol has none
/// - `liquidation_boundary()`     whether equality is healthy
/// - `whole_debt`                 optional, a `whole_repayment`: how it is told to take all of a debt
template <class M, class S = double>
concept HealthModel = Scalar<S> &&
    requires(const M& model, const account<>& a, asset_id asset, oracle_prices<double> prices) {
  requires std::same_as<decltype(M::kind), const form_class>;
  { model.validate(a) } -> std::same_as<errc>;
  { model.template liquidation_form<S>(a) } -> std::same_as<form<S, account<>::max_holdings>>;
  { model.template borrow_form<S>(a) } -> std::same_as<form<S, account<>::max_holdings>>;
  { model.minimum_debt(prices) } -> std::same_as<double>;
  { model.may_withdraw(a, asset) } -> std::same_as<bool>;
  { model.may_borrow(a, asset) } -> std::same_as<bool>;
  { model.withdrawal_checked_by() } -> std::same_as<withdrawal_check>;
  { model.liquidation_boundary() } -> std::same_as<boundary>;
} &&(M::kind == form_class::linear ||
     requires(const M& model, const account<>& a, oracle_prices<double> prices, price_slot slot) {
       { model.holds_at(a, prices) } -> std::same_as<errc>;
       { model.valid_prices(a, prices, slot) } -> std::same_as<price_range>;
     });

/// @brief A health model that also says what a liquidation does: close factor, bonus, fee, dust, bad debt.
///
/// - `liquidate(account, prices, request)`  of what has passed the door: the amounts, or errc::not_liquidatable,
/// asset_mismatch, dust, not_finite,
///                                          outside_validity
/// - `bonus(account, prices, collateral)`   what a liquidator is paid on top, now
/// - `rounding_bound(account, prices)`      how far the contract's own health factor may be from the form's, relative,
///                                          for the integers that the contract rounds to
template <class M>
concept Liquidatable = HealthModel<M> &&
    requires(const M& model, const account<>& a, oracle_prices<double> prices, liquidation_request request) {
  { model.liquidate(a, prices, request) } -> std::same_as<result<liquidation_outcome>>;
  { model.bonus(a, prices, request.collateral) } -> std::same_as<basis_points>;
  { model.rounding_bound(a, prices) } -> std::same_as<double>;
};

/// Whether the model's form is the protocol's at these prices. @errors outside_validity
template <class M, std::size_t N>
constexpr errc holds_at(const M& model, const account<N>& a, oracle_prices<double> prices) noexcept {
  if constexpr (requires { model.holds_at(a, prices); }) {
    return model.holds_at(a, prices);
  } else {
    return errc::ok;
  }
}

/// @brief What the protocol still lends of an asset to an account besides what its health allows, whole tokens: a
/// ceiling, or a limit of the whole system. A model with one has `borrow_room(account, prices, asset)`.
/// @return infinity for a model without
template <class M, std::size_t N>
constexpr double borrow_room(const M& model, const account<N>& a, oracle_prices<double> prices,
                             asset_id asset) noexcept {
  if constexpr (requires { model.borrow_room(a, prices, asset); }) {
    return model.borrow_room(a, prices, asset);
  } else {
    return infinity;
  }
}

/// @brief The door: balances, configuration, prices and the model's edge, in that order.
/// @errors not_finite, negative_amount, duplicate_asset; those of the model's own `validate`; size_mismatch,
/// non_positive_price; outside_validity
template <HealthModel M, std::size_t N>
constexpr errc validate(const M& model, const account<N>& a, oracle_prices<double> prices) noexcept {
  for (const errc e : {validate(a), model.validate(a)})
    if (e != errc::ok) return e;
  for (const errc e : {validate(model.template liquidation_form<double>(a), prices),
                       validate(model.template borrow_form<double>(a), prices)})
    if (e != errc::ok) return e;
  return holds_at(model, a, prices);
}

/// The account after a liquidation. @pre the outcome came from `liquidate` on this account
template <std::size_t N>
constexpr account<N> after_liquidation(account<N> a, const liquidation_request& request,
                                       const liquidation_outcome& outcome) noexcept {
  if (outcome.whole_account)
    for (std::size_t i = 0; i < a.size(); ++i) a[i].collateral = 0.0;
  if (outcome.all_debt_written_off)
    for (std::size_t i = 0; i < a.size(); ++i) a[i].debt = 0.0;
  if (holding* owed = a.find(request.debt)) {
    owed->debt = outcome.debt_left;
    if (a.find(outcome.credited_asset) == nullptr) owed->collateral += outcome.credited;
  }
  if (holding* held = a.find(request.collateral); held != nullptr && !outcome.whole_account)
    held->collateral = outcome.collateral_left;
  if (holding* given = a.find(outcome.credited_asset)) given->collateral += outcome.credited;
  return a;
}

}  // namespace trimtab
