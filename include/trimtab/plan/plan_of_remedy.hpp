// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/plan_of_trade.hpp>
#include <trimtab/sizing/remedy.hpp>

namespace trimtab {

namespace plan_detail {

// Writes remedies, one function a kind.
template <class H, std::size_t N, std::size_t M>
struct remedy_writer {
  using enum action;
  draft<M>& d;
  const account<N>& now;
  const sizing::remedy& r;
  const plan_terms& terms;
  double min_out;  // of the swap, whole tokens
  double wallet;   // the owner's part of closing, whole tokens

  [[nodiscard]] constexpr bool lends(sizing::funding_mode mode) const noexcept {
    return r.flash > 0.0 && terms.funding.mode == mode;
  }
  [[nodiscard]] constexpr units premium_of(units lent) const noexcept {
    return d.keep(lent.share_up(terms.funding.premium));
  }

  constexpr void sell(double give) noexcept {
    const bool down = r.changes[0].collateral_by < 0.0;
    const sizing::trade t{.towards = down ? direction::deleverage : direction::leverage,
                          .mode = r.flash > 0.0 ? terms.funding.mode : sizing::funding_mode::none,
                          .collateral = r.asset,
                          .debt = r.into,
                          .sold = r.amount,
                          .expected_out = r.amount_out,
                          .min_out = r.min_out,
                          .flash = r.flash,
                          .flash_rate = terms.funding.premium,
                          .gas_in_kind = r.gas_in_kind};
    const swap_leg one[] = {{terms.venue, r.amount, r.amount_out}};
    write_trade<H>(d, now, t, one, terms, give);
  }
  constexpr void repay_from_wallet() noexcept {
    const units gas = d.up(r.asset, r.gas_in_kind);
    const holding* owes = now.find(r.asset);
    const bool whole = owes != nullptr && r.amount >= owes->debt;
    const units amount = whole ? allowance_of<H>(d, now, r.asset, terms) : d.up(r.asset, r.amount);
    d.add(transfer_in, r.asset, d.sum(amount, gas));
    whole ? d.repay_whole(r.asset, amount, whole_debt_in_words<H>()) : d.add(repay, r.asset, amount);
    d.pay(r.asset, gas);
    if (whole) d.all(transfer_out, r.asset);
  }
  constexpr void top_up() noexcept {
    const units gas = d.up(r.asset, r.gas_in_kind), amount = d.up(r.asset, r.amount);
    d.add(transfer_in, r.asset, d.sum(amount, gas));
    d.add(supply, r.asset, amount);
    d.pay(r.asset, gas);
  }
  constexpr void hand_out(action from) noexcept {
    const units gas = d.up(r.asset, r.gas_in_kind), amount = d.down(r.asset, r.amount);
    d.less(amount, gas);
    d.add(from, r.asset, amount);
    d.pay(r.asset, gas);
    d.all(transfer_out, r.asset);
  }
  constexpr void swap_collateral() noexcept {
    const bool lent = lends(sizing::funding_mode::flash_collateral);
    // What reaches the target is rounded towards it, what stops at a limit away from that.
    const units amount = r.has_value() ? d.up(r.asset, r.amount) : d.down(r.asset, r.amount);
    const units owed = lent ? d.sum(amount, premium_of(amount)) : units{};
    if (d.bad != errc::ok) return;
    const double of_it = smaller(1.0, amount.to_tokens_down(d.decimals(r.asset)) / r.amount);
    d.add(lent ? flash_borrow : withdraw, r.asset, amount);
    d.swap(r.asset, r.into, terms.venue, amount, d.down(r.into, of_it < 1.0 ? min_out * of_it : min_out),
           d.down(r.into, of_it < 1.0 ? r.amount_out * of_it : r.amount_out));
    d.pay(r.into, d.up(r.into, r.gas_in_kind));
    d.all(supply, r.into);
    if (!lent) return;
    d.add(withdraw, r.asset, owed);
    d.add(flash_repay, r.asset, owed);
  }
  constexpr void swap_debt() noexcept {
    const bool lent = lends(sizing::funding_mode::flash_debt);
    const asset_id old = r.into;
    units amount = d.down(r.asset, r.amount);
    if (d.bad != errc::ok) return;
    // New debt rounded down fetches in proportion less.
    const double of_it = smaller(1.0, amount.to_tokens_down(d.decimals(r.asset)) / r.amount);
    const units gas = d.up(old, r.gas_in_kind), least = d.down(old, of_it < 1.0 ? min_out * of_it : min_out);
    const units allowance = allowance_of<H>(d, now, old, terms);
    if (d.bad != errc::ok) return;
    // All of it at the minimum output: told so. All of it at what is expected: what that leaves of the loan, and the
    // rest.
    const units needs_most = d.sum(d.sum(allowance, gas), lent ? premium_of(allowance) : units{});
    const bool closes = !(allowance == units{}) && needs_most <= least;
    units flash = !lent ? units{} : closes ? allowance : d.down(old, r.flash);
    const units premium = premium_of(flash);
    if (lent && !closes) {
      const units spare = d.less(d.less(least, gas), premium);
      if (spare < flash) flash = spare;
    }
    double by = 1.0;
    if (-r.changes[1].debt_by >= now.find(old)->debt) {  // a unit too little of the one would be many of the other
      by = stretch(d.sum(d.sum(allowance, gas), premium), d.down(old, r.amount_out));
      amount = d.sum(d.up(r.asset, r.amount * by), units{1});
    }
    const auto repay_whole = [&] { d.repay_whole(old, allowance, whole_debt_in_words<H>()); };
    if (lent) d.add(flash_borrow, old, flash);
    if (lent) closes ? repay_whole() : d.add(repay, old, flash);
    d.add(borrow, r.asset, amount);
    d.swap(r.asset, old, terms.venue, amount, least, d.down(old, r.amount_out * by));
    if (lent) d.add(flash_repay, old, d.sum(flash, premium_of(flash)));
    d.pay(old, gas);
    if (!lent && closes) repay_whole();
    if (!closes) d.all(repay, old);
    d.all(transfer_out, old);
  }
  constexpr void close_position() noexcept {
    const bool lends_debt = lends(sizing::funding_mode::flash_debt);
    const bool lends_collateral = lends(sizing::funding_mode::flash_collateral);
    const asset_id c = r.asset, debt = r.into;
    const holding* held = now.find(c);
    if (held == nullptr) return d.fail(errc::asset_mismatch);
    const bool sells = r.amount > 0.0;
    const units all = d.down(c, held->collateral), gas = d.up(debt, r.gas_in_kind);
    const units allowance = allowance_of<H>(d, now, debt, terms);
    const units own = sells ? d.down(debt, wallet) : allowance;
    const units borrowed = d.less(allowance, own);
    const units owed = d.sum(borrowed, premium_of(borrowed));
    const units need = d.sum(lends_debt ? owed : borrowed, gas);
    units least = d.down(debt, r.min_out);
    if (least < need) least = need;
    const double by = sells ? stretch(least, d.down(debt, r.amount_out)) : 1.0;
    const units sold = d.up(c, r.amount * by);
    const units owed_in_kind = lends_collateral ? d.sum(sold, premium_of(sold)) : units{};
    const auto repay_it = [&] {
      if (!(allowance == units{})) d.repay_whole(debt, allowance, whole_debt_in_words<H>());
    };

    if (!(own == units{})) d.add(transfer_in, debt, own);
    if (lends_debt) d.add(flash_borrow, debt, borrowed);
    if (lends_debt || !sells) repay_it();
    if (lends_collateral) d.add(flash_borrow, c, sold);
    units rest = all;
    if (sells && !lends_debt && !lends_collateral) {
      if (!(own == units{})) d.add(repay, debt, own);
      d.add(withdraw, c, sold);
      rest = d.down(c, larger(0.0, held->collateral - sold.to_tokens_up(d.decimals(c))));  // as it will be read
    } else if (!lends_collateral && !(all == units{})) {
      d.add(withdraw, c, all);
      rest = {};
    }
    if (sells) d.swap(c, debt, terms.venue, sold, least, d.down(debt, r.amount_out * by));
    if (lends_debt) d.add(flash_repay, debt, owed);
    d.pay(debt, gas);
    if (sells && !lends_debt) {
      if (!lends_collateral && !(own == units{}))
        d.repay_whole(debt, borrowed, whole_debt_in_words<H>());
      else
        repay_it();
    }
    if (!(rest == units{})) d.add(withdraw, c, rest);
    if (lends_collateral) d.add(flash_repay, c, owed_in_kind);
    if (!(allowance == units{})) d.all(transfer_out, debt);
    d.all(transfer_out, c);
  }

  constexpr void write(double give) noexcept {
    using kind = sizing::remedy_kind;
    switch (r.kind) {
      case kind::sell:
        return sell(give);
      case kind::repay_from_wallet:
        return repay_from_wallet();
      case kind::top_up:
        return top_up();
      case kind::withdraw_surplus:
        return hand_out(withdraw);
      case kind::borrow_out:
        return hand_out(borrow);
      case kind::swap_collateral:
        return swap_collateral();
      case kind::swap_debt:
        return swap_debt();
      case kind::close_position:
        return close_position();
      case kind::none:
      case kind::switch_emode:
        break;
    }
    d.fail(errc::bad_configuration);
  }
};

}  // namespace plan_detail

/// @brief The steps of a remedy, tried on the account before anybody sends them.
///
/// repay_from_wallet  transfer_in · repay;   top_up  transfer_in · supply
/// withdraw_surplus   withdraw · transfer_out;   borrow_out  borrow · transfer_out
/// swap_collateral    withdraw · swap · supply, or with a loan of it flash_borrow · swap · supply · withdraw ·
///                    flash_repay
/// swap_debt          borrow · swap · repay, or with a loan of the old debt flash_borrow · repay · borrow · swap ·
///                    flash_repay · repay the rest
/// close_position     all debt repaid, with its growth, in the protocol's own words; the rest of the collateral out
/// Gas in kind is paid where the tokens for it come in; what is left over goes to the owner. A whole repayment out of
/// the wallet takes what the debt may grow by from it too, and returns what it did not need.
/// @errors the remedy's own status where it moves nothing; bad_configuration (a switch of category moves no tokens);
/// those of `make_plan` of a trade under terms
template <std::size_t M = 16, HealthModel H, std::size_t N>
constexpr result<plan<M>> make_plan(const H& model, const account<N>& now, oracle_prices<double> prices,
                                    const sizing::remedy& r, const plan_terms& terms) noexcept {
  const bool falls_short = r.status == errc::infeasible || r.status == errc::no_convergence;
  if (!r.has_value() && !(falls_short && r.amount > 0.0)) return r.status;
  const form<double, N> f = model.template liquidation_form<double>(now);
  const term<double>* owes = f.debt.find(r.into);
  const double price = owes != nullptr && prices.has(owes->slot) ? prices[owes->slot].value : 0.0;
  const double wallet = r.kind == sizing::remedy_kind::close_position && r.funds > 0.0 ? r.funds / price : 0.0;
  const double most_give = r.amount_out > 0.0 ? larger(0.0, 1.0 - r.min_out / r.amount_out) : 0.0;
  const auto make = [&](double give) {
    plan_detail::draft<M> d{.tokens = terms.tokens};
    const double least = larger(r.min_out, r.amount_out * (1.0 - give));
    plan_detail::remedy_writer<H, N, M>{d, now, r, terms, least, wallet}.write(give);
    return d;
  };
  return plan_detail::with_least_outputs(model, now, prices, terms, most_give, make);
}

}  // namespace trimtab
