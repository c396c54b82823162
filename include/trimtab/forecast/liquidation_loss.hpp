// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/forecast/kou_first_passage.hpp>

namespace trimtab::forecast {

/// What a liquidation takes. Money is in the currency of `debt`.
struct liquidation_terms {
  double threshold = 0.8;      ///< w of the collateral: health is w·collateral/(v·debt)
  double borrow_factor = 1.0;  ///< v of the debt, from 1
  double bonus = 0.05;         ///< b: a liquidator is given 1 + b of collateral for each 1 of debt
  double close_factor = 1.0;   ///< κ, share of the debt that is repaid
  double debt = 0.0;

  /// The health below which the collateral no longer pays for all of the debt with the bonus. Formula W = w(1 + b)/v
  [[nodiscard]] constexpr double bad_debt_below() const noexcept { return threshold * (1.0 + bonus) / borrow_factor; }
  /// What the owner loses where health passes 1 without a jump. Formula b·κ·debt
  [[nodiscard]] constexpr double penalty() const noexcept { return bonus * close_factor * debt; }

  /// @errors not_finite; negative_amount (debt, bonus); threshold_range (w outside (0, 1]); bad_configuration: v below
  /// 1,
  ///         κ outside [0, 1], or W above 1, where every liquidation leaves bad debt
  [[nodiscard]] constexpr errc validate() const noexcept {
    for (const double x : {threshold, borrow_factor, bonus, close_factor, debt})
      if (!is_finite(x)) return errc::not_finite;
    if (debt < 0.0 || bonus < 0.0) return errc::negative_amount;
    if (!(threshold > 0.0 && threshold <= 1.0)) return errc::threshold_range;
    const bool sound = borrow_factor >= 1.0 && close_factor >= 0.0 && close_factor <= 1.0 && bad_debt_below() <= 1.0;
    return sound ? errc::ok : errc::bad_configuration;
  }
};

/// What there is to expect once a jump has carried health below 1.
struct jump_liquidation {
  double health = 0.0;                ///< E H
  double depth = 0.0;                 ///< E −ln H, also beyond any depth already reached: exponential sizes forget
  double owner = 0.0;                 ///< what liquidation takes from the owner, who has no more to lose than equity
  double bad_debt_probability = 0.0;  ///< that not all of the debt is covered
  double bad_debt = 0.0;              ///< expected, currency: the lender's loss if all of it is to be repaid
};

/// @brief Losses given that liquidation comes by a jump.
///
/// Formula   H = e^{−Z}, Z ~ Exp(η₂): P(H < h) = h^η₂, E H = η₂/(1 + η₂)
///           bad debt/debt = (1 − H/W)⁺: probability W^η₂, mean W^η₂/(1 + η₂)
///           owner/debt = min(bκ, (C/debt − 1)⁺), C/debt = H·v/w: mean bκ − (v/w)(h₁^{1+η₂} − h₀^{1+η₂})/(1 + η₂)
///           with h₀ = w/v, where equity is gone, and h₁ = h₀(1 + bκ), where it no longer pays for the penalty
/// @return   NaN where the input is
/// @source   derived here; Kou and Wang 2003, Proposition 2.1, for the overshoot (exponential, independent of the time)
inline jump_liquidation liquidation_after_jump(const exponential_jumps& jumps,
                                               const liquidation_terms& terms) noexcept {
  const double decay = jumps.down_decay, w = terms.bad_debt_below(), share = std::pow(w, decay);
  const double penalty = terms.bonus * terms.close_factor, gone = terms.threshold / terms.borrow_factor;
  // h₁^{1+η} − h₀^{1+η} over h₀, without the difference of two near equals.
  const double step = std::pow(gone, decay) * std::expm1((1.0 + decay) * std::log1p(penalty));
  // Where w/v·(1 + bκ) is 1, rounding may leave a little less than nothing.
  const double owner = larger(penalty - step / (1.0 + decay), 0.0);
  return {.health = decay / (1.0 + decay),
          .depth = 1.0 / decay,
          .owner = terms.debt * owner,
          .bad_debt_probability = share,
          .bad_debt = terms.debt * share / (1.0 + decay)};
}

/// Expected losses until a horizon from the first liquidation, currency.
struct liquidation_loss {
  double owner = 0.0;     ///< of the account's owner
  double bad_debt = 0.0;  ///< of its lender
  double error = 0.0;     ///< absolute, of the larger of the two, by the probabilities' own errors
  jump_first_passage passage{};
};

/// @brief Expected loss of the owner from the first liquidation before the horizon, without jumps.
///
/// Formula   P(hit)·b·κ·debt
/// @param log_health  x = ln HF
/// @return   currency; NaN where the motion or the terms are no numbers or the volatility is not above 0
inline double expected_liquidation_loss(const motion& m, const liquidation_terms& terms, double log_health,
                                        double years) noexcept {
  return liquidation_probability(m, log_health, years) * terms.penalty();
}

/// @brief The same with jumps, which may leave bad debt: the probability of each way times what it costs.
/// @errors   those of the terms and of `kou_first_passage`
inline result<liquidation_loss> expected_liquidation_loss(const motion& m, const exponential_jumps& jumps,
                                                          const liquidation_terms& terms, double log_health,
                                                          double years) noexcept {
  if (const errc bad = terms.validate(); bad != errc::ok) return bad;
  const auto passage = kou_first_passage(m, jumps, log_health, years);
  if (!passage) return passage.error();
  const jump_liquidation jumped = liquidation_after_jump(jumps, terms);
  liquidation_loss out;
  out.owner = passage->by_diffusion * terms.penalty() + passage->by_jump * jumped.owner;
  out.bad_debt = passage->by_jump * jumped.bad_debt;
  out.error = passage->error * larger(terms.penalty() + jumped.owner, jumped.bad_debt);
  out.passage = *passage;
  return out;
}

/// @brief What better health is worth until a horizon: the expected loss that it saves. This is what the cost of a
/// trade is weighed against.
///
/// Formula   (P(hit | before) − P(hit | after))·b·κ·debt, from survivals where those are the smaller
/// The debt is that of the terms on both sides; where the trade lowers it, this says too little.
/// @param health_before, health_after  health factors, not logarithms
/// @return   currency, below 0 where health gets worse; NaN as `expected_liquidation_loss`
inline double liquidation_benefit(const motion& m, const liquidation_terms& terms, double years, double health_before,
                                  double health_after) noexcept {
  const first_passage before = first_passage_of(m, std::log(health_before), years),
                      after = first_passage_of(m, std::log(health_after), years);
  const double saved = before.hit < 0.5 ? before.hit - after.hit : after.survive - before.survive;
  return saved * terms.penalty();
}

/// @brief The same with jumps, of the owner's loss.
/// @errors   not_finite also for a health that has no logarithm; those of `expected_liquidation_loss`
inline result<double> liquidation_benefit(const motion& m, const exponential_jumps& jumps,
                                          const liquidation_terms& terms, double years, double health_before,
                                          double health_after) noexcept {
  const auto before = expected_liquidation_loss(m, jumps, terms, std::log(health_before), years);
  if (!before) return before.error();
  const auto after = expected_liquidation_loss(m, jumps, terms, std::log(health_after), years);
  if (!after) return after.error();
  return before->owner - after->owner;
}

}  // namespace trimtab::forecast
