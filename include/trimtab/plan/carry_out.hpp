// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/concept.hpp>
#include <trimtab/health/health_factor.hpp>
#include <trimtab/market/reserve_limits.hpp>
#include <trimtab/plan/flows.hpp>
#include <trimtab/sizing/problem.hpp>

#include <span>

namespace trimtab {

/// What a repayment step that means a whole debt has to say to this protocol.
template <class H>
constexpr quantity whole_debt_in_words() noexcept {
  constexpr whole_repayment said = whole_repayment_of<H>();
  if constexpr (said == whole_repayment::by_max_value) return quantity::whole_debt_by_max;
  if constexpr (said == whole_repayment::by_shares) return quantity::whole_debt_by_shares;
  return quantity::exact;
}

namespace plan_detail {

// A step says what its action reads and nothing else, so that nothing in it can be wrong unnoticed.
constexpr errc well_formed(const step& s) noexcept {
  using enum action;
  if (static_cast<std::size_t>(s.what) >= action_count || static_cast<std::size_t>(s.meant) >= quantity_count)
    return errc::bad_configuration;
  const bool whole = s.meant == quantity::whole_debt_by_max || s.meant == quantity::whole_debt_by_shares;
  if (whole && s.what != repay) return errc::bad_configuration;
  if (s.meant == quantity::all_held) {
    if (s.what != supply && s.what != repay && s.what != swap && s.what != transfer_out) return errc::bad_configuration;
    if (!(s.amount == units{})) return errc::bad_configuration;
  } else if (s.meant == quantity::share_held) {
    if (s.what != swap || s.amount == units{} || s.amount >= units{1'000'000'000}) return errc::bad_configuration;
  } else if (s.amount == units{}) {
    return errc::dust;  // protocols refuse to move nothing
  }
  if (s.what != swap && (s.venue != 0 || !(s.asset_out == asset_id{}) || !(s.min_out == units{})))
    return errc::bad_configuration;
  if (s.what == swap && s.asset == s.asset_out) return errc::asset_mismatch;
  return errc::ok;
}

template <std::size_t M>
constexpr errc well_formed(const plan<M>& p) noexcept {
  if (p.count > M || p.token_count > p.max_tokens) return errc::capacity;
  for (std::size_t i = 0; i < p.token_count; ++i) {
    if (p.tokens[i].decimals < 0 || p.tokens[i].decimals > units::max_decimals) return errc::bad_configuration;
    if (p.index_of(p.tokens[i].asset) != i) return errc::duplicate_asset;
  }
  for (const step& s : p) {
    if (const errc e = well_formed(s); e != errc::ok) return e;
    if (p.index_of(s.asset) == p.max_tokens) return errc::asset_mismatch;
    if (s.what == action::swap && p.index_of(s.asset_out) == p.max_tokens) return errc::asset_mismatch;
  }
  return errc::ok;
}

// An account under a plan, step by step. Venues are the caller's: it says what a swap pays.
template <class H, std::size_t N, std::size_t M>
struct execution {
  const H& model;
  const plan<M>& p;
  oracle_prices<double> prices;
  basis_points flash_premium;
  account<N> now;
  wallet w{};
  std::array<reserve_limits, flows::max_tokens> limits{};

  [[nodiscard]] constexpr bool healthy(bool borrow_form_too) const noexcept {
    const double health = health_factor(model.template liquidation_form<double>(now), prices);
    if (!(health >= 1.0) || liquidatable_at(model.liquidation_boundary(), health)) return false;  // NaN is not healthy
    if (!borrow_form_too) return true;
    const double allowance = health_factor(model.template borrow_form<double>(now), prices);
    return allowance >= 1.0 && !liquidatable_at(model.liquidation_boundary(), allowance);
  }

  constexpr errc flash_borrow(std::size_t t, units amount, int decimals) noexcept {
    if (!fits(amount, limits[t].flash_loan_room(), decimals)) return errc::insufficient_balance;
    limits[t].flash_loan_available = larger(0.0, limits[t].flash_loan_available - amount.to_tokens(decimals));
    if (const errc e = assign(w.lent[t], w.lent[t].add(amount)); e != errc::ok) return e;
    return w.put(t, party::lender, amount);
  }
  // The lender takes what it lent and its premium; the amount is what it may take at most.
  constexpr errc flash_repay(std::size_t t, units at_most) noexcept {
    if (w.lent[t] == units{}) return errc::insufficient_balance;
    const auto premium = w.lent[t].share_up(flash_premium);
    if (!premium.has_value()) return premium.error();
    const auto asked = w.lent[t].add(*premium);
    if (!asked.has_value()) return asked.error();
    if (*asked > at_most) return errc::unpaid_flash_loan;
    w.lent[t] = {};
    return w.take(t, party::lender, *asked);
  }
  constexpr errc withdraw(std::size_t t, asset_id asset, units amount, int decimals) noexcept {
    reserve_limits& limit = limits[t];
    holding* held = now.find(asset);
    if (!limit.can_reduce() || !model.may_withdraw(now, asset)) return errc::reserve_closed;
    if (held == nullptr || !fits(amount, limit.withdrawable, decimals)) return errc::insufficient_balance;
    const auto all_of_it = units::ceil(held->collateral, decimals);
    if (!all_of_it.has_value()) return all_of_it.error();
    if (amount > *all_of_it) return errc::insufficient_balance;
    limit.withdrawable = larger(0.0, limit.withdrawable - amount.to_tokens(decimals));
    limit.supply_room += amount.to_tokens(decimals);
    held->collateral = larger(0.0, held->collateral - amount.to_tokens_up(decimals));
    if (!healthy(model.withdrawal_checked_by() == withdrawal_check::borrow_form)) return errc::unhealthy_step;
    return w.put(t, party::collateral, amount);
  }
  constexpr errc supply(std::size_t t, asset_id asset, units amount, int decimals) noexcept {
    reserve_limits& limit = limits[t];
    holding* held = now.find(asset);
    if (!limit.can_grow()) return errc::reserve_closed;
    if (held == nullptr || !fits(amount, limit.supply_room, decimals)) return errc::insufficient_balance;
    limit.supply_room = larger(0.0, limit.supply_room - amount.to_tokens(decimals));
    limit.withdrawable += amount.to_tokens(decimals);
    held->collateral += amount.to_tokens_down(decimals);
    return w.take(t, party::collateral, amount);
  }
  constexpr errc borrow(std::size_t t, asset_id asset, units amount, int decimals) noexcept {
    reserve_limits& limit = limits[t];
    holding* held = now.find(asset);
    if (!limit.can_grow() || !model.may_borrow(now, asset)) return errc::reserve_closed;
    if (held == nullptr || !fits(amount, smaller(limit.borrow_room, limit.withdrawable), decimals) ||
        !fits(amount, borrow_room(model, now, prices, asset), decimals))
      return errc::insufficient_balance;
    limit.borrow_room = larger(0.0, limit.borrow_room - amount.to_tokens(decimals));
    limit.withdrawable = larger(0.0, limit.withdrawable - amount.to_tokens(decimals));
    held->debt += amount.to_tokens_up(decimals);
    if (!healthy(true)) return errc::unhealthy_step;
    return w.put(t, party::debt, amount);
  }
  constexpr errc repay(std::size_t t, const step& s, int decimals) noexcept {
    reserve_limits& limit = limits[t];
    holding* held = now.find(s.asset);
    if (!limit.can_reduce()) return errc::reserve_closed;
    if (held == nullptr) return errc::asset_mismatch;
    const auto owed = units::ceil(held->debt, decimals);
    if (!owed.has_value()) return owed.error();
    units amount = s.meant == quantity::all_held ? w.held[t] : s.amount;
    if (s.meant == quantity::all_held) {
      if (amount > *owed) amount = *owed;
      if (amount == units{}) return errc::ok;  // nothing to move: nothing is called
    } else if (*owed == units{}) {
      return errc::insufficient_balance;
    } else if (s.meant == quantity::exact) {
      if (amount > *owed && whole_repayment_of<H>() == whole_repayment::by_shares) return errc::insufficient_balance;
      if (amount > *owed) amount = *owed;
    } else {
      if (s.meant != whole_debt_in_words<H>()) return errc::bad_configuration;
      if (*owed > amount) return errc::insufficient_balance;  // beyond the allowance
      amount = *owed;
    }
    held->debt = amount >= *owed ? 0.0 : larger(0.0, held->debt - amount.to_tokens_down(decimals));
    limit.borrow_room += amount.to_tokens(decimals);
    limit.withdrawable += amount.to_tokens(decimals);
    return w.take(t, party::debt, amount);
  }
  template <class Pay>
  constexpr errc swap(std::size_t t, const step& s, Pay&& pay) noexcept {
    const units amount = s.meant == quantity::all_held     ? w.held[t]
                         : s.meant == quantity::share_held ? billionths_of(w.held[t], s.amount.low())
                                                           : s.amount;
    result<units> paid = units{};
    if (!(amount == units{})) {
      paid = pay(s, amount);
      if (!paid.has_value()) return paid.error();
      if (const errc e = w.take(t, party::venues, amount); e != errc::ok) return e;
    }
    if (*paid < s.min_out) return errc::slippage;
    return w.put(p.index_of(s.asset_out), party::venues, *paid);
  }
  template <class Pay>
  constexpr errc take_step(const step& s, Pay&& pay) noexcept {
    const std::size_t t = p.index_of(s.asset);
    const int decimals = p.tokens[t].decimals;
    const units amount = s.meant == quantity::all_held ? w.held[t] : s.amount;
    switch (s.what) {
      case action::flash_borrow:
        return flash_borrow(t, amount, decimals);
      case action::flash_repay:
        return flash_repay(t, amount);
      case action::withdraw:
        return withdraw(t, s.asset, amount, decimals);
      case action::supply:
        return amount == units{} ? errc::ok : supply(t, s.asset, amount, decimals);
      case action::borrow:
        return borrow(t, s.asset, amount, decimals);
      case action::repay:
        return repay(t, s, decimals);
      case action::swap:
        return swap(t, s, pay);
      case action::pay:
        return w.take(t, party::sender, amount);
      case action::transfer_in:
        return w.put(t, party::owner, amount);
      case action::transfer_out:
        return w.take(t, party::owner, amount);
    }
    return errc::bad_configuration;
  }
};

// Every step or none. @param pay  (step, units in) → result<units out>
template <class H, std::size_t N, std::size_t M, class Pay>
constexpr errc carry_out(execution<H, N, M>& x, std::span<const reserve_limits> reserves, Pay&& pay) noexcept {
  const H& model = x.model;
  const account<N> before = x.now;
  if (const errc e = well_formed(x.p); e != errc::ok) return e;
  if (const errc e = validate(reserves); e != errc::ok) return e;
  if (const errc e = validate(model, before, x.prices); e != errc::ok) return e;
  x.w.books.token_count = x.p.token_count;
  for (std::size_t t = 0; t < x.p.token_count; ++t) {
    x.w.books.tokens[t] = x.p.tokens[t].asset;
    x.limits[t] = limits_of(reserves, x.p.tokens[t].asset);
  }
  for (const step& s : x.p) {
    if (const errc e = x.take_step(s, pay); e != errc::ok) return e;
    // This asset on this side may be nothing that the protocol has; and no step leaves the piece of the form.
    if (const errc e = model.validate(x.now); e != errc::ok) return e;
    if (const errc e = holds_at(model, x.now, x.prices); e != errc::ok) return e;
  }
  for (std::size_t t = 0; t < x.p.token_count; ++t) {
    if (!(x.w.lent[t] == units{})) return errc::unpaid_flash_loan;
    if (const errc e = x.w.take(t, party::owner, x.w.held[t]); e != errc::ok) return e;
  }
  const double owed = sizing::owed_value(model.template liquidation_form<double>(x.now).debt, x.prices);
  const double owed_before = sizing::owed_value(model.template liquidation_form<double>(before).debt, x.prices);
  if (owed > 0.0 && owed < model.minimum_debt(x.prices) && owed != owed_before) return errc::dust;
  return errc::ok;
}

}  // namespace plan_detail

}  // namespace trimtab
