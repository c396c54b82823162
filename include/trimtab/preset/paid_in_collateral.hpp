// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/health/change.hpp>
#include <trimtab/preset/threshold.hpp>
#include <trimtab/sizing/concept.hpp>
#include <trimtab/sizing/trade_cost.hpp>

namespace trimtab::preset {

/// @brief What a protocol lets anybody do to an account: repay so much of the debt, take so much of the collateral.
struct invitation {
  double repaid = 0.0;          ///< debt tokens
  double seized = 0.0;          ///< collateral tokens
  basis_points protocol_fee{};  ///< share of what the seized collateral is worth beyond the debt repaid, at the
                                ///< protocol's prices, that the protocol keeps
};

/// An invitation, or why there is none.
struct offer {
  errc why = errc::ok;
  invitation open{};
};

/// @brief Who takes up an invitation: somebody who sells the collateral at once and keeps what it brings in beyond the
/// debt, and who does not come for less than nothing.
struct stranger {
  double least_profit = 0.0;      ///< base currency, after the flash loan, the protocol's fee and gas
  basis_points gives_up_to{0.0};  ///< of the proceeds, and never of that profit, before the transaction reverts; what
                                  ///< is not given up repays debt
};

/// @errors not_finite, bad_configuration
constexpr errc validate(const stranger& s) noexcept {
  if (!is_finite(s.least_profit)) return errc::not_finite;
  return s.gives_up_to.count >= 0.0 && s.gives_up_to.count < 1e4 ? errc::ok : errc::bad_configuration;
}

/// @brief The invitation as a trade of the account: the collateral is sold through the venue, the debt repaid, and all
/// beyond is handed to whoever sends it (`gas_in_kind`, gas included).
/// @pre `p.venue` and both assets are there
/// @errors dust (nothing to repay, or nothing seized), cost_exceeds_benefit (nobody would come), not_finite
template <class V, std::size_t N>
constexpr sizing::sized accepted(const sizing::problem<V, N>& p, const invitation& i, const stranger& who) noexcept {
  sizing::sized out;
  sizing::trade& t = out.trade;
  const auto *held = p.liquidation.collateral.find(p.collateral), *owed = p.liquidation.debt.find(p.debt);
  const double debt_price = p.prices[owed->slot].value, price = p.prices[held->slot].value;
  const double before = health_factor(p.liquidation, p.prices);
  out.best_health = t.health_before = before;
  if (!is_finite(i.repaid) || !is_finite(i.seized)) return out.status = errc::not_finite, out;
  if (!(i.repaid > 0.0) || !(i.seized > 0.0)) return out.status = errc::dust, out;

  t.towards = direction::deleverage;
  t.mode = sizing::funding_mode::flash_debt;
  t.collateral = p.collateral;
  t.debt = p.debt;
  t.sold = i.seized;
  t.expected_out = p.venue->amount_out(i.seized);
  t.flash = i.repaid;
  if (p.funding.mode != sizing::funding_mode::none) t.flash_rate = p.funding.premium;
  t.flash_premium = i.repaid * t.flash_rate.fraction();
  const double returned = t.flash + t.flash_premium;
  const double gas = p.gas.fee_base(p.venue->gas(t.sold), p.prices);
  const double kept = i.protocol_fee.fraction() * larger(0.0, i.seized * price - i.repaid * debt_price);
  const double worth_it = larger(returned, returned + (kept + gas + who.least_profit) / debt_price);
  t.min_out = larger(worth_it, t.expected_out * who.gives_up_to.complement());
  t.gas_in_kind = t.min_out - returned;
  t.collateral_change = -i.seized;
  t.debt_change = -smaller(t.expected_out - t.flash_premium - t.gas_in_kind, owed->amount);
  const auto health_with = [&](double debt_change) {
    return health_factor_after(p.liquidation, p.prices, {p.collateral, t.collateral_change, p.debt, debt_change});
  };
  t.health_after = health_with(t.debt_change);
  t.health_at_min_out = health_with(-i.repaid);
  t.cost = sizing::trade_cost(*p.venue, t.sold, p.fair_rate, debt_price);
  t.cost.premium = t.flash_premium * debt_price;
  t.cost.gas = gas;
  t.cost.reward = larger(0.0, t.gas_in_kind * debt_price - t.cost.gas);
  out.best_health = t.health_after;
  if (!(t.expected_out >= worth_it)) {
    out = {.status = errc::cost_exceeds_benefit, .binding = sizing::limit::cost, .best_health = before};
    out.trade.health_before = before;
    return out;
  }
  out.status = errc::ok;
  return out;
}

/// @brief What a rule offers, taken up by a stranger: the whole, or where the venue pays too little for the last of it,
/// the part that leaves him the most. Itself a sizer; the target is not asked.
/// Formula   marginal price = repaid/seized·(1 + premium) + what the protocol keeps of one more token seized
/// @tparam Rule `validate()`, and `of(problem)`: the largest offer, or why there is none
template <class Rule>
struct taken_up {
  Rule rule;
  stranger sender{};

  /// @errors those of the rule and the sender
  [[nodiscard]] constexpr errc validate() const noexcept {
    const errc e = rule.validate();
    return e == errc::ok ? preset::validate(sender) : e;
  }
  [[nodiscard]] constexpr bool can(direction d) const noexcept { return d == direction::deleverage; }

  /// @errors asset_mismatch (no such pair), those of the rule and of `accepted`
  template <class V, std::size_t N>
  constexpr sizing::sized size(const sizing::problem<V, N>& p) const noexcept {
    const offer o = largest(p);
    if (o.why != errc::ok) return {.status = o.why};
    const double most = most_profitable(p, o.open);
    // A venue that starts no better pays for nothing, or, flat, for the whole as for any part.
    const invitation part = most > 0.0 ? shared(o.open, most) : o.open;
    sizing::sized out = accepted(p, part, sender);
    if (out.has_value() && part.seized < o.open.seized) out.binding = sizing::limit::cost;
    return out;
  }
  /// What seizes `x`, or as much of it as is offered.
  template <class V, std::size_t N>
  constexpr sizing::trade at_size(const sizing::problem<V, N>& p, double x) const noexcept {
    const offer o = largest(p);
    if (o.why != errc::ok || !(o.open.seized > 0.0)) return {};
    return accepted(p, shared(o.open, x), sender).trade;
  }
  template <class V, std::size_t N>
  constexpr sizing::objection objection_to(const sizing::problem<V, N>& p, const sizing::trade& t) const noexcept {
    const offer o = largest(p);
    if (o.why != errc::ok) return {o.why, sizing::limit::none};
    if (!(t.sold > 0.0) || above(t.sold, o.open.seized)) return {errc::not_liquidatable, sizing::limit::chunk};
    return {};
  }

private:
  static constexpr invitation shared(invitation i, double seized) noexcept {
    if (!(seized < i.seized)) return i;
    i.repaid *= seized / i.seized;
    i.seized = seized;
    return i;
  }
  template <class V, std::size_t N>
  static constexpr double most_profitable(const sizing::problem<V, N>& p, const invitation& i) noexcept {
    const double price = p.prices[p.liquidation.collateral.find(p.collateral)->slot].value;
    const double debt_price = p.prices[p.liquidation.debt.find(p.debt)->slot].value, each = i.repaid / i.seized;
    const bool borrows = p.funding.mode != sizing::funding_mode::none;
    const double returned = each * (1.0 + (borrows ? p.funding.premium.fraction() : 0.0));
    const double kept = i.protocol_fee.fraction() * larger(0.0, price / debt_price - each);
    return p.venue->amount_at(executable_price<double>{returned + kept});
  }
  template <class V, std::size_t N>
  constexpr offer largest(const sizing::problem<V, N>& p) const noexcept {
    const bool listed = p.venue != nullptr && p.liquidation.collateral.find(p.collateral) != nullptr &&
                        p.liquidation.debt.find(p.debt) != nullptr;
    return listed ? rule.of(p) : offer{.why = errc::asset_mismatch};
  }
};

}  // namespace trimtab::preset
