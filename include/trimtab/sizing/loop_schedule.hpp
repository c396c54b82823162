// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/sizing/concept.hpp>

#include <span>

namespace trimtab::sizing {

/// How far rounds without a flash loan come, and what they cost together.
struct loop_schedule {
  errc status = errc::bad_configuration;  ///< ok: the last round reaches the target
  limit binding = limit::none;            ///< what ends the rounds short of it; with `chunk` there was room for no more
  std::size_t rounds = 0;
  double sold = 0.0, repaid = 0.0;  ///< of all rounds, whole tokens
  double health_before = 0.0;       ///< the healths are 0 where nobody could read the account
  double health_after = 0.0;
  sizing::cost cost{};

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

/// @brief Withdraw, sell, repay, again: what is left where nobody lends. Each round takes out as much as health allows.
///
/// Round k sells x ≤ (C − (1 + ε)·D) / (w·p) of what is then there, ε being the sizer's own health floor less 1; what
/// it repays makes room for the next. The room grows by the factor h·ρ·y'/(w·p) a round or so: the number of rounds is
/// about logarithmic in what is to be sold. Nothing is hoped for between rounds: the venue is as the rounds before left
/// it. Every round is a transaction of its own and pays its gas.
/// @param out  the rounds, in order; none beyond its size is made
/// @return ok when a round reaches the target, the sizer's refusal in the first round; else infeasible with what
/// stopped it: the limit of the round that nothing follows, or limit::chunk when `out` is full
/// @cost as many sizings as there are rounds; no allocation
template <class Z, class V, std::size_t N>
constexpr loop_schedule loops(const Z& sizer, problem<V, N> p, std::span<trade> out) noexcept {
  // Below this gain of health a round is for nothing, and so is the next.
  constexpr double least_gain = 1e-9;
  loop_schedule s;
  p.funding = {funding_mode::none, {}};
  if (const errc bad = check(p); bad != errc::ok) return s.status = bad, s;
  V venue = *p.venue;
  p.venue = &venue;
  s.health_before = s.health_after = health_factor(p.liquidation, p.prices);
  const auto ended = [&](errc why, limit binding) {
    s.status = why;
    s.binding = binding;
    return s;
  };
  for (;;) {
    const sized round = sizer.size(p);
    const trade& t = round.trade;
    // Of a venue that is not concave nothing proves that a trade is the closest; it may be good enough for a round.
    const bool partial = (round.status == errc::infeasible || round.status == errc::no_convergence) && t.sold > 0.0;
    if (!round.has_value() && !partial) {
      // Something has been done: what comes now is only why it goes no further.
      return ended(s.rounds == 0 ? round.status : errc::infeasible, round.binding);
    }
    if (s.rounds == out.size()) return ended(errc::infeasible, limit::chunk);
    if (partial) {
      if (!(t.health_after > t.health_before * (1.0 + least_gain))) return ended(errc::infeasible, round.binding);
      if (const objection no = sizer.objection_to(p, t); no.why != errc::ok)
        return ended(s.rounds == 0 ? no.why : errc::infeasible, no.binding);
    }
    out[s.rounds++] = t;
    s.sold += t.sold;
    s.repaid -= t.debt_change;
    s.health_after = t.health_after;
    s.cost += t.cost;
    if (round.has_value()) return ended(errc::ok, limit::none);
    const change by{p.collateral, t.collateral_change, p.debt, t.debt_change};
    p.liquidation = after(p.liquidation, by);
    p.borrow = after(p.borrow, by);
    if (p.gas.paid_from == gas_payer::tank) p.gas.tank_native -= p.gas.fee_native(venue.gas(t.sold));
    venue = venue.after(t.sold);
    p.collateral_limits.withdrawable = larger(0.0, p.collateral_limits.withdrawable + t.collateral_change);
  }
}

}  // namespace trimtab::sizing
