// SPDX-License-Identifier: MIT
// Maker's price curves and purchases against executed calls of the real contracts.
#include <gtest/gtest.h>

#include <trimtab/health/maker_auction.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <string>

namespace trimtab {
namespace {

using test::row;
using test::vector_file;

constexpr long double wad = 1e18L, ray = 1e27L, rad = 1e45L;

/// 1 − cut, subtracted in exact integers: cut has more digits than a long double.
basis_points lost_by(const std::string& cut) {
  __extension__ using integer = unsigned __int128;
  integer value = 0, one = 1;
  for (const char digit : cut) value = value * 10 + static_cast<unsigned>(digit - '0');
  for (int i = 0; i < 27; ++i) one *= 10;
  return to_basis_points(static_cast<double>(static_cast<long double>(one - value) / ray));
}
seconds seconds_of(const row& r, const char* column) {
  return seconds{static_cast<long long>(r.integer(column))};
}

TEST(MakerAuctionVectors, PricesAreThoseOfTheContracts) {
  vector_file prices("lending/maker_abaci.csv");
  for (const row& r : prices.rows()) {
    const std::string& curve = r.text("curve");
    const auto top = static_cast<double>(r.integer("top") / ray);
    const seconds elapsed = seconds_of(r, "dur");
    double price = 0.0;
    long double steps = 0.0L;  // half a unit of the ray each, see the header
    if (curve == "linear") {
      price = health::linear_decrease{.tau = seconds_of(r, "tau")}.price(top, elapsed);
      steps = 2.0L;  // one unit of the ray, rounded down
    } else if (curve == "stairstep") {
      const seconds step = seconds_of(r, "step");
      price = health::stairstep_exponential_decrease{.step = step, .lost = lost_by(r.text("cut"))}.price(top, elapsed);
      steps = static_cast<long double>(elapsed / step);
    } else {
      ASSERT_EQ(curve, "exponential");
      price = health::exponential_decrease{.lost = lost_by(r.text("cut"))}.price(top, elapsed);
      steps = static_cast<long double>(elapsed.count());
    }
    ASSERT_EQ(r.text("status"), "ok");
    const long double theirs = r.integer("price") / ray, grain = (steps / 2.0L * top + 1.0L) / ray;
    const long double error = std::max(0.0L, std::fabs(price - theirs) - grain);
    EXPECT_LE(error, 1e-14L * theirs) << r.text("id") << " " << curve << " " << price;
    prices.count(theirs > 0.0L ? error / theirs : error);
  }
  prices.report();
  EXPECT_EQ(prices.checked(), prices.rows().size());
}

TEST(MakerAuctionVectors, PurchasesAreThoseOfTheContract) {
  vector_file takes("lending/maker_take.csv");
  std::size_t at_the_edge = 0;
  for (const row& r : takes.rows()) {
    const std::string &id = r.text("id"), &result = r.text("result");
    const health::maker_auction house{.buf = static_cast<double>(r.integer("buf") / ray),
                                      .tail = seconds{8400},
                                      .cusp = 0.4,
                                      .chost = static_cast<double>(r.integer("chost") / rad)};
    const health::maker_sale sale =
        house.start(static_cast<double>(r.integer("tab") / rad), static_cast<double>(r.integer("lot") / wad),
                    static_cast<double>(r.integer("val") / wad));
    const seconds elapsed = seconds_of(r, "dt");
    const health::stairstep_exponential_decrease curve{.step = seconds_of(r, "step"), .lost = lost_by(r.text("cut"))};
    const double price = curve.price(sale.top, elapsed);
    EXPECT_LE(test::relative_error(sale.top, r.integer("top") / ray), 1e-15L) << id;
    EXPECT_LE(test::relative_error(price, r.integer("price") / ray), 1e-14L) << id;
    EXPECT_EQ(house.needs_redo(sale, price, elapsed), r.flag("needs_redo")) << id;
    // Limits stand at the price and one unit of the ray below it, the same double: they are read 10⁻¹² to the
    // contract's side.
    const bool too_dear = result == "revert:Clipper/too-expensive";
    const auto limit = static_cast<double>(r.integer("max") / ray * (too_dear ? 1.0L - 1e-12L : 1.0L + 1e-12L));
    // Where amt·price is the tab but for the last wei of amt, that wei decides whether the tab is paid off, and doubles
    // do not see it: such rows are asked 10⁻¹³ to the contract's side.
    const long double asked = std::min(r.integer("amt"), r.integer("lot")) / wad, tab = r.integer("tab") / rad;
    long double amount = r.integer("amt") / wad;
    if (std::fabs(asked * r.integer("price") / ray - tab) <= 0x1p-50L * tab) {
      ++at_the_edge;
      const bool paid_off = result == "ok" && r.text("owe") == r.text("tab");
      amount = asked * (paid_off ? 1.0L + 1e-13L : 1.0L - 1e-13L);
    }
    const auto out = house.take(sale, price, elapsed, static_cast<double>(amount), limit);
    long double error = 0.0L;
    if (result == "ok") {
      ASSERT_TRUE(out.has_value()) << id << " " << name(out.error());
      // slice is rounded down to 10⁻¹⁸ where the tab or chost decides.
      const long double lot = r.integer("lot") / wad, grain = 1.0L / wad;
      const auto beyond = [](long double ours, long double theirs, long double unit, long double whole) {
        return std::max(0.0L, std::fabs(ours - theirs) - unit) / whole;
      };
      error = std::max({beyond(out->bought, r.integer("slice") / wad, grain, lot),
                        beyond(out->paid, r.integer("owe") / rad, grain * price, tab),
                        beyond(out->tab_left, r.integer("tab_after") / rad, grain * price, tab),
                        beyond(out->lot_left + out->returned_to_owner, r.integer("lot_after") / wad, grain, lot),
                        beyond(out->returned_to_owner, r.integer("returned_to_usr") / wad, grain, lot)});
      EXPECT_LE(error, 1e-12L) << id << " bought " << out->bought << " paid " << out->paid;
    } else {
      const errc expected = result == "revert:Clipper/needs-reset" ? errc::expired
                            : too_dear                             ? errc::slippage
                                                                   : errc::dust;
      EXPECT_EQ(out.error(), expected) << id << " " << result;
    }
    takes.count(error);
  }
  takes.report();
  std::printf("vectors lending/maker_take.csv: %zu rows, %zu decided by the last wei\n", takes.rows().size(),
              at_the_edge);
  EXPECT_EQ(takes.checked(), takes.rows().size());
}

}  // namespace
}  // namespace trimtab
