// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/inclusion_delay.hpp>

namespace trimtab::sizing {

enum class route_kind : std::uint8_t {
  own_transaction,  ///< gas out of the owner's tank, through the public pool of transactions
  relayer,          ///< sent by somebody who is paid in kind, out of the trade
  private_bundle,   ///< straight to a block builder, who is tipped; costs nothing when it fails
};

/// @brief A way to get a trade into a block: what it costs, how long it takes, how often it fails.
struct execution_route {
  route_kind kind = route_kind::own_transaction;
  double gas_multiplier = 1.0;  ///< of the market's gas price: what is bid to be taken
  double fixed_cost = 0.0;      ///< base currency on top: a tip, a relayer's fee
  basis_points premium{};       ///< of the fair value traded, on top
  gas_payer paid_from = gas_payer::tank;
  inclusion_delay delay{};
  double failure = 0.0;          ///< probability that it is not made within the horizon at all
  double paid_on_failure = 1.0;  ///< share of gas, tip and premium that is lost then

  /// @errors not_finite, negative_amount, bad_configuration; those of the delay
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {gas_multiplier, fixed_cost, premium.count, failure, paid_on_failure})
      if (!is_finite(x)) return errc::not_finite;
    if (gas_multiplier < 0.0 || fixed_cost < 0.0) return errc::negative_amount;
    const bool sound = is_share(premium) && premium.count < 1e4 && failure >= 0.0 && failure <= 1.0 &&
                       paid_on_failure >= 0.0 && paid_on_failure <= 1.0;
    return sound ? delay.validate() : errc::bad_configuration;
  }
};

/// The usual three. Their numbers are the caller's: they change by the minute.
constexpr execution_route own_transaction(double inclusion_per_block) noexcept {
  return {.delay = {.per_block = inclusion_per_block}};
}
constexpr execution_route relayer(double inclusion_per_block, basis_points premium, double fixed_cost) noexcept {
  return {.kind = route_kind::relayer,
          .fixed_cost = fixed_cost,
          .premium = premium,
          .paid_from = gas_payer::proceeds,
          .delay = {.per_block = inclusion_per_block},
          .paid_on_failure = 0.0};
}
constexpr execution_route private_bundle(double inclusion_per_block, double tip) noexcept {
  return {.kind = route_kind::private_bundle,
          .fixed_cost = tip,
          .delay = {.per_block = inclusion_per_block},
          .paid_on_failure = 0.0};
}

/// What waiting puts at risk.
struct waiting_risk {
  forecast::motion health{};            ///< of ln HF
  forecast::liquidation_terms terms{};  ///< its `debt` is taken from the account
  double horizon_years = 7.0 / 365.0;   ///< how long an account that nothing is done for is watched

  /// @errors those of the motion and the terms; not_finite, bad_configuration (no horizon)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc bad = health.validate(); bad != errc::ok) return bad;
    if (const errc bad = terms.validate(); bad != errc::ok) return bad;
    if (!is_finite(horizon_years)) return errc::not_finite;
    return horizon_years > 0.0 ? errc::ok : errc::bad_configuration;
  }
  /// The terms with the account's debt in them, unweighted: what is repaid in a liquidation is debt.
  template <class V, std::size_t N>
  constexpr forecast::liquidation_terms of_account(const problem<V, N>& p) const noexcept {
    forecast::liquidation_terms now = terms;
    now.debt = 0.0;
    for (const term<double>& d : p.liquidation.debt) now.debt += d.amount * p.prices[d.slot].value;
    return now;
  }
};

/// One route, judged.
struct route_cost {
  errc status = errc::bad_configuration;
  limit binding = limit::none;
  sized trade{};               ///< as sized with this route's fee
  double fee = 0.0;            ///< base currency: gas, tip, premium; in the trade's cost as `gas`
  double trading = 0.0;        ///< expected: the trade's whole cost if it is made, what is lost if not
  double expected_loss = 0.0;  ///< from a liquidation while it waits, or at all if it fails
  double loss_error = 0.0;     ///< bound on what the sum of the loss left out
  double mean_years = 0.0;     ///< of the delay

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
  [[nodiscard]] constexpr double total() const noexcept { return trading + expected_loss; }
};

/// @brief A problem whose gas is what a route asks: the multiplied gas price, and a lump of base currency on top.
/// @errors size_mismatch, where no native token is priced and there is a lump to pay
template <class V, std::size_t N>
constexpr result<problem<V, N>> routed(problem<V, N> p, const execution_route& by, double lump) noexcept {
  p.gas.paid_from = by.paid_from;
  p.gas.price_native *= by.gas_multiplier;
  if (!(lump > 0.0)) return p;
  if (!p.prices.has(p.gas.native)) return errc::size_mismatch;
  // The lump as gas units; where gas is free, at a price at which the venue's own stay next to nothing.
  if (!(p.gas.price_native > 0.0))
    p.gas = {
        .price_native = 1e-30, .tank_native = p.gas.tank_native, .paid_from = p.gas.paid_from, .native = p.gas.native};
  p.gas.transaction_gas += lump / p.prices[p.gas.native].value / p.gas.price_native;
  return p;
}

/// @brief What a route costs in expectation: the trade, its fee inside the size, and the loss that waiting risks.
///
/// Formula   (1 − F)·cost + F·s·fee + L·((1 − F)·E p(T) + F·p(horizon)); F failure, s the share of the fee lost then, L
///           what a liquidation costs the owner, T the delay
/// The premium is of what is sold, which grows with the fee that the proceeds pay: the size is found by repetition, and
/// the last fee covers the premium of the last trade.
/// @errors those of the route, the risk and the sizer; size_mismatch; no_convergence (the premium outgrows the
/// proceeds)
/// @cost   a sizing, a few with a premium; a liquidation probability a block
template <class Z, class V, std::size_t N>
route_cost cost_of(const execution_route& route, const Z& sizer, const problem<V, N>& p,
                   const waiting_risk& risk) noexcept {
  route_cost out;
  for (const errc bad : {route.validate(), risk.validate()})
    if (bad != errc::ok) return out.status = bad, out;
  const auto refused = [&](errc why, limit binding = limit::none) {
    out.status = why;
    out.binding = binding;
    return out;
  };
  if (const errc bad = check(p); bad != errc::ok) return refused(bad);
  if (const errc bad = validate(p.gas, p.prices); bad != errc::ok) return refused(bad);
  const double debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value;
  // Of the value put into the venue: collateral at its fair price, or new debt.
  const auto premium_of = [&](const sizing::trade& t) {
    const double each = t.towards == direction::leverage ? debt_price : p.fair_rate * debt_price;
    return route.premium.fraction() * t.sold * each;
  };
  bool covered = false;
  double premium = 0.0;
  for (int attempt = 0; attempt < 64 && !covered; ++attempt) {
    const result<problem<V, N>> q = routed(p, route, route.fixed_cost + premium);
    if (!q) return refused(q.error());
    out.trade = sizer.size(*q);
    if (!out.trade.has_value()) return refused(out.trade.status, out.trade.binding);
    const double asked = premium_of(out.trade.trade);
    covered = asked <= premium;
    premium = asked * (1.0 + 1e-12);
  }
  if (!covered) return refused(errc::no_convergence);
  const sizing::trade& t = out.trade.trade;
  out.fee = t.cost.gas;
  out.mean_years = route.delay.mean_years();
  const double loss = forecast::owner_loss_at_threshold(risk.of_account(p));
  const double x = log_health(p.liquidation, p.prices);
  const bounded_probability waiting = liquidated_while_waiting(risk.health, x, route.delay, risk.horizon_years);
  const double at_all = forecast::liquidation_probability(risk.health, x, risk.horizon_years);
  const double done = 1.0 - route.failure;
  out.trading = done * t.cost.total() + route.failure * route.paid_on_failure * out.fee;
  out.expected_loss = loss * (done * waiting.value + route.failure * at_all);
  out.loss_error = loss * done * waiting.error;
  if (!is_finite(out.total())) return refused(errc::not_finite);
  out.status = errc::ok;
  return out;
}

/// The route taken, among those judged.
struct route_choice {
  static constexpr std::size_t no_route = ~std::size_t{0};
  errc status = errc::infeasible;
  std::size_t index = no_route;
  route_cost best{};       ///< the cheapest; where none can, the first one's refusal
  double idle_loss = 0.0;  ///< expected over the horizon when nothing is done

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

/// @brief The route of least expected cost; the first listed where two cost the same. Under congestion, when the own
/// transaction waits or its tank is empty, another takes over.
/// @param judged  what each costs or why it is refused, if wanted: as many as fit
/// @errors those of the first route, where none can
template <class Z, class V, std::size_t N>
route_choice choose_route(const Z& sizer, const problem<V, N>& p, std::span<const execution_route> routes,
                          const waiting_risk& risk, std::span<route_cost> judged = {}) noexcept {
  route_choice choice;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const route_cost c = cost_of(routes[i], sizer, p, risk);
    if (i < judged.size()) judged[i] = c;
    const bool better = c.has_value() ? !choice.has_value() || c.total() < choice.best.total() : i == 0;
    if (!better) continue;
    choice.status = c.status;
    choice.index = c.has_value() ? i : route_choice::no_route;
    choice.best = c;
  }
  if (risk.validate() == errc::ok && check(p) == errc::ok)
    choice.idle_loss = forecast::expected_liquidation_loss(risk.health, risk.of_account(p),
                                                           log_health(p.liquidation, p.prices), risk.horizon_years);
  return choice;
}

}  // namespace trimtab::sizing
