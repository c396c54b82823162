// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/band_cost.hpp>

#include "support/vectors.hpp"
#include <cmath>

namespace trimtab {
namespace {

using namespace forecast;

TEST(BandCostVectors, RenewalReward) {
  test::vector_file file("math/renewal_cost.csv");
  for (const test::row& row : file.rows()) {
    const auto in = [&](const char* column) { return test::double_of(row.text(column)); };
    // The column m passes through exp and ln, which costs it an ulp: far below the bar.
    const band_economics e{.health = {.drift = in("nu"), .volatility = in("sigma")},
                           .jumps = {.rate = in("lam_q"), .up_share = 0.0, .down_decay = in("eta")},
                           .threshold = in("w"),
                           .equity = in("equity"),
                           .gas = in("gas"),
                           .cost = in("kappa"),
                           .loss = in("loss"),
                           .tracking = in("q"),
                           .wanted = std::exp(in("m"))};
    const log_band band{in("a"), in("z"), in("b")};
    const auto cost = cost_in_logs(e, band);
    ASSERT_TRUE(cost) << name(cost.error());
    const double tilt = std::fabs(in("nu")) * (in("b") - in("a")) / (in("sigma") * in("sigma"));
    const long double bar = tilt < 1e-6 ? 1e-9L : 1e-11L;
    long double worst = 0.0L;
    const auto check = [&](const char* column, double got) {
      const long double error = test::relative_error(got, test::number_of(row.text(column)));
      EXPECT_LE(error, bar) << column << " of row " << file.checked() + 1 << ", tilt " << tilt;
      if (!(error <= worst)) worst = error;
    };
    check("p_a", cost->below);
    check("p_b", cost->above);
    check("mean_cycle", cost->cycle_years);
    check("trade_a", cost->trades.sold);
    check("trade_b", cost->trades.borrowed);
    check("trade_cost", (cost->gas + cost->trading) * cost->cycle_years);  // gas is in that column
    check("track", cost->tracking * cost->cycle_years / e.tracking);
    check("hazard", cost->jumps * cost->cycle_years);
    check("cost_rate", cost->per_year);
    check("trades_per_year", cost->trades_per_year);
    file.count(worst);
  }
  EXPECT_EQ(file.checked(), 64U);
  file.report();
}

}  // namespace
}  // namespace trimtab
