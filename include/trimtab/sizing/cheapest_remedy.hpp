// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/remedy.hpp>

#include <span>

namespace trimtab::sizing {

/// @brief What the owner's own money is worth elsewhere: simple interest on what a remedy takes from the wallet, for as
/// long as it stays in the position.
struct funds_cost {
  double rate_per_year = 0.0;
  double years = 0.0;

  /// @errors not_finite, negative_amount
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!is_finite(rate_per_year) || !is_finite(years)) return errc::not_finite;
    return rate_per_year >= 0.0 && years >= 0.0 ? errc::ok : errc::negative_amount;
  }
  /// Base currency. What goes into the wallet earns nothing here.
  [[nodiscard]] constexpr double of(const remedy& r) const noexcept {
    return rate_per_year * years * larger(0.0, r.funds);
  }
};

/// Why one candidate was or was not taken.
struct judged_remedy {
  errc why = errc::ok;  ///< ok for every one that could be taken, the chosen one or not
  limit binding = limit::none;
  double total_cost = 0.0;  ///< base currency, with the cost of funds
};

/// The remedy taken, by its place among the candidates.
struct remedy_choice {
  static constexpr std::size_t no_remedy = ~std::size_t{0};
  errc status = errc::infeasible;  ///< where there is none: why the candidate that comes closest was refused
  limit binding = limit::none;
  std::size_t index = no_remedy;
  double total_cost = infinity;
  std::size_t closest = no_remedy;  ///< the refused candidate of the best health, where none is taken

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

/// @brief The cheapest of the remedies that bring health to the target; of two that cost the same, the one that takes
/// less from the wallet, then the one listed first.
///
/// What a candidate says is not taken for granted: one that says ok and leaves less than the target, or costs no
/// number, is refused.
/// @param judged  the reason for each candidate, as many as fit
/// @errors not_finite, negative_amount (the cost of funds), not_finite or bad_configuration (the target), and those of
/// the closest candidate; infeasible where there are none
template <std::size_t Extent>
constexpr remedy_choice cheapest_remedy(std::span<const remedy, Extent> candidates, double target,
                                        const funds_cost& funds = {}, std::span<judged_remedy> judged = {}) noexcept {
  remedy_choice choice;
  if (const errc bad = funds.validate(); bad != errc::ok) return choice.status = bad, choice;
  if (!is_finite(target)) return choice.status = errc::not_finite, choice;
  if (!(target > 1.0)) return choice.status = errc::bad_configuration, choice;
  double best = -infinity;  // health of the closest
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const remedy& r = candidates[i];
    judged_remedy verdict{r.status, r.binding, r.cost.total() + funds.of(r)};
    if (verdict.why == errc::ok) {
      if (!is_finite(verdict.total_cost)) {
        verdict.why = errc::not_finite;
      } else if (!(r.health_after >= target)) {
        verdict.why = errc::infeasible;
      }
    }
    if (i < judged.size()) judged[i] = verdict;
    if (verdict.why == errc::ok) {
      const bool first = choice.index == remedy_choice::no_remedy;
      const bool cheaper =
          verdict.total_cost < choice.total_cost ||
          (verdict.total_cost == choice.total_cost && !first && r.funds < candidates[choice.index].funds);
      if (first || cheaper) choice.index = i, choice.total_cost = verdict.total_cost;
    } else if (choice.closest == remedy_choice::no_remedy || r.health_after > best) {
      choice.closest = i;
      best = r.health_after == r.health_after ? r.health_after : -infinity;  // any health is closer than none
      choice.status = verdict.why, choice.binding = verdict.binding;
    }
  }
  if (choice.index != remedy_choice::no_remedy) {
    choice.status = errc::ok;
    choice.binding = candidates[choice.index].binding;
    choice.closest = remedy_choice::no_remedy;
  }
  return choice;
}

}  // namespace trimtab::sizing
