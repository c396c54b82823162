// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/sizing/flash_source.hpp>
#include <trimtab/sizing/loop_schedule.hpp>

namespace trimtab::sizing {

/// Who pays in advance for a trade, and the trade as it is then.
struct funding_choice {
  static constexpr std::size_t no_source = ~std::size_t{0};

  errc status = errc::bad_configuration;
  limit binding = limit::none;  ///< of the attempt that comes closest, where none reaches the target
  sizing::funding funding{};
  std::size_t source = no_source;  ///< which of the lenders
  sized best{};                    ///< the trade: the cheapest, or the one that comes closest
  loop_schedule without{};         ///< in several rounds, where it takes more than one transaction

  [[nodiscard]] constexpr bool has_value() const noexcept { return status == errc::ok; }
};

/// @brief The cheapest way to fund the trade that restores the target: no loan, or one of the debt or of the collateral
/// from any of the lenders. Where no single transaction does, the rounds that do without one.
///
/// The sizer is run on each, so that premium, depth of the lender and its gas are inside the size. Order of preference
/// at equal cost: no loan, then the lenders as listed, a loan of the debt before one of the collateral.
/// @param rounds  where the rounds go; empty for none
/// @errors those of the sizer; infeasible with the limit of what comes closest; those of a lender that is unsound
/// @cost  one sizing for no loan and two a lender; the rounds besides
template <class Z, class V, std::size_t N>
constexpr funding_choice choose_funding(const Z& sizer, const problem<V, N>& p, std::span<const flash_source> lenders,
                                        const touched_places& touched, std::span<trade> rounds = {}) noexcept {
  funding_choice choice;
  for (const flash_source& lender : lenders)
    if (const errc bad = lender.validate(); bad != errc::ok) return choice.status = bad, choice;
  double least = infinity, closest = -infinity;
  const auto attempt = [&](const problem<V, N>& q, std::size_t source) {
    const sized s = sizer.size(q);
    const double cost = s.trade.cost.total();
    const bool better = s.has_value() ? cost < least : least == infinity && s.best_health > closest;
    if (!better) return;
    if (s.has_value()) least = cost;
    closest = s.best_health;
    choice.status = s.status, choice.binding = s.binding;
    choice.funding = q.funding, choice.source = source, choice.best = s;
  };
  problem<V, N> plain = p;
  plain.funding = {funding_mode::none, {}};
  attempt(plain, funding_choice::no_source);
  for (std::size_t i = 0; i < lenders.size(); ++i)
    for (const funding_mode mode : {funding_mode::flash_debt, funding_mode::flash_collateral})
      attempt(funded(plain, lenders[i], mode, touched), i);
  const bool short_of = choice.status == errc::infeasible || choice.status == errc::no_convergence;
  if (short_of && !rounds.empty()) choice.without = loops(sizer, plain, rounds);
  return choice;
}

}  // namespace trimtab::sizing
