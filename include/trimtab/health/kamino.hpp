// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/units.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/health/table.hpp>

#include <span>

namespace trimtab::health {

/// One reserve of a Kamino market, as it is for this obligation: inside an elevation group with the group's LTV and
/// threshold, and a borrow factor of 1.
struct kamino_reserve {
  asset_id asset{};
  price_slot slot{};
  basis_points loan_to_value{};
  basis_points threshold{};            ///< liquidation threshold
  basis_points borrow_factor{10'000};  ///< what a debt of it counts, at least 10000
  basis_points minimum_bonus{};
  basis_points maximum_bonus{};
  basis_points bad_debt_bonus{};
  basis_points protocol_fee{};  ///< share of the bonus
  int decimals = 6;
};

/// @brief Kamino Lend: many collaterals, many debts, each debt weighted with a borrow factor.
///
/// Class linear. Liquidatable at 1 and below, with liquidation thresholds: the LTV, borrow factors included, has
/// reached the unhealthy LTV. A borrow and a withdrawal are checked with the lower loan-to-values and pass at equality.
///
/// One call closes at most a share of *all* debt, all of it above an insolvency-risk LTV, at most a value at once; a
/// small debt is closed whole, and what its collateral does not pay is forgiven. The bonus is what the LTV exceeds the
/// unhealthy one by, between the larger minimum and the larger maximum of the two reserves, never more than what is
/// left below an LTV of 1; from 99 % on, without borrow factors, the bad-debt bonus. A debt of the highest borrow
/// factor and a collateral of the lowest threshold must be taken first: any other pair is errc::asset_mismatch. What no
/// collateral is left for counts as bad debt; the market socialises it in an instruction of its own. Obligation orders
/// and auto-deleveraging are not part of this.
/// @source klend, liquidation_operations.rs, obligation.rs, commit edd5ff5
struct kamino {
  static constexpr form_class kind = form_class::linear;
  static constexpr whole_repayment whole_debt = whole_repayment::by_max_value;  ///< klend, lending_operations.rs

  std::span<const kamino_reserve> reserves{};
  basis_points close_factor{2000.0};
  basis_points insolvency_risk_ltv{9500.0};
  double maximum_at_once = 500'000.0;     ///< debt that one call may close, base currency
  double whole_below = 2.0;               ///< a debt smaller than this is closed whole, base currency
  basis_points group_maximum_bonus{1e4};  ///< of the elevation group that both reserves are in; 10000 outside one

  /// @errors bad_configuration, threshold_range, duplicate_asset, asset_mismatch
  template <std::size_t N>
  constexpr errc validate(const account<N>& a) const noexcept {
    if (!is_share(close_factor) || !(close_factor.count > 0.0) || !is_share(insolvency_risk_ltv) ||
        !(maximum_at_once > 0.0) || !(whole_below >= 0.0) || !is_share(group_maximum_bonus))
      return errc::bad_configuration;
    for (const kamino_reserve& r : reserves) {
      if (!(r.loan_to_value.count >= 0.0 && r.loan_to_value.count <= r.threshold.count && r.threshold.count <= 1e4))
        return errc::threshold_range;
      if (!(r.borrow_factor.count >= 1e4 && r.borrow_factor.count < infinity)) return errc::threshold_range;
      if (!(r.minimum_bonus.count <= r.maximum_bonus.count) || !is_share(r.minimum_bonus) ||
          !is_share(r.maximum_bonus) || !is_share(r.bad_debt_bonus) || !is_share(r.protocol_fee) ||
          !(units::smallest(r.decimals) > 0.0))
        return errc::bad_configuration;
    }
    if (lists_an_asset_twice(reserves)) return errc::duplicate_asset;
    for (const holding& h : a)
      if (row_of(reserves, h.asset) == nullptr) return errc::asset_mismatch;
    return errc::ok;
  }

  template <Scalar S, std::size_t N>
  constexpr form<S, N> liquidation_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [](const kamino_reserve& r) { return r.threshold; });
  }
  template <Scalar S, std::size_t N>
  constexpr form<S, N> borrow_form(const account<N>& a) const noexcept(std::floating_point<S>) {
    return weighted_form<S>(a, [](const kamino_reserve& r) { return r.loan_to_value; });
  }

  template <std::size_t N>
  constexpr bool may_withdraw(const account<N>&, asset_id) const noexcept {
    return true;
  }
  template <std::size_t N>
  constexpr bool may_borrow(const account<N>&, asset_id asset) const noexcept {
    return row_of(reserves, asset) != nullptr;
  }
  [[nodiscard]] constexpr double minimum_debt(oracle_prices<double>) const noexcept { return 0.0; }
  [[nodiscard]] constexpr withdrawal_check withdrawal_checked_by() const noexcept {
    return withdrawal_check::borrow_form;
  }
  [[nodiscard]] constexpr boundary liquidation_boundary() const noexcept { return boundary::at_or_below_one; }

  /// @brief The program's quotient of its two sums against the form's, relative.
  ///
  /// A deposit is rounded down to a token unit when it is redeemed; every price, value, weighted value and sum to 2⁻⁶⁰
  /// (U68F60).
  template <std::size_t N>
  constexpr double rounding_bound(const account<N>& a, oracle_prices<double> prices) const noexcept {
    constexpr double grain = 0x1p-60;
    const auto f = liquidation_form<double>(a);
    double backed = 0.0, owed = 0.0, backed_off = 0.0, owed_off = 0.0;
    for (const auto& t : f.collateral) {
      const double price = prices[t.slot].value;
      backed += t.weight * t.amount * price;
      backed_off += units::smallest(row_of(reserves, t.asset)->decimals) * price + grain * (t.amount + 3.0);
    }
    for (const auto& t : f.debt) {
      owed += t.weight * t.amount * prices[t.slot].value;
      owed_off += t.weight * grain * (t.amount + 3.0);
    }
    return owed > 0.0 && backed > 0.0 ? backed_off / backed + owed_off / owed + 0x1p-50 : 0.0;
  }

  /// @brief What a liquidator of this pair is paid on top, now. @errors none: 0 for what the account or the table lacks
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id collateral,
                               asset_id debt) const noexcept {
    const kamino_reserve *c = row_of(reserves, collateral), *d = row_of(reserves, debt);
    return c == nullptr || d == nullptr ? basis_points{}
                                        : bonus_of(standing_of(liquidation_form<double>(a), prices), *c, *d);
  }
  /// The same with the debt that must be taken first.
  template <std::size_t N>
  constexpr basis_points bonus(const account<N>& a, oracle_prices<double> prices, asset_id collateral) const noexcept {
    const term<double>* first = nullptr;
    const auto f = liquidation_form<double>(a);
    for (const auto& t : f.debt)
      if (t.amount > 0.0 && (first == nullptr || t.weight > first->weight)) first = &t;
    return first == nullptr ? basis_points{} : bonus(a, prices, collateral, first->asset);
  }

  /// @errors asset_mismatch, negative_amount, not_liquidatable, not_finite, dust (part of a debt that is closed whole)
  template <std::size_t N>
  constexpr result<liquidation_outcome> liquidate(const account<N>& a, oracle_prices<double> prices,
                                                  const liquidation_request& request) const noexcept;

private:
  /// An obligation's totals, base currency: weighted and not.
  struct standing {
    double backed = 0.0, adjusted_debt = 0.0;  // weighted with thresholds, with borrow factors
    double deposits = 0.0, debt = 0.0;

    [[nodiscard]] constexpr double ltv() const noexcept { return adjusted_debt / deposits; }
  };
  template <std::size_t N>
  static constexpr standing standing_of(const form<double, N>& f, oracle_prices<double> prices) noexcept {
    standing s{.backed = weighted_value(f.collateral, prices), .adjusted_debt = weighted_value(f.debt, prices)};
    for (const auto& t : f.collateral) s.deposits += t.amount * prices[t.slot].value;
    for (const auto& t : f.debt) s.debt += t.amount * prices[t.slot].value;
    return s;
  }
  [[nodiscard]] constexpr basis_points bonus_of(const standing& s, const kamino_reserve& c,
                                                const kamino_reserve& d) const noexcept {
    const double left = 1e4 * (1.0 - s.debt / s.deposits);  // below an LTV of 1 without borrow factors
    if (s.debt >= 0.99 * s.deposits) return {larger(smaller(c.bad_debt_bonus.count, d.bad_debt_bonus.count), left)};
    const double least = larger(c.minimum_bonus.count, d.minimum_bonus.count);
    const double most = smaller(larger(c.maximum_bonus.count, d.maximum_bonus.count), group_maximum_bonus.count);
    const double excess = 1e4 * (s.adjusted_debt - s.backed) / s.deposits;
    return {smaller(smaller(larger(least, excess), most), left)};
  }

  template <Scalar S, std::size_t N, class Weight>
  constexpr form<S, N> weighted_form(const account<N>& a, Weight weight) const noexcept(std::floating_point<S>) {
    form<S, N> f;
    for (const holding& h : a) {
      const kamino_reserve* r = row_of(reserves, h.asset);
      if (r == nullptr) continue;  // refused by validate
      // Listed with nothing: takes part with zero, so that a sizer can open it. Not "> 0": a NaN takes part too.
      const bool opening = h.collateral == 0.0 && h.debt == 0.0;
      if ((!(h.collateral <= 0.0) || opening) && h.used_as_collateral)
        f.collateral.add({literal<S>(h.collateral), literal<S>(weight(*r).fraction()), r->slot, h.asset});
      if (!(h.debt <= 0.0) || opening)
        f.debt.add({literal<S>(h.debt), literal<S>(r->borrow_factor.fraction()), r->slot, h.asset});
    }
    return f;
  }
};

template <std::size_t N>
constexpr result<liquidation_outcome> kamino::liquidate(const account<N>& a, oracle_prices<double> prices,
                                                        const liquidation_request& request) const noexcept {
  const kamino_reserve *c = row_of(reserves, request.collateral), *d = row_of(reserves, request.debt);
  const holding *held = a.find(request.collateral), *owed = a.find(request.debt);
  if (c == nullptr || d == nullptr || held == nullptr || owed == nullptr) return errc::asset_mismatch;
  if (!held->used_as_collateral || held->collateral <= 0.0 || owed->debt <= 0.0) return errc::asset_mismatch;
  const auto f = liquidation_form<double>(a);
  bool last_collateral = true;
  for (const auto& t : f.collateral) {
    if (t.amount > 0.0 && t.weight < c->threshold.fraction()) return errc::asset_mismatch;
    last_collateral = last_collateral && (t.asset == request.collateral || t.amount <= 0.0);
  }
  for (const auto& t : f.debt)
    if (t.amount > 0.0 && t.weight > d->borrow_factor.fraction()) return errc::asset_mismatch;
  if (!(request.repay > 0.0)) return errc::negative_amount;
  const standing s = standing_of(f, prices);
  const double health = health_factor(s.backed, s.adjusted_debt);
  if (!liquidatable_at(liquidation_boundary(), health)) return errc::not_liquidatable;
  if (!(health < infinity)) return errc::not_finite;  // a NaN

  const double debt_price = prices[d->slot].value;
  const bool whole = owed->debt * debt_price < whole_below;
  if (whole && request.repay < owed->debt) return errc::dust;
  double closable = owed->debt;
  if (!whole) {
    const double share = s.ltv() > insolvency_risk_ltv.fraction() ? 1.0 : close_factor.fraction();
    closable = smaller(closable, smaller(s.debt * share, maximum_at_once) / debt_price);
  }
  const double paid_on_top = bonus_of(s, *c, *d).fraction();
  const double seized_per_repaid = (1.0 + paid_on_top) * debt_price / prices[c->slot].value;
  liquidation_outcome out = exchange(smaller(request.repay, closable), held->collateral, seized_per_repaid);
  out.protocol_fee = (out.seized - out.seized / (1.0 + paid_on_top)) * c->protocol_fee.fraction();
  out.debt_left = owed->debt - out.repaid;
  if (out.collateral_left <= 0.0 && (whole || last_collateral)) {
    out.bad_debt = out.debt_left;
    out.debt_left = 0.0;
  }
  return out;
}

}  // namespace trimtab::health
