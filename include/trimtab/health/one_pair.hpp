// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/form.hpp>
#include <trimtab/market/account.hpp>

namespace trimtab::health {

/// How one side of a market of one collateral and one debt counts.
struct pair_side {
  asset_id asset{};
  double weight = 1.0;
  price_slot slot{};
};

/// Such a market knows two assets, each on its own side only. @errors asset_mismatch
template <std::size_t N>
constexpr errc validate_pair(const account<N>& a, asset_id collateral, asset_id debt) noexcept {
  for (const holding& h : a)
    if (h.asset == collateral ? h.debt != 0.0 : h.asset == debt ? h.collateral != 0.0 : true)
      return errc::asset_mismatch;
  return errc::ok;
}

/// The form of such a market: a term for each of the two that the account lists, with whatever amount, nothing and NaN
/// too.
template <Scalar S, std::size_t N>
constexpr form<S, N> pair_form(const account<N>& a, const pair_side& collateral,
                               const pair_side& debt) noexcept(std::floating_point<S>) {
  form<S, N> f;
  if (const holding* h = a.find(collateral.asset); h != nullptr)
    f.collateral.add({literal<S>(h->collateral), literal<S>(collateral.weight), collateral.slot, collateral.asset});
  if (const holding* h = a.find(debt.asset); h != nullptr)
    f.debt.add({literal<S>(h->debt), literal<S>(debt.weight), debt.slot, debt.asset});
  return f;
}

}  // namespace trimtab::health
