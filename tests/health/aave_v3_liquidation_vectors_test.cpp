// SPDX-License-Identifier: MIT
// Aave V3's liquidation rule against liquidation calls that the real contracts executed, v3.0 and v3.6.
#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "health/aave_vectors.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <string>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

/// @brief Amounts of calls, in units of the coarser token: the value of one smallest unit of the coarser of the two.
///
/// The contracts floor the collateral's base and round its percentage (1 + b + ½ units), or floor what the whole
/// collateral is worth of debt and round its percentage (1½); the fee is rounded twice more, and what leaves in scaled
/// balances (v3.6) twice. So a row may be off by more than one unit: repaid by 1½, seized and fee by 1 + b + ½ + 1.
/// They are counted and printed.
struct call_comparison {
  std::size_t beyond_one_unit = 0, reverted = 0, written_off = 0, after_unbounded = 0;
  long double worst_units = 0.0L;

  void compare(const std::string& version, const row& call, const std::vector<const row*>& assets,
               test::health_comparison& before) {
    const std::string id = version + " call " + call.text("account_id") + " " + call.text("kind");
    auto pool = test::pool_of(version, call, assets, test::balances::whole);
    before.compare(pool, call.integer("health_factor"), id);
    const auto find = [&](const char* column) {
      return *std::find_if(assets.begin(), assets.end(),
                           [&](const row* r) { return r->text("reserve") == call.text(column); });
    };
    const row *collateral = find("collateral_reserve"), *debt = find("debt_reserve");
    const long double collateral_unit = std::pow(10.0L, -collateral->integer("decimals"));
    const long double debt_unit = std::pow(10.0L, -debt->integer("decimals"));
    // Health within 1e-15 of an edge is the same double on both sides of it: step over in the direction of the
    // contract's integer.
    for (const long double edge : {0.95L, 1.0L}) {
      const long double gap = call.integer("health_factor") / 1e18L - edge;
      if (gap == 0.0L || std::fabs(gap) > 1e-15L) continue;
      const double step = gap < 0.0L ? 1.0 - 0x1p-50 : 1.0 + 0x1p-50;
      for (std::size_t i = 0; i < pool.prices.size(); i += 2) pool.prices[i] *= step;
    }
    const auto model = pool.model();
    const liquidation_request request{.debt = {static_cast<std::uint32_t>(call.small("debt_reserve"))},
                                      .collateral = {static_cast<std::uint32_t>(call.small("collateral_reserve"))},
                                      .repay = static_cast<double>(call.integer("debt_to_cover") * debt_unit)};
    const auto outcome = model.liquidate(pool.holdings, pool.quoted(), request);
    EXPECT_EQ(model.bonus(pool.holdings, {}, request.collateral).count, call.small("bonus_bps") - 1e4) << id;
    const std::string& said = call.text("result");
    if (said != "ok") {
      ++reverted;
      // A scaled balance rounded to nothing: below what doubles of whole tokens model.
      if (said == "revert:InvalidBurnAmount" || said == "revert:25") return;
      EXPECT_FALSE(outcome.has_value()) << id << " " << said;
      EXPECT_EQ(outcome.error(), said == "revert:MustNotLeaveDust" ? errc::dust : errc::not_liquidatable) << id;
      return;
    }
    ASSERT_TRUE(outcome.has_value()) << id << " " << name(outcome.error());

    const auto f = model.liquidation_form<double>(pool.holdings);
    const long double collateral_price = pool.quoted()[f.collateral.find(request.collateral)->slot].value;
    const long double debt_price = pool.quoted()[f.debt.find(request.debt)->slot].value;
    const long double coarse = std::max(collateral_unit * collateral_price, debt_unit * debt_price);
    const long double repaid = call.integer("actual_debt") * debt_unit;
    const long double fee = call.integer("protocol_fee") * collateral_unit;
    const long double seized = call.integer("collateral_to_liquidator") * collateral_unit + fee;
    const long double off_repaid = std::fabs(outcome->repaid - repaid),
                      off_seized = std::fabs(outcome->seized - seized);
    const long double off_fee = std::fabs(outcome->protocol_fee - fee);
    const auto units = [&](long double off, long double price, long double amount) {
      return std::max(0.0L, off - 1e-12L * amount) * price / coarse;
    };
    const long double bonus = call.integer("bonus_bps") / 1e4L;
    const long double of_repaid = units(off_repaid, debt_price, repaid);
    const long double of_seized =
        std::max(units(off_seized, collateral_price, seized), units(off_fee, collateral_price, seized));
    EXPECT_LE(of_repaid, 1.5L) << id;
    EXPECT_LE(of_seized, bonus + 1.5L) << id;
    const long double worst = std::max(of_repaid, of_seized);
    worst_units = std::max(worst_units, worst);
    if (worst > 1.0L) ++beyond_one_unit;

    const bool writes_off = pool.release >= health::aave_v3_release::v3_3;
    const long double deficit = writes_off ? call.integer("deficit_debt_reserve") * debt_unit : 0.0L;
    EXPECT_LE(units(std::fabs(outcome->bad_debt - deficit), debt_price, repaid), 1.5L) << id;
    if (deficit > 0.0L) ++written_off;
    EXPECT_TRUE(!writes_off || !call.flag("other_deficits") || outcome->all_debt_written_off) << id;
    compare_after(pool, after_liquidation(pool.holdings, request, *outcome), call, id);
  }

  /// Health afterwards. Its own bound is of balances within a unit; the amounts of a call are within three.
  void compare_after(test::aave_pool pool, const account<16>& after, const row& call, const std::string& id) {
    pool.holdings = after;
    const auto r = pool.model().reading(after, pool.quoted());
    const long double said = call.integer("health_factor_after");
    if (!(3.0 * r.bound < 1.0)) {
      ++after_unbounded;  // dust is left: a unit more or less of it decides
    } else if (said > 1e60L) {
      EXPECT_EQ(r.health, infinity) << id;
    } else {
      EXPECT_LE(std::fabs(said / 1e18L - r.health), 3.0L * r.bound * r.health) << id << " " << r.health;
    }
  }

  void report(const std::string& name, std::size_t rows) const {
    std::printf(
        "vectors %s: %zu calls, %zu reverted, %zu written off; %zu beyond one unit, worst %.3Lg units; "
        "health after: %zu left dust\n",
        name.c_str(), rows, reverted, written_off, beyond_one_unit, worst_units, after_unbounded);
    std::fflush(stdout);
  }
};

void check_calls(const std::string& version) {
  vector_file calls("lending/" + version + "_liquidations.csv"),
      assets("lending/" + version + "_liquidation_assets.csv");
  const test::asset_rows owned = test::by_account(assets);
  test::health_comparison before;
  call_comparison found;
  for (const row& call : calls.rows()) {
    found.compare(version, call, owned.at(call.text("account_id")), before);
    calls.count();
  }
  calls.report();
  before.report("lending/" + version + "_liquidations.csv");
  found.report("lending/" + version + "_liquidations.csv", calls.checked());
  EXPECT_EQ(calls.checked(), calls.rows().size());
  test::count_balances(assets);
}

TEST(AaveV3LiquidationVectors, CallsOfVersionThreeZeroTakeWhatTheContractTook) {
  check_calls("aave_v3");
}
TEST(AaveV3LiquidationVectors, CallsOfVersionThreeSixTakeWhatTheContractTook) {
  check_calls("aave_v36");
}

}  // namespace
}  // namespace trimtab
