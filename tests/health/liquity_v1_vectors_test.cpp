// SPDX-License-Identifier: MIT
// Liquity v1's ratios, recovery mode and liquidation amounts against executed calls of the real contracts.
#include <gtest/gtest.h>

#include <trimtab/health/liquity_v1.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace trimtab {
namespace {

using health::liquity_split;
using health::liquity_trove;
using health::liquity_v1;
using test::relative_error;
using test::row;
using test::vector_file;

constexpr asset_id eth{1}, lusd{2};
constexpr long double wad = 1e18L;
constexpr liquity_v1 ratios{.collateral = eth, .lusd = lusd, .collateral_slot = {0}, .lusd_slot = {1}};

double tokens(const row& r, const char* column) {
  return static_cast<double>(r.integer(column) / wad);
}
account<> trove_of(double collateral, double debt) {
  account<> a;
  EXPECT_EQ(a.add({.asset = eth, .collateral = collateral}), errc::ok);
  EXPECT_EQ(a.add({.asset = lusd, .debt = debt}), errc::ok);
  return a;
}
/// How far beyond one unit of 10⁻¹⁸, relative.
long double beyond(long double ours, long double theirs, long double whole) {
  return std::max(0.0L, std::fabs(ours - theirs) - 1.0L / wad) / std::max(whole, 1.0L / wad);
}

TEST(LiquityV1Vectors, TrovesHaveTheContractsRewardsAndRatios) {
  vector_file real("lending/health_real.csv"), troves("lending/liquity_troves.csv");
  std::map<std::string, long double> exact;
  for (const row& r : real.rows())
    if (r.text("protocol") == "liquity") exact[r.text("id")] = test::number_of(r.text("health_factor"));
  std::size_t inside = 0;
  long double worst_real = 0.0L;
  for (const row& r : troves.rows()) {
    const std::string& id = r.text("id");
    ASSERT_EQ(r.text("status"), "ok");
    const double prices[] = {tokens(r, "price"), 1.0};
    const oracle_prices<double> quoted(prices);

    const liquity_trove stored{.collateral = tokens(r, "coll"),
                               .debt = tokens(r, "debt"),
                               .stake = tokens(r, "stake"),
                               .collateral_snapshot = tokens(r, "snapshot_eth"),
                               .debt_snapshot = tokens(r, "snapshot_lusd")};
    const double l_eth = tokens(r, "l_eth"), l_lusd = tokens(r, "l_lusd");
    const double held = stored.entire_collateral(l_eth), owed = stored.entire_debt(l_lusd);
    const liquity_trove fresh{.stake = stored.stake,
                              .collateral_snapshot = stored.collateral_snapshot,
                              .debt_snapshot = stored.debt_snapshot};
    // What is pending is a difference of two accumulators, each rounded once: 2⁻⁵³ of them, times the stake.
    const auto pending_error = [&](long double ours, const char* column, double accumulated) {
      const long double slack = 4.0L * 0x1p-53L * stored.stake * accumulated;
      return std::max(0.0L, std::fabs(ours - r.integer(column) / wad) - slack - 1.0L / wad);
    };
    EXPECT_EQ(pending_error(fresh.entire_collateral(l_eth), "pending_eth", l_eth), 0.0L) << id;
    EXPECT_EQ(pending_error(fresh.entire_debt(l_lusd), "pending_lusd", l_lusd), 0.0L) << id;
    const long double entire_error = std::max(beyond(held, r.integer("entire_coll") / wad, held),
                                              beyond(owed, r.integer("entire_debt") / wad, owed));
    EXPECT_LE(entire_error, 1e-15L) << id;

    // ICR = health·MCR in normal mode, from the entire figures of the contract.
    const account<> a = trove_of(tokens(r, "entire_coll"), tokens(r, "entire_debt"));
    const double health = health_factor(ratios.liquidation_form<double>(a), quoted);
    const long double icr = static_cast<long double>(health) * static_cast<long double>(ratios.threshold);
    const long double real_error = relative_error(icr, exact.at(id));
    worst_real = std::max(worst_real, real_error);
    EXPECT_LE(real_error, 1e-14L) << id;
    long double contract_error = 0.0L;
    if (a[1].debt > 0.0) {
      const double bound = ratios.rounding_bound(a, quoted);
      contract_error = relative_error(icr, r.integer("icr") / wad);
      EXPECT_LE(contract_error, static_cast<long double>(bound)) << id;
      if (std::fabs(health - 1.0) <= bound) {
        ++inside;
      } else {
        EXPECT_EQ(health < 1.0, r.integer("icr") < 1.1L * wad) << id;
      }
      // Without rewards: cr, and the nominal ratio that orders the troves, at a scale of 10²⁰.
      const account<> bare = trove_of(stored.collateral, stored.debt);
      const double cr = health_factor(ratios.liquidation_form<double>(bare), quoted) * ratios.threshold;
      EXPECT_LE(relative_error(cr, r.integer("cr") / wad), static_cast<long double>(bound)) << id;
      const double one[] = {1.0, 1.0};
      const double nominal =
          health_factor(ratios.liquidation_form<double>(bare), oracle_prices<double>(one)) * ratios.threshold;
      EXPECT_LE(std::fabs(nominal - r.integer("nominal_cr") / 1e20L), 1e-20L + 1e-14L * nominal) << id;
    } else {
      EXPECT_EQ(health, infinity) << id;
    }
    troves.count(contract_error);
  }
  troves.report();
  std::printf("vectors lending/liquity_troves.csv: %zu rows, %zu inside the bound; health_real worst %.3Lg\n",
              troves.rows().size(), inside, worst_real);
  EXPECT_EQ(troves.checked(), troves.rows().size());
  EXPECT_EQ(exact.size(), troves.rows().size());
}

TEST(LiquityV1Vectors, TheSystemIsInRecoveryModeWhenTheContractIs) {
  vector_file systems("lending/liquity_system.csv");
  std::size_t inside = 0;
  for (const row& r : systems.rows()) {
    const std::string& id = r.text("id");
    ASSERT_EQ(r.text("status"), "ok");
    liquity_v1 m = ratios;
    m.system_collateral = static_cast<double>((r.integer("active_coll") + r.integer("default_coll")) / wad);
    m.system_debt = static_cast<double>((r.integer("active_debt") + r.integer("default_debt")) / wad);
    EXPECT_LE(relative_error(m.system_collateral, r.integer("entire_coll") / wad), 1e-15L) << id;
    EXPECT_LE(relative_error(m.system_debt, r.integer("entire_debt") / wad), 1e-15L) << id;
    const double prices[] = {tokens(r, "price"), 1.0};
    const oracle_prices<double> quoted(prices);
    const double tcr = m.system_ratio(quoted);
    // Without debt the contract has the largest integer there is.
    const bool no_debt = r.integer("entire_debt") == 0.0L;
    const long double error = no_debt ? 0.0L : relative_error(tcr, r.integer("tcr") / wad);
    EXPECT_EQ(tcr == infinity, no_debt) << id;
    EXPECT_LE(error, 1e-15L + 1e-18L / tcr) << id;
    if (std::fabs(tcr - 1.5) <= 0x1p-50) {
      ++inside;
    } else {
      EXPECT_EQ(m.in_recovery(quoted), r.flag("recovery_mode")) << id;
    }
    systems.count(error);
  }
  systems.report();
  std::printf("vectors lending/liquity_system.csv: %zu rows, %zu inside the bound\n", systems.rows().size(), inside);
  EXPECT_EQ(systems.checked(), systems.rows().size());
}

TEST(LiquityV1Vectors, LiquidationsTakeWhatTheContractTook) {
  vector_file rows("lending/liquity_liquidation.csv");
  std::size_t inside = 0;
  int offset = 0, redistributed = 0, capped = 0, spared = 0;
  for (const row& r : rows.rows()) {
    const std::string& id = r.text("id");
    ASSERT_EQ(r.text("status"), "ok");
    const double price = tokens(r, "price"), held = tokens(r, "coll"), owed = tokens(r, "debt");
    const account<> a = trove_of(held, owed);
    const double prices[] = {price, 1.0};
    const oracle_prices<double> quoted(prices);
    const long double coll = held, debt = owed, cr = r.integer("cr");
    const bool fits = r.text("capped_status") == "ok";

    // The two sets of figures as they are. A unit of the pool's share of debt is worth coll/debt of collateral.
    const auto offset_error = [&](const liquity_split& s, double pool) {
      const bool none = pool == 0.0;
      const auto of = [&](const char* column) { return r.integer(column) / wad; };
      const long double rest = coll - of("coll_gas_comp");
      return std::max({beyond(s.gas_compensation, of("coll_gas_comp"), coll),
                       beyond(s.debt_offset, none ? 0.0L : of("debt_to_offset"), debt),
                       beyond(s.collateral_to_pool, none ? 0.0L : of("coll_to_sp"), coll),
                       beyond(s.debt_redistributed, none ? debt : of("debt_to_redistribute"), debt),
                       beyond(s.collateral_redistributed, none ? rest : of("coll_to_redistribute"), coll),
                       beyond(s.surplus, 0.0L, coll)});
    };
    const auto capped_error = [&](const liquity_split& s) {
      const auto of = [&](const char* column) { return r.integer(column) / wad; };
      return std::max({beyond(s.gas_compensation, of("capped_gas_comp"), coll),
                       beyond(s.debt_offset, of("capped_debt_to_offset"), debt),
                       beyond(s.collateral_to_pool, of("capped_coll_to_sp"), coll),
                       beyond(s.surplus, of("capped_coll_surplus"), coll)});
    };
    const double pool = tokens(r, "sp_lusd");
    long double error = offset_error(ratios.offset(held, owed, pool), pool);
    if (fits) error = std::max(error, capped_error(ratios.capped(held, owed, price)));
    EXPECT_LE(error, 1e-15L) << id;

    // The rule of the modes, from the contract's own ratio: a system in normal mode, and one at a TCR of 149.99 %.
    const bool edge =
        std::min({std::fabs(cr / wad - 1.0L), std::fabs(cr / wad - 1.1L), std::fabs(cr / wad - 1.4999L)}) <= 0x1p-50L;
    if (edge) ++inside;
    for (const double tcr : {2.0, 1.4999}) {
      liquity_v1 m = ratios;
      m.system_debt = 1e10;
      m.system_collateral = tcr * 1e10 / price;
      m.stability_pool = pool;
      m = m.at(a, quoted);
      EXPECT_EQ(m.recovery_mode, tcr < 1.5) << id;
      const auto out = m.liquidate(a, quoted, {.debt = lusd, .collateral = eth});
      const bool below_mcr = cr < 1.1L * wad, all_redistributed = m.recovery_mode && cr <= wad;
      const bool by_cap =
          m.recovery_mode && !below_mcr && cr < 1.4999L * wad && r.integer("debt") <= r.integer("sp_lusd");
      if (edge) continue;
      if (!below_mcr && !by_cap) {
        EXPECT_EQ(out.error(), errc::not_liquidatable) << id;
        ++spared;
        continue;
      }
      ASSERT_TRUE(out.has_value()) << id << " " << name(out.error());
      EXPECT_EQ(out->repaid, owed) << id;
      const liquity_split s = m.split(a, quoted);
      if (by_cap) {
        ASSERT_TRUE(fits) << id;
        error = std::max(
            {error, capped_error(s), beyond(out->collateral_left, r.integer("capped_coll_surplus") / wad, coll)});
        ++capped;
      } else {
        error = std::max({error, offset_error(s, all_redistributed ? 0.0 : pool), beyond(out->seized, coll, coll)});
        ++(all_redistributed ? redistributed : offset);
      }
      EXPECT_LE(error, 1e-15L) << id;
    }
    rows.count(error);
  }
  rows.report();
  std::printf(
      "vectors lending/liquity_liquidation.csv: %zu rows, %zu inside the bound; in two modes %d offset, "
      "%d redistributed, %d capped, %d spared\n",
      rows.rows().size(), inside, offset, redistributed, capped, spared);
  EXPECT_EQ(rows.checked(), rows.rows().size());
  EXPECT_GT(std::min({offset, redistributed, capped, spared}), 3) << "every branch of the rule has been seen";
}

}  // namespace
}  // namespace trimtab
