// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>
#include <trimtab/sizing/trade_cost.hpp>

namespace trimtab::sizing {

/// @brief Borrows another asset and sells it to repay the problem's debt: just enough for the target where the new debt
/// counts for less (borrow factors, prices), or all of it for its rate.
///
/// Formula   C ≥ h·(D + v₂·π₂·x − v₁·π₁·(y(x) − q·x − g)); with a flash loan of the old debt q = f·m/(1 + f) and g =
/// G/(1
///           + f), lent (m·x − G)/(1 + f), which even the minimum output returns; without, q = 0 and g = G
/// Without a flash loan the new debt comes first, and both forms must stand both debts. The problem's venue is new
/// debt → old; its `fair_rate` is not read, this one is. A loan of anything else is of no use here and refused.
/// @source   derived here; y concave, so the left side less the right is
struct swap_debt {
  asset_id into{};  ///< the new debt
  reserve_limits into_limits{};
  double fair_rate = 0.0;  ///< old debt per new debt at fair prices
  basis_points max_slippage{100.0};
  double health_floor = 1.0;  ///< between the steps and at the minimum output

  /// @errors not_finite, non_positive_price, negative_amount (a room of the reserve), bad_configuration
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(fair_rate)) return errc::not_finite;
    if (!(fair_rate > 0.0)) return errc::non_positive_price;
    const bool sound = max_slippage.count > 0.0 && max_slippage.count < 1e4 && health_floor >= 1.0;
    return sound ? trimtab::validate(std::span<const reserve_limits>(&into_limits, 1)) : errc::bad_configuration;
  }

  /// @errors those of `check_account` and of the venue; asset_mismatch, already_there, gas_tank, would_worsen (pole),
  /// dust (limit::minimum_debt), infeasible with its limit: reserve, debt, borrow_room, withdrawable, capacity,
  /// slippage, flash_loan, health_floor, borrow_form, depth; no_convergence where the venue is not concave and no size
  /// was found
  template <Venue V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept;

  /// The swap that repays all of the old debt, whatever health it leaves, or why it may not be made.
  template <Venue V, std::size_t N>
  constexpr remedy everything(const problem<V, N>& p) const noexcept;

private:
  template <class V, std::size_t N>
  struct reading {
    const problem<V, N>& p;
    const swap_debt& s;
    detail::account_reading<V, N> account;
    double old_debt, new_debt, old_price, new_price;  // v₁π₁, v₂π₂, π₁, π₂
    double owed, premium, kept, minimum_price, lost, gas = 0.0, gas_out = 0.0, fixed = 0.0;
    constexpr reading(const swap_debt& swap, const problem<V, N>& of) noexcept : p(of), s(swap), account(of) {
      const auto& side = of.liquidation.debt;
      old_debt = account.weighted_price(side, of.debt), new_debt = account.weighted_price(side, s.into);
      old_price = account.price(side, of.debt), new_price = account.price(side, s.into);
      owed = side.find(of.debt)->amount;
      premium = of.funding.mode == funding_mode::none ? 0.0 : of.funding.premium.fraction();
      kept = 1.0 / (1.0 + premium);
      minimum_price = s.fair_rate * s.max_slippage.complement();
      lost = minimum_price * premium * kept;
      use_gas_of(smallest_sale);
    }
    constexpr void use_gas_of(double x) noexcept {
      const double units = p.venue->gas(x);
      gas = p.gas.fee_base(units, p.prices);
      gas_out = account.gas_in_kind(units, old_price);
      fixed = gas_out * kept;
    }
    /// What `size_of`, a size with the gas known so far, settles at: gas grows with the size.
    template <class F>
    constexpr size_root settle_gas(F&& size_of) noexcept {
      size_root found;
      for (double used = -1.0; gas > used;) used = gas, found = size_of(), use_gas_of(found.x);
      return found;
    }
    constexpr largest largest_size() const noexcept;
    constexpr double edge(const form<double, N>& f, double floor) const noexcept;
    constexpr void fill(remedy& r, double x) const noexcept;
    constexpr objection objection_to(const remedy& r) const noexcept;
  };
  template <class V, std::size_t N>
  constexpr objection refuses(const problem<V, N>& p) const noexcept {
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return {bad};
    if (p.venue == nullptr || into == p.debt) return {errc::asset_mismatch};
    for (const form<double, N>* f : {&p.liquidation, &p.borrow})
      if (f->debt.find(p.debt) == nullptr || f->debt.find(into) == nullptr) return {errc::asset_mismatch};
    if (p.funding.mode == funding_mode::flash_collateral) return {errc::bad_configuration};
    if (const errc bad = p.venue->validate(); bad != errc::ok) return {bad};
    if (!p.debt_limits.can_reduce() || !into_limits.can_grow()) return {errc::infeasible, limit::reserve};
    return {};
  }
};

// The largest size that leaves a form at a floor between the steps: linear in the size.
template <class V, std::size_t N>
constexpr double swap_debt::reading<V, N>::edge(const form<double, N>& f, double floor) const noexcept {
  const bool lent = p.funding.mode != funding_mode::none;
  const double out = lent ? account.weighted_price(f.debt, p.debt) : 0.0;
  const double falls = floor * (account.weighted_price(f.debt, s.into) - out * minimum_price * kept * almost_one);
  const double spare =
      weighted_value(f.collateral, p.prices) * almost_one - floor * (weighted_value(f.debt, p.prices) + out * fixed);
  return falls > 0.0 ? spare / falls : infinity;  // else more brings it no nearer: the swap itself is judged
}

template <class V, std::size_t N>
constexpr largest swap_debt::reading<V, N>::largest_size() const noexcept {
  largest c;
  c.at_most(s.into_limits.borrow_room, limit::borrow_room);
  c.at_most(s.into_limits.withdrawable, limit::withdrawable);
  c.at_most(p.venue->capacity(), limit::capacity);
  c.at_most(edge(p.liquidation, s.health_floor), limit::health_floor);
  c.at_most(edge(p.borrow, 1.0), limit::borrow_form);
  if (p.funding.mode != funding_mode::none && is_finite(p.debt_limits.flash_loan_room()))
    c.at_most((p.debt_limits.flash_loan_room() / kept + gas_out) / minimum_price * almost_one, limit::flash_loan);
  // At a worse price than the minimum no swap is made, so this much repays all that is owed.
  c.at_most((owed + fixed) / (minimum_price - lost), limit::debt);
  // Where the average price need not fall with size, only the size found is asked for it.
  if (is_concave<V>() && c.x > 0.0)
    c.at_most(size_at_average_price(curve<V>(*p.venue), minimum_price), limit::slippage);
  if (c.x > 0.0)
    if (const size_root whole = solve(size_equation{1.0, lost, owed + fixed}, curve<V>(*p.venue), c.x);
        whole.what == size_root::verdict::reached)
      c.at_most(whole.x, limit::debt);
  return c;
}

template <class V, std::size_t N>
constexpr void swap_debt::reading<V, N>::fill(remedy& r, double x) const noexcept {
  r.amount = x;
  r.amount_out = p.venue->amount_out(x);
  r.min_out = minimum_price * x * almost_one;
  r.gas_in_kind = gas_out;
  if (p.funding.mode != funding_mode::none) r.flash = smaller(larger((r.min_out - gas_out) * kept, 0.0), owed);
  r.flash_premium = r.flash * premium;
  r.changes[0] = {.debt = s.into, .debt_by = x};
  r.changes[1] = {.debt = p.debt, .debt_by = -smaller(r.min_out - gas_out - r.flash_premium, owed)};
  const double least = health_factor(after(p.liquidation, r), p.prices);
  const double repaid = r.amount_out - gas_out - r.flash_premium;
  r.changes[1].debt_by = -smaller(repaid, owed);
  r.left_debt = larger(0.0, repaid - owed);
  account.read_back(r);
  r.health_at_min_out = least;
  r.cost = trade_cost(*p.venue, x, s.fair_rate, old_price);
  r.cost.premium = r.flash_premium * old_price;
  r.cost.gas = gas;
}

template <class V, std::size_t N>
constexpr objection swap_debt::reading<V, N>::objection_to(const remedy& r) const noexcept {
  const double x = r.amount;
  if (p.gas.short_of_gas(p.venue->gas(x))) return {errc::gas_tank, limit::none};
  if (x > s.into_limits.borrow_room) return {errc::infeasible, limit::borrow_room};
  if (x > s.into_limits.withdrawable) return {errc::infeasible, limit::withdrawable};
  if (x > p.venue->capacity()) return {errc::infeasible, limit::capacity};
  if (r.flash > 0.0 && r.flash > p.debt_limits.flash_loan_room()) return {errc::infeasible, limit::flash_loan};
  if (r.amount_out < r.min_out) return {errc::infeasible, limit::slippage};
  if (r.min_out < gas_out) return {errc::dust, limit::none};
  remedy between = r;  // the new debt owed, of the old one only what a loan repaid
  between.changes[1].debt_by = -r.flash;
  if (health_factor(after(p.liquidation, between), p.prices) < s.health_floor || r.health_at_min_out < s.health_floor)
    return {errc::infeasible, limit::health_floor};
  if (!(health_factor(after(p.borrow, between), p.prices) >= 1.0)) return {errc::infeasible, limit::borrow_form};
  if (account.leaves_dust(r)) return {errc::dust, limit::minimum_debt};
  return {};
}

template <Venue V, std::size_t N>
constexpr remedy swap_debt::size(const problem<V, N>& p) const noexcept {
  remedy r{.kind = remedy_kind::swap_debt, .asset = into, .into = p.debt};
  if (const objection no = refuses(p); no.why != errc::ok) return detail::refused(r, no.why, no.binding);
  reading k(*this, p);
  r.health_before = k.account.health();
  if (r.health_before >= p.target) return detail::refused(r, errc::already_there);
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return detail::refused(r, errc::gas_tank);
  if (!(k.old_debt > 0.0)) return detail::refused(r, errc::would_worsen, limit::pole);

  const double gain = p.target * k.old_debt;
  largest most;
  const size_root found = k.settle_gas([&] {
    most = k.largest_size();
    const size_equation q{gain, p.target * k.new_debt + gain * k.lost,
                          p.target * k.account.debt_value - k.account.collateral_value + gain * k.fixed};
    return solve(q, curve<V>(*p.venue), most.x);
  });
  // On a curve that is not concave, sizes were looked at: that none does is no proof.
  constexpr errc short_of = is_concave<V>() ? errc::infeasible : errc::no_convergence;
  if (found.what == size_root::verdict::pole)
    return detail::refused(r, is_concave<V>() ? errc::would_worsen : short_of, limit::pole);
  const double step = detail::rounding_of(k.account.collateral_value, p.target * k.account.debt_value) /
                      larger(found.slope, std::numeric_limits<double>::min());
  double x = found.x;
  k.fill(r, x);
  for (int attempt = 0; attempt < 4 && found.what == size_root::verdict::reached && !(r.health_after >= p.target);
       ++attempt)
    k.fill(r, x = smaller(x + step * static_cast<double>(1 << attempt), most.x));
  const bool reached = r.health_after >= p.target;
  const limit stops = found.what == size_root::verdict::depth ? limit::depth : most.why;
  if (!reached && !(r.health_after > r.health_before)) return detail::refused(r, short_of, stops);
  if (const objection no = k.objection_to(r); no.why != errc::ok)
    return detail::refused(r, no.binding == limit::slippage ? short_of : no.why, no.binding);
  r.status = reached ? errc::ok : short_of;
  r.binding = reached ? limit::none : stops;
  return r;
}

template <Venue V, std::size_t N>
constexpr remedy swap_debt::everything(const problem<V, N>& p) const noexcept {
  remedy r{.kind = remedy_kind::swap_debt, .asset = into, .into = p.debt};
  if (const objection no = refuses(p); no.why != errc::ok) return detail::refused(r, no.why, no.binding);
  reading k(*this, p);
  r.health_before = k.account.health();
  if (!(k.owed > 0.0)) return detail::refused(r, errc::already_there);
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return detail::refused(r, errc::gas_tank);
  double most = 0.0;
  const size_root found = k.settle_gas([&] {
    most = smaller((k.owed + k.fixed) / (k.minimum_price - k.lost), p.venue->capacity());
    return solve(size_equation{1.0, k.lost, k.owed + k.fixed}, curve<V>(*p.venue), most);
  });
  double x = found.x;
  for (int attempt = 0; attempt < 8; ++attempt) {
    k.fill(r, x);
    if (-r.changes[1].debt_by >= k.owed) break;
    x = smaller(x * (1.0 + 4.0 * std::numeric_limits<double>::epsilon() * static_cast<double>(1 << attempt)), most);
  }
  if (-r.changes[1].debt_by < k.owed)
    return detail::refused(r, errc::infeasible, most < p.venue->capacity() ? limit::slippage : limit::capacity);
  if (const objection no = k.objection_to(r); no.why != errc::ok) return detail::refused(r, no.why, no.binding);
  r.status = errc::ok;
  return r;
}

}  // namespace trimtab::sizing
