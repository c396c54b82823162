// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/rehearse.hpp>

namespace trimtab {

namespace plan_detail {

// A trade whose minimum output gives at most so much of what is expected. One that repays a whole debt sells the little
// more that covers what the debt grows by.
template <class H, std::size_t N, std::size_t M>
constexpr void write_trade(draft<M>& d, const account<N>& now, sizing::trade t, std::span<const swap_leg> legs,
                           const plan_terms& terms, double give) noexcept {
  const double least = t.expected_out * (1.0 - give);
  if (least > t.min_out) t.min_out = least;
  if (t.towards != direction::deleverage || legs.size() > max_legs) return write_pair(d, t, legs);
  const units allowance = allowance_of<H>(d, now, t.debt, terms);
  const int decimals = d.decimals(t.debt);
  units need = d.sum(allowance, d.up(t.debt, t.gas_in_kind));
  const bool lends_debt = t.mode == sizing::funding_mode::flash_debt;
  const units least_raw = d.down(t.debt, t.min_out);
  if (d.bad != errc::ok) return;
  // Lent is what the minimum returns, or where that is enough for it, the whole.
  const units premium =
      lends_debt ? d.keep((least_raw < allowance ? least_raw : allowance).share_up(t.flash_rate)) : units{};
  need = d.sum(d.sum(need, premium), units{legs.size()});
  std::array<swap_leg, max_legs> more{};
  for (std::size_t i = 0; i < legs.size(); ++i) more[i] = legs[i];
  const double owed = now.find(t.debt)->debt;
  if (owed > 0.0 && owed + t.debt_change <= 2.0 * units::smallest(decimals) + owed * 0x1p-50) {
    const double by = stretch(need, d.down(t.debt, t.expected_out));
    t.sold *= by, t.expected_out *= by;
    for (swap_leg& leg : more) leg.in *= by, leg.out *= by;
  }
  const bool closes = !(allowance == units{}) && need <= least_raw;
  write_pair(d, t, std::span<const swap_leg>(more.data(), legs.size()),
             closes ? whole_debt{allowance, whole_debt_in_words<H>()} : whole_debt{});
}

}  // namespace plan_detail

/// @brief The steps of a trade, tried on the account before anybody sends them.
///
/// As `make_plan` of the trade alone, and: the debt grows until inclusion; a trade that repays it whole sells the
/// little more that covers the growth, and where even the minimum output covers it, the protocol is told to take the
/// whole; what is left goes to the owner; the minimum outputs are raised, all by the same share, until health with them
/// is at the floor. The plan settles on the grown account whenever each venue pays its minimum and no debt too small is
/// left.
/// @param legs  empty: one venue, the one of the terms
/// @errors those of the terms, of the account at the door, of `make_plan` and of `settle`; unhealthy_step (an
/// intermediate state, or the end even at the expected outputs), dust (what is left of the debt), infeasible
template <std::size_t M = 16, HealthModel H, std::size_t N>
constexpr result<plan<M>> make_plan(const H& model, const account<N>& now, oracle_prices<double> prices,
                                    const sizing::trade& t, std::span<const swap_leg> legs,
                                    const plan_terms& terms) noexcept {
  const swap_leg one[] = {{terms.venue, t.sold, t.expected_out}};
  const auto make = [&](double give) {
    plan_detail::draft<M> d{.tokens = terms.tokens};
    plan_detail::write_trade<H>(d, now, t, legs.empty() ? std::span<const swap_leg>(one) : legs, terms, give);
    return d;
  };
  const double give = t.expected_out > 0.0 ? larger(0.0, 1.0 - t.min_out / t.expected_out) : 0.0;
  return plan_detail::with_least_outputs(model, now, prices, terms, give, make);
}

}  // namespace trimtab
