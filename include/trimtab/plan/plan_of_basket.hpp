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
      sold[i] = d.up(b.sells[i].asset, b.sells[i].in);
      least[i] = b.sells[i].asset == n ? sold[i] : d.down(n, b.sells[i].out * kept);
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
  // With an amount, that much of the numeraire; without, all that is held.
  constexpr void buy_and_repay(std::size_t j, units amount, units min_out, double expected) noexcept {
    const asset_id debt = b.buys[j].asset, n = routes.numeraire;
    if (!(debt == n)) d.swap(n, debt, routes.buys[j], amount, min_out, d.down(debt, larger(0.0, expected)));
    if (debt == n && !(amount == units{})) return d.add(repay, n, amount);
    d.all(repay, debt);
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
    // What the sales bring beyond goes last: into the debt in the numeraire itself, else into the last one bought.
    std::size_t rest = K;
    for (std::size_t j = 0; j < routes.buys.size(); ++j)
      if (b.buys[j].in > 0.0 && (rest == K || !(b.buys[rest].asset == n))) rest = j;
    const auto buy = [&](bool the_rest_too) {
      for (std::size_t j = 0; j < routes.buys.size(); ++j) {
        if (spent[j] == units{} || (!the_rest_too && j == rest)) continue;
        const double share = spent[j].to_tokens(d.decimals(n)) / b.buys[j].in;
        buy_and_repay(j, spent[j], d.down(b.buys[j].asset, b.buys[j].out * share * kept), b.buys[j].out * share);
      }
    };
    const units gas = d.up(n, b.gas_in_kind);
    if (mode == sizing::funding_mode::flash_debt) {
      d.add(flash_borrow, n, spent_in_all);
      buy(true);
      sell();
      d.add(flash_repay, n, flash_owed);
      d.pay(n, gas);
      buy_and_repay(rest, {}, {}, b.buys[rest].out - b.buys[rest].out * spent_share());
    } else {
      const bool lent = mode == sizing::funding_mode::flash_collateral;
      for (std::size_t i = 0; lent && i < routes.sells.size(); ++i)
        if (!(sold[i] == units{})) d.add(flash_borrow, b.sells[i].asset, sold[i]);
      sell();
      d.pay(n, gas);
      buy(false);
      const double share = spent[rest].to_tokens(d.decimals(n)) / b.buys[rest].in;
      buy_and_repay(rest, {},
                    b.buys[rest].asset == n ? units{} : d.down(b.buys[rest].asset, b.buys[rest].out * share * kept),
                    b.buys[rest].out);
      for (std::size_t i = 0; lent && i < routes.sells.size(); ++i) {
        if (sold[i] == units{}) continue;
        const units owed = d.sum(sold[i], d.keep(sold[i].share_up(terms.funding.premium)));
        d.add(withdraw, b.sells[i].asset, owed);
        d.add(flash_repay, b.sells[i].asset, owed);
      }
    }
    d.all(transfer_out, n);
  }
  [[nodiscard]] constexpr double spent_share() const noexcept {
    return spent_in_all.to_tokens(d.decimals(routes.numeraire)) / b.spent;
  }
};

}  // namespace plan_detail

/// @brief The steps of a basket's sales and repayments, tried on the account before anybody sends them.
///
/// flash debt        flash_borrow numeraire · per debt: swap · repay · per collateral: withdraw · swap · flash_repay ·
///                   the rest into one debt
/// flash collateral  flash_borrow each · swap each · per debt: swap · repay · per collateral: withdraw · flash_repay
/// no flash loan     per collateral: withdraw · swap · per debt: swap · repay
/// Every leg may give the same share of what it is expected to pay: at most the terms' `most_give`, and less where
/// health with all legs at their minimum would fall below the floor. The debts are bought for what even the minimum
/// outputs pay for; what comes in beyond goes into the debt in the numeraire, else into the last one bought, whose
/// second swap has no minimum of its own. A debt bought whole through a venue is not enlarged by what it may grow by.
/// @errors the basket's own status where it moves nothing; size_mismatch (a leg without a route); those of the terms,
/// of the account at the door, and of `settle`; capacity (a plan of two tokens a leg and five steps needs an M of its
/// own), dust, unhealthy_step, infeasible
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
