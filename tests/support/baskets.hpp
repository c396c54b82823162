// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/stable_swap.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/sizing/basket.hpp>

#include "support/random.hpp"
#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

namespace trimtab::test {

/// A few constant products one after another in price, kinks between them: what an aggregate or a tick table looks
/// like.
struct ladder {
  std::array<liquidity::segment<>, 4> steps{};
  std::size_t count = 0;
  double gas_units = 0.0;

  [[nodiscard]] errc validate() const noexcept { return count > 0 ? errc::ok : errc::negative_amount; }
  [[nodiscard]] double amount_out(double x) const noexcept {
    double y = 0.0;
    for (std::size_t i = 0; i < count && x > 0.0; x -= steps[i].capacity, ++i)
      y += steps[i].amount_out(smaller(x, steps[i].capacity));
    return x != x ? x : y;
  }
  [[nodiscard]] double amount_in(double y) const noexcept {
    double x = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double all = steps[i].amount_out(steps[i].capacity);
      if (y <= all) return x + y / (steps[i].price - steps[i].curvature * y);
      y -= all;
      x += steps[i].capacity;
    }
    return infinity;
  }
  [[nodiscard]] executable_price<double> marginal_price(double x) const noexcept {
    for (std::size_t i = 0; i < count; x -= steps[i].capacity, ++i)
      if (x <= steps[i].capacity) return {steps[i].marginal_price(x)};
    return {0.0};
  }
  [[nodiscard]] double amount_at(executable_price<double> at) const noexcept {
    double x = 0.0;
    for (std::size_t i = 0; i < count && at.value < steps[i].price; ++i) {
      const auto& s = steps[i];
      const double here = s.curvature > 0.0 ? (std::sqrt(s.price / at.value) - 1.0) / s.curvature : infinity;
      x += smaller(here, s.capacity);
    }
    return x;
  }
  [[nodiscard]] double best_value(executable_price<double> at) const noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i < count && at.value < steps[i].price; ++i) {
      const auto& s = steps[i];
      const double here = s.curvature > 0.0 ? (std::sqrt(s.price / at.value) - 1.0) / s.curvature : infinity;
      const double x = smaller(here, s.capacity);
      sum += s.amount_out(x) - at.value * x;
    }
    return sum;
  }
  [[nodiscard]] double loss(double x) const noexcept { return steps[0].price * x - amount_out(x); }
  [[nodiscard]] double capacity() const noexcept {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) sum += steps[i].capacity;
    return sum;
  }
  [[nodiscard]] double gas(double x) const noexcept { return x > 0.0 ? gas_units : 0.0; }
  [[nodiscard]] ladder after(double) const noexcept { return *this; }  // nobody here asks
  [[nodiscard]] std::size_t segment_count() const noexcept { return count; }
  std::size_t segments(std::span<liquidity::segment<>> out) const noexcept {
    const std::size_t written = count < out.size() ? count : out.size();
    for (std::size_t i = 0; i < written; ++i) out[i] = steps[i];
    return written;
  }
};

using basket_venue = liquidity::any_venue<liquidity::constant_product, liquidity::constant_price, ladder,
                                          liquidity::weighted, liquidity::stable_swap>;
using basket_case = sizing::basket_problem<basket_venue>;
using basket_answer = sizing::basket_sized<8>;

/// A problem and what it points to, in memory that stays where it is.
struct basket_book {
  std::array<double, 20> prices{};
  std::array<basket_venue, 16> venues{};
  std::array<sizing::basket_leg<basket_venue>, 8> sells{}, buys{};
  basket_case problem{};

  basket_book() = default;
  basket_book(const basket_book& b) { *this = b; }
  basket_book& operator=(const basket_book& b) {
    prices = b.prices, venues = b.venues, sells = b.sells, buys = b.buys, problem = b.problem;
    for (auto* legs : {&sells, &buys})
      for (auto& l : *legs)
        if (l.venue != nullptr) l.venue = venues.data() + (l.venue - b.venues.data());
    problem.prices = oracle_prices<double>(prices);
    problem.sells = std::span(sells).first(b.problem.sells.size());
    problem.buys = std::span(buys).first(b.problem.buys.size());
    return *this;
  }
};

/// Sets the gas of a venue to nothing. Stable swaps here have none.
inline void without_gas(basket_venue& v) {
  std::visit(
      [](auto& kind) {
        if constexpr (requires { kind.gas_units = 0.0; }) kind.gas_units = 0.0;
      },
      v.kind);
}

/// Pays `rate` for the first unit, about; its depth is `depth` of what goes in.
inline basket_venue random_venue(random_numbers& r, double rate, double depth) {
  const double fee = r.uniform(0.0, 40.0);
  switch (r.below(6)) {
    case 0:
      return liquidity::constant_price{
          .price = rate, .cap = depth * r.uniform(0.05, 1.0), .fee = {fee}, .gas_units = 6e4};
    case 1: {
      ladder l{.count = 2 + r.below(3), .gas_units = 1.5e5};
      double price = rate * (1.0 - fee * 1e-4);
      for (std::size_t i = 0; i < l.count; ++i) {
        const double curvature = r.below(3) == 0 ? 0.0 : 1.0 / (depth * r.uniform(0.3, 3.0));
        l.steps[i] = {.price = price, .curvature = curvature, .capacity = depth * r.uniform(0.02, 0.3)};
        price = l.steps[i].marginal_price(l.steps[i].capacity) * (r.below(2) == 0 ? 1.0 : r.uniform(0.97, 1.0));
      }
      return l;
    }
    case 2: {
      const double in = r.uniform(0.2, 0.8), out = 1.0 - in;
      return liquidity::weighted{.balance_in = depth,
                                 .balance_out = rate * depth * out / in,
                                 .weight_in = in,
                                 .weight_out = out,
                                 .fee = {fee},
                                 .gas_units = 1.3e5};
    }
    case 3: {
      const auto made = liquidity::stable_swap::of({.coins = 2,
                                                    .balances = {rate * depth, rate * depth * r.uniform(0.8, 1.2)},
                                                    .rates = {rate, 1.0},
                                                    .amplification = r.log_uniform(10.0, 1000.0),
                                                    .fee = {fee}},
                                                   0, 1);
      EXPECT_TRUE(made.has_value());
      return made.value();
    }
    default:
      return liquidity::constant_product{
          .reserve_in = depth, .reserve_out = rate * depth, .fee = {fee}, .gas_units = 1e5};
  }
}

/// Up to 5 collaterals and 3 debts, any venues, health from 0.9 to 1.6 and a target above it.
inline basket_book random_basket(random_numbers& r) {
  basket_book b;
  basket_case& p = b.problem;
  const std::size_t sells = 1 + r.below(5), buys = 1 + r.below(3), idle = r.below(2);
  double power = 0.0, size = r.log_uniform(1e3, 1e9);
  std::uint16_t slot = 0;
  std::size_t venue = 0;
  const auto id = [&] { return asset_id{slot}; };
  p.numeraire_price = r.log_uniform(1e-2, 1e2);
  for (std::size_t i = 0; i < sells + idle; ++i, ++slot) {
    const double price = b.prices[slot] = r.log_uniform(1e-6, 1e5), value = size * r.log_uniform(0.05, 2.0);
    const double weight = r.uniform(0.5, 0.95);
    (void)p.liquidation.collateral.add({value / price, weight, {slot}, id()});
    power += value * weight;
    if (i >= sells) continue;
    const double premium = r.below(6) == 0 ? r.uniform(0.0, 0.01) : 0.0;  // pays above the oracle
    b.venues[venue] = random_venue(r, price / p.numeraire_price * (1.0 - r.uniform(0.0, 0.01) + premium),
                                   value / price * r.log_uniform(0.3, 30.0));
    b.sells[i] = {.asset = id(), .venue = &b.venues[venue++]};
    if (r.below(8) == 0) b.sells[i].most = value / price * r.uniform(0.0, 1.0);
    if (r.below(8) == 0) b.sells[i].limits.withdrawable = value / price * r.uniform(0.0, 1.0);
  }
  const double debts = power / r.uniform(0.9, 1.6);
  const std::size_t direct = r.below(buys + 1);  // which debt is the numeraire's, if any
  double left = debts;
  for (std::size_t j = 0; j < buys; ++j, ++slot) {
    const double v = r.below(2) == 0 ? 1.0 : r.uniform(1.0, 1.25),
                 owes = j + 1 == buys ? left : left * r.uniform(0.1, 0.9);
    left -= owes;
    const double price = b.prices[slot] = j == direct ? p.numeraire_price : r.log_uniform(1e-4, 1e4);
    const double amount = owes / v / price;
    (void)p.liquidation.debt.add({amount, v, {slot}, id()});
    b.buys[j] = {.asset = id()};
    if (j != direct) {
      b.venues[venue] = random_venue(r, p.numeraire_price / price * (1.0 - r.uniform(-0.002, 0.005)),
                                     owes / p.numeraire_price * r.log_uniform(0.3, 30.0));
      b.buys[j].venue = &b.venues[venue++];
    }
    if (r.below(8) == 0) b.buys[j].most = amount * r.uniform(0.0, 1.0);
  }
  p.funding.mode = static_cast<sizing::funding_mode>(r.below(3));
  p.funding.premium = {r.uniform(0.0, 20.0)};
  p.gas.native = {slot};
  b.prices[slot] = 1.0;
  p.target = power / debts * r.uniform(1.005, 1.4);
  if (p.target <= 1.0) p.target = 1.02;
  p.prices = oracle_prices<double>(b.prices);
  p.sells = std::span(b.sells).first(sells);
  p.buys = std::span(b.buys).first(buys);
  return b;
}

/// What an answer's trades do, recomputed in 80 bits from the account and the venues.
struct basket_check {
  long double health = 0.0L, cost = 0.0L, scale = 0.0L, budget = 0.0L;
  bool within = true;  ///< every cap
  basket_check(const basket_case& p, const basket_answer& a) {
    const bool in_kind = p.gas.paid_from == gas_payer::proceeds;
    const long double f = p.funding.mode == sizing::funding_mode::none ? 0.0L : p.funding.premium.fraction();
    const bool lent = p.funding.mode == sizing::funding_mode::flash_debt;
    const long double taken = p.funding.mode == sizing::funding_mode::flash_collateral ? 1.0L + f : 1.0L;
    long double collateral = 0.0L, debt = 0.0L, proceeds = 0.0L, spent = 0.0L;
    double gas_units = p.gas.transaction_gas;
    for (const auto& t : p.liquidation.collateral) {
      const long double price = p.prices[t.slot].value;
      long double amount = t.amount;
      for (std::size_t i = 0; i < p.sells.size(); ++i)
        if (p.sells[i].asset == t.asset) {
          const auto& leg = p.sells[i];
          const long double x = a.sells[i].in;
          amount -= taken * x;
          cost += price * taken * x;
          proceeds += leg.venue == nullptr ? x : static_cast<long double>(leg.venue->amount_out(a.sells[i].in));
          within = within && amount >= 0.0L && a.sells[i].in <= leg.most &&
                   taken * x <= static_cast<long double>(leg.limits.withdrawable) * (1.0L + 1e-15L) &&
                   (leg.venue == nullptr || a.sells[i].in <= leg.venue->capacity());
          if (x > 0.0L && leg.venue != nullptr) gas_units += leg.venue->gas(a.sells[i].in);
        }
      collateral += t.weight * amount * price;
    }
    for (const auto& t : p.liquidation.debt) {
      const long double price = p.prices[t.slot].value;
      long double amount = t.amount;
      for (std::size_t j = 0; j < p.buys.size(); ++j)
        if (p.buys[j].asset == t.asset) {
          const auto& leg = p.buys[j];
          const double z = a.buys[j].in;
          const double got = leg.venue == nullptr ? z : leg.venue->amount_out(z), q = a.buys[j].out;
          EXPECT_LE(std::fabs(got - q), 1e-14 * q) << "what the venue pays";
          amount -= q;
          cost -= price * q;
          spent += z;
          within = within && amount >= 0.0L && q <= leg.most;
          if (z > 0.0 && leg.venue != nullptr) gas_units += leg.venue->gas(z);
          const double left = static_cast<double>(amount);
          if (z > 0.0 && left > 0.0) within = within && left >= leg.minimum_left;
        }
      debt += t.weight * amount * price;
    }
    const long double gas = p.gas.price_native > 0.0
                                ? static_cast<long double>(p.gas.fee_base(gas_units - p.gas.transaction_gas, p.prices))
                                : 0.0L;
    const long double n = p.numeraire_price, paid = in_kind ? gas / n : 0.0L;
    budget = proceeds - paid - spent * (lent ? 1.0L + f : 1.0L) - a.left;  // 0
    cost += (in_kind ? 0.0L : gas) - a.left * n;
    scale = (proceeds + spent) * n;
    health = debt > 0.0L ? collateral / debt : static_cast<long double>(infinity);
  }
};

}  // namespace trimtab::test
