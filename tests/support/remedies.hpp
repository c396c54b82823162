// SPDX-License-Identifier: MIT
#pragma once

/// Accounts of two collaterals and two debts for the tests of remedies, and what any remedy must keep to, written down
/// again in 80-bit numbers.

#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/remedy.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <cmath>
#include <string>

namespace cases {

/// Slots: collateral, debt, other collateral, other debt, native token.
struct desk {
  std::array<double, 5> price{2000.0, 1.0, 60'000.0, 1.0, 2000.0};
  std::array<double, 2> held{10.0, 0.0}, owed{14'000.0, 0.0};
  std::array<double, 2> threshold{0.8, 0.7}, ltv{0.75, 0.65}, factor{1.0, 1.0};

  template <class V>
  [[nodiscard]] trimtab::sizing::problem<V> problem(const V& venue) const& {
    trimtab::sizing::problem<V> p;
    const trimtab::asset_id collaterals[] = {collateral_asset, other_collateral}, debts[] = {debt_asset, other_debt};
    const trimtab::price_slot collateral_slots[] = {{0}, {2}}, debt_slots[] = {{1}, {3}};
    for (std::size_t i = 0; i < 2; ++i) {
      p.liquidation.collateral.add({held[i], threshold[i], collateral_slots[i], collaterals[i]});
      p.borrow.collateral.add({held[i], ltv[i], collateral_slots[i], collaterals[i]});
      p.liquidation.debt.add({owed[i], factor[i], debt_slots[i], debts[i]});
      p.borrow.debt.add({owed[i], factor[i], debt_slots[i], debts[i]});
    }
    p.prices = trimtab::oracle_prices<double>{price};
    p.collateral = collateral_asset, p.debt = debt_asset;
    p.venue = &venue;
    p.funding = {trimtab::sizing::funding_mode::none, {}};
    p.gas.native = trimtab::price_slot{4};
    p.fair_rate = price[0] / price[1];
    p.target = 1.25;
    return p;
  }

  template <class V>
  void problem(const V&) const&& = delete;  // the prices are a view

  /// Any account of health in [0.5, 4], of any size.
  static desk random(trimtab::test::random_numbers& draw) {
    desk d;
    const double size = draw.log_uniform(1e-3, 1e9);
    for (double& p : d.price) p = draw.log_uniform(1e-3, 1e5);
    double backing = 0.0;
    for (std::size_t i = 0; i < 2; ++i) {
      d.threshold[i] = draw.uniform(0.4, 0.97);
      d.ltv[i] = d.threshold[i] * draw.uniform(0.8, 1.0);
      d.factor[i] = draw.below(2) == 0 ? 1.0 : draw.uniform(1.0, 1.5);
      d.held[i] = i == 1 && draw.below(3) == 0 ? 0.0 : size * draw.log_uniform(0.1, 10.0) / d.price[2 * i];
      backing += d.threshold[i] * d.held[i] * d.price[2 * i];
    }
    const double health = draw.uniform(0.5, 4.0), share = draw.below(2) == 0 ? 1.0 : draw.uniform(0.2, 1.0);
    d.owed[0] = backing / health * share / d.factor[0] / d.price[1];
    d.owed[1] = backing / health * (1.0 - share) / d.factor[1] / d.price[3];
    return d;
  }
};

/// A constant-product pool at some premium to a rate, of some depth against an amount of what comes in.
inline trimtab::liquidity::constant_product random_pool(trimtab::test::random_numbers& draw, double rate,
                                                        double amount) {
  const double in = amount * draw.log_uniform(0.5, 1e4);
  return {.reserve_in = in,
          .reserve_out = in * rate * draw.uniform(0.9, 1.05),
          .fee = {draw.uniform(0.0, 60.0)},
          .gas_units = draw.uniform(0.0, 2e5)};
}

/// A room that binds about once in three times, around an amount.
inline double random_room(trimtab::test::random_numbers& draw, double amount) {
  return draw.below(3) != 0 ? trimtab::infinity : amount * draw.log_uniform(0.01, 10.0);
}

/// Health in 80 bits.
template <std::size_t N>
long double exact_health(const trimtab::form<double, N>& f, trimtab::oracle_prices<double> prices) {
  long double collateral = 0.0L, debt = 0.0L;
  for (const auto& t : f.collateral) collateral += static_cast<long double>(t.weight) * t.amount * prices[t.slot].value;
  for (const auto& t : f.debt) debt += static_cast<long double>(t.weight) * t.amount * prices[t.slot].value;
  return debt > 0.0L ? collateral / debt : static_cast<long double>(trimtab::infinity);
}

/// What is wrong with a remedy that moves something; empty when nothing is. Reserves of what a swap brings in are the
/// caller's to look at.
template <class V, std::size_t N>
std::string fault_of(const trimtab::sizing::problem<V, N>& p, const trimtab::sizing::remedy& r) {
  using trimtab::errc;
  using trimtab::sizing::remedy_kind;
  constexpr long double tiny = 1e-14L;
  const auto liquidation = after(p.liquidation, r), borrow = after(p.borrow, r);
  const long double health = exact_health(liquidation, p.prices), borrow_health = exact_health(borrow, p.prices);
  const long double before = exact_health(p.liquidation, p.prices);
  const auto close = [](long double a, long double b) { return a == b || std::fabs(a - b) <= tiny * std::fabs(b); };
  if (r.kind != remedy_kind::switch_emode && !close(r.health_after, health)) return "health after is another";
  if (!close(r.health_before, before)) return "health before is another";
  if (!(r.amount >= 0.0) || !(r.amount_out >= 0.0) || !(r.flash >= 0.0) || !(r.gas_in_kind >= 0.0)) return "below zero";
  if (!(r.cost.total() - r.cost.total() == 0.0)) return "no cost";
  const bool lowers = r.kind == remedy_kind::withdraw_surplus || r.kind == remedy_kind::borrow_out;
  if (r.status == errc::ok && !(health >= p.target * (1.0L - tiny))) return "short of the target";
  if (r.status == errc::infeasible && !lowers && !(health > before)) return "worse than nothing";
  if (r.status != errc::ok && r.status != errc::infeasible) return "a refusal that moves something";
  long double left = 0.0L;
  for (const auto& t : liquidation.debt) left += static_cast<long double>(t.amount) * p.prices[t.slot].value;
  if (left > 0.0L && left < p.minimum_debt * (1.0L - tiny)) return "dust";
  for (const auto& by : r.changes) {
    if (by.collateral_by < 0.0) {
      if (-by.collateral_by > p.liquidation.collateral.find(by.collateral)->amount) return "more than is held";
      if (-by.collateral_by > p.collateral_limits.withdrawable) return "more than can be withdrawn";
      if (!p.collateral_limits.can_reduce()) return "out of a closed reserve";
      if (p.withdrawal == trimtab::withdrawal_check::borrow_form && !(borrow_health >= 1.0L - tiny))
        return "borrow form";
    }
    if (by.debt_by < 0.0) {
      if (-by.debt_by > p.liquidation.debt.find(by.debt)->amount * (1.0 + 1e-15)) return "more than is owed";
      if (!p.debt_limits.can_reduce()) return "into a closed reserve";
    }
    if (by.debt_by > 0.0 && !(borrow_health >= 1.0L - tiny)) return "borrowed beyond the borrow form";
  }
  return {};
}

}  // namespace cases
