// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/carry_out.hpp>
#include <trimtab/plan/draft.hpp>

namespace trimtab {

/// What a plan is made under, besides what it does.
struct plan_terms {
  std::span<const token> tokens{};  ///< all that it may touch
  timestamp deadline = never;
  sizing::funding funding{};                   ///< as sized with
  std::span<const trimtab::growth> growth{};   ///< of debts until inclusion; those left out stay as they are
  std::span<const reserve_limits> reserves{};  ///< empty: nothing binds
  double health_floor = 1.0;                   ///< of the account when every swap pays its minimum
  basis_points most_give{100.0};               ///< what a leg of a basket may pay less than expected
  std::uint16_t venue = 0;                     ///< of a remedy's swap

  /// @errors bad_configuration, duplicate_asset (a growth listed twice), negative_amount (a reserve's room)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (!(health_floor >= 0.0) || !(funding.premium.count >= 0.0 && funding.premium.count <= 1e4) ||
        !(most_give.count >= 0.0 && most_give.count < 1e4))
      return errc::bad_configuration;
    if (const errc e = trimtab::validate(growth); e != errc::ok) return e;
    return trimtab::validate(reserves);
  }
};

namespace plan_detail {

// Tries a plan before anybody sends it, on the account as it will be: once with every swap paying its minimum, once
// with what is expected. At the minimum a debt may be left that is too small, and the protocol undoes the plan; not at
// what is expected.
template <class H, std::size_t N, std::size_t M>
constexpr errc rehearse(const H& model, const account<N>& at_inclusion, const draft<M>& d, oracle_prices<double> prices,
                        const plan_terms& terms) noexcept {
  if (d.bad != errc::ok) return d.bad;
  for (const bool worst : {true, false}) {
    execution<H, N, M> x{model, d.p, prices, terms.funding.premium, at_inclusion, {}, {}};
    const auto pays = [&](const step& s, units) -> result<units> {
      return worst ? s.min_out : d.expected[static_cast<std::size_t>(&s - d.p.begin())];
    };
    const errc e = carry_out(x, terms.reserves, pays);
    if (e == errc::slippage) return errc::infeasible;  // even what is expected is below the minimum
    if (e != errc::ok && !(worst && e == errc::dust)) return e;
    const double health = health_factor(model.template liquidation_form<double>(x.now), prices);
    if (!(health >= terms.health_floor)) return errc::unhealthy_step;
  }
  return errc::ok;
}

// The plan with the least minimum outputs, every leg giving the same share, whose rehearsal holds. Bisected on what has
// been rehearsed, so it is not approximate where it says yes.
// @param make  a draft whose legs may pay so much less than expected, a fraction
template <class H, std::size_t N, class Make>
constexpr auto with_least_outputs(const H& model, const account<N>& now, oracle_prices<double> prices,
                                  const plan_terms& terms, double most_give, Make&& make) noexcept
    -> result<decltype(make(0.0).p)> {
  if (const errc e = terms.validate(); e != errc::ok) return e;
  if (const errc e = validate(model, now, prices); e != errc::ok) return e;
  const account<N> later = grown(now, terms.growth);
  auto d = make(most_give);
  errc e = rehearse(model, later, d, prices, terms);
  if (e == errc::ok) return d.done(terms.deadline);
  if (!(most_give > 0.0)) return e;
  d = make(0.0);
  e = rehearse(model, later, d, prices, terms);
  if (e != errc::ok) return e;
  constexpr int halvings = 30;
  double good = 0.0, bad = most_give;
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (good + bad);
    const auto other = make(middle);
    if (rehearse(model, later, other, prices, terms) == errc::ok) {
      good = middle, d = other;
    } else {
      bad = middle;
    }
  }
  return d.done(terms.deadline);
}

// How a debt is to be repaid whole. No allowance where there is none.
template <class H, std::size_t N, std::size_t M>
constexpr units allowance_of(draft<M>& d, const account<N>& now, asset_id debt, const plan_terms& terms) noexcept {
  const holding* h = now.find(debt);
  if (h == nullptr) return d.fail(errc::asset_mismatch), units{};
  return d.keep(whole_debt_allowance(h->debt, growth_of(terms.growth, debt), d.decimals(debt)));
}

// By how much more has to go into a venue so that what it is expected to pay covers what a whole debt needs, and the
// few last places to which doubles know either: twice what is missing, which is enough while the last unit fetches half
// the average. 1 where nothing is missing, or more than a two-hundredth: then the whole was not meant.
constexpr double stretch(units need, units expected) noexcept {
  const double missing = need.to_tokens(0) / expected.to_tokens(0) - 1.0 + 1e-14;
  return missing > 0.0 && missing < 0.005 ? 1.0 + 2.0 * missing : 1.0;
}

}  // namespace plan_detail

}  // namespace trimtab
