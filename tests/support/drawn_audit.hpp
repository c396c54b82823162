// SPDX-License-Identifier: MIT
#pragma once

/// What a decision on a drawn world is held against: its constraint set written down again in 80-bit numbers and
/// scanned, and a ledger of its plan in whole units. Shares nothing with sizers and settlement but the venue's curve
/// and the protocol's forms.

#include <trimtab/plan/settle.hpp>

#include "support/drawn_worlds.hpp"
#include <cmath>
#include <map>

namespace cases {

using real = long double;

/// @brief The constraints on one size of the trade that brings health to the target, either way.
template <class V>
struct constraint_set {
  const drawn_world& w;
  const V& venue;
  bool checked_by_borrow_form;
  bool urgent;
  real collateral = 0, debt = 0, backed = 0, borrowed = 0,
       owed_all = 0;  // C, D, the same of the borrow form, unweighted
  real weighted_price = 0, weighted_debt_price = 0, debt_price = 0, ltv_price = 0, borrow_price = 0;
  real premium, slippage_floor;

  template <class M>
  constraint_set(const M& model, const drawn_world& of, const V& through, bool in_emergency)
      : w(of),
        venue(through),
        checked_by_borrow_form(model.withdrawal_checked_by() == trimtab::withdrawal_check::borrow_form),
        urgent(in_emergency) {
    const trimtab::oracle_prices<double> prices{w.price};
    const auto add = [&](const auto& terms, real& sum, trimtab::asset_id asset, real& each) {
      for (const auto& t : terms) {
        const real value = static_cast<real>(t.weight) * prices[t.slot].value;
        sum += value * t.amount;
        if (t.asset == asset) each = value;
      }
    };
    const auto liquidation = model.template liquidation_form<double>(w.before);
    const auto borrow = model.template borrow_form<double>(w.before);
    add(liquidation.collateral, collateral, w.collateral[0].asset, weighted_price);
    add(liquidation.debt, debt, w.debt[0].asset, weighted_debt_price);
    add(borrow.collateral, backed, w.collateral[0].asset, ltv_price);
    add(borrow.debt, borrowed, w.debt[0].asset, borrow_price);
    for (const auto& t : liquidation.debt) owed_all += static_cast<real>(t.amount) * prices[t.slot].value;
    debt_price = prices[w.debt[0].slot].value;
    const auto& funding = w.execution.funding;
    premium = funding.mode == trimtab::sizing::funding_mode::none ? 0 : static_cast<real>(funding.premium.count) / 1e4L;
    const double allowed = w.down ? w.restore.max_slippage.count : w.lever.max_slippage.count;
    slippage_floor = static_cast<real>(w.fair()) * (1 - static_cast<real>(allowed) / 1e4L);
  }
  [[nodiscard]] real gas_base(real x) const {
    const real native =
        (static_cast<real>(w.gas.transaction_gas) + venue.gas(static_cast<double>(x))) * w.gas.price_native;
    return native * w.price[native_slot.index];
  }
  [[nodiscard]] real gas_in_kind(real x) const {
    return w.gas.paid_from == trimtab::gas_payer::proceeds ? gas_base(x) / debt_price : 0;
  }

  /// What a size leaves behind.
  struct outcome {
    real health = 0;
    real spare = 0;  ///< the least relative distance to any limit; below 0 where one is broken
  };

  [[nodiscard]] outcome at(real x) const { return w.down ? deleveraged(x) : leveraged(x); }
  [[nodiscard]] real health(real x) const { return at(x).health; }

  /// The largest size that could be meant: all that is held, or what the target would take if nothing slipped twice
  /// over.
  [[nodiscard]] real most() const {
    const double capacity = venue.capacity();
    const real own = w.down ? static_cast<real>(w.held()) : 200 * collateral / weighted_debt_price;
    return capacity < own ? static_cast<real>(capacity) : own;
  }
  /// The size of the highest health, by thirds of a function with one top.
  [[nodiscard]] real top() const {
    real low = 0, high = most();
    for (int i = 0; i < 60; ++i) {
      const real third = (high - low) / 3;
      if (health(low + third) < health(high - third)) {
        low += third;
      } else {
        high -= third;
      }
    }
    return (low + high) / 2;
  }
  /// @brief The size at the target: of a deleverage the least that reaches it, of a leverage the largest that keeps it;
  /// a negative number where there is none.
  [[nodiscard]] real root() const {
    const real target = w.band.target;
    real good = w.down ? top() : 0, bad = w.down ? 0 : most();
    if (!w.down && health(bad) >= target) return -1;  // the venue takes no more
    if (health(good) < target) return -1;
    for (int i = 0; i < 80; ++i) {
      const real middle = (good + bad) / 2;
      (health(middle) >= target ? good : bad) = middle;
    }
    return good;
  }

private:
  struct least {
    real value = trimtab::infinity;
    void keep(real left, real at_least, real scale) {
      const real room = scale > 0 ? (left - at_least) / scale : left - at_least;
      value = room < value ? room : value;
    }
  };
  [[nodiscard]] bool closed() const {
    const bool off = w.limits[0].paused || w.limits[1].paused;
    const real fee = (static_cast<real>(w.gas.transaction_gas)) * w.gas.price_native;
    return off || (w.gas.paid_from == trimtab::gas_payer::tank && fee > w.gas.tank_native);
  }

  [[nodiscard]] outcome deleveraged(real x) const {
    using trimtab::sizing::funding_mode;
    const funding_mode mode = w.execution.funding.mode;
    const bool lent_debt = mode == funding_mode::flash_debt, lent_collateral = mode == funding_mode::flash_collateral;
    const real out = venue.amount_out(static_cast<double>(x)), gas = gas_in_kind(x), worst_out = slippage_floor * x;
    const real gone = lent_collateral ? x * (1 + premium) : x;
    real flash = lent_debt ? (worst_out - gas) / (1 + premium) : lent_collateral ? x : 0;
    if (flash < 0) flash = 0;
    const real paid = lent_debt ? flash * premium : 0, owed = w.owed();
    const real repaid = out - gas - paid, worst = worst_out - gas - paid;
    const auto after = [&](real money) {
      const real left = debt - weighted_debt_price * (money < owed ? money : owed);
      return left > 0 ? (collateral - weighted_price * gone) / left : static_cast<real>(trimtab::infinity);
    };
    outcome o{.health = after(repaid)};
    if (closed()) return o.spare = -1, o;
    least s;
    s.keep(w.held(), gone, w.held());
    s.keep(w.limits[0].withdrawable, gone, w.held());
    s.keep(venue.capacity(), x, w.held());
    s.keep(lent_debt         ? w.limits[1].flash_loan_available
           : lent_collateral ? w.limits[0].flash_loan_available
                             : trimtab::infinity,
           flash, lent_debt ? owed : w.held());
    s.keep(out, worst_out, worst_out);
    s.keep(worst_out, gas, worst_out);
    if (w.debts > 1) s.keep(owed, repaid, owed);
    const real floor = w.restore.health_floor;
    s.keep(mode == funding_mode::none ? (collateral - weighted_price * x) / debt : after(worst), floor, floor);
    if (mode == funding_mode::none) s.keep(after(worst), floor, floor);
    if (checked_by_borrow_form) {
      const real still = mode == funding_mode::none ? borrowed : borrowed - borrow_price * worst;
      s.keep(backed - ltv_price * gone, still, borrowed);
    }
    const real left = owed_all - debt_price * repaid;
    if (w.least_debt > 0 && left > 1e-9L * owed_all) s.keep(left, w.least_debt, owed_all);
    const real cost = (w.fair_rate * x - out) * debt_price + gas_base(x) +
                      premium * flash * debt_price * (lent_collateral ? static_cast<real>(w.fair_rate) : 1);
    const real value = w.fair_rate * x * debt_price;
    if (!urgent && w.restore.max_cost.count < trimtab::infinity)
      s.keep(static_cast<real>(w.restore.max_cost.count) / 1e4L * value, cost, value);
    s.keep(w.band.upper, o.health, w.band.upper);
    o.spare = s.value;
    return o;
  }

  [[nodiscard]] outcome leveraged(real x) const {
    using trimtab::sizing::funding_mode;
    const funding_mode mode = w.execution.funding.mode;
    const bool lent_debt = mode == funding_mode::flash_debt, lent_collateral = mode == funding_mode::flash_collateral;
    const real out = venue.amount_out(static_cast<double>(x)), gas = gas_in_kind(x), worst_out = slippage_floor * x;
    const real flash = lent_debt ? x : lent_collateral ? worst_out / (1 + premium) : 0;
    const real more_debt = (lent_debt ? x * (1 + premium) : x) + gas, paid = lent_collateral ? flash * premium : 0;
    const real after_debt = debt + weighted_debt_price * more_debt;
    const auto with = [&](real bought) { return (collateral + weighted_price * (bought - paid)) / after_debt; };
    outcome o{.health = with(out)};
    if (closed()) return o.spare = -1, o;
    least s;
    const real scale = w.about();
    s.keep(venue.capacity(), x, scale);
    s.keep(out, worst_out, worst_out);
    s.keep(w.limits[1].borrow_room, more_debt, scale);
    s.keep(w.limits[1].withdrawable, more_debt, scale);
    s.keep(w.limits[0].supply_room, out, w.held());
    s.keep(lent_debt         ? w.limits[1].flash_loan_available
           : lent_collateral ? w.limits[0].flash_loan_available
                             : trimtab::infinity,
           flash, lent_debt ? scale : static_cast<real>(w.held()));
    const real there = mode == funding_mode::none ? 0 : worst_out - paid;
    s.keep(backed + ltv_price * there, borrowed + borrow_price * more_debt, borrowed + borrow_price * more_debt);
    s.keep(with(worst_out), w.band.lower, w.band.lower);
    if (w.least_debt > 0) s.keep(owed_all + debt_price * more_debt, w.least_debt, owed_all);
    const real cost = (x / w.fair_rate - out) * w.fair_rate * debt_price + gas_base(x) +
                      premium * flash * debt_price * (lent_collateral ? static_cast<real>(w.fair_rate) : 1);
    if (w.lever.max_cost.count < trimtab::infinity)
      s.keep(static_cast<real>(w.lever.max_cost.count) / 1e4L * x * debt_price, cost, x * debt_price);
    o.spare = s.value;
    return o;
  }
};

/// @brief Moves a plan's tokens between five parties in whole units and checks that nothing comes from nowhere.
/// @return how many of its statements about the settlement are wrong
template <class V, class S, std::size_t M>
int wrong_in_ledger(const drawn_world& w, const trimtab::plan<M>& p, const V& venue, const S& after) {
  using trimtab::action;
  using trimtab::asset_id;
  using trimtab::units;
  __extension__ using whole = __int128;
  const auto of = [](units u) { return static_cast<whole>((static_cast<units::integer>(u.high()) << 64) | u.low()); };
  struct parties {
    whole wallet = 0, account = 0, lender = 0, venue = 0, sender = 0;
    [[nodiscard]] whole sum() const { return wallet + account + lender + venue + sender; }
  };
  std::map<std::uint32_t, parties> ledger;
  int wrong = 0;
  for (const auto& s : p) {
    parties& t = ledger[s.asset.value];
    whole amount = s.meant == trimtab::quantity::exact ? of(s.amount) : t.wallet;
    switch (s.what) {
      case action::flash_borrow:
        t.lender -= amount, t.wallet += amount;
        break;
      case action::flash_repay:
        t.lender += amount, t.wallet -= amount;
        break;
      case action::withdraw:
      case action::borrow:
        t.account -= amount, t.wallet += amount;
        break;
      case action::supply:
        t.account += amount, t.wallet -= amount;
        break;
      case action::repay: {
        const auto owes = units::ceil(w.before.find(s.asset)->debt, p.decimals(s.asset));
        const whole open = of(*owes) - t.account;  // what is owed less what was repaid before
        // A debt that is repaid whole is a double's, to its last units: the settlement says how much that was.
        const whole said = of(after.moved.of(s.asset, trimtab::party::debt).taken) - t.account;
        if (said < amount) {
          wrong += std::fabs(static_cast<real>(said - open)) > 4 * eps * static_cast<real>(of(*owes)) + 1;
          amount = said;
        }
        t.account += amount, t.wallet -= amount;
        break;
      }
      case action::swap: {
        const units in =
            trimtab::units::from_words(static_cast<std::uint64_t>(amount >> 64), static_cast<std::uint64_t>(amount));
        const auto paid = units::floor(venue.amount_out(in.to_tokens(p.decimals(s.asset))), p.decimals(s.asset_out));
        if (!paid.has_value() || of(*paid) < of(s.min_out)) return 99;
        t.wallet -= amount, t.venue += amount;
        parties& bought = ledger[s.asset_out.value];
        bought.wallet += of(*paid), bought.venue -= of(*paid);
        break;
      }
      case action::pay:
        t.wallet -= amount, t.sender += amount;
        break;
      case action::transfer_in:
      case action::transfer_out:
        return 98;  // no trade has one
    }
    wrong += t.wallet < 0;
  }
  for (const auto& [asset, t] : ledger) wrong += t.sum() != 0 || t.lender < 0;
  // The settlement's own books say the same, party by party, and what is left went to the owner.
  wrong += !after.moved.conserved();
  for (const auto& [asset, t] : ledger) {
    using trimtab::party;
    const auto net = [&, id = asset_id{asset}](party with) {
      const auto f = after.moved.of(id, with);
      return of(f.taken) - of(f.given);
    };
    wrong += net(party::collateral) + net(party::debt) != t.account || net(party::venues) != t.venue;
    wrong += net(party::lender) != t.lender || net(party::sender) != t.sender || net(party::owner) != t.wallet;
  }
  // The account's balances are doubles: they move by the same amounts, each rounded against the owner by an ulp at
  // most.
  const auto tokens = [&](whole n, asset_id asset) {
    return static_cast<real>(n) / std::pow(10.0L, p.decimals(asset));
  };
  const auto off = [&](double now, real should, bool is_debt) {
    const real gap = is_debt ? now - should : should - now;
    const real ulps = 4 * eps * (std::fabs(should) + std::fabs(static_cast<real>(is_debt ? w.owed() : w.held())));
    return gap < -ulps || gap > ulps;
  };
  const asset_id c = w.collateral[0].asset, d = w.debt[0].asset;
  wrong += off(after.account.find(c)->collateral, w.held() + tokens(ledger[c.value].account, c), false);
  const real left = w.owed() - tokens(ledger[d.value].account, d);
  wrong += off(after.account.find(d)->debt, left > 0 ? left : 0, true);
  for (const auto& h : w.before)
    if (!(h.asset == c) && !(h.asset == d)) {
      const auto* now = after.account.find(h.asset);
      wrong += now->collateral != h.collateral || now->debt != h.debt;
    }
  return wrong;
}

}  // namespace cases
