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
      if (!r.has_value() && !(r.status == errc::infeasible && r.amount > 0.0)) continue;
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
    EXPECT_GE(n.planned, n.moves * 8 / 10) << name(kind);
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

// 10 of collateral at 2000 against 14000, a target of 1.25: one case a kind, the steps by name.
struct desk_world : cases::plan_world<cases::protocol_by_shares> {
  explicit desk_world(sizing::funding_mode mode = sizing::funding_mode::none) {
    price = {2000.0, 1.0, 60'000.0, 1.0, 2000.0};
    decimals = {18, 6, 8, 18};
    const double thresholds[] = {0.8, 0.8, 0.9, 0.8}, factors[] = {1.0, 1.4, 1.0, 1.0};
    for (std::uint32_t i = 0; i < 4; ++i) {
      tokens[i] = {asset_id{i + 1}, decimals[i]};
      model.table[i] = {asset_id{i + 1}, {static_cast<std::uint16_t>(i)}, thresholds[i], thresholds[i], factors[i]};
    }
    model.count = 4;
    (void)account.add({.asset = cases::collateral_asset, .collateral = 10.0});
    (void)account.add({.asset = cases::debt_asset, .debt = 10'000.0});
    (void)account.add({.asset = cases::other_collateral});
    (void)account.add({.asset = cases::other_debt});
    for (const auto& [in, out] : {std::pair{1U, 2U}, {1U, 3U}, {4U, 2U}}) {
      const double depth = 1e8 / price[in - 1];
      venues.push_back({{in},
                        {out},
                        {.reserve_in = depth, .reserve_out = 1e8 / price[out - 1]},
                        decimals[in - 1],
                        decimals[out - 1]});
    }
    funding = {mode, 5_bps};
  }
  [[nodiscard]] std::string steps_of(std::size_t which) const {
    const auto [r, k] = remedies()[which];
    auto t = terms();
    t.venue = k;
    const auto p = make_plan(model, account, prices(), r, t);
    if (!p.has_value()) return std::string("no plan: ") + name(p.error()) + " of " + name(r.status);
    std::string out;
    for (const step& s : *p)
      out += std::string(out.empty() ? "" : " ") + name(s.what) + std::to_string(s.asset.value) +
             (s.meant == quantity::all_held               ? "*"
              : s.meant == quantity::whole_debt_by_shares ? "!"
                                                          : "");
    return out;
  }
};

TEST(PlanOfRemedy, StepsComeInTheDocumentedOrder) {
  using enum sizing::funding_mode;
  desk_world d;
  d.target = 1.2;
  EXPECT_EQ(d.steps_of(0), "withdraw1 swap1 repay2*");
  EXPECT_EQ(d.steps_of(1), "transfer_in2 repay2");
  EXPECT_EQ(d.steps_of(2), "transfer_in1 supply1");
  EXPECT_EQ(d.steps_of(9), "no plan: infeasible of infeasible") << "health does not stand it without a loan";
  d.account[1].debt = 5'000.0;
  EXPECT_EQ(d.steps_of(8), "transfer_in2 repay2 withdraw1 swap1 repay2! withdraw1 transfer_out2* transfer_out1*");
  d.account[1].debt = 10'000.0;
  d.target = 1.08;
  EXPECT_EQ(d.steps_of(3), "withdraw1 transfer_out1*");
  EXPECT_EQ(d.steps_of(4), "borrow2 transfer_out2*");
  d = desk_world(flash_debt);
  EXPECT_EQ(d.steps_of(0), "flash_borrow2 repay2 withdraw1 swap1 flash_repay2 repay2*");
  EXPECT_EQ(d.steps_of(6), "flash_borrow2 repay2 borrow4 swap4 flash_repay2 repay2* transfer_out2*");
  EXPECT_EQ(d.steps_of(9), "flash_borrow2 repay2! withdraw1 swap1 flash_repay2 transfer_out2* transfer_out1*");
  d = desk_world(flash_collateral);
  d.target = 1.2;
  EXPECT_EQ(d.steps_of(0), "flash_borrow1 swap1 repay2* withdraw1 flash_repay1");
  EXPECT_EQ(d.steps_of(5), "flash_borrow1 swap1 supply3* withdraw1 flash_repay1");
  EXPECT_EQ(d.steps_of(9), "flash_borrow1 swap1 repay2! withdraw1 flash_repay1 transfer_out2* transfer_out1*");
}

TEST(PlanOfRemedy, AWholeRepaymentFromTheWalletReturnsWhatItDidNotNeed) {
  desk_world d;
  sizing::remedy r{.kind = remedy_kind::repay_from_wallet, .status = errc::ok, .asset = cases::debt_asset};
  r.amount = 10'000.0;
  const growth grows[] = {growth_until(cases::debt_asset, 0.1 / 31'536'000.0, seconds{3600})};
  auto t = d.terms();
  t.growth = grows;
  const auto p = make_plan(d.model, d.account, d.prices(), r, t);
  ASSERT_TRUE(p.has_value()) << name(p.error());
  EXPECT_EQ(p->steps[1].meant, quantity::whole_debt_by_shares);
  EXPECT_EQ(p->steps[0].amount, p->steps[1].amount);
  // Included at once, after half of the time, and at its end: nothing is owed, and the rest is back.
  for (const double part : {0.0, 0.5, 1.0}) {
    const growth grown_so_far[] = {{cases::debt_asset, 1.0 + part * (grows[0].factor - 1.0)}};
    const auto after = d.settle(*p, grown(d.account, grown_so_far));
    ASSERT_TRUE(after.has_value()) << part << name(after.error());
    EXPECT_EQ(after->account[1].debt, 0.0);
    const flow owner = after->moved.of(cases::debt_asset, party::owner);
    EXPECT_TRUE(owner.given == p->steps[0].amount);
    EXPECT_NEAR(owner.taken.to_tokens(6), 10'000.0 * (1.0 - part) * (grows[0].factor - 1.0), 3e-6);
  }
  // Later than that the allowance does not reach, and nothing happens.
  const growth too_late[] = {{cases::debt_asset, 1.0 + 1.1 * (grows[0].factor - 1.0)}};
  EXPECT_EQ(d.settle(*p, grown(d.account, too_late)).error(), errc::insufficient_balance);
}

TEST(PlanOfRemedy, WhatMakesNoPlanIsNamed) {
  desk_world d;
  const auto refusal = [&](sizing::remedy r, const plan_terms& t) {
    return make_plan(d.model, d.account, d.prices(), r, t).error();
  };
  sizing::remedy r{.kind = remedy_kind::top_up, .status = errc::ok, .asset = cases::collateral_asset, .amount = 1.0};
  auto t = d.terms();
  EXPECT_EQ(refusal(r, t), errc::ok);
  for (const remedy_kind none : {remedy_kind::none, remedy_kind::switch_emode}) {
    auto other = r;
    other.kind = none;
    EXPECT_EQ(refusal(other, t), errc::bad_configuration);
  }
  auto refused = r;
  refused.status = errc::gas_tank;
  EXPECT_EQ(refusal(refused, t), errc::gas_tank);
  refused.status = errc::infeasible, refused.amount = 0.0;
  EXPECT_EQ(refusal(refused, t), errc::infeasible);
  auto small = r;
  small.amount = 1e-20;
  EXPECT_EQ(refusal(small, t), errc::ok) << "a top-up rounds up";
  small.kind = remedy_kind::withdraw_surplus;
  EXPECT_EQ(refusal(small, t), errc::dust) << "a withdrawal down";
  small.amount = std::nan("");
  EXPECT_EQ(refusal(small, t), errc::not_finite);
  small.amount = -1.0;
  EXPECT_EQ(refusal(small, t), errc::negative_amount);
  small.amount = 1e30;
  EXPECT_EQ(refusal(small, t), errc::overflow);
  small.amount = 9.0;
  EXPECT_EQ(refusal(small, t), errc::unhealthy_step);
  auto unknown = t;
  unknown.tokens = std::span<const token>(d.tokens).subspan(1);
  EXPECT_EQ(refusal(r, unknown), errc::asset_mismatch);
  auto low = t;
  low.health_floor = 1.9;  // after the top-up it is 1.26
  EXPECT_EQ(refusal(r, low), errc::unhealthy_step);
  low.health_floor = std::nan("");
  EXPECT_EQ(refusal(r, low), errc::bad_configuration);
  const growth shrinking[] = {{cases::debt_asset, 0.99}};
  auto wrong = t;
  wrong.growth = shrinking;
  EXPECT_EQ(refusal(r, wrong), errc::bad_configuration);
  reserve_limits frozen{.asset = cases::collateral_asset, .frozen = true};
  auto closed = t;
  closed.reserves = {&frozen, 1};
  EXPECT_EQ(refusal(r, closed), errc::reserve_closed);
  d.price[0] = std::nan("");
  EXPECT_EQ(refusal(r, t), errc::not_finite);
}

TEST(PlanOfRemedy, ADebtTooSmallToLeaveIsDust) {
  desk_world d;
  d.model.least_debt = 5'000.0;
  sizing::remedy r{.kind = remedy_kind::repay_from_wallet, .status = errc::ok, .asset = cases::debt_asset};
  r.amount = 5'000.0 - 1e-3;
  EXPECT_TRUE(make_plan(d.model, d.account, d.prices(), r, d.terms()).has_value());
  r.amount = 5'000.0 + 1e-3;
  EXPECT_EQ(make_plan(d.model, d.account, d.prices(), r, d.terms()).error(), errc::dust);
  // With what it grows by it is not too small.
  const growth grows[] = {{cases::debt_asset, 1.0 + 1e-6}};
  auto t = d.terms();
  t.growth = grows;
  EXPECT_TRUE(make_plan(d.model, d.account, d.prices(), r, t).has_value());
}

}  // namespace
