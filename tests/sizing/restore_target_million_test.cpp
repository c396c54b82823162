// SPDX-License-Identifier: MIT
// The acceptance test of restore_target: a million random accounts, each sized, planned in integers, settled and
// measured again, in 64 and in 80 bits, against an independent search of the constraint set. A smaller number of them
// again through aggregate supply curves, weighted pools and curves that are only asked for amounts.
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/weighted.hpp>
#include <trimtab/plan/make_plan.hpp>
#include <trimtab/plan/settle.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/cases.hpp"
#include "support/exact_sizing.hpp"
#include "support/unlike_venues.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

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
using cases::real;
using sizing::funding_mode;
using sizing::limit;

#if defined(TRIMTAB_TEST_SANITIZED)
constexpr int how_many = 20'000;
#elif !defined(__OPTIMIZE__)
constexpr int how_many = 100'000;
#else
constexpr int how_many = 1'000'000;
#endif
constexpr std::uint64_t seed = 12032020;

// SplitMix64: small, fast, the same everywhere.
struct draws {
  std::uint64_t state = seed;
  std::uint64_t next() {
    std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  double between(double low, double high) { return low + (high - low) * (static_cast<double>(next() >> 11) * 0x1p-53); }
  double magnitude(double low, double high) { return std::exp(between(std::log(low), std::log(high))); }
  bool chance(double p) { return between(0.0, 1.0) < p; }
  std::size_t upto(std::size_t n) { return 1 + next() % n; }
};

struct random_case {
  cases::protocol model;
  account<> before;
  std::array<double, 9> price{};
  std::array<reserve_limits, 2> limits{};
  sizing::restore_target sizer;
  sizing::funding funding;
  gas_market gas;
  double target = 0.0;
};

constexpr price_slot native_slot{8};

random_case draw(draws& d) {
  random_case c;
  const std::size_t collaterals = d.upto(4), debts = d.upto(3);
  const double base = d.magnitude(1e2, 1e12);
  double weighted = 0.0;
  for (std::size_t i = 0; i < collaterals; ++i) {
    const double amount = d.magnitude(1.0, 1e10), value = base * d.between(0.05, 1.0), threshold = d.between(0.3, 0.95);
    c.price[i] = value / amount;
    c.model.table[i] = {asset_id{static_cast<std::uint32_t>(i)},
                        {static_cast<std::uint16_t>(i)},
                        threshold,
                        threshold * d.between(0.8, 1.0)};
    c.before.add({.asset = c.model.table[i].asset, .collateral = amount});
    weighted += amount * threshold * c.price[i];
  }
  const double health = d.between(0.97, 1.6);
  double shares[3] = {d.between(0.1, 1.0), d.between(0.0, 1.0), d.between(0.0, 1.0)}, total = 0.0;
  for (std::size_t i = 0; i < debts; ++i) total += shares[i];
  for (std::size_t i = 0; i < debts; ++i) {
    const std::size_t k = collaterals + i;
    const double amount = d.magnitude(1.0, 1e10), factor = d.chance(0.7) ? 1.0 : d.between(1.0, 1.5);
    c.price[k] = weighted / health * shares[i] / total / factor / amount;
    c.model.table[k] = {
        asset_id{static_cast<std::uint32_t>(10 + i)}, {static_cast<std::uint16_t>(k)}, 0.0, 0.0, factor};
    c.before.add({.asset = c.model.table[k].asset, .debt = amount});
  }
  c.model.count = collaterals + debts;
  for (std::size_t i = c.model.count; i < c.price.size(); ++i) c.price[i] = 1.0;
  c.model.check = d.chance(0.3) ? withdrawal_check::borrow_form : withdrawal_check::liquidation_form;
  if (d.chance(0.05)) c.model.least_debt = base * d.magnitude(1e-3, 1.0);
  c.target = std::max(1.0001, health * (1.0 + d.magnitude(1e-6, 0.6)));

  const auto& sold = c.before[0];
  c.limits[0].asset = sold.asset;
  c.limits[1].asset = asset_id{10};
  if (d.chance(0.1)) c.limits[0].withdrawable = sold.collateral * d.between(0.0, 1.5);
  if (d.chance(0.1)) c.limits[0].flash_loan_available = sold.collateral * d.between(0.0, 1.0);
  if (d.chance(0.1)) c.limits[1].flash_loan_available = c.before[collaterals].debt * d.between(0.0, 1.0);
  if (d.chance(0.005)) c.limits[d.next() & 1].paused = true;

  c.sizer.max_slippage = {d.magnitude(30.0, 6000.0)};
  if (d.chance(0.1)) c.sizer.max_cost = {d.magnitude(5.0, 500.0)};
  if (d.chance(0.3)) c.sizer.health_floor = d.between(1.0, 1.1);
  c.funding.mode = static_cast<funding_mode>(d.next() % 3);
  c.funding.premium = {d.chance(0.3) ? 0.0 : d.between(0.0, 30.0)};
  c.price[native_slot.index] = d.magnitude(1.0, 1e4);
  c.gas = {.transaction_gas = 4e5,
           .price_native = base * d.magnitude(1e-9, 1e-3) / 4e5 / c.price[native_slot.index],
           .paid_from = d.chance(0.5) ? gas_payer::tank : gas_payer::proceeds,
           .native = native_slot};
  if (d.chance(0.01)) c.gas.tank_native = 0.5 * c.gas.fee_native(0.0);
  return c;
}

struct tally {
  int cases = 0, reached = 0, raised = 0, close = 0, wrong_status = 0, wrong_limit = 0, unsettled = 0, below_own = 0,
      low64 = 0, low80 = 0, high = 0, wrong_best = 0;
  int eaten = 0, eaten_wrong = 0, short_trades = 0, short_unsettled = 0;
  std::array<int, 20> by_limit{};
  real worst_low64 = 0, worst_low80 = 0, worst_high = 0, worst_best = 0,
       worst_size = 0;  // in eps·κ, but the size: relative
  std::vector<float> blind;
};

template <class V>
std::string describe(const random_case& c, const sizing::sized& s, const cases::exact_answer& a) {
  char text[400];
  std::snprintf(
      text, sizeof text,
      "%s by %s (size %.17g health %.17g), search says %s by %s (size %.17Lg best %.17Lg); mode %d target %.17g",
      name(s.status), name(s.binding), s.trade.sold, s.best_health, name(a.status), name(a.binding), a.size,
      a.best_health, static_cast<int>(c.funding.mode), c.target);
  return text;
}

template <class V>
result<settlement<V, 8, 1>> settled(const random_case& c, const sizing::trade& t, const V& venue) {
  const auto p = make_plan(t, 18, 18, at_unix(100));
  if (!p.has_value()) return p.error();
  return settle(c.model, c.before, *p, listing<V>{.in = t.collateral, .out = t.debt, .venue = venue},
                oracle_prices<double>{c.price}, c.limits, at_unix(50), c.funding.premium);
}

template <class V>
void examine(const random_case& c, const V& venue, tally& n) {
  sizing::problem<V> p;
  p.liquidation = c.model.liquidation_form<double>(c.before);
  p.borrow = c.model.borrow_form<double>(c.before);
  p.prices = oracle_prices<double>{c.price};
  p.collateral = c.limits[0].asset;
  p.debt = c.limits[1].asset;
  p.venue = &venue;
  p.collateral_limits = c.limits[0];
  p.debt_limits = c.limits[1];
  p.funding = c.funding;
  p.gas = c.gas;
  const auto& owed = *p.liquidation.debt.find(p.debt);
  p.fair_rate = c.price[0] / c.price[owed.slot.index];
  p.minimum_debt = c.model.minimum_debt(p.prices);
  p.withdrawal = c.model.withdrawal_checked_by();
  p.target = c.target;

  const auto s = c.sizer.size(p);
  const cases::exact_problem<V> exact(p, c.sizer);
  const auto a = exact.answer();
  ++n.cases;
  if (a.close) {
    ++n.close;
    return;
  }
  ++n.by_limit[static_cast<std::size_t>(s.binding)];
  if (a.size > 0 && exact.gas_eats_it(a.size)) {  // no plan can be made of it: any refusal will do
    ++n.eaten;
    if (s.has_value() && settled(c, s.trade, venue).has_value() == false && ++n.eaten_wrong <= 3)
      ADD_FAILURE() << "gas is more than the minimum output: " << describe<V>(c, s, a);
    return;
  }
  if (s.status != a.status && ++n.wrong_status <= 3) ADD_FAILURE() << "verdict: " << describe<V>(c, s, a);
  if (s.status == a.status && !a.many_limits && s.binding != a.binding && ++n.wrong_limit <= 3)
    ADD_FAILURE() << "limit: " << describe<V>(c, s, a);
  if (s.status != a.status) return;

  if (s.status == errc::infeasible && a.best_health > 0) {
    const real kappa = exact.debt / (exact.debt - exact.weighted_debt_price * exact.repaid(a.size));
    const real gap = std::fabs(s.best_health / a.best_health - 1) / kappa;
    n.worst_best = std::max(n.worst_best, gap);
    if (gap > 1e-12L + 16 * cases::eps && ++n.wrong_best <= 3) ADD_FAILURE() << "best: " << describe<V>(c, s, a);
    if (s.trade.sold > 0.0 && s.trade.health_at_min_out >= 1.0) {
      ++n.short_trades;
      const auto after = settled(c, s.trade, venue);
      if (!after.has_value() && ++n.short_unsettled <= 3)
        ADD_FAILURE() << "short trade does not settle, " << name(after.error()) << ": " << describe<V>(c, s, a);
    }
  }
  if (!s.has_value()) return;

  ++n.reached;
  n.worst_size = std::max(n.worst_size, std::fabs(s.trade.sold - a.size) / a.size);
  if (!(s.trade.health_after >= p.target) && ++n.below_own <= 3)
    ADD_FAILURE() << "reads below target: " << describe<V>(c, s, a);
  const auto after = settled(c, s.trade, venue);
  if (!after.has_value()) {
    if (++n.unsettled <= 3) ADD_FAILURE() << "does not settle, " << name(after.error()) << ": " << describe<V>(c, s, a);
    return;
  }
  const double health64 = health_factor(c.model.liquidation_form<double>(after->account), p.prices);
  std::array<real, 9> price80;
  std::copy(c.price.begin(), c.price.end(), price80.begin());
  const auto form80 = c.model.liquidation_form<real>(after->account);
  const real health80 = health_factor(form80, oracle_prices<real>{price80});
  const real kappa = exact.debt / weighted_value(form80.debt, oracle_prices<real>{price80});
  const real unit = cases::eps * kappa;
  const real low64 = (1 - health64 / static_cast<real>(p.target)) / unit, low80 = (1 - health80 / p.target) / unit;
  const real high = std::max<real>(health64, health80) / p.target - 1;
  n.worst_low64 = std::max(n.worst_low64, low64);
  n.worst_low80 = std::max(n.worst_low80, low80);
  const bool to_the_floor = s.binding == limit::health_floor;  // beyond the target: what was below the floor
  n.raised += to_the_floor;
  if (!to_the_floor) n.worst_high = std::max(n.worst_high, high / unit);
  if (low64 > 2 && ++n.low64 <= 3)
    ADD_FAILURE() << "64-bit health " << health64 << " is " << low64 << " eps κ low: " << describe<V>(c, s, a);
  if (low80 > 2 && ++n.low80 <= 3)
    ADD_FAILURE() << "80-bit health is " << low80 << " eps κ low: " << describe<V>(c, s, a);
  if (!to_the_floor && high > 1e-12L + 16 * unit && ++n.high <= 3)
    ADD_FAILURE() << "health is " << high << " high, κ " << kappa << ": " << describe<V>(c, s, a);

  // What people do: the size as if nothing slipped, sold through the same venue.
  const real blind = (p.target * exact.debt - exact.collateral) /
                     (p.target * exact.weighted_debt_price * p.fair_rate - exact.weighted_price);
  if (blind > 0 && blind < exact.held)
    n.blind.push_back(static_cast<float>((exact.health(blind) - exact.collateral / exact.debt) /
                                         (p.target - exact.collateral / exact.debt)));
}

void report_and_judge(const char* through, std::uint64_t from, tally& n) {
  std::printf(
      "restore_target through %s: seed %llu, %d cases, %d reached (%d up to the floor), %d too close to call, %d where "
      "gas is more than the "
      "minimum "
      "output (%d wrong); wrong verdict %d, wrong limit %d, unsettled %d of %d, "
      "short trades unsettled %d of %d, best off %d\n",
      through, static_cast<unsigned long long>(from), n.cases, n.reached, n.raised, n.close, n.eaten, n.eaten_wrong,
      n.wrong_status, n.wrong_limit, n.unsettled, n.reached, n.short_unsettled, n.short_trades, n.wrong_best);
  std::printf(
      "  health below target by at most %.2Lf (64 bit) and %.2Lf (80 bit) eps·κ, above by at most %.2Lf eps·κ; best "
      "reachable within "
      "%.2Lg·κ; size within %.2Lg\n",
      n.worst_low64, n.worst_low80, n.worst_high, n.worst_best, n.worst_size);
  std::printf("  by limit:");
  for (std::size_t i = 0; i < n.by_limit.size(); ++i)
    if (n.by_limit[i] > 0) std::printf(" %s %d", name(static_cast<limit>(i)), n.by_limit[i]);
  std::sort(n.blind.begin(), n.blind.end());
  const auto quantile = [&](double q) {
    return 100.0 * static_cast<double>(n.blind[static_cast<std::size_t>(q * static_cast<double>(n.blind.size() - 1))]);
  };
  const auto missed = std::lower_bound(n.blind.begin(), n.blind.end(), 1.0F) - n.blind.begin();
  const auto worse = std::lower_bound(n.blind.begin(), n.blind.end(), 0.0F) - n.blind.begin();
  const auto share = [&](auto count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(n.blind.size());
  };
  std::printf(
      "\n  slippage-blind sizing on the same %zu reachable cases: misses the target in %.1f %%, lowers health in %.1f "
      "%%; of the "
      "rise that was wanted it brings: 1 %% of cases below %.1f %%, 10 %% below %.1f %%, 25 %% below %.1f %%, median "
      "%.2f %%\n",
      n.blind.size(), share(missed), share(worse), quantile(0.01), quantile(0.1), quantile(0.25), quantile(0.5));
  EXPECT_EQ(n.wrong_status, 0);
  EXPECT_EQ(n.wrong_limit, 0);
  EXPECT_EQ(n.eaten_wrong, 0);
  EXPECT_EQ(n.below_own, 0);
  EXPECT_EQ(n.unsettled, 0);
  EXPECT_EQ(n.short_unsettled, 0);
  EXPECT_EQ(n.low64 + n.low80 + n.high, 0);
  EXPECT_EQ(n.wrong_best, 0);
  EXPECT_LE(n.close, 2 + n.cases / 1000);
  EXPECT_GT(n.reached, n.cases / 4);
  EXPECT_GT(n.raised, n.cases / 2000);
}

// The fair price of what is sold in what is repaid, and how much there is to sell.
struct sale {
  double held, fair;
  explicit sale(const random_case& c) : held(c.before[0].collateral) {
    std::size_t first_debt = 0;
    while (c.before[first_debt].debt == 0.0) ++first_debt;
    fair = c.price[0] / c.price[first_debt];
  }
};

liquidity::constant_product random_pool(const sale& s, draws& d) {
  const double depth = s.held * d.magnitude(0.02, 1e5);
  return {.reserve_in = depth, .reserve_out = depth * s.fair * d.between(0.97, 1.03), .fee = {d.between(0.0, 100.0)}};
}

TEST(RestoreTargetMillion, HealthLandsOnTheTargetAndTheVerdictIsRight) {
  draws d;
  tally n;
  for (int i = 0; i < how_many; ++i) {
    const random_case c = draw(d);
    const sale s(c);
    const double held = s.held, fair = s.fair;
    const auto kind = d.next() % 4;
    if (kind < 2) {
      examine(c, random_pool(s, d), n);
    } else if (kind == 2) {
      examine(c,
              liquidity::constant_price{.price = fair * (d.chance(0.15) ? d.between(0.3, 0.9) : d.between(0.9, 1.01)),
                                        .cap = held * d.magnitude(0.1, 10.0),
                                        .fee = {d.between(0.0, 30.0)}},
              n);
    } else {
      examine(c, liquidity::frictionless{fair * d.between(0.95, 1.02)}, n);
    }
  }
  report_and_judge("pools, levels and a price", seed, n);
  for (const limit l : {limit::pole, limit::depth, limit::capacity, limit::collateral, limit::debt, limit::withdrawable,
                        limit::flash_loan, limit::slippage, limit::health_floor, limit::borrow_form, limit::reserve,
                        limit::minimum_debt, limit::cost})
    EXPECT_GT(n.by_limit[static_cast<std::size_t>(l)], 0) << name(l);
}

// Several pools and levels as one curve: the piece by halving, the root in closed form.
TEST(RestoreTargetMillion, TheSameThroughAggregateCurves) {
  draws d{seed + 1};
  tally n;
  liquidity::supply_room<16> room;
  for (int i = 0; i < how_many / 25; ++i) {
    const random_case c = draw(d);
    const sale s(c);
    liquidity::supply_builder builder(room.memory());
    for (std::size_t k = d.upto(4); k > 0; --k) ASSERT_EQ(builder.add(random_pool(s, d)), errc::ok);
    for (std::size_t k = d.upto(3) - 1; k > 0; --k) {
      const liquidity::constant_price level{.price = s.fair * d.between(0.8, 1.01),
                                            .cap = s.held * d.magnitude(0.01, 1.0)};
      ASSERT_EQ(builder.add(level), errc::ok);
    }
    const auto curve = builder.build();
    ASSERT_TRUE(curve.has_value());
    // Now and then what an earlier trade has left of it, which begins within a piece.
    const double taken = d.chance(0.3) ? s.held * d.magnitude(0.001, 0.3) : 0.0;
    examine(c, test_venue::exact_curve(curve->after(taken)), n);
  }
  report_and_judge("aggregate curves", seed + 1, n);
}

TEST(RestoreTargetMillion, TheSameThroughWeightedPools) {
  draws d{seed + 2};
  tally n;
  for (int i = 0; i < how_many / 50; ++i) {
    const random_case c = draw(d);
    const sale s(c);
    const double depth = s.held * d.magnitude(0.05, 1e5), weight = d.between(0.1, 0.9);
    examine(c,
            liquidity::weighted{.balance_in = depth,
                                .balance_out = depth * s.fair * d.between(0.97, 1.03) * (1.0 - weight) / weight,
                                .weight_in = weight,
                                .weight_out = 1.0 - weight,
                                .fee = {d.between(0.0, 100.0)}},
            n);
  }
  report_and_judge("weighted pools", seed + 2, n);
}

// Pools and levels once more, that now only answer questions: with a slope, and without.
TEST(RestoreTargetMillion, TheSameThroughCurvesThatAreOnlyAsked) {
  draws d{seed + 3};
  tally n;
  for (int i = 0; i < how_many / 50; ++i) {
    const random_case c = draw(d);
    const sale s(c);
    const auto pool = random_pool(s, d);
    if (i % 3 == 0) {
      examine(c, test_venue::unpieced<liquidity::constant_product>{pool}, n);
    } else if (i % 3 == 1) {
      examine(c, test_venue::kinked<liquidity::constant_product>{pool}, n);
    } else {
      examine(c,
              test_venue::kinked<liquidity::constant_price>{
                  {.price = s.fair * d.between(0.3, 1.01), .cap = s.held * d.magnitude(0.1, 10.0)}},
              n);
    }
  }
  report_and_judge("curves that are only asked", seed + 3, n);
}

// Boundary cases: a part in 10¹² on either side of the most a venue can do, which it does at the size `top`; the debt
// is what makes the deficit h·D − C come out there.
struct boundary_tally {
  int checked = 0, wrong = 0;
};
template <class V>
void examine_boundary(const V& venue, double target, double threshold, double held, real top, boundary_tally& n) {
  const real most = target * venue.template amount_out<real>(top) - threshold * top;
  for (const double nudge : {-1e-12, 1e-12}) {
    cases::worked w(held, static_cast<double>(
                              (most * (1 + static_cast<real>(nudge)) + static_cast<real>(threshold) * held) / target));
    w.model.table[0].threshold = threshold;
    auto p = w.problem(venue);
    p.target = target;
    const sizing::restore_target sizer{.max_slippage = {9999.0}};
    const cases::exact_problem<V> exact(p, sizer);
    if (top > held) continue;
    const auto s = sizer.size(p);
    const bool can = exact.phi(top) >= 0;
    if (std::fabs(exact.phi(top)) < 8 * cases::eps * (exact.collateral + target * exact.debt)) continue;
    if (s.binding == limit::health_floor) continue;  // reached, but not at the minimum output
    ++n.checked;
    n.wrong += s.has_value() != can;
  }
}

TEST(RestoreTargetMillion, TheVerdictIsRightAPartInTenToTheTwelfthFromTheBoundary) {
  draws d;
  boundary_tally pool, asked, weighted, aggregate;
  liquidity::supply_room<8> room;
  for (int i = 0; i < how_many / 10; ++i) {
    const double target = d.between(1.05, 1.6), threshold = d.between(0.5, 0.9), depth = d.magnitude(1.0, 1e10);
    const liquidity::constant_product one{.reserve_in = depth, .reserve_out = depth * d.between(0.97, 1.03)};
    const real a = one.depth(), top = std::sqrt(target * static_cast<real>(one.reserve_out) * a / threshold) - a;
    const double held = depth * d.between(0.6, 2.0);
    examine_boundary(one, target, threshold, held, top, pool);
    if (i % 10 != 0) continue;
    examine_boundary(test_venue::unpieced<liquidity::constant_product>{one}, target, threshold, held, top, asked);
    examine_boundary(test_venue::kinked<liquidity::constant_product>{one}, target, threshold, held, top, asked);

    const double weight = d.between(0.2, 0.8);
    const liquidity::weighted bent{.balance_in = depth,
                                   .balance_out = depth * (1.0 - weight) / weight * d.between(0.97, 1.03),
                                   .weight_in = weight,
                                   .weight_out = 1.0 - weight};
    const executable_price<real> last{static_cast<real>(threshold) / target};
    examine_boundary(bent, target, threshold, held, bent.amount_at(last), weighted);

    liquidity::constant_product other = one;
    other.reserve_in *= 0.3, other.reserve_out *= 0.3 * d.between(0.95, 1.0);
    const liquidity::constant_price level{.price = d.between(0.97, 1.0), .cap = depth * d.between(0.01, 0.1)};
    const auto together = liquidity::build_supply_curve(room.memory(), one, other, level);
    ASSERT_TRUE(together.has_value());
    const auto inflow = [&](const auto& venue) { return venue.amount_at(last); };
    const real all = inflow(one) + inflow(other) + level.cap;
    examine_boundary(test_venue::exact_curve(*together), target, threshold, held * 1.5, all, aggregate);
  }
  const auto judge = [](const char* what, const boundary_tally& n, int least) {
    std::printf("restore_target at (1 ± 1e-12) of the most %s can do: %d checked, %d wrong\n", what, n.checked,
                n.wrong);
    EXPECT_EQ(n.wrong, 0) << what;
    EXPECT_GT(n.checked, least) << what;
  };
  judge("a pool", pool, how_many / 100);
  judge("a pool that is only asked", asked, how_many / 1000);
  judge("a weighted pool", weighted, how_many / 1000);
  judge("an aggregate curve", aggregate, how_many / 1000);
}

}  // namespace
