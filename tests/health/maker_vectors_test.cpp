// SPDX-License-Identifier: MIT
// Maker's Vat, Dog and Spotter against executed calls of the real contracts.
#include <gtest/gtest.h>

#include <trimtab/health/maker.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace trimtab {
namespace {

using health::maker;
using test::relative_error;
using test::row;
using test::vector_file;

constexpr asset_id gem{1}, dai{2};
constexpr long double wad = 1e18L, ray = 1e27L, rad = 1e45L;

/// Spot is given as it is: mat and par are 1, and debt is art·rate in DAI.
maker ilk_of(const row& r) {
  return {.collateral = gem,
          .dai = dai,
          .price = {0},
          .next_price = {0},
          .par = {1},
          .mat = 1.0,
          .penalty = to_basis_points(static_cast<double>((r.integer("chop") - wad) / wad)),
          .dust = static_cast<double>(r.integer("dust") / rad),
          .room = static_cast<double>(std::min(r.integer("Hole"), r.integer("hole")) / rad)};
}
account<> urn_of(const row& r) {
  account<> a;
  EXPECT_EQ(a.add({.asset = gem, .collateral = static_cast<double>(r.integer("ink") / wad)}), errc::ok);
  EXPECT_EQ(a.add({.asset = dai, .debt = static_cast<double>(r.integer("art") / wad * (r.integer("rate") / ray))}),
            errc::ok);
  return a;
}

TEST(MakerVectors, HealthIsTheExactRatio) {
  vector_file real("lending/health_real.csv"), urns("lending/maker_vat.csv");
  std::map<std::string, const row*> by_id;
  for (const row& r : urns.rows()) by_id[r.text("id")] = &r;
  std::size_t rows = 0;
  for (const row& r : real.rows()) {
    if (r.text("protocol") != "maker") continue;
    ++rows;
    const row& urn = *by_id.at(r.text("id"));
    const double prices[] = {static_cast<double>(urn.integer("spot") / ray), 1.0};
    const double health =
        health_factor(ilk_of(urn).liquidation_form<double>(urn_of(urn)), oracle_prices<double>(prices));
    const long double error = relative_error(health, test::number_of(r.text("health_factor")));
    EXPECT_LE(error, 1e-14L) << r.text("id");
    real.count(error);
  }
  real.report(rows);
  EXPECT_EQ(rows, urns.rows().size());
}

TEST(MakerVectors, VaultsAreOpenedAndBarkedAtAsTheContractsDid) {
  vector_file urns("lending/maker_vat.csv");
  std::size_t inside = 0;
  for (const row& r : urns.rows()) {
    const std::string& id = r.text("id");
    const maker ilk = ilk_of(r);
    const account<> a = urn_of(r);
    const double spot = static_cast<double>(r.integer("spot") / ray);
    const double prices[] = {spot, 1.0};
    const oracle_prices<double> quoted(prices);
    const double health = health_factor(ilk.borrow_form<double>(a), quoted), owed = a[1].debt;
    const bool at_the_edge = std::fabs(health - 1.0) <= ilk.rounding_bound(a, quoted);
    const bool at_dust = owed > 0.0 && std::fabs(owed - ilk.dust) <= 4.0 * 0x1p-53 * owed;

    const std::string& frob = r.text("frob_result");
    const bool unsafe = frob == "revert:Vat/not-safe", dusty = frob == "revert:Vat/dust";
    const bool ours_unsafe = health<1.0, ours_dusty = owed> 0.0 && owed < ilk.minimum_debt(quoted);
    if (at_the_edge || (at_dust && !unsafe)) {
      ++inside;
    } else {
      EXPECT_EQ(ours_unsafe, unsafe) << id;
      EXPECT_EQ(!ours_unsafe && ours_dusty, dusty) << id;
    }

    const liquidation_request request{.debt = dai, .collateral = gem};
    const std::string& bark = r.text("bark_result");
    if (!at_the_edge) {
      EXPECT_EQ(ilk.liquidate(a, quoted, request).error() == errc::not_liquidatable, bark == "revert:Dog/not-unsafe")
          << id;
    }
    // Amounts do not depend on the price, so rows at the edge are compared a little below it.
    const double below[] = {spot * (1.0 - 1e-12), 1.0};
    long double error = 0.0L;
    if (bark == "ok") {
      const auto outcome = ilk.liquidate(a, oracle_prices<double>(below), request);
      ASSERT_TRUE(outcome.has_value()) << id << " " << name(outcome.error());
      // dart is rounded down to 10⁻¹⁸, worth rate of debt and ink/art of collateral; dink once more.
      const long double rate = r.integer("rate") / ray, each = r.integer("ink") / r.integer("art");
      const auto beyond = [](long double ours, long double theirs, long double grain, long double whole) {
        return std::max(0.0L, std::fabs(ours - theirs) - grain) / whole;
      };
      const long double ink = r.integer("ink") / wad, due = r.integer("due") / rad;
      error = std::max({beyond(outcome->repaid, due, rate / wad, owed),
                        beyond(outcome->seized, r.integer("dink") / wad, (1.0L + each) / wad, ink),
                        beyond(ilk.tab(outcome->repaid), r.integer("tab") / rad, 1.2L * rate / wad, 1.2L * owed),
                        beyond(outcome->collateral_left, r.integer("ink_after") / wad, (1.0L + each) / wad, ink),
                        beyond(outcome->debt_left, r.integer("art_after") / wad * rate, rate / wad, owed)});
      EXPECT_LE(error, 1e-14L) << id;
    } else if (bark == "revert:Dog/dusty-auction-from-partial-liquidation") {
      EXPECT_EQ(ilk.liquidate(a, quoted, request).error(), errc::dust) << id;
    } else {
      EXPECT_EQ(bark, "revert:Dog/not-unsafe") << id;
    }
    urns.count(error);
  }
  urns.report();
  std::printf("vectors lending/maker_vat.csv: %zu rows, %zu inside the bound\n", urns.rows().size(), inside);
  EXPECT_EQ(urns.checked(), urns.rows().size());
}

TEST(MakerVectors, SpotIsTheSpottersWithinTwoRoundings) {
  vector_file pokes("lending/maker_spotter.csv");
  for (const row& r : pokes.rows()) {
    const std::string& id = r.text("id");
    const maker ilk{.collateral = gem,
                    .dai = dai,
                    .price = {0},
                    .next_price = {0},
                    .par = {1},
                    .mat = static_cast<double>(r.integer("mat") / ray)};
    account<> one;
    ASSERT_EQ(one.add({.asset = gem, .collateral = 1.0}), errc::ok);
    ASSERT_EQ(one.add({.asset = dai, .debt = 1.0}), errc::ok);
    const double val = r.flag("has") ? static_cast<double>(r.integer("val") / wad) : 0.0;
    const double prices[] = {val, static_cast<double>(r.integer("par") / ray)};
    const oracle_prices<double> quoted(prices);
    if (r.integer("spot") == 0.0L) {
      EXPECT_EQ(validate(ilk, one, quoted), errc::non_positive_price) << id;
      EXPECT_EQ(ilk.liquidate(one, quoted, {.debt = dai, .collateral = gem}).error(), errc::not_liquidatable) << id;
      pokes.count();
      continue;
    }
    const double spot = health_factor(ilk.liquidation_form<double>(one), quoted);
    const long double error = relative_error(spot, r.integer("spot") / ray);
    EXPECT_LE(error, static_cast<long double>(ilk.rounding_bound(one, quoted))) << id;
    pokes.count(error);
  }
  pokes.report();
  EXPECT_EQ(pokes.checked(), pokes.rows().size());
}

}  // namespace
}  // namespace trimtab
