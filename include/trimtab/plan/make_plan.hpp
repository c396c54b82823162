// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/step.hpp>
#include <trimtab/sizing/problem.hpp>

namespace trimtab {

namespace plan_detail {

struct amounts {
  units sold, min_out, flash, flash_owed, gas;
};

// Every amount rounded so that health does not suffer: collateral sold and premium owed up, new debt and loans down.
// The loan is trimmed, by a unit or two, until the minimum output covers it.
constexpr result<amounts> round(const sizing::trade& t, int sold_decimals, int out_decimals) noexcept {
  using enum sizing::funding_mode;
  const bool lends_sold = (t.towards == direction::deleverage) == (t.mode == flash_collateral);
  const int flash_decimals = lends_sold ? sold_decimals : out_decimals;
  const int gas_decimals = t.towards == direction::deleverage ? out_decimals : sold_decimals;
  const auto sold =
      t.towards == direction::deleverage ? units::ceil(t.sold, sold_decimals) : units::floor(t.sold, sold_decimals);
  const auto gas = units::ceil(t.gas_in_kind, gas_decimals);
  if (!sold.has_value()) return sold.error();
  // A sale rounded down fetches in proportion less.
  const double rounded_sale = sold->to_tokens_down(sold_decimals);
  const auto min_out =
      units::floor(rounded_sale < t.sold ? t.min_out * (rounded_sale / t.sold) : t.min_out, out_decimals);
  // A loan of what is sold must cover the rounded-up sale.
  auto flash = lends_sold && t.mode != none ? sold : units::floor(t.flash, flash_decimals);
  for (const result<units>& r : {min_out, gas, flash})
    if (!r.has_value()) return r.error();
  const auto premium = flash->share_up(t.flash_rate);
  if (!premium.has_value()) return premium.error();
  if (t.mode != none && !lends_sold) {
    result<units> spare = *min_out;
    if (t.towards == direction::deleverage) spare = spare->subtract(*gas);
    if (spare.has_value()) spare = spare->subtract(*premium);
    if (!spare.has_value()) return errc::dust;
    if (*spare < *flash) flash = *spare;
  }
  if (*sold == units{} || (t.mode != none && *flash == units{})) return errc::dust;
  const auto owed = flash->add(*premium);
  if (!owed.has_value()) return owed.error();
  return amounts{*sold, *min_out, *flash, *owed, *gas};
}

}  // namespace plan_detail

/// @brief The steps of a trade, in a legal order, in exact integer amounts.
///
/// Deleverage, flash debt:        flash_borrow debt · repay · withdraw · swap · flash_repay · repay the rest
/// Deleverage, flash collateral:  flash_borrow collateral · swap · repay · withdraw · flash_repay
/// Deleverage, no flash loan:     withdraw · swap · repay
/// Leverage up, flash debt:       flash_borrow debt · swap · supply · borrow · flash_repay
/// Leverage up, flash collateral: flash_borrow collateral · supply · borrow · swap · flash_repay · supply the rest
/// Leverage up, no flash loan:    borrow · swap · supply
/// Gas in kind is paid out of the debt asset before the last step that empties the wallet of it.
/// @errors overflow (an amount beyond 128-bit smallest units), bad_configuration (decimals), dust (the sale or the loan
/// rounds to nothing), capacity
template <std::size_t N = 8>
constexpr result<plan<N>> make_plan(const sizing::trade& t, int collateral_decimals, int debt_decimals,
                                    timestamp deadline) noexcept {
  using enum action;
  using sizing::funding_mode;
  if (t.towards == direction::none || !(t.sold > 0.0)) return errc::dust;
  const bool down = t.towards == direction::deleverage;
  const auto rounded = down ? plan_detail::round(t, collateral_decimals, debt_decimals)
                            : plan_detail::round(t, debt_decimals, collateral_decimals);
  if (!rounded.has_value()) return rounded.error();
  const plan_detail::amounts a = *rounded;
  const asset_id c = t.collateral, d = t.debt;

  plan<N> p{.collateral = c,
            .debt = d,
            .collateral_decimals = collateral_decimals,
            .debt_decimals = debt_decimals,
            .deadline = deadline};
  errc full = errc::ok;
  const auto add = [&](const step& s) {
    if (full == errc::ok) full = p.add(s);
  };
  const step swap_sold{
      .what = swap, .asset = down ? c : d, .asset_out = down ? d : c, .amount = a.sold, .min_out = a.min_out};
  const auto pay = [&] {
    if (a.gas != units{}) add({.what = pay_gas, .asset = d, .amount = a.gas});
  };
  const auto all = [](action what, asset_id asset) { return step{.what = what, .asset = asset, .everything = true}; };

  if (down) {
    if (t.mode == funding_mode::flash_debt) {
      add({.what = flash_borrow, .asset = d, .amount = a.flash});
      add({.what = repay, .asset = d, .amount = a.flash});
      add({.what = withdraw, .asset = c, .amount = a.sold});
      add(swap_sold);
      add({.what = flash_repay, .asset = d, .amount = a.flash_owed});
      pay();
      add(all(repay, d));
    } else {
      const bool lent = t.mode == funding_mode::flash_collateral;
      add({.what = lent ? flash_borrow : withdraw, .asset = c, .amount = a.sold});
      add(swap_sold);
      pay();
      add(all(repay, d));
      if (lent) add({.what = withdraw, .asset = c, .amount = a.flash_owed});
      if (lent) add({.what = flash_repay, .asset = c, .amount = a.flash_owed});
    }
  } else {
    const auto with_gas = a.sold.add(a.gas), owed_with_gas = a.flash_owed.add(a.gas);
    if (!with_gas.has_value() || !owed_with_gas.has_value()) return errc::overflow;
    if (t.mode == funding_mode::flash_debt) {
      add({.what = flash_borrow, .asset = d, .amount = a.flash});
      add(swap_sold);
      add(all(supply, c));
      add({.what = borrow, .asset = d, .amount = *owed_with_gas});
      add({.what = flash_repay, .asset = d, .amount = a.flash_owed});
      pay();
    } else {
      const bool lent = t.mode == funding_mode::flash_collateral;
      if (lent) add({.what = flash_borrow, .asset = c, .amount = a.flash});
      if (lent) add(all(supply, c));
      add({.what = borrow, .asset = d, .amount = *with_gas});
      add(swap_sold);
      pay();
      if (lent) add({.what = flash_repay, .asset = c, .amount = a.flash_owed});
      add(all(supply, c));
    }
  }
  if (full != errc::ok) return full;
  return p;
}

}  // namespace trimtab
