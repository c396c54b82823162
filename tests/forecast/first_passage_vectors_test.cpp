// SPDX-License-Identifier: MIT
// math/first_passage_gbm.csv: probability, survival, logarithms, density, ever, mean time and the shifted barrier,
// every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/first_passage.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace trimtab::forecast {
namespace {

constexpr long double unit = std::numeric_limits<double>::epsilon();
constexpr long double least_normal = std::numeric_limits<double>::min();

TEST(FirstPassageVectors, EveryRow) {
  test::vector_file file("math/first_passage_gbm.csv");
  long double worst_log = 0.0L, worst_survive = 0.0L, worst_density = 0.0L, worst_ever = 0.0L, worst_mean = 0.0L;
  for (const test::row& row : file.rows()) {
    const auto number = [&](const char* column) { return test::number_of(row.text(column)); };
    const double health = test::double_of(row.text("hf0")), growth = test::double_of(row.text("mu")),
                 volatility = test::double_of(row.text("sigma")), years = test::double_of(row.text("T"));
    const double x = health < 2.0 ? std::log1p(health - 1.0) : std::log(health);
    const motion m{.drift = growth - 0.5 * volatility * volatility, .volatility = volatility};
    const first_passage got = first_passage_of(m, x, years);
    const long double condition = number("cond_p_hit");

    EXPECT_EQ(got.hit, liquidation_probability(m, x, years));
    const long double bar = unit * (1.0L + condition);
    long double error = 0.0L;
    if (number("p_hit") >= least_normal) {
      error = test::relative_error(got.hit, number("p_hit"));
      EXPECT_LE(error, 2.0L * bar) << row.text("hf0");
    } else {
      EXPECT_LE(got.hit, least_normal);
    }
    file.count(error / bar);
    EXPECT_LE(std::fabs(got.hit + got.survive - 1.0), 2.0 * static_cast<double>(unit));
    if (number("p_survive") >= 1e-300L) {
      const long double lost = test::relative_error(got.survive, number("p_survive"));
      EXPECT_LE(lost, 1e-12L) << row.text("hf0");
      worst_survive = std::max(worst_survive, lost);
    }
    const long double log_hit = number("ln_p_hit"), log_survive = number("ln_p_survive");
    const long double log_bar = 4.0L * unit * (1.0L + condition / std::fabs(log_hit));
    const long double log_error = test::relative_error(got.log_hit, log_hit);
    if (log_hit < -least_normal) {
      EXPECT_LE(log_error, log_bar) << row.text("hf0");
    } else {
      EXPECT_EQ(got.log_hit, 0.0);
    }
    if (log_hit < -least_normal) worst_log = std::max(worst_log, 4.0L * log_error / log_bar);
    if (log_survive > -1e300L && log_survive < -least_normal) {
      EXPECT_LE(test::relative_error(got.log_survive, log_survive), 1e-12L) << row.text("hf0");
    }

    // The barrier shifted for monitoring every dt: the same function from further away.
    const double away = x + 0.5825971579390106702 * volatility * std::sqrt(test::double_of(row.text("dt")));
    if (number("p_hit_bgk") >= least_normal) {
      EXPECT_LE(test::relative_error(liquidation_probability(m, away, years), number("p_hit_bgk")), 4.0L * bar)
          << row.text("hf0");
    }
    // ln f = ln x − ln(σ√(2πT³)) − a²/2: what its inputs determine of it.
    const long double xl = std::log(static_cast<long double>(health)),
                      s2 = static_cast<long double>(volatility) * volatility, vt = s2 * years,
                      reach = xl + (growth - 0.5L * s2) * years;
    const long double of_density = std::fabs(1.0L / xl - reach / vt) + std::fabs(growth * years * reach / vt) +
                                   std::fabs(-1.0L + reach * reach / vt + reach) +
                                   std::fabs(-1.5L + (xl * xl - (reach - xl) * (reach - xl)) / (2.0L * vt));
    if (number("density_T") >= least_normal) {
      const long double off = test::relative_error(hitting_density(m, x, years), number("density_T"));
      EXPECT_LE(off, 4.0L * unit * (1.0L + of_density)) << row.text("hf0");
      worst_density = std::max(worst_density, off / (unit * (1.0L + of_density)));
    }
    // Likewise of −2νx/σ² and −x/ν.
    const long double nu = growth - 0.5L * s2, of_ever = nu <= 0.0L
                                                             ? 0.0L
                                                             : 2.0L * nu / s2 + 2.0L * std::fabs(growth) * xl / s2 +
                                                                   4.0L * std::fabs(growth) * xl / s2;
    if (number("p_hit_inf") >= least_normal) {
      const long double off = test::relative_error(liquidation_probability_ever(m, x), number("p_hit_inf"));
      EXPECT_LE(off, 2.0L * unit * (1.0L + of_ever)) << row.text("hf0");
      worst_ever = std::max(worst_ever, off / (unit * (1.0L + of_ever)));
    }
    const long double of_mean = 1.0L / xl + (std::fabs(growth) + s2) / std::fabs(nu);
    if (unit * of_mean > 0.01L) continue;  // in doubles, this drift may as well be 0
    const long double off = test::relative_error(mean_time_to_liquidation(m, x), number("mean_tau"));
    EXPECT_LE(off, 2.0L * unit * (1.0L + of_mean)) << row.text("hf0");
    worst_mean = std::max(worst_mean, off / (unit * (1.0L + of_mean)));
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
  std::printf("first passage, eps of 1 + condition: log %.2Lf, density %.2Lf, ever %.2Lf, mean %.2Lf; survival %.2Lg\n",
              worst_log, worst_density, worst_ever, worst_mean, worst_survive);
}

}  // namespace
}  // namespace trimtab::forecast
