// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/deleverage.hpp>
#include <trimtab/sizing/remedy.hpp>
#include <trimtab/sizing/size_on_any_venue.hpp>
#include <trimtab/sizing/trade_cost.hpp>

namespace trimtab::sizing {

/// @brief Sells one collateral for another that counts for more, just enough for the target. The debt stays.
///
/// Formula   C − w₁·p₁·κ·x + w₂·p₂·(y(x) − g) ≥ h·D; κ = 1 + f with a flash loan of what is sold, else 1
/// Without a flash loan the collateral leaves first, and health must stand it. The problem's venue is collateral →
/// `into`; its `fair_rate` is not read, this one is. A loan of the debt is of no use here and refused.
/// @source   derived here; y concave, so the left side is
struct swap_collateral {
  asset_id into{};
  reserve_limits into_limits{};
  double fair_rate = 0.0;  ///< `into` per collateral at fair prices
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
  /// dust (gas in kind and no proceeds), infeasible with its limit: reserve, collateral, withdrawable, capacity,
  /// slippage, supply_room, flash_loan, health_floor, borrow_form, depth; no_convergence where the venue is not concave
  /// and no size was found
  template <Venue V, std::size_t N>
  constexpr remedy size(const problem<V, N>& p) const noexcept;

  /// The swap of exactly `x`, whatever health it leaves, or why it may not be made.
  template <Venue V, std::size_t N>
  constexpr remedy at_size(const problem<V, N>& p, double x) const noexcept;

private:
  template <class V, std::size_t N>
  struct reading {
    const problem<V, N>& p;
    const swap_collateral& s;
    detail::account_reading<V, N> account;
    double give, gain, give_price, gain_price;  // w₁p₁, w₂p₂, p₁, p₂
    double premium, withdrawn, minimum_price, gas = 0.0, gas_out = 0.0;
    constexpr reading(const swap_collateral& swap, const problem<V, N>& of, double size) noexcept
        : p(of), s(swap), account(of) {
      const auto& side = of.liquidation.collateral;
      give = account.weighted_price(side, of.collateral), gain = account.weighted_price(side, s.into);
      give_price = account.price(side, of.collateral), gain_price = account.price(side, s.into);
      premium = of.funding.mode == funding_mode::none ? 0.0 : of.funding.premium.fraction();
      withdrawn = 1.0 + premium;
      minimum_price = s.fair_rate * s.max_slippage.complement();
      use_gas_of(size);
    }
    constexpr void use_gas_of(double x) noexcept {
      const double units = p.venue->gas(x);
      gas = p.gas.fee_base(units, p.prices);
      gas_out = account.gas_in_kind(units, gain_price);
    }
    constexpr largest largest_size() const noexcept;
    constexpr double edge(const form<double, N>& f, double floor) const noexcept;
    constexpr void fill(remedy& r, double x) const noexcept;
    constexpr objection objection_to(const remedy& r) const noexcept;
  };
  template <class V, std::size_t N>
  constexpr errc refuses(const problem<V, N>& p) const noexcept {
    for (const errc bad : {validate(), check_account(p)})
      if (bad != errc::ok) return bad;
    if (p.venue == nullptr || into == p.collateral) return errc::asset_mismatch;
    for (const form<double, N>* f : {&p.liquidation, &p.borrow})
      if (f->collateral.find(p.collateral) == nullptr || f->collateral.find(into) == nullptr)
        return errc::asset_mismatch;
    if (p.funding.mode == funding_mode::flash_debt) return errc::bad_configuration;
    return p.venue->validate();
  }
};

// The largest size that leaves a form at a floor between the steps: linear in the size.
template <class V, std::size_t N>
constexpr double swap_collateral::reading<V, N>::edge(const form<double, N>& f, double floor) const noexcept {
  const bool lent = p.funding.mode != funding_mode::none;
  const double out = account.weighted_price(f.collateral, p.collateral) * withdrawn;
  const double back = lent ? account.weighted_price(f.collateral, s.into) : 0.0;
  const double falls = out - back * minimum_price * almost_one;
  const double spare = weighted_value(f.collateral, p.prices) * almost_one - floor * weighted_value(f.debt, p.prices);
  if (!(falls > 0.0)) return infinity;  // more brings it no nearer: the swap itself is judged
  return (spare - back * gas_out) / falls;
}

template <class V, std::size_t N>
constexpr largest swap_collateral::reading<V, N>::largest_size() const noexcept {
  largest c;
  // Where a premium comes on top, the product may round up past the balance; otherwise a whole balance is sold whole.
  const double each = premium > 0.0 ? almost_one / withdrawn : 1.0;
  c.at_most(p.liquidation.collateral.find(p.collateral)->amount * each, limit::collateral);
  c.at_most(p.collateral_limits.withdrawable * each, limit::withdrawable);
  c.at_most(p.venue->capacity(), limit::capacity);
  if (p.funding.mode != funding_mode::none) c.at_most(p.collateral_limits.flash_loan_room(), limit::flash_loan);
  if (const double room = s.into_limits.supply_room; room < infinity)
    c.at_most(p.venue->amount_in(room) * almost_one, limit::supply_room);
  if (owed_value(p.liquidation.debt, p.prices) > 0.0) {
    c.at_most(edge(p.liquidation, s.health_floor), limit::health_floor);
    if (p.withdrawal == withdrawal_check::borrow_form) c.at_most(edge(p.borrow, 1.0), limit::borrow_form);
  }
  // Where the average price need not fall with size, only the size found is asked for it.
  if (is_concave<V>() && c.x > 0.0)
    c.at_most(size_at_average_price(curve<V>(*p.venue), minimum_price), limit::slippage);
  return c;
}

template <class V, std::size_t N>
constexpr void swap_collateral::reading<V, N>::fill(remedy& r, double x) const noexcept {
  r.amount = x;
  r.amount_out = p.venue->amount_out(x);
  r.min_out = minimum_price * x * almost_one;
  r.gas_in_kind = gas_out;
  r.flash = p.funding.mode == funding_mode::none ? 0.0 : x;
  r.flash_premium = r.flash * premium;
  r.changes[0] = {.collateral = p.collateral, .collateral_by = -(x + r.flash_premium)};
  r.changes[1] = {.collateral = s.into, .collateral_by = r.min_out - gas_out};
  r.health_at_min_out = health_factor(after(p.liquidation, r), p.prices);
  const double least = r.health_at_min_out;
  r.changes[1].collateral_by = r.amount_out - gas_out;
  account.read_back(r);
  r.health_at_min_out = least;
  r.cost = trade_cost(*p.venue, x, s.fair_rate, gain_price);
  r.cost.premium = r.flash_premium * give_price;
  r.cost.gas = gas;
}

template <class V, std::size_t N>
constexpr objection swap_collateral::reading<V, N>::objection_to(const remedy& r) const noexcept {
  const double taken = -r.changes[0].collateral_by, x = r.amount;
  if (p.gas.short_of_gas(p.venue->gas(x))) return {errc::gas_tank, limit::none};
  if (taken > p.liquidation.collateral.find(p.collateral)->amount) return {errc::infeasible, limit::collateral};
  if (taken > p.collateral_limits.withdrawable) return {errc::infeasible, limit::withdrawable};
  if (x > p.venue->capacity()) return {errc::infeasible, limit::capacity};
  if (r.flash > 0.0 && r.flash > p.collateral_limits.flash_loan_room()) return {errc::infeasible, limit::flash_loan};
  if (r.amount_out > s.into_limits.supply_room) return {errc::infeasible, limit::supply_room};
  if (r.amount_out < r.min_out) return {errc::infeasible, limit::slippage};
  if (r.min_out < gas_out) return {errc::dust, limit::none};
  const bool lent = r.flash > 0.0;
  remedy between = r;
  between.changes[1].collateral_by = lent ? r.min_out - gas_out : 0.0;
  if (health_factor(after(p.liquidation, between), p.prices) < s.health_floor)
    return {errc::infeasible, limit::health_floor};
  if (p.withdrawal == withdrawal_check::borrow_form && health_factor(after(p.borrow, between), p.prices) < 1.0)
    return {errc::infeasible, limit::borrow_form};
  return {};
}

template <Venue V, std::size_t N>
constexpr remedy swap_collateral::size(const problem<V, N>& p) const noexcept {
  remedy r{.kind = remedy_kind::swap_collateral, .asset = p.collateral, .into = into};
  if (const errc bad = refuses(p); bad != errc::ok) return detail::refused(r, bad);
  reading k(*this, p, smallest_sale);
  r.health_before = k.account.health();
  if (r.health_before >= p.target) return detail::refused(r, errc::already_there);
  if (!p.collateral_limits.can_reduce() || !into_limits.can_grow())
    return detail::refused(r, errc::infeasible, limit::reserve);
  if (p.gas.short_of_gas(p.venue->gas(smallest_sale))) return detail::refused(r, errc::gas_tank);
  if (!(k.gain > 0.0)) return detail::refused(r, errc::would_worsen, limit::pole);

  // Gas grows with the size: once more with that of the size found, until it needs no more.
  largest most;
  size_root found;
  for (double used = -1.0; k.gas > used;) {
    used = k.gas, most = k.largest_size();
    const size_equation q{k.gain, k.give * k.withdrawn,
                          p.target * k.account.debt_value - k.account.collateral_value + k.gain * k.gas_out};
    found = solve(q, curve<V>(*p.venue), most.x);
    k.use_gas_of(found.x);
  }
  // On a curve that is not concave, sizes were looked at: that none does is no proof.
  constexpr errc short_of = is_concave<V>() ? errc::infeasible : errc::no_convergence;
  if (found.what == size_root::verdict::pole)
    return detail::refused(r, is_concave<V>() ? errc::would_worsen : short_of, limit::pole);
  const double step = detail::rounding_of(k.account.collateral_value, p.target * k.account.debt_value) /
                      larger(found.slope, std::numeric_limits<double>::min());
  bool reached = false;
  double x = found.x;
  k.fill(r, x);
  for (int attempt = 0; attempt < 4 && found.what == size_root::verdict::reached && !reached; ++attempt) {
    reached = r.health_after >= p.target;
    if (!reached) k.fill(r, x = smaller(x + step * static_cast<double>(1 << attempt), most.x));
  }
  reached = r.health_after >= p.target;
  const limit stops = found.what == size_root::verdict::depth ? limit::depth : most.why;
  if (!reached && !(r.health_after > r.health_before)) return detail::refused(r, short_of, stops);
  if (const objection no = k.objection_to(r); no.why != errc::ok)
    return detail::refused(r, no.binding == limit::slippage ? short_of : no.why, no.binding);
  r.status = reached ? errc::ok : short_of;
  r.binding = reached ? limit::none : stops;
  return r;
}

template <Venue V, std::size_t N>
constexpr remedy swap_collateral::at_size(const problem<V, N>& p, double x) const noexcept {
  remedy r{.kind = remedy_kind::swap_collateral, .asset = p.collateral, .into = into};
  if (const errc bad = refuses(p); bad != errc::ok) return detail::refused(r, bad);
  const reading k(*this, p, x);
  r.health_before = k.account.health();
  if (!is_finite(x)) return detail::refused(r, errc::not_finite);
  if (!(x > 0.0)) return detail::refused(r, errc::dust);
  if (!p.collateral_limits.can_reduce() || !into_limits.can_grow())
    return detail::refused(r, errc::infeasible, limit::reserve);
  k.fill(r, x);
  if (const objection no = k.objection_to(r); no.why != errc::ok) return detail::refused(r, no.why, no.binding);
  r.status = errc::ok;
  return r;
}

}  // namespace trimtab::sizing
