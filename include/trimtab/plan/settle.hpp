// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/health/concept.hpp>
#include <trimtab/liquidity/concept.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/plan/step.hpp>
#include <trimtab/sizing/problem.hpp>

#include <span>

namespace trimtab {

/// What a settled plan leaves behind.
template <class V, std::size_t N = 8>
struct settlement {
  trimtab::account<N> account{};
  V venue;
  double swapped_in = 0.0;  ///< whole tokens into the venue, and out of it
  double swapped_out = 0.0;
  double flash_premium = 0.0;  ///< whole tokens of whatever was flash-borrowed
  units collateral_left{};     ///< in the wallet, the owner's
  units debt_left{};
};

namespace plan_detail {

// The wallet of one transaction: two assets, exact.
struct wallet {
  asset_id collateral{}, debt{};
  units collateral_amount{}, debt_amount{};
  units lent_collateral{}, lent_debt{};  // flash loans not returned yet

  constexpr units& of(asset_id asset) noexcept { return asset == collateral ? collateral_amount : debt_amount; }
  constexpr units& lent(asset_id asset) noexcept { return asset == collateral ? lent_collateral : lent_debt; }
  constexpr errc put(asset_id asset, units amount) noexcept { return assign(of(asset), of(asset).add(amount)); }
  constexpr errc take(asset_id asset, units amount) noexcept { return assign(of(asset), of(asset).subtract(amount)); }
  static constexpr errc assign(units& to, const result<units>& from) noexcept {
    if (!from.has_value()) return from.error();
    to = *from;
    return errc::ok;
  }
};

// An amount that was sized to a limit and then rounded up still fits it.
constexpr bool fits(units amount, double limit, int decimals) noexcept {
  if (amount.to_tokens(decimals) <= limit) return true;
  const auto most = units::ceil(limit, decimals);
  return most.has_value() && amount <= *most;
}

}  // namespace plan_detail

/// @brief Executes a plan on an account and a venue: every step or none, every limit checked where the protocol would
/// check it.
///
/// Token movements are exact in smallest units; the account's balances are doubles and move by the same amounts. A swap
/// pays the venue's curve rounded down. Withdrawals must keep the form the model names at or above 1, borrows both
/// forms; what a flash loan lent must come back in one piece with the lender's premium. Limits are used up step by
/// step.
/// @param flash_premium what the lender asks for, of the amount lent
/// @errors expired, asset_mismatch, insufficient_balance, slippage, unhealthy_step, reserve_closed, unpaid_flash_loan,
/// dust (the debt left is neither nothing nor enough), not_finite, overflow, size_mismatch, outside_validity (a step
/// leaves the piece that the model was built for)
template <HealthModel H, class V, std::size_t N, std::size_t M>
constexpr result<settlement<V, N>> settle(const H& model, const account<N>& before, const plan<M>& p,
                                          const listing<V>& market, oracle_prices<double> prices,
                                          std::span<const reserve_limits> reserves, timestamp now,
                                          basis_points flash_premium = {}) noexcept {
  if (now > p.deadline) return errc::expired;
  settlement<V, N> out{.account = before, .venue = market.venue};
  plan_detail::wallet w{p.collateral, p.debt, {}, {}, {}, {}};
  reserve_limits collateral_limits = limits_of(reserves, p.collateral), debt_limits = limits_of(reserves, p.debt);

  const auto healthy = [&](bool borrow_form_too) {
    const double health = health_factor(model.template liquidation_form<double>(out.account), prices);
    if (!(health >= 1.0) || liquidatable_at(model.liquidation_boundary(), health)) return false;  // NaN is not healthy
    if (!borrow_form_too) return true;
    const double allowance = health_factor(model.template borrow_form<double>(out.account), prices);
    return allowance >= 1.0 && !liquidatable_at(model.liquidation_boundary(), allowance);
  };

  if (const errc e = model.validate(before); e != errc::ok) return e;
  for (const bool borrows : {false, true}) {
    const auto f =
        borrows ? model.template borrow_form<double>(before) : model.template liquidation_form<double>(before);
    if (const errc e = validate(f, prices); e != errc::ok) return e;
    if (const errc e = holds_at(model, before, prices); e != errc::ok) return e;
  }

  for (const step& s : p) {
    if (!(s.asset == p.collateral) && !(s.asset == p.debt)) return errc::asset_mismatch;
    reserve_limits& limits = s.asset == p.collateral ? collateral_limits : debt_limits;
    const int decimals = p.decimals(s.asset);
    holding* held = out.account.find(s.asset);
    units amount = s.everything ? w.of(s.asset) : s.amount;
    const double tokens = amount.to_tokens(decimals);
    errc e = errc::ok;
    switch (s.what) {
      case action::flash_borrow:
        if (!plan_detail::fits(amount, limits.flash_loan_room(), decimals)) return errc::insufficient_balance;
        limits.flash_loan_available = larger(0.0, limits.flash_loan_available - tokens);
        e = plan_detail::wallet::assign(w.lent(s.asset), w.lent(s.asset).add(amount));
        if (e == errc::ok) e = w.put(s.asset, amount);
        break;
      case action::flash_repay: {
        e = w.take(s.asset, amount);
        const auto premium = amount.subtract(w.lent(s.asset));
        const auto asked = w.lent(s.asset).share_up(flash_premium);
        if (!asked.has_value()) return asked.error();
        if (e == errc::ok && (!premium.has_value() || *premium < *asked)) e = errc::unpaid_flash_loan;
        w.lent(s.asset) = {};
        out.flash_premium += premium->to_tokens(decimals);
        break;
      }
      case action::withdraw: {
        if (!limits.can_reduce() || !model.may_withdraw(out.account, s.asset)) return errc::reserve_closed;
        if (held == nullptr || !plan_detail::fits(amount, limits.withdrawable, decimals))
          return errc::insufficient_balance;
        limits.withdrawable = larger(0.0, limits.withdrawable - tokens);
        limits.supply_room += tokens;
        const auto all_of_it = units::ceil(held->collateral, decimals);
        if (!all_of_it.has_value()) return all_of_it.error();
        if (amount > *all_of_it) return errc::insufficient_balance;
        held->collateral = larger(0.0, held->collateral - amount.to_tokens_up(decimals));
        if (!healthy(model.withdrawal_checked_by() == withdrawal_check::borrow_form)) return errc::unhealthy_step;
        e = w.put(s.asset, amount);
        break;
      }
      case action::supply:
        if (!limits.can_grow()) return errc::reserve_closed;
        if (held == nullptr || !plan_detail::fits(amount, limits.supply_room, decimals))
          return errc::insufficient_balance;
        limits.supply_room = larger(0.0, limits.supply_room - tokens);
        limits.withdrawable += tokens;
        e = w.take(s.asset, amount);
        held->collateral += amount.to_tokens_down(decimals);
        break;
      case action::borrow:
        if (!limits.can_grow() || !model.may_borrow(out.account, s.asset)) return errc::reserve_closed;
        if (held == nullptr || !plan_detail::fits(amount, smaller(limits.borrow_room, limits.withdrawable), decimals) ||
            !plan_detail::fits(amount, borrow_room(model, out.account, prices, s.asset), decimals))
          return errc::insufficient_balance;
        limits.borrow_room = larger(0.0, limits.borrow_room - tokens);
        limits.withdrawable = larger(0.0, limits.withdrawable - tokens);
        held->debt += amount.to_tokens_up(decimals);
        if (!healthy(true)) return errc::unhealthy_step;
        e = w.put(s.asset, amount);
        break;
      case action::repay: {
        if (!limits.can_reduce()) return errc::reserve_closed;
        if (held == nullptr) return errc::asset_mismatch;
        const auto owed = units::ceil(held->debt, decimals);
        if (!owed.has_value()) return owed.error();
        const bool whole = amount >= *owed;
        if (whole) amount = *owed;
        e = w.take(s.asset, amount);
        held->debt = whole ? 0.0 : larger(0.0, held->debt - amount.to_tokens_down(decimals));
        limits.borrow_room += amount.to_tokens(decimals);
        limits.withdrawable += amount.to_tokens(decimals);
        break;
      }
      case action::swap: {
        if (!(s.asset == market.in) || !(s.asset_out == market.out)) return errc::asset_mismatch;
        if (!(s.asset_out == p.collateral) && !(s.asset_out == p.debt)) return errc::asset_mismatch;
        if (!plan_detail::fits(amount, out.venue.capacity(), decimals)) return errc::insufficient_balance;
        const double bought = out.venue.amount_out(tokens);
        const auto paid = units::floor(bought, p.decimals(s.asset_out));
        if (!paid.has_value()) return paid.error();
        if (*paid < s.min_out) return errc::slippage;
        e = w.take(s.asset, amount);
        if (e == errc::ok) e = w.put(s.asset_out, *paid);
        out.venue = out.venue.after(tokens);
        out.swapped_in += tokens;
        out.swapped_out += paid->to_tokens(p.decimals(s.asset_out));
        break;
      }
      case action::pay_gas:
        e = w.take(s.asset, amount);
        break;
    }
    if (e != errc::ok) return e;
    if (e = model.validate(out.account); e != errc::ok)
      return e;  // this asset on this side is nothing the protocol has
    if (e = holds_at(model, out.account, prices); e != errc::ok) return e;  // no step on another piece of the form
  }
  const double owed = sizing::owed_value(model.template liquidation_form<double>(out.account).debt, prices);
  const double owed_before = sizing::owed_value(model.template liquidation_form<double>(before).debt, prices);
  if (owed > 0.0 && owed < model.minimum_debt(prices) && owed != owed_before) return errc::dust;
  if (w.lent_collateral != units{} || w.lent_debt != units{}) return errc::unpaid_flash_loan;
  out.collateral_left = w.collateral_amount;
  out.debt_left = w.debt_amount;
  return out;
}

}  // namespace trimtab
