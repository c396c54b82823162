// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>

namespace trimtab::health {

/// Opening or adding to a perpetual position: so many tokens of the index at this entry price, quote per token.
struct perp_entry {
  asset_id index{};
  asset_id quote{};
  double tokens = 0.0;
  double price = 0.0;
};

namespace detail {

template <std::size_t N>
constexpr errc enter(account<N>& a, const perp_entry& e, double holding::*index_side,
                     double holding::*quote_side) noexcept {
  const double value = e.tokens * e.price;
  if (!is_finite(e.tokens) || !is_finite(e.price) || !is_finite(value)) return errc::not_finite;
  if (!(e.tokens > 0.0)) return errc::negative_amount;
  if (!(e.price > 0.0)) return errc::non_positive_price;
  if (e.index == e.quote) return errc::asset_mismatch;
  account<N> changed = a;
  for (const asset_id asset : {e.index, e.quote})
    if (changed.find(asset) == nullptr)
      if (const errc full = changed.add({.asset = asset}); full != errc::ok) return full;
  holding& index = *changed.find(e.index);
  if (index.collateral + index.debt != index.*index_side) return errc::asset_mismatch;
  index.*index_side += e.tokens;
  changed.find(e.quote)->*quote_side += value;
  a = changed;
  return errc::ok;
}

// Why a venue would not close this position, in the order in which models refuse.
template <class M, std::size_t N>
constexpr errc closing_refused(const M& venue, const account<N>& a, oracle_prices<double> prices,
                               const liquidation_request& request) noexcept {
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
  if (held == nullptr || owed == nullptr || held == owed) return errc::asset_mismatch;
  if (held->collateral <= 0.0 || owed->debt <= 0.0) return errc::asset_mismatch;
  if (!(request.repay > 0.0)) return errc::negative_amount;
  if (const errc beyond = venue.holds_at(a, prices); beyond != errc::ok) return beyond;
  const double health = health_factor(venue.template liquidation_form<double>(a), prices);
  if (!liquidatable_at(venue.liquidation_boundary(), health)) return errc::not_liquidatable;
  return health < infinity && is_finite(owed->debt) ? errc::ok : errc::not_finite;  // a NaN
}

}  // namespace detail

/// @brief A long is what it economically is: N tokens of the index held, and their entry value N·F of the quote owed.
///
/// Margin, funding and fees are quote held or owed; health is then a ratio of two linear forms like any other, and a
/// trade an ordinary change of amounts.
/// @errors not_finite, negative_amount, non_positive_price, capacity; asset_mismatch (the quote itself, or an index
/// that
///         the account is short of: close that first). The account is then as it was
template <std::size_t N>
constexpr errc open_long(account<N>& a, const perp_entry& entry) noexcept {
  return detail::enter(a, entry, &holding::collateral, &holding::debt);
}

/// @brief A short: N tokens of the index owed, and their entry value N·F of the quote held.
/// @errors as `open_long`; asset_mismatch for an index that the account is long of
template <std::size_t N>
constexpr errc open_short(account<N>& a, const perp_entry& entry) noexcept {
  return detail::enter(a, entry, &holding::debt, &holding::collateral);
}

}  // namespace trimtab::health
