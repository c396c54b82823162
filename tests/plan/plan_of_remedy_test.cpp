// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/plan/plan_of_remedy.hpp>

#include "support/plan_worlds.hpp"
#include <cstdio>
#include <map>
#include <string>

namespace {

using namespace trimtab;
using enum action;
using sizing::remedy_kind;

// The venue that pays the minimum of each swap, and a unit at most on top.
template <class W>
auto settle_at_minimum(const W& w, const plan<>& p, const account<>& at) {
  struct stingy {
    double pays = 0.0;
    int decimals = 18;
    [[nodiscard]] errc validate() const { return errc::ok; }
    [[nodiscard]] double amount_out(double) const { return pays; }
    [[nodiscard]] double capacity() const { return infinity; }
    [[nodiscard]] stingy after(double) const { return *this; }
  };
  std::vector<listing<stingy>> venues;
  for (const auto& v : w.venues) venues.push_back({v.in, v.out, {}, v.in_decimals, v.out_decimals});
  for (const step& s : p)
    if (s.what == swap) venues[s.venue].venue.pays = s.min_out.to_tokens_up(w.decimals_of(s.asset_out));
  return settle(w.model, at, p, std::span<const listing<stingy>>(venues), w.prices(), {}, at_unix(1000),
                w.funding.premium);
}

struct counts {
  int moves = 0, planned = 0, settled = 0, whole = 0;
  std::map<std::string, int> refused{};
};

template <class Model>
void every_remedy_settles(std::uint64_t seed, int worlds) {
  test::random_numbers draw(seed);
  std::map<remedy_kind, counts> by_kind;
  double worst = 0.0;
  for (int i = 0; i < worlds; ++i) {
    auto w = cases::plan_world<Model>::random(draw);
    if (draw.below(4) == 0) w.model.least_debt = draw.uniform(1.0, 2000.0);
    const bool grows = draw.below(2) == 0;
    const growth table[] = {{cases::debt_asset, grows ? 1.0 + draw.log_uniform(1e-9, 1e-5) : 1.0},
                            {cases::other_debt, grows ? 1.0 + draw.log_uniform(1e-9, 1e-5) : 1.0}};
    auto terms = w.terms();
    terms.growth = table;
    for (const auto& [r, venue] : w.remedies()) {
      if (!r.has_value()) continue;
      counts& n = by_kind[r.kind];
      ++n.moves;
      terms.venue = venue;
      const auto p = make_plan(w.model, w.account, w.prices(), r, terms);
      if (!p.has_value()) {
        ++n.refused[std::string(name(p.error())) + (grows ? " (grown)" : "")];
        continue;
      }
      ++n.planned;
      ASSERT_EQ(p->seal, seal_of(*p));
      const account<> later = grown(w.account, terms.growth);
      const auto after = w.settle(*p, later);
      ASSERT_TRUE(after.has_value()) << i << ' ' << name(r.kind) << ' ' << name(after.error());
      ++n.settled;
      ASSERT_TRUE(after->moved.conserved()) << i << ' ' << name(r.kind);
      const double health = w.health(after->account),
                   debts_before = weighted_value(w.model.template liquidation_form<double>(w.account).debt, w.prices()),
                   debts_after =
                       weighted_value(w.model.template liquidation_form<double>(after->account).debt, w.prices()),
                   growth_gap = grows ? 1.1e-5 * health * debts_before / debts_after : 0.0;
      if (r.health_after >= w.target) {
        ASSERT_GE(health, w.target - w.rounding(after->account) - growth_gap) << i << ' ' << name(r.kind);
        if (!grows) worst = std::fmax(worst, (w.target - health) / w.rounding(after->account));
      }
      for (const holding& h : after->account) {
        const flow own = after->moved.of(h.asset, party::collateral), owes = after->moved.of(h.asset, party::debt);
        const double moved = own.taken.to_tokens(w.decimals_of(h.asset)) - own.given.to_tokens(w.decimals_of(h.asset));
        const double owed = owes.given.to_tokens(w.decimals_of(h.asset)) - owes.taken.to_tokens(w.decimals_of(h.asset));
        const holding& was = *later.find(h.asset);
        const double unit = units::smallest(w.decimals_of(h.asset));
        ASSERT_NEAR(h.collateral - was.collateral, moved, unit + 1e-14 * (was.collateral + h.collateral));
        ASSERT_NEAR(h.debt - was.debt, owed, unit + 1e-14 * (was.debt + h.debt));
      }
      const bool all = r.kind == remedy_kind::close_position ||
                       (r.kind == remedy_kind::swap_debt && -r.changes[1].debt_by >= w.account.find(r.into)->debt);
      if (all) {
        ++n.whole;
        ASSERT_EQ(after->account.find(cases::debt_asset)->debt, 0.0) << i << ' ' << name(r.kind) << " leaves dust";
      }
      // At the minimum outputs: never an error but a debt that is too small to leave, and above the floor.
      const auto at_worst = settle_at_minimum(w, *p, later);
      if (!at_worst.has_value()) {
        ASSERT_EQ(at_worst.error(), errc::dust) << i << ' ' << name(r.kind);
      } else {
        ASSERT_GE(w.health(at_worst->account), 1.0) << i << ' ' << name(r.kind);
        ASSERT_TRUE(at_worst->moved.conserved());
      }
    }
  }
  for (const auto& [kind, n] : by_kind) {
    std::printf("%-18s %5d move, %5d planned, %5d settled, %5d whole; refused:", name(kind), n.moves, n.planned,
                n.settled, n.whole);
    for (const auto& [why, times] : n.refused) std::printf(" %s %d", why.c_str(), times);
    std::puts("");
    EXPECT_GE(n.planned, n.moves * 9 / 10) << name(kind);
    for (const auto& [why, times] : n.refused)
      EXPECT_TRUE(why == "unhealthy_step (grown)" || why == "insufficient_balance (grown)")
          << "only where the debt outgrew the room, not " << why;
    EXPECT_GT(n.settled, 20) << name(kind);
  }
  std::printf("short of the target by at most %.3g of what rounding may take\n", worst);
  EXPECT_EQ(by_kind.size(), 8U);
}

TEST(PlanOfRemedy, EveryRemedySettlesWhereAWholeDebtIsSaidByTheLargestInteger) {
  every_remedy_settles<cases::protocol_by_max>(1, 4000);
}
TEST(PlanOfRemedy, EveryRemedySettlesWhereAWholeDebtIsSaidByShares) {
  every_remedy_settles<cases::protocol_by_shares>(2, 3000);
}
TEST(PlanOfRemedy, EveryRemedySettlesWhereThereIsNoWordForAWholeDebt) {
  every_remedy_settles<cases::protocol>(3, 3000);
}

}  // namespace
