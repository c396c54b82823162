// SPDX-License-Identifier: MIT
// Aave V3 and Morpho Blue against the exact rational health of accounts that lived in the real contracts, and Aave
// against the contracts' own integers.
#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "health/aave_vectors.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace trimtab {
namespace {

using test::relative_error;
using test::row;
using test::vector_file;

constexpr double bar = 1e-14;

/// What may still be borrowed, against the borrow form: availableBorrows = max(0, C·⌊Σ LTV·c / C⌋ − D).
struct borrow_comparison {
  std::size_t rows = 0, on_an_edge = 0;

  void compare(const test::aave_pool& p, const row& user) {
    const auto model = p.model();
    const auto backing = model.liquidation_form<double>(p.holdings), f = model.borrow_form<double>(p.holdings);
    const bool counts_all = p.release >= health::aave_v3_release::v3_6;
    long double collateral = 0.0L, weighted = 0.0L, debt = 0.0L, grain = 2e-8L, carried = 0.0L;
    const auto grain_of = [&](const term<>& t) {
      for (const auto& r : p.reserves)
        if (r.asset == t.asset) return 1e-8L + std::pow(10.0L, -r.decimals) * p.quoted()[t.slot].value;
      return 0.0L;
    };
    for (std::size_t i = 0; i < f.collateral.size(); ++i) {
      const term<>& t = f.collateral[i];
      if (t.amount == 0.0 || (backing.collateral[i].weight == 0.0 && !counts_all)) continue;
      const long double value = static_cast<long double>(t.amount) * p.quoted()[t.slot].value;
      collateral += value;
      weighted += value * std::round(t.weight * 1e4);
      grain += grain_of(t);
    }
    for (const term<>& t : f.debt) {
      debt += static_cast<long double>(t.amount) * p.quoted()[t.slot].value;
      if (t.amount != 0.0) grain += grain_of(t);
    }
    ++rows;
    const std::string& id = user.text("account_id");
    const long double said = user.integer("available_borrows_base") / 1e8L, floored = user.integer("avg_ltv_bps");
    if (collateral > 0.0L) {
      const long double average = weighted / collateral;
      carried = 1e4L * grain / collateral + 1e-12L * average;
      const bool edge = std::fabs(average - std::round(average)) <= carried;
      if (edge) ++on_an_edge;
      EXPECT_TRUE(edge ? std::fabs(floored - average) <= 1.0L + carried : floored == std::floor(average)) << id;
    }
    const long double slack = grain + 1e-15L * (collateral + debt);
    const long double from_floored = std::max(0.0L, collateral * floored / 1e4L - debt);
    EXPECT_LE(std::fabs(said - from_floored), slack) << id;
    // The form without the floor: never less than the contract, and not a basis point of the collateral more.
    const long double room = std::max(0.0, headroom(f, p.quoted()));
    EXPECT_GE(room, said - slack) << id;
    EXPECT_LE(room, said + collateral * (1.0L + carried) / 1e4L + slack) << id;
  }
  void report(const std::string& name) const {
    std::printf("vectors %s: %zu rows of borrowing, %zu with an average LTV on a whole basis point\n", name.c_str(),
                rows, on_an_edge);
    std::fflush(stdout);
  }
};

/// Health of every account of one generation: by id, and compared with the contract's own integers.
std::map<std::string, double> health_of_accounts(const std::string& version) {
  vector_file accounts("lending/" + version + "_accounts.csv"), assets("lending/" + version + "_account_assets.csv");
  const test::asset_rows owned = test::by_account(assets);
  std::map<std::string, double> health;
  test::health_comparison integers;
  borrow_comparison borrowing;
  for (const row& user : accounts.rows()) {
    const std::string& id = user.text("account_id");
    const auto found = owned.find(id);
    const auto pool = test::pool_of(version, user, found == owned.end() ? std::vector<const row*>{} : found->second,
                                    test::balances::scaled);
    EXPECT_EQ(static_cast<std::size_t>(user.small("n_assets")), pool.holdings.size());
    EXPECT_EQ(pool.model().validate(pool.holdings), errc::ok) << id;
    health[id] = health_factor(pool.model().liquidation_form<double>(pool.holdings), pool.quoted());
    integers.compare(pool, user.integer("health_factor"), version + " account " + id);
    borrowing.compare(pool, user);
    accounts.count();
  }
  accounts.report();
  integers.report("lending/" + version + "_accounts.csv");
  borrowing.report("lending/" + version + "_accounts.csv");
  EXPECT_EQ(accounts.checked(), accounts.rows().size());
  test::count_balances(assets);
  return health;
}

std::map<std::string, double> health_of_morpho_positions() {
  vector_file file("lending/morpho_health.csv");
  std::map<std::string, double> health;
  for (const row& r : file.rows()) {
    const health::morpho_blue market{.collateral = {1},
                                     .loan = {2},
                                     .collateral_slot = {0},
                                     .loan_slot = {1},
                                     .lltv = {static_cast<double>(r.integer("lltv") / 1e14L)}};
    const long double share =
        (r.integer("total_borrow_assets_after") + 1.0L) / (r.integer("total_borrow_shares") + 1e6L);
    const double prices[] = {static_cast<double>(r.integer("price") / 1e36L), static_cast<double>(share)};
    account<> a;
    EXPECT_EQ(a.add({.asset = {1}, .collateral = static_cast<double>(r.integer("collateral"))}), errc::ok);
    EXPECT_EQ(a.add({.asset = {2}, .debt = static_cast<double>(r.integer("borrow_shares"))}), errc::ok);
    EXPECT_EQ(market.validate(a), errc::ok);
    const double h = health[r.text("id")] =
        health_factor(market.liquidation_form<double>(a), oracle_prices<double>(prices));
    // The contract rounds the debt up and the collateral down twice, by less than one loan unit each.
    const long double slack = 4.0L / std::max(1.0L, r.integer("borrowed"));
    if (std::fabs(h - 1.0) > slack + 1e-12L) {
      EXPECT_EQ(!liquidatable_at(market.liquidation_boundary(), h), r.flag("healthy")) << r.text("id");
    }
    const long double units = r.integer("borrowed") - share * r.integer("borrow_shares");  // the contract rounds up
    const long double arithmetic = r.integer("borrowed") * 1e-18L;
    EXPECT_TRUE(units > -arithmetic && units < 1.0L + arithmetic) << r.text("id") << " " << units;
    file.count(std::max(0.0L, std::fabs(units) - 1.0L - arithmetic));  // beyond the contract's rounding up
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
  return health;
}

TEST(HealthVectors, ModelsReadTheExactHealthOfTheContractsAccounts) {
  std::map<std::string, std::map<std::string, double>> health;
  health["aave_v3"] = health_of_accounts("aave_v3");
  health["aave_v36"] = health_of_accounts("aave_v36");
  health["morpho"] = health_of_morpho_positions();
  vector_file exact("lending/health_real.csv");
  std::size_t rows = 0;
  for (const row& r : exact.rows()) {
    const auto protocol = health.find(r.text("protocol"));
    if (protocol == health.end()) continue;
    ++rows;
    const auto found = protocol->second.find(r.text("id"));
    if (found == protocol->second.end()) continue;
    const long double error = relative_error(found->second, test::number_of(r.text("health_factor")));
    EXPECT_LE(error, bar) << r.text("protocol") << " " << r.text("id");
    exact.count(error);
  }
  exact.report(rows);
  EXPECT_EQ(exact.checked(), rows);
  EXPECT_EQ(rows, health["aave_v3"].size() + health["aave_v36"].size() + health["morpho"].size());
}

}  // namespace
}  // namespace trimtab
