// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/draft.hpp>
#include <trimtab/sizing/problem.hpp>

namespace trimtab {

namespace plan_detail {

inline constexpr std::size_t max_legs = 8;

// A trade in integers, leg by leg.
struct pair_amounts {
  std::array<units, max_legs> sold{}, min_out{}, expected{};
  units all_sold{}, all_min_out{}, flash{}, flash_owed{}, gas{};
};

// Every amount rounded so that health does not suffer: collateral sold and premium owed up, new debt and loans down.
// The minimum outputs give the same share of what is expected. A loan of debt is trimmed, by a unit or two, until they
// cover it.
template <std::size_t M>
constexpr pair_amounts round(draft<M>& d, const sizing::trade& t, std::span<const swap_leg> legs) noexcept {
  using enum sizing::funding_mode;
  const bool deleverages = t.towards == direction::deleverage;
  const bool lends_sold = deleverages == (t.mode == flash_collateral);
  const asset_id in = deleverages ? t.collateral : t.debt, out = deleverages ? t.debt : t.collateral;
  const int in_decimals = d.decimals(in);
  pair_amounts a;
  double all_in = 0.0, all_out = 0.0;
  for (const swap_leg& leg : legs) all_in += leg.in, all_out += leg.out;
  const bool adds_up = legs.size() == 1 || (all_in >= t.sold * (1.0 - 1e-9) && all_in <= t.sold * (1.0 + 1e-9));
  if (!adds_up) d.fail(errc::bad_configuration);
  a.gas = d.up(t.debt, t.gas_in_kind);
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const double sold = legs.size() == 1 ? t.sold : legs[i].in;
    const double least = legs.size() == 1 ? t.min_out : t.min_out * (legs[i].out / all_out);
    a.sold[i] = deleverages ? d.up(in, sold) : d.down(in, sold);
    // A sale rounded down fetches in proportion less.
    const double rounded_sale = d.bad == errc::ok ? a.sold[i].to_tokens_down(in_decimals) : sold;
    a.min_out[i] = d.down(out, rounded_sale < sold ? least * (rounded_sale / sold) : least);
    a.expected[i] = d.down(out, larger(0.0, legs[i].out));
    a.all_sold = d.sum(a.all_sold, a.sold[i]);
    a.all_min_out = d.sum(a.all_min_out, a.min_out[i]);
  }
  if (t.mode == none) return a;
  // A loan of what is sold must cover the rounded-up sale.
  a.flash = lends_sold ? a.all_sold : d.down(out, t.flash);
  const units premium = d.keep(a.flash.share_up(t.flash_rate));
  if (!lends_sold) {
    const units spare = d.less(d.less(a.all_min_out, deleverages ? a.gas : units{}), premium);
    if (spare < a.flash) a.flash = spare;
  }
  if (a.flash == units{}) d.fail(errc::dust);
  a.flash_owed = d.sum(a.flash, d.keep(a.flash.share_up(t.flash_rate)));
  return a;
}

// The whole of a debt: what may be taken for it at most, and how the protocol wants to be told. No allowance: not
// whole.
struct whole_debt {
  units allowance{};
  quantity in_words = quantity::exact;
};

// Collateral handed out, rounded down, the sender's part first.
template <std::size_t M>
constexpr void write_withdrawal(draft<M>& d, const sizing::trade& t) noexcept {
  const units leaves = d.down(t.collateral, -t.collateral_change), gas = d.up(t.collateral, t.gas_in_kind);
  if (d.less(leaves, gas) == units{}) return d.fail(errc::dust);
  d.add(action::withdraw, t.collateral, leaves);
  d.pay(t.collateral, gas);
  d.all(action::transfer_out, t.collateral);
}

template <std::size_t M>
constexpr void write_pair(draft<M>& d, const sizing::trade& t, std::span<const swap_leg> legs,
                          const whole_debt& whole = {}) noexcept {
  using enum action;
  using sizing::funding_mode;
  if (t.paid_out > 0.0 && t.sold == 0.0) return write_withdrawal(d, t);
  if (t.towards == direction::none || !(t.sold > 0.0)) return d.fail(errc::dust);
  if (legs.empty()) return d.fail(errc::bad_configuration);
  if (legs.size() > max_legs) return d.fail(errc::capacity);
  const asset_id c = t.collateral, debt = t.debt;
  const bool down = t.towards == direction::deleverage;
  pair_amounts a = round(d, t, legs);
  if (d.bad != errc::ok) return;
  const bool closes = down && !(whole.allowance == units{});
  if (closes && t.mode == funding_mode::flash_debt) {
    a.flash = whole.allowance;
    a.flash_owed = d.sum(a.flash, d.keep(a.flash.share_up(t.flash_rate)));
  }
  if (closes)  // even at the minimum outputs
    d.less(d.less(a.all_min_out, a.gas), t.mode == funding_mode::flash_debt ? a.flash_owed : whole.allowance);
  if (a.all_sold == units{}) d.fail(errc::dust);
  const auto sell = [&] {
    for (std::size_t i = 0; i < legs.size(); ++i)
      if (!(a.sold[i] == units{}))
        d.swap(down ? c : debt, down ? debt : c, legs[i].venue, a.sold[i], a.min_out[i], a.expected[i]);
  };
  const auto repay_rest = [&] {
    if (!closes) return d.all(repay, debt);
    if (t.mode != funding_mode::flash_debt) d.repay_whole(debt, whole.allowance, whole.in_words);
    d.all(transfer_out, debt);
  };
  if (down && t.mode == funding_mode::flash_debt) {
    d.add(flash_borrow, debt, a.flash);
    closes ? d.repay_whole(debt, whole.allowance, whole.in_words) : d.add(repay, debt, a.flash);
    d.add(withdraw, c, a.all_sold);
    sell();
    d.add(flash_repay, debt, a.flash_owed);
    d.pay(debt, a.gas);
    repay_rest();
  } else if (down) {
    const bool lent = t.mode == funding_mode::flash_collateral;
    d.add(lent ? flash_borrow : withdraw, c, a.all_sold);
    sell();
    d.pay(debt, a.gas);
    repay_rest();
    if (lent) d.add(withdraw, c, a.flash_owed);
    if (lent) d.add(flash_repay, c, a.flash_owed);
  } else if (t.mode == funding_mode::flash_debt) {
    d.add(flash_borrow, debt, a.flash);
    sell();
    d.all(supply, c);
    d.add(borrow, debt, d.sum(a.flash_owed, a.gas));
    d.add(flash_repay, debt, a.flash_owed);
    d.pay(debt, a.gas);
  } else {
    const bool lent = t.mode == funding_mode::flash_collateral;
    if (lent) d.add(flash_borrow, c, a.flash);
    if (lent) d.all(supply, c);
    d.add(borrow, debt, d.sum(a.all_sold, a.gas));
    sell();
    d.pay(debt, a.gas);
    if (lent) d.add(flash_repay, c, a.flash_owed);
    d.all(supply, c);
  }
}

}  // namespace plan_detail

/// @brief The steps of a trade through several venues, in a legal order, in exact integer amounts.
///
/// Deleverage, flash debt:        flash_borrow debt · repay · withdraw · swaps · flash_repay · repay the rest
/// Deleverage, flash collateral:  flash_borrow collateral · swaps · repay · withdraw · flash_repay
/// Deleverage, no flash loan:     withdraw · swaps · repay
/// Leverage up, flash debt:       flash_borrow debt · swaps · supply · borrow · flash_repay
/// Leverage up, flash collateral: flash_borrow collateral · supply · borrow · swaps · flash_repay · supply the rest
/// Leverage up, no flash loan:    borrow · swaps · supply
/// Paid out, nothing sold:        withdraw · transfer_out
/// Gas in kind is paid out of the debt asset before the last step that empties the wallet of it. The trade's minimum
/// output is spread over the legs in proportion to what they are expected to pay: equal relative give.
/// @param legs    whose inputs add up to what the trade sells; at most 8
/// @errors dust (the sale or the loan rounds to nothing), bad_configuration (decimals; legs that do not add up),
/// capacity, overflow (an amount beyond 128-bit smallest units), not_finite, negative_amount
template <std::size_t N = 16>
constexpr result<plan<N>> make_plan(const sizing::trade& t, std::span<const swap_leg> legs, int collateral_decimals,
                                    int debt_decimals, timestamp deadline) noexcept {
  const token tokens[] = {{t.collateral, collateral_decimals}, {t.debt, debt_decimals}};
  plan_detail::draft<N> d{.tokens = tokens};
  plan_detail::write_pair(d, t, legs);
  return d.done(deadline);
}

/// The same through one venue, number 0.
template <std::size_t N = 16>
constexpr result<plan<N>> make_plan(const sizing::trade& t, int collateral_decimals, int debt_decimals,
                                    timestamp deadline) noexcept {
  const swap_leg whole[] = {{0, t.sold, t.expected_out}};
  return make_plan<N>(t, whole, collateral_decimals, debt_decimals, deadline);
}

}  // namespace trimtab
