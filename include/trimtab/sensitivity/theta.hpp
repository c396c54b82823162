// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/health/health_factor.hpp>

#include <array>
#include <type_traits>

namespace trimtab::sensitivity {

/// What each term of a form grows by, per unit of time, continuously compounded: supply rates in the order of the
/// form's collateral, borrow rates in the order of its debt; any unit of time, and the answer is in the same.
template <Scalar S = double>
struct accrual_rates {
  std::span<const S> supply{};
  std::span<const S> borrow{};
};

/// @brief How fast the health factor moves while no price does.
/// @tparam M inline capacity in slots
template <Scalar S = double, std::size_t M = 16>
struct health_theta {
  S theta{};                       ///< ∂H/∂t, per unit of time
  S log_theta{};                   ///< ∂ln H/∂t: the drift that interest gives to the distance to liquidation
  S bend{};                        ///< ∂²H/∂t², per unit of time squared
  std::array<S, M> delta_theta{};  ///< ∂²H/∂t∂pᵢ, health per base currency and unit of time
  std::size_t size = 0;            ///< slots in use
};

/// @brief Theta of health from the accrual of both sides, and its cross terms with the prices.
///
/// Formula   C' = Σ y·w·c·p    D' = Σ r·v·d·p    C'', D'' with the rates squared
///           ∂H/∂t = (C' − H·D') / D      ∂ln H/∂t = C'/C − D'/D, the average rates earned and paid
///           ∂²H/∂t² = (C'' − H·D'' − 2·∂H/∂t·D') / D
///           ∂²H/∂t∂pᵢ = (A'ᵢ − H·B'ᵢ − gᵢ·D' − ∂H/∂t·Bᵢ) / D
/// What one rate more does to it: ∂(∂ln H/∂t)/∂yₖ is the term's share of C, and minus its share of D for rₖ.
/// @return   zero without debt; log theta is 0 without collateral. Interest pulls health down wherever more is paid on
///           the debt than is earned on the collateral, whatever the prices do
/// @errors   size_mismatch: not one rate per term
/// @source   math: C and D grow term by term; checked by differentiating H(t) numerically and automatically
template <std::size_t M = 16, Scalar S>
constexpr result<health_theta<S, M>> theta(const form_view<S>& f, oracle_prices<S> prices,
                                           const std::type_identity_t<accrual_rates<S>>& rates) {
  if (rates.supply.size() != f.collateral.size() || rates.borrow.size() != f.debt.size()) return errc::size_mismatch;
  health_theta<S, M> out;
  out.size = prices.size() < M ? prices.size() : M;

  const S zero = literal<S>(0.0);
  struct side {
    S value = literal<S>(0.0), first = literal<S>(0.0), second = literal<S>(0.0);
    std::array<S, M> per_price{}, first_per_price{};
  };
  const auto sum = [&](std::span<const term<S>> terms, std::span<const S> rate) {
    side s;
    for (std::size_t k = 0; k < terms.size(); ++k) {
      const S balance = terms[k].weight * terms[k].amount, grown = balance * rate[k];
      const S price = prices[terms[k].slot].value;
      s.value = s.value + balance * price;
      s.first = s.first + grown * price;
      s.second = s.second + grown * rate[k] * price;
      const std::size_t i = terms[k].slot.index;
      if (i >= out.size) continue;
      s.per_price[i] = s.per_price[i] + balance;
      s.first_per_price[i] = s.first_per_price[i] + grown;
    }
    return s;
  };
  const side held = sum(f.collateral, rates.supply), owed = sum(f.debt, rates.borrow);
  const mask_t<S> owes = zero < owed.value, owns = zero < held.value;
  // The arm that is not taken is 0, or NaN where the value is: no rate must not stand for an unknown one.
  const auto reciprocal = [&](const mask_t<S>& there, const S& x) {
    return blend<S>(there, literal<S>(1.0) / blend<S>(there, x, literal<S>(1.0)), x - x);
  };
  const S per_debt = reciprocal(owes, owed.value), per_collateral = reciprocal(owns, held.value);
  const S health = held.value * per_debt;
  out.theta = (held.first - health * owed.first) * per_debt;
  out.log_theta =
      blend<S>(owes, blend<S>(owns, held.first * per_collateral - owed.first * per_debt, per_collateral), per_debt);
  out.bend = (held.second - health * owed.second - literal<S>(2.0) * out.theta * owed.first) * per_debt;
  for (std::size_t i = 0; i < out.size; ++i) {
    const S delta = (held.per_price[i] - health * owed.per_price[i]) * per_debt;
    out.delta_theta[i] = (held.first_per_price[i] - health * owed.first_per_price[i] - delta * owed.first -
                          out.theta * owed.per_price[i]) *
                         per_debt;
  }
  return out;
}
template <std::size_t M = 16, Scalar S, std::size_t N>
constexpr result<health_theta<S, M>> theta(const form<S, N>& f, oracle_prices<S> prices,
                                           const std::type_identity_t<accrual_rates<S>>& rates) {
  return theta<M>(f.view(), prices, rates);
}

}  // namespace trimtab::sensitivity
