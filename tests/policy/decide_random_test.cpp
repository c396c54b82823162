// SPDX-License-Identifier: MIT
// Whole decisions on a hundred thousand random worlds: what is decided is planned, settled on the venue and measured
// again, and what is refused is looked for by a scan of sizes that knows nothing of the sizers.
#include <gtest/gtest.h>

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/max_age.hpp>
#include <trimtab/oracle/max_deviation.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/cooldown.hpp>

#include "support/drawn_audit.hpp"
#include <array>
#include <cstdio>
#include <string>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRIMTAB_TEST_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define TRIMTAB_TEST_SANITIZED
#endif

namespace {

using namespace trimtab;
using cases::drawn_reserve;
using cases::drawn_world;
using cases::real;
using sizing::limit;

#if defined(TRIMTAB_TEST_SANITIZED) || !defined(__OPTIMIZE__)
constexpr int fewer = 20;
#else
constexpr int fewer = 1;
#endif

struct tally {
  int worlds = 0, unsound = 0, reached = 0, capped = 0, fell_short = 0, refused = 0, close = 0;
  int of_least_size = 0, saved_across = 0;
  int unsettled = 0, low = 0, high = 0, across = 0, unbalanced = 0, wrongly_refused = 0, wrong_verdict = 0;
  real worst_low = 0, worst_high = 0, worst_low_units = 0, worst_high_points = 0;
  std::array<int, 20> by_limit{};
  std::array<int, 64> by_reason{};
};

enum class grain { continuous, units };

std::string told(const drawn_world& w, const char* what, double size, double health) {
  char text[300];
  std::snprintf(text, sizeof text, "%s: %s, size %.17g, health %.17g, target %.17g, mode %d, gas from %d", what,
                w.down ? "down" : "up", size, health, w.band.target, static_cast<int>(w.execution.funding.mode),
                static_cast<int>(w.gas.paid_from));
  return text;
}

// Health after the plan has been settled, again in 64 and in 80 bits, against the band; and the ledger.
template <class M, class V, class D>
void measure(const M& model, const drawn_world& w, const snapshot<V>& s, const D& d, const plan<>& p,
             const listing<V>& market, grain g, tally& n) {
  const auto after =
      settle(model, w.before, p, market, s.prices, s.reserves, s.now,
             w.execution.funding.mode == sizing::funding_mode::none ? basis_points{} : w.execution.funding.premium);
  if (!after.has_value()) {
    if (++n.unsettled <= 3)
      ADD_FAILURE() << name(after.error()) << " by " << name(d.binding) << ' '
                    << told(w, "unsettled", d.trade.sold, d.health);
    return;
  }
  const int wrong = cases::wrong_in_ledger(w, p, market.venue, *after);
  if (wrong != 0 && ++n.unbalanced <= 3)
    ADD_FAILURE() << wrong << told(w, " wrong in the ledger", d.trade.sold, d.health);
  const double health = health_factor(model.template liquidation_form<double>(after->account), s.prices);
  std::array<real, 9> price80{};
  for (std::size_t i = 0; i < price80.size(); ++i) price80[i] = w.price[i];
  const auto form80 = model.template liquidation_form<real>(after->account);
  const real health80 = health_factor(form80, oracle_prices<real>{price80});
  // Beyond the other edge only to save an account that nothing less brings above its floor; `look_for_a_size` asks
  // whether something less would have.
  const bool across = w.down ? health > w.band.upper : health < w.band.lower;
  const bool saves = w.down && d.emergency && d.reason == errc::ok && d.binding == limit::health_floor;
  if (across && saves) ++n.saved_across;
  if (across && !saves && ++n.across <= 3) ADD_FAILURE() << told(w, "across the band", d.trade.sold, health);
  const bool to_target = d.reason == errc::ok && d.binding == limit::none;
  const real target = w.band.target, least = health80 < health ? health80 : health,
             most = health80 < health ? health : health80;
  const real debt_before = weighted_value(model.template liquidation_form<double>(w.before).debt, s.prices);
  const real debt_after = weighted_value(form80.debt, oracle_prices<real>{price80});
  const real kappa = w.down ? debt_before / debt_after : 1;
  if (to_target || !w.down) {
    const real below = 1 - least / target;
    n.worst_low = std::max(n.worst_low, below / (cases::eps * kappa));
    const real unit = units::smallest(w.debt[0].decimals) * w.price[w.debt[0].slot.index] * target / debt_after;
    n.worst_low_units = std::max(n.worst_low_units, (below - 2 * cases::eps * kappa) / unit);
    if (below > 2 * cases::eps * kappa && ++n.low <= 3)
      ADD_FAILURE() << static_cast<double>(below / cases::eps / kappa) << told(w, " low", d.trade.sold, health);
  }
  if (to_target || (w.down && d.reason != errc::ok)) {
    const real above = most / target - 1;
    n.worst_high = std::max(n.worst_high, above / (cases::eps * kappa));
    n.worst_high_points = std::max(n.worst_high_points, above * 1e4L);
    const real allowed = g == grain::continuous ? 1e-12L + 16 * cases::eps * kappa : 1e-4L;
    if (above > allowed && ++n.high <= 3)
      ADD_FAILURE() << static_cast<double>(above) << told(w, " high", d.trade.sold, health);
  }
}

// No size does what the decision says cannot be done. `clear` is how far a size has to be from every limit to count.
template <class M, class V, class D>
void look_for_a_size(const M& model, const drawn_world& w, const V& venue, const D& d, tally& n) {
  constexpr real clear = 1e-7L;
  const cases::constraint_set<V> set(model, w, venue, d.emergency);
  const real target = w.band.target;
  const drawn_reserve &in = w.down ? w.collateral[0] : w.debt[0], &out = w.down ? w.debt[0] : w.collateral[0];
  const real few_units = 16 * (units::smallest(in.decimals) + units::smallest(out.decimals) / w.fair());
  const auto complain = [&](real x) {
    if (++n.wrongly_refused <= 3)
      ADD_FAILURE() << name(d.reason) << " by " << name(d.binding) << " though " << static_cast<double>(x)
                    << told(w, " would do", d.trade.sold, static_cast<double>(set.health(x)));
  };
  const real root = set.root();
  if (!w.down) {
    // Capped or refused: the size at the target breaks a limit.
    if (root > 0) {
      const real x = root * (1 - clear) - few_units;
      if (x > 0 && set.at(x).spare > clear + few_units / x) complain(x);
    }
    if (d.verdict == verdict::rebalance) {  // and one a little larger than what was decided does, too
      const real x = d.trade.sold * (1 + 1e-5L) + few_units;
      if (set.at(x).spare > clear + few_units / x && set.health(x) > target * (1 + clear)) complain(x);
    }
    return;
  }
  // Sold beyond the target, to be above the floor at the minimum output: a smaller size is not.
  if (d.reason == errc::ok) {
    const real x = d.trade.sold * (1 - 1e-5L) - few_units;
    if (x > 0 && set.at(x).spare > clear + few_units / x && set.health(x) > target * (1 + clear)) complain(x);
    return;
  }
  // Dust and cost are said of the least size that reaches the target: a larger one may do.
  if (d.reason == errc::dust || d.reason == errc::cost_exceeds_limit) {
    if (root > 0 && set.at(root * (1 + clear)).spare > clear) complain(root);
    n.of_least_size += 1;
    return;
  }
  const auto look = [&](real x) {
    const auto o = set.at(x);
    const bool does = o.spare > clear && o.health > target * (1 + clear);
    if (does) complain(x);
    return does;
  };
  // Beyond the size of the highest health it falls again, and would come back into the band from above: nobody means
  // that.
  const real most = d.binding == limit::band ? set.top() : set.most();
  for (int i = 1; i <= 40; ++i)
    if (look(most * static_cast<real>(i) / 40)) return;
  for (real x = most / 80; x > most * 1e-8L; x /= 2)
    if (look(x)) return;
  if (root > 0 && look(root * (1 + clear))) return;
  look(set.top());
}

template <class P, class W>
void decide_on(std::uint64_t seed, int how_many, grain g, tally& n) {
  test::random_numbers d(seed);
  for (int i = 0; i < how_many / fewer; ++i) {
    const drawn_world w = cases::draw_world(d, d.below(2) == 0, P::can, g == grain::units);
    const P protocol(w);
    const W through(w, d);
    const auto s = cases::look_at(w, through.venue);
    const policy keeper{protocol.model, oracle::all_of{oracle::max_age{}, oracle::max_deviation{}},
                        trigger::all_of{w.band, trigger::cooldown{}}, sizing::both_ways{w.restore, w.lever},
                        w.execution};
    if (keeper.validate(s) != errc::ok) {
      ++n.unsound;
      continue;
    }
    ++n.worlds;
    const auto decided = keeper({}, s);
    ++n.by_limit[static_cast<std::size_t>(decided.binding)];
    ++n.by_reason[static_cast<std::size_t>(decided.reason)];
    if (decided.verdict == verdict::hold && ++n.wrong_verdict <= 3)
      ADD_FAILURE() << name(decided.reason) << told(w, " held", 0.0, decided.health);
    if (decided.verdict == verdict::rebalance) {
      if ((decided.trade.towards == direction::deleverage) != w.down && ++n.wrong_verdict <= 3)
        ADD_FAILURE() << told(w, "the wrong way", decided.trade.sold, decided.health);
      const auto p = keeper.plan_for(decided, s);
      if (!p.has_value()) {
        if (++n.unsettled <= 3)
          ADD_FAILURE() << name(p.error()) << told(w, " no plan", decided.trade.sold, decided.health);
        continue;
      }
      measure(protocol.model, w, s, decided, *p, w.down ? s.sell : s.buy, g, n);
      if (decided.reason == errc::ok && decided.binding == limit::none) {
        ++n.reached;
        continue;
      }
      ++(decided.reason == errc::ok ? n.capped : n.fell_short);
    } else {
      ++n.refused;
    }
    look_for_a_size(protocol.model, w, through.venue, decided, n);
  }
}

void report(const char* what, const tally& n) {
  std::printf(
      "%s: %d worlds (%d not sound), %d at the target, %d capped, %d short of it, %d refused (%d for the least size's "
      "sake); unsettled %d, "
      "unbalanced %d, low %d, high %d, across %d (%d more in emergencies, nothing less above the floor), wrongly "
      "refused %d, wrong verdict %d\n  at most %.3Lg eps·κ (%.3Lg "
      "units) below and %.3Lg eps·κ, %.3Lg basis points, above\n  by limit:",
      what, n.worlds, n.unsound, n.reached, n.capped, n.fell_short, n.refused, n.of_least_size, n.unsettled,
      n.unbalanced, n.low, n.high, n.across, n.saved_across, n.wrongly_refused, n.wrong_verdict, n.worst_low,
      n.worst_low_units, n.worst_high, n.worst_high_points);
  for (std::size_t i = 0; i < n.by_limit.size(); ++i)
    if (n.by_limit[i] > 0) std::printf(" %s %d", name(static_cast<limit>(i)), n.by_limit[i]);
  std::printf("; by reason:");
  for (std::size_t i = 0; i < n.by_reason.size(); ++i)
    if (n.by_reason[i] > 0) std::printf(" %s %d", name(static_cast<errc>(i)), n.by_reason[i]);
  std::printf("\n");
  EXPECT_EQ(n.unsettled + n.unbalanced + n.low + n.high + n.across + n.wrongly_refused + n.wrong_verdict, 0) << what;
  EXPECT_GT(n.reached, n.worlds / 5) << what;
  EXPECT_LT(n.unsound, n.worlds / 4) << what;
}

TEST(DecideRandom, ContinuousVenuesLandOnTheTarget) {
  tally n;
  decide_on<cases::on_aave, cases::by_product>(71, 9'000, grain::continuous, n);
  decide_on<cases::in_lending, cases::by_curve>(72, 8'000, grain::continuous, n);
  decide_on<cases::on_morpho, cases::by_ticks>(73, 8'000, grain::continuous, n);
  report("continuous", n);
}

TEST(DecideRandom, SoDoUnlikeOnes) {
  tally n;
  decide_on<cases::on_compound, cases::by_stable>(74, 9'000, grain::continuous, n);
  decide_on<cases::on_euler, cases::by_book>(75, 8'000, grain::continuous, n);
  decide_on<cases::in_lending, cases::by_weights>(76, 8'000, grain::continuous, n);
  report("continuous, unlike", n);
}

TEST(DecideRandom, RoundedToUnitsLandWithinABasisPoint) {
  tally n;
  decide_on<cases::on_aave, cases::by_curve>(81, 9'000, grain::units, n);
  decide_on<cases::in_lending, cases::by_product>(82, 8'000, grain::units, n);
  decide_on<cases::on_morpho, cases::by_book>(83, 8'000, grain::units, n);
  report("rounded to units", n);
}

TEST(DecideRandom, SoDoUnlikeOnesRoundedToUnits) {
  tally n;
  decide_on<cases::on_compound, cases::by_ticks>(84, 9'000, grain::units, n);
  decide_on<cases::on_euler, cases::by_stable>(85, 8'000, grain::units, n);
  decide_on<cases::in_lending, cases::by_level>(86, 8'000, grain::units, n);
  report("rounded to units, unlike", n);
}

}  // namespace
