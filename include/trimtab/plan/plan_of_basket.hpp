// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/rehearse.hpp>
#include <trimtab/sizing/basket_problem.hpp>

namespace trimtab {

/// Through what a basket trades: its numeraire, and for each leg of the problem which of the caller's listings. A leg
/// in the numeraire itself has none; its number is not read.
struct basket_routes {
  asset_id numeraire{};
  std::span<const std::uint16_t> sells{};
  std::span<const std::uint16_t> buys{};
};

namespace plan_detail {

template <class H, std::size_t K, std::size_t M>
struct basket_writer {
  using enum action;
  draft<M>& d;
  const sizing::basket_sized<K>& b;
  const basket_routes& routes;
  const plan_terms& terms;
  std::array<units, K> sold{}, least{}, spent{};
  units spent_in_all{}, flash_owed{};

  // All collaterals' minimum outputs together, what they have to pay, and so what the debts may be bought for before it
  // is known that they pay more.
  constexpr void settle_amounts(double kept) noexcept {
    const asset_id n = routes.numeraire;
    units proceeds{};
    for (std::size_t i = 0; i < routes.sells.size(); ++i) {
      if (!(b.sells[i].in > 0.0)) continue;
      const sizing::basket_trade& t = b.sells[i];
      // Up, unless a limit says that there is no more; of a loan that takes all, two units short, for its premium
      // rounds up.
      const bool all = t.binding != sizing::limit::depth;
      sold[i] = all ? d.down(t.asset, t.in) : d.up(t.asset, t.in);
      if (all && terms.funding.mode == sizing::funding_mode::flash_collateral) sold[i] = d.less(sold[i], units{2});
      if (d.bad != errc::ok) return;
      const double of_it = smaller(1.0, sold[i].to_tokens_down(d.decimals(t.asset)) / t.in);
      least[i] = t.asset == n ? sold[i] : d.down(n, t.out * of_it * kept);
      proceeds = d.sum(proceeds, least[i]);
    }
    const units after_gas = d.less(proceeds, d.up(n, b.gas_in_kind));
    const bool lends = terms.funding.mode == sizing::funding_mode::flash_debt;
    const units most = lends ? d.less(after_gas, d.keep(after_gas.share_up(terms.funding.premium))) : after_gas;
    if (d.bad != errc::ok) return;
    const double share = smaller(1.0, most.to_tokens_down(d.decimals(n)) / b.spent);
    for (std::size_t j = 0; j < routes.buys.size(); ++j) {
      if (!(b.buys[j].in > 0.0)) continue;
      spent[j] = d.down(n, b.buys[j].in * share);
      spent_in_all = d.sum(spent_in_all, spent[j]);
    }
    if (lends) flash_owed = d.sum(spent_in_all, d.keep(spent_in_all.share_up(terms.funding.premium)));
  }
  // A repayment with so much of the numeraire, or a purchase with it and a repayment with all that it brings.
  constexpr void repay_with(std::size_t j, units amount, double of_it, double kept) noexcept {
    const asset_id debt = b.buys[j].asset, n = routes.numeraire;
    if (amount == units{}) return;
    if (debt == n) return d.add(repay, n, amount);
    const double out = larger(0.0, b.buys[j].out * of_it);
    d.swap(n, debt, routes.buys[j], amount, d.down(debt, out * kept), d.down(debt, out));
    d.all(repay, debt);
  }
  // What nobody knew before: spread over the debts as the basket is, so that what is expected comes to the basket. The
  // debt in the numeraire itself is last.
  constexpr void repay_with_the_rest(double of_it) noexcept {
    const asset_id n = routes.numeraire;
    double to_come = b.spent;
    std::size_t last = K, own = K;
    for (std::size_t j = 0; j < routes.buys.size(); ++j) {
      if (!(b.buys[j].in > 0.0)) continue;
      (b.buys[j].asset == n ? own : last) = j;
    }
    for (std::size_t j = 0; j < routes.buys.size(); ++j) {
      const sizing::basket_trade& t = b.buys[j];
      if (!(t.in > 0.0) || t.asset == n) continue;
      const bool all = j == last && own == K;
      const double parts = smaller(1e9 - 1.0, larger(1.0, 1e9 * (t.in / to_come)));
      d.swap(n, t.asset, routes.buys[j], all ? units{} : units{static_cast<std::uint64_t>(parts)}, {},
             d.down(t.asset, larger(0.0, t.out * of_it)), all ? quantity::all_held : quantity::share_held);
      d.all(repay, t.asset);
      to_come -= t.in;
    }
    if (own != K) d.all(repay, n);
  }
  constexpr void sell() noexcept {
    for (std::size_t i = 0; i < routes.sells.size(); ++i) {
      if (sold[i] == units{}) continue;
      if (terms.funding.mode != sizing::funding_mode::flash_collateral) d.add(withdraw, b.sells[i].asset, sold[i]);
      if (!(b.sells[i].asset == routes.numeraire))
        d.swap(b.sells[i].asset, routes.numeraire, routes.sells[i], sold[i], least[i],
               d.down(routes.numeraire, b.sells[i].out));
    }
  }

  constexpr void write(double give) noexcept {
    const double kept = 1.0 - give;
    const asset_id n = routes.numeraire;
    const auto mode = terms.funding.mode;
    if (routes.sells.size() > K || routes.buys.size() > K) return d.fail(errc::size_mismatch);
    for (std::size_t k = 0; k < K; ++k)
      if ((k >= routes.sells.size() && b.sells[k].in > 0.0) || (k >= routes.buys.size() && b.buys[k].in > 0.0))
        return d.fail(errc::size_mismatch);
    if (!(b.spent > 0.0)) return d.fail(errc::dust);
    settle_amounts(kept);
    if (d.bad != errc::ok) return;
    const units gas = d.up(n, b.gas_in_kind);
    const double share = spent_in_all.to_tokens(d.decimals(n)) / b.spent;
    const auto buy = [&] {
      for (std::size_t j = 0; j < routes.buys.size(); ++j)
        if (b.buys[j].in > 0.0) repay_with(j, spent[j], spent[j].to_tokens(d.decimals(n)) / b.buys[j].in, kept);
    };
    const bool lends_each = mode == sizing::funding_mode::flash_collateral;
    if (mode == sizing::funding_mode::flash_debt) {
      d.add(flash_borrow, n, spent_in_all);
      buy();
      sell();
      d.add(flash_repay, n, flash_owed);
      d.pay(n, gas);
    } else {
      for (std::size_t i = 0; lends_each && i < routes.sells.size(); ++i)
        if (!(sold[i] == units{})) d.add(flash_borrow, b.sells[i].asset, sold[i]);
      sell();
      d.pay(n, gas);
      buy();
    }
    repay_with_the_rest(1.0 - share);
    for (std::size_t i = 0; lends_each && i < routes.sells.size(); ++i) {
      if (sold[i] == units{}) continue;
      const units owed = d.sum(sold[i], d.keep(sold[i].share_up(terms.funding.premium)));
      d.add(withdraw, b.sells[i].asset, owed);
      d.add(flash_repay, b.sells[i].asset, owed);
    }
    d.all(transfer_out, n);
  }
};

}  // namespace plan_detail

/// @brief The steps of a basket's sales and repayments, tried on the account before anybody sends them.
///
/// flash debt        flash_borrow numeraire · per debt: swap · repay · per collateral: withdraw · swap · flash_repay ·
///                   with the rest, per debt: swap · repay
/// flash collateral  flash_borrow each · swap each · per debt, with the sure part and with the rest: swap · repay · per
///                   collateral: withdraw · flash_repay
/// no flash loan     per collateral: withdraw · swap · per debt, with the sure part and with the rest: swap · repay
/// Every leg may give the same share of what it is expected to pay: at most the terms' `most_give`, and less where
/// health with all legs at their minimum would fall below the floor. The sure part is what even the minimum outputs pay
/// for; what comes in beyond is spread over the debts as the basket is, in purchases that have no minimum of their own.
/// A debt bought whole through a venue is not enlarged by what it may grow by.
/// @errors the basket's own status where it moves nothing; size_mismatch (a leg without a route); those of the terms,
/// of the account at the door, and of `settle`; capacity (at most five steps a leg and four), dust, unhealthy_step,
/// infeasible
template <std::size_t M = 32, HealthModel H, std::size_t N, std::size_t K>
constexpr result<plan<M>> make_plan(const H& model, const account<N>& now, oracle_prices<double> prices,
                                    const sizing::basket_sized<K>& b, const basket_routes& routes,
                                    const plan_terms& terms) noexcept {
  if (!b.has_value() && !(b.status == errc::infeasible && b.spent > 0.0)) return b.status;
  const auto make = [&](double give) {
    plan_detail::draft<M> d{.tokens = terms.tokens};
    plan_detail::basket_writer<H, K, M>{d, b, routes, terms}.write(give);
    return d;
  };
  return plan_detail::with_least_outputs(model, now, prices, terms, terms.most_give.fraction(), make);
}

}  // namespace trimtab
