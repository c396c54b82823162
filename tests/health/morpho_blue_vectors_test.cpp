// SPDX-License-Identifier: MIT
// Morpho Blue's liquidation against executed calls of the real contract.
#include <gtest/gtest.h>

#include <trimtab/health/morpho_blue.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <string>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

constexpr asset_id collateral{1}, loan{2};

/// Borrow assets after the interest that the call itself accrues: a third-order Taylor expansion of e^{rate·dt} − 1, as
/// the contract has it.
long double accrued(const row& r) {
  const long double a = r.integer("borrow_rate") * r.integer("dt_seconds") / 1e18L;
  return r.integer("total_borrow_assets") * (1.0L + a * (1.0L + a / 2.0L * (1.0L + a / 3.0L)));
}

TEST(MorphoBlueVectors, LiquidationsTakeWhatTheContractTook) {
  vector_file calls("lending/morpho_liquidate.csv");
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
    // The contract rounds the repaid assets by two loan units, and the collateral by one of its own.
    const long double grain = 3.0L * market.incentive_factor() / price + 2.0L;
    const long double seized = r.integer("seized_assets");
    const long double seized_error =
        std::max(0.0L, std::fabs(outcome->seized - seized) - grain) / std::max(1.0L, seized);
    const long double share_grain = 2.0L + (3.0L + 2.0L * price) / share;
    const long double repaid = r.integer("repaid_shares");
    const long double repaid_error =
        std::max(0.0L, std::fabs(outcome->repaid - repaid) - share_grain) / std::max(1.0L, repaid);
    const long double bad = r.integer("bad_debt_shares");
    const long double bad_error =
        std::max(0.0L, std::fabs(outcome->bad_debt - bad) - share_grain) / std::max(1.0L, r.integer("borrow_shares"));
    EXPECT_LE(seized_error, 1e-14L) << id << " seized " << outcome->seized << " contract " << seized;
    EXPECT_LE(repaid_error, 1e-14L) << id << " repaid " << outcome->repaid << " contract " << repaid;
    EXPECT_LE(bad_error, 1e-14L) << id << " bad debt " << outcome->bad_debt << " contract " << bad;
    calls.count(std::max({seized_error, repaid_error, bad_error}));
  }
  calls.report();
  EXPECT_EQ(calls.checked(), calls.rows().size());
}

}  // namespace
}  // namespace trimtab
