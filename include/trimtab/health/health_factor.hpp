// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/health/form.hpp>
#include <trimtab/market/account.hpp>

namespace trimtab {

/// @brief Health factor of collateral value C and debt value D: how many times over the debt is covered.
///
/// Formula   C / D
/// @return   dimensionless; +inf when debt is zero (all derivatives 0), also without collateral; NaN for a NaN debt
/// @errors   none (total)
/// @derivative smooth for D > 0
/// @source   aave-v3-origin GenericLogic.sol calculateUserAccountData; Morpho.sol _isHealthy (as a ratio)
template <Scalar S>
constexpr S health_factor(const S& collateral, const S& debt) noexcept(std::floating_point<S>) {
  const S zero = literal<S>(0.0);
  const mask_t<S> owes = zero < debt, below_zero = debt < zero;
  const S divisor = blend<S>(owes, debt, blend<S>(below_zero, debt, literal<S>(1.0)));
  const S ratio = collateral / divisor;
  // debt − debt is 0, or NaN where the debt is: a NaN must not read as "owes nothing".
  const S no_debt = literal<S>(infinity) + (debt - debt);
  return blend<S>(owes, ratio, blend<S>(below_zero, ratio, no_debt));
}

/// @brief Health factor of an account's form at given oracle prices.
/// @param f       amounts, weights and slots; @param prices one per slot, base currency per token
/// @pre           prices > 0, amounts ≥ 0, slots in range (checked by `validate`, not here)
/// @cost          2 multiplications and an addition per holding, one division; no allocation
template <Scalar S>
constexpr S health_factor(const form_view<S>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return health_factor<S>(weighted_value<S>(f.collateral, prices), weighted_value<S>(f.debt, prices));
}
template <Scalar S, std::size_t N>
constexpr S health_factor(const form<S, N>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return health_factor(f.view(), prices);
}

namespace health {

/// What takes the terms of a form and keeps only their sums: for a model's `list_liquidation`, where nothing but the
/// health factor is asked and the form would be built to be read once.
template <Scalar S>
struct weighted_sums {
  struct side {
    oracle_prices<S> prices{};
    S value = literal<S>(0.0);
    constexpr void add(const term<S>& t) noexcept(std::floating_point<S>) {
      value = value + t.weight * t.amount * prices[t.slot].value;
    }
  };
  side collateral{}, debt{};
};

}  // namespace health

/// @brief Health factor from account and configuration: the bits of `health_factor(model.liquidation_form(a), prices)`.
///
/// A model with `list_liquidation<S>(account, out)`, which gives the form's terms to `out.collateral.add` and
/// `out.debt.add` in the form's order, is asked for those instead, and no form is built.
template <class M, Scalar S, std::size_t N>
constexpr S health_factor(const M& model, const account<N>& a,
                          oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  if constexpr (requires(health::weighted_sums<S> & sums) { model.template list_liquidation<S>(a, sums); }) {
    health::weighted_sums<S> sums{.collateral = {.prices = prices}, .debt = {.prices = prices}};
    model.template list_liquidation<S>(a, sums);
    return health_factor<S>(sums.collateral.value, sums.debt.value);
  } else {
    return health_factor(model.template liquidation_form<S>(a), prices);
  }
}

namespace health::detail {

// Adds weight·amount·price exactly: the value to `high`, every rounding made on the way to `low`.
template <Scalar S>
constexpr void add_exactly(S& high, S& low, const term<S>& t, const S& price,
                           bool negated) noexcept(std::floating_point<S>) {
  const S balance = t.weight * t.amount;
  const S balance_error = product_error<S>(t.weight, t.amount, balance);
  S value = balance * price;
  S value_error = product_error<S>(balance, price, value) + balance_error * price;
  if (negated) value = -value, value_error = -value_error;
  const S sum = high + value;
  low = low + (sum_error<S>(high, value, sum) + value_error);
  high = sum;
}

}  // namespace health::detail

/// @brief Headroom C − D, base currency: what the weighted collateral exceeds the debt by; negative when it does not.
///
/// Compensated, so that it keeps its digits where C and D nearly cancel: relative error of a few ulps unless |C − D| <
/// eps·(C + D).
/// @source Ogita, Rump, Oishi 2005, "Accurate sum and dot product", algorithm Dot2, for products of three factors
template <Scalar S>
constexpr S headroom(const form_view<S>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  S high = literal<S>(0.0), low = literal<S>(0.0);
  for (const term<S>& t : f.collateral) health::detail::add_exactly<S>(high, low, t, prices[t.slot].value, false);
  for (const term<S>& t : f.debt) health::detail::add_exactly<S>(high, low, t, prices[t.slot].value, true);
  return high + low;
}
template <Scalar S, std::size_t N>
constexpr S headroom(const form<S, N>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return headroom(f.view(), prices);
}

/// @brief ln HF: the distance to liquidation in log price when all collateral falls together against the debt.
///
/// Formula   log1p((C − D) / D) with compensated headroom: no digit is lost near HF = 1; −log1p((D − C) / C) below HF =
/// ½, where the
///           first form would lose them
/// @return   +inf when debt is zero, −inf without collateral, each with all derivatives 0
template <Scalar S>
S log_health(const form_view<S>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  const S collateral = weighted_value<S>(f.collateral, prices), debt = weighted_value<S>(f.debt, prices);
  const S zero = literal<S>(0.0);
  const mask_t<S> owes = zero < debt, deep = literal<S>(2.0) * collateral < debt;
  const S gap = blend<S>(owes, headroom(f, prices), zero);
  // An arm that is not taken has to be finite too, or dual numbers make a NaN of it.
  const mask_t<S> has = zero < collateral;
  const S divisor = blend<S>(deep, blend<S>(has, collateral, literal<S>(1.0)), blend<S>(owes, debt, literal<S>(1.0)));
  const S distance = scalar_traits<S>::log1p(blend<S>(deep, -gap, gap) / divisor);
  const S below = blend<S>(has, -distance, literal<S>(-infinity) + (collateral - collateral));
  return blend<S>(owes, blend<S>(deep, below, distance), literal<S>(infinity) + (debt - debt));
}
template <Scalar S, std::size_t N>
S log_health(const form<S, N>& f, oracle_prices<S> prices) noexcept(std::floating_point<S>) {
  return log_health(f.view(), prices);
}

}  // namespace trimtab
