// SPDX-License-Identifier: MIT
// Morpho Blue's liquidation against executed calls of the real contract.
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

constexpr asset_id collateral{1}, loan{2};

/// The contract's maxBorrow / borrowed, from its own integers: borrowed is the contract's, maxBorrow is floored twice.
long double contract_health(const row& r) {
  const long double quoted = std::floor(r.integer("collateral") * r.integer("price") / 1e36L);
  return std::floor(quoted * r.integer("lltv") / 1e18L) / r.integer("borrowed");
}

TEST(MorphoBlueVectors, HealthIsTheContractsWithinTheBoundThatTheModelStates) {
  vector_file file("lending/morpho_health.csv");
  std::size_t inside = 0;
  for (const row& r : file.rows()) {
    const std::string& id = r.text("id");
    ASSERT_EQ(r.text("status"), "ok");
    // All in smallest units, so that one is a whole token; the debt in loan units.
    const health::morpho_blue market{.collateral = collateral,
                                     .loan = loan,
                                     .collateral_slot = {0},
                                     .loan_slot = {1},
                                     .lltv = {static_cast<double>(r.integer("lltv") / 1e14L)},
                                     .loan_decimals = 0};
    const double prices[] = {static_cast<double>(r.integer("price") / 1e36L), 1.0};
    const long double owed = r.integer("borrow_shares") * (r.integer("total_borrow_assets_after") + 1.0L) /
                             (r.integer("total_borrow_shares") + 1e6L);
    account<> a;
    ASSERT_EQ(a.add({.asset = collateral, .collateral = static_cast<double>(r.integer("collateral"))}), errc::ok);
    ASSERT_EQ(a.add({.asset = loan, .debt = static_cast<double>(owed)}), errc::ok);
    const oracle_prices<double> at(prices);
    const double health = health_factor(market.liquidation_form<double>(a), at);
    const double bound = market.rounding_bound(a, at);
    if (!r.flag("borrow_shares")) {
      EXPECT_TRUE(health == infinity && r.flag("healthy")) << id;
      file.count();
      continue;
    }
    if (!r.flag("collateral")) {
      EXPECT_TRUE(health == 0.0 && !r.flag("healthy")) << id;
      file.count();
      continue;
    }
    const long double off = std::fabs(contract_health(r) - health) / health;
    EXPECT_LE(off, bound) << id;
    const bool near = std::fabs(health - 1.0) <= bound;
    inside += near ? 1U : 0U;
    if (!near) {
      EXPECT_EQ(!liquidatable_at(market.liquidation_boundary(), health), r.flag("healthy")) << id;
    }
    file.count(off / bound);
  }
  file.report();
  std::printf("vectors lending/morpho_health.csv: %zu rows, %zu inside the bound\n", file.rows().size(), inside);
  EXPECT_EQ(file.checked(), file.rows().size());
}

/// Borrow assets after the interest that the call itself accrues: a third-order Taylor expansion of e^{rate·dt} − 1, as
/// the contract has it.
long double accrued(const row& r) {
  const long double a = r.integer("borrow_rate") * r.integer("dt_seconds") / 1e18L;
  return r.integer("total_borrow_assets") * (1.0L + a * (1.0L + a / 2.0L * (1.0L + a / 3.0L)));
}

TEST(MorphoBlueVectors, LiquidationsTakeWhatTheContractTook) {
  vector_file calls("lending/morpho_liquidate.csv");
  std::size_t two_units = 0;
  for (const row& r : calls.rows()) {
    const std::string& id = r.text("id");
    const health::morpho_blue market{.collateral = collateral,
                                     .loan = loan,
                                     .collateral_slot = {0},
                                     .loan_slot = {1},
                                     .lltv = {static_cast<double>(r.integer("lltv") / 1e14L)}};
    const long double share = (accrued(r) + 1.0L) / (r.integer("total_borrow_shares") + 1e6L);
    const long double price = r.integer("price") / 1e36L;
    const double prices[] = {static_cast<double>(price), static_cast<double>(share)};
    account<> a;
    ASSERT_EQ(a.add({.asset = collateral, .collateral = static_cast<double>(r.integer("collateral"))}), errc::ok);
    ASSERT_EQ(a.add({.asset = loan, .debt = static_cast<double>(r.integer("borrow_shares"))}), errc::ok);

    const bool went_through = r.text("result") == "ok";
    // The caller names shares, or collateral: the model takes debt, here in shares.
    const long double asked = r.flag("repaid_shares_in") ? r.integer("repaid_shares_in")
                              : went_through             ? r.integer("repaid_shares")
                                             : r.integer("seized_in") * price / share / market.incentive_factor();
    const auto outcome =
        market.liquidate(a, oracle_prices<double>(prices),
                         {.debt = loan, .collateral = collateral, .repay = static_cast<double>(asked)});
    if (!went_through) {
      if (r.text("result") == "revert:position_is_healthy") {
        EXPECT_EQ(outcome.error(), errc::not_liquidatable) << id;
      } else {  // an arithmetic underflow: more was asked for than is there, and the model caps instead
        ASSERT_TRUE(outcome.has_value()) << id << " " << name(outcome.error());
        EXPECT_LT(outcome->repaid, asked * (1.0L + 1e-12L)) << id;
      }
      calls.count();
      continue;
    }
    ASSERT_TRUE(outcome.has_value()) << id << " " << name(outcome.error());
    // One smallest unit of the coarser token, in either token, or 1e-12, and the rounding of the integer compared with.
    // The contract rounds twice in loan units on its way (shares to assets, assets by the incentive), so that the loan
    // unit counts twice where it is the coarser: such rows are counted.
    const long double coarse = std::max(1.0L, price);  // loan units
    bool twice = false;
    const auto compare = [&](const char* column, long double mine, long double per_loan_unit) {
      const long double theirs = r.integer(column);
      const long double allowed = std::max(1.0L + coarse * per_loan_unit, theirs * 1e-12L);
      const long double gap = std::fabs(mine - theirs);
      twice = twice || gap > allowed;
      EXPECT_LE(gap, std::max(1.0L + 2.0L * coarse * per_loan_unit, theirs * 1e-12L))
          << id << " " << column << " " << mine << " contract " << theirs;
      return gap / allowed;
    };
    calls.count(std::max({compare("seized_assets", outcome->seized, market.incentive_factor() / price),
                          compare("repaid_shares", outcome->repaid, 1.0L / share),
                          compare("repaid_assets", outcome->repaid * share, 1.0L),
                          compare("bad_debt_shares", outcome->bad_debt, 1.0L / share),
                          compare("bad_debt_assets", outcome->bad_debt * share, 1.0L),
                          compare("borrow_shares_after", outcome->debt_left, 1.0L / share),
                          compare("collateral_after", outcome->collateral_left, market.incentive_factor() / price)}));
    two_units += twice ? 1U : 0U;
  }
  calls.report();
  std::printf("vectors lending/morpho_liquidate.csv: %zu rows, %zu of them two loan units away instead of one\n",
              calls.rows().size(), two_units);
  EXPECT_EQ(calls.checked(), calls.rows().size());
}

}  // namespace
}  // namespace trimtab
