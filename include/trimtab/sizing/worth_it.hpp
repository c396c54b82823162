// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/liquidation_loss.hpp>
#include <trimtab/sizing/concept.hpp>

namespace trimtab::sizing {

/// @brief What a trade is worth by the liquidation loss that it takes off the horizon, base currency: the benefit that
/// `worth_it` asks for by itself, and the one to copy.
///
/// Formula   p(health before)·loss(debt before) − p(health after)·loss(debt after), p the probability of liquidation
///           within `years`
/// @source   `forecast::liquidation_benefit`
struct saved_loss {
  forecast::motion health{};            ///< of ln HF
  forecast::liquidation_terms terms{};  ///< its `debt` is taken from the account
  double years = 7.0 / 365.0;           ///< how long the trade is hoped to last

  /// @errors those of the motion and the terms; not_finite, bad_configuration (no horizon)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc bad = health.validate(); bad != errc::ok) return bad;
    if (const errc bad = terms.validate(); bad != errc::ok) return bad;
    if (!is_finite(years)) return errc::not_finite;
    return years > 0.0 ? errc::ok : errc::bad_configuration;
  }
  template <class V, std::size_t N>
  double operator()(const problem<V, N>& p, const trade& t) const noexcept {
    // Unweighted: what is repaid in a liquidation is debt, not debt times a borrow factor.
    double debt = 0.0;
    for (const auto& holding : p.liquidation.debt) debt += holding.amount * p.prices[holding.slot].value;
    const double price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
    forecast::liquidation_terms now = terms;
    now.debt = debt;
    return forecast::liquidation_benefit(health, now, years, t.health_before, t.health_after,
                                         larger(0.0, debt + price * t.debt_change));
  }
};

/// @brief Lets the inner sizer's trade through only if its benefit is at least its total cost. Itself a sizer.
///
/// The benefit is any function of the problem and the trade, in base currency, `worth(p, t)`; if it has a `validate()`
/// that is asked too. `saved_loss` unless another is given. Deleveraging only; leverage has other reasons. In an
/// emergency every trade is worth it. What a trade is worth is the answer's `benefit`, also where it is too little.
/// @errors   cost_exceeds_benefit, besides those of the inner sizer
template <Sizer Z, class Benefit = saved_loss>
struct worth_it {
  Z inner;
  Benefit worth{};

  constexpr worth_it(const Z& sizer, const Benefit& by) noexcept : inner(sizer), worth(by) {}
  constexpr worth_it(const Z& sizer, const forecast::motion& m, const forecast::liquidation_terms& of_liquidation,
                     double horizon = 7.0 / 365.0) noexcept
      : inner(sizer), worth{m, of_liquidation, horizon} {}

  /// @errors   those of the inner sizer and the benefit
  [[nodiscard]] constexpr errc validate() const noexcept {
    if constexpr (requires { worth.validate(); }) {
      if (const errc bad = worth.validate(); bad != errc::ok) return bad;
    }
    return inner.validate();
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return inner.can(d); }

  template <class V, std::size_t N>
  sized size(const problem<V, N>& p) const noexcept {
    sized s = inner.size(p);
    if (!(s.trade.sold > 0.0) || s.trade.towards != direction::deleverage) return s;
    s.benefit = benefit(p, s.trade);
    if (const objection no = to_cost(p, s.trade, s.benefit); no.why != errc::ok) {
      // What it would have cost stays, for whoever asks why.
      s.trade = {.health_before = s.trade.health_before, .cost = s.trade.cost};
      s.status = no.why, s.binding = no.binding, s.best_health = s.trade.health_before;
    }
    return s;
  }
  template <class V, std::size_t N>
  constexpr trade at_size(const problem<V, N>& p, double x) const noexcept {
    return inner.at_size(p, x);
  }
  template <class V, std::size_t N>
  objection objection_to(const problem<V, N>& p, const trade& t) const noexcept {
    const objection no = inner.objection_to(p, t);
    return no.why != errc::ok || t.towards != direction::deleverage ? no : to_cost(p, t, benefit(p, t));
  }

  /// What a trade is worth, in base currency. @pre `check(p)` is ok
  template <class V, std::size_t N>
  double benefit(const problem<V, N>& p, const trade& t) const noexcept {
    return worth(p, t);
  }

private:
  template <class V, std::size_t N>
  static constexpr objection to_cost(const problem<V, N>& p, const trade& t, double gain) noexcept {
    if (p.urgent || gain >= t.cost.total()) return {};  // a NaN is no benefit
    return {errc::cost_exceeds_benefit, limit::cost};
  }
};

template <Sizer Z>
worth_it(Z, forecast::motion, forecast::liquidation_terms) -> worth_it<Z, saved_loss>;
template <Sizer Z>
worth_it(Z, forecast::motion, forecast::liquidation_terms, double) -> worth_it<Z, saved_loss>;

}  // namespace trimtab::sizing
