// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/result.hpp>
#include <trimtab/forecast/first_passage.hpp>
#include <trimtab/forecast/kou_first_passage.hpp>

#include <cmath>

namespace trimtab::forecast {

/// What a liquidation does to an account with one collateral and one debt.
struct liquidation_terms {
  double threshold = 0.8;      ///< w of the collateral
  double borrow_factor = 1.0;  ///< v of the debt, ≥ 1
  double bonus = 0.05;         ///< b, of the debt repaid, taken in collateral on top
  double close_factor = 0.5;   ///< share of the debt that a liquidation repays while health is just below 1
  double debt = 0.0;           ///< currency

  /// HF at which nothing is left: w/v.
  [[nodiscard]] constexpr double insolvent_at() const noexcept { return threshold / borrow_factor; }
  /// HF below which not even the bonus can be paid in full: w(1 + b)/v.
  [[nodiscard]] constexpr double bad_debt_below() const noexcept { return insolvent_at() * (1.0 + bonus); }

  /// @errors   not_finite, negative_amount (bonus, debt), threshold_range (w outside (0, 1], close factor outside
  ///           [0, 1]), bad_configuration (v below 1)
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {threshold, borrow_factor, bonus, close_factor, debt})
      if (!is_finite(x)) return errc::not_finite;
    if (bonus < 0.0 || debt < 0.0) return errc::negative_amount;
    if (!(threshold > 0.0 && threshold <= 1.0 && close_factor >= 0.0 && close_factor <= 1.0))
      return errc::threshold_range;
    return borrow_factor >= 1.0 ? errc::ok : errc::bad_configuration;
  }
};

/// What follows when ln HF jumps past 0 and lands −Exp(η) below it, per unit of debt.
struct jump_liquidation {
  double mean_health = 0.0;           ///< E HF after the jump, η/(1 + η)
  double owner_loss = 0.0;            ///< E[what the owner loses]: the whole bonus, or all that was left
  double bad_debt_probability = 0.0;  ///< P(HF < w(1 + b)/v)
  double bad_debt = 0.0;              ///< E[debt that no collateral covers, bonus paid first]
};

/// @brief A liquidation by a jump: all debt is repaid, as protocols allow well below 1.
///
/// Formula   with W = w(1+b)/v, W₀ = w/v, HF = e^{−Exp(η)}: P(HF < W) = W^η; E(1 − HF/W)⁺ = W^η/(1 + η) for W ≤ 1;
///           owner: b·P(HF ≥ W) + E[HF/W₀ − 1; W₀ ≤ HF < W]
/// @param down_decay  η of the downward jumps; ln HF lands Exp(η) below 0, whenever that happens
/// @return   NaN in every field for terms that are invalid or η not above 0
/// @source   the overshoot: Kou and Wang 2003, Theorem 3.1; the integrals are derived here
inline jump_liquidation after_a_jump(const liquidation_terms& terms, double down_decay) noexcept {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (terms.validate() != errc::ok || !(down_decay > 0.0)) return {nan, nan, nan, nan};
  const double eta = down_decay, full = terms.bad_debt_below(), broke = terms.insolvent_at();
  const double w = smaller(full, 1.0), w0 = smaller(broke, 1.0);
  const double below_w = std::pow(w, eta), below_w0 = std::pow(w0, eta);
  // Of HF/W − 1 over [0, w]: (w/W)·w^η·η/(1+η) − w^η, and w = W unless the bonus exceeds all.
  const auto partial = [&](double level, double up_to, double mass) {
    return up_to / level * mass * (eta / (1.0 + eta)) - mass;
  };
  return {eta / (1.0 + eta), terms.bonus * (1.0 - below_w) + partial(broke, w, below_w) - partial(broke, w0, below_w0),
          below_w, -partial(full, w, below_w)};
}

/// @brief Loss to the owner of one liquidation on a continuous path, HF = 1: bonus·close factor·debt, never more than
/// the equity.
constexpr double owner_loss_at_threshold(const liquidation_terms& terms) noexcept {
  return smaller(terms.bonus * terms.close_factor, larger(0.0, 1.0 / terms.insolvent_at() - 1.0)) * terms.debt;
}

/// @brief Expected loss from a liquidation within the horizon if nobody acts; one liquidation is counted.
/// @return   currency; NaN where an argument is invalid
inline double expected_liquidation_loss(const motion& m, const liquidation_terms& terms, double log_health,
                                        double years) noexcept {
  if (terms.validate() != errc::ok) return std::numeric_limits<double>::quiet_NaN();
  return liquidation_probability(m, log_health, years) * owner_loss_at_threshold(terms);
}

/// @brief What restoring health is worth over the horizon: the expected loss before less that after. Sizing weighs it
/// against the cost of the trade.
/// @param debt_after  currency: a trade that repays debt leaves less to be liquidated
/// @return   currency, below 0 where the trade worsens the account; NaN where an argument is invalid
inline double liquidation_benefit(const motion& m, const liquidation_terms& terms, double years, double health_before,
                                  double health_after, double debt_after) noexcept {
  liquidation_terms then = terms;
  then.debt = debt_after;
  const auto x = [](double health) { return health > 0.0 ? std::log(health) : health == 0.0 ? -infinity : health; };
  return expected_liquidation_loss(m, terms, x(health_before), years) -
         expected_liquidation_loss(m, then, x(health_after), years);
}

/// What may come within the horizon, with jumps.
struct liquidation_outlook {
  double probability = 0.0;           ///< of a liquidation
  double owner_loss = 0.0;            ///< expected, currency
  double bad_debt_probability = 0.0;  ///< that the protocol is left with a debt
  double bad_debt = 0.0;              ///< expected, currency
  double error = 0.0;                 ///< of the probabilities, absolute
};

/// @brief Expected loss of the owner and of the protocol: continuous paths are caught at HF = 1, jumps land below.
/// @errors   those of the terms and of `kou_first_passage`
inline result<liquidation_outlook> liquidation_outlook_of(const motion& m, const exponential_jumps& jumps,
                                                          const liquidation_terms& terms, double log_health,
                                                          double years) noexcept {
  if (const errc bad = terms.validate(); bad != errc::ok) return bad;
  const auto p = kou_first_passage(m, jumps, log_health, years);
  if (!p) return p.error();
  const jump_liquidation landed = after_a_jump(terms, jumps.down_decay);
  const double short_at_one = larger(0.0, 1.0 - 1.0 / terms.bad_debt_below());  // thresholds that cannot pay the bonus
  return liquidation_outlook{
      p->hit, p->by_diffusion * owner_loss_at_threshold(terms) + p->by_jump * landed.owner_loss * terms.debt,
      p->by_jump * landed.bad_debt_probability + (short_at_one > 0.0 ? p->by_diffusion : 0.0),
      (p->by_jump * landed.bad_debt + p->by_diffusion * short_at_one * terms.close_factor) * terms.debt, p->error};
}

}  // namespace trimtab::forecast
